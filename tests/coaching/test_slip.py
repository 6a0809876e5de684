"""A sensor that moves on the body: told once, and silent on what its angles would say until it is calibrated."""

from __future__ import annotations

from dataclasses import replace

from cuecoach.events import Control
from tests.coaching.coached import rule, slouch
from tests.coaching.trunk import TIPPED, aligned, slip, worn

__all__ = ["worn"]

QUICK = slouch(if_no_change=None)


def begun(worn, *rules, **config):
    run = worn(*(rules or (QUICK,)), **config).go(5)
    run.room().plan.append(aligned(6.0))
    return run.go(25)


def test_rules_on_its_angles_are_silent_and_say_why(worn):
    run = begun(worn, QUICK, rule("steps", "cadence < 155 spm"), metronome="off")
    run.room().plan.append(slip(32.0))
    run.go(20, pelvic_tilt=12.0)
    assert run.said == ["Sensor moved"]
    last = run.decisions("tall")[-1]
    assert (last.outcome, last.why) == ("sensor slipped", "sensor slipped: no pelvic_tilt until the next calibration")
    assert last.t >= 32.0
    run.go(10, pelvic_tilt=12.0, cadence=150.0)
    assert run.said == ["Sensor moved", "One"]
    assert run.outcomes("steps")[-1] != "sensor slipped"


def test_a_cue_under_way_is_not_repeated_after_it(worn):
    run = begun(worn).go(10, pelvic_tilt=12.0)
    assert run.said == ["One"]
    run.go(20, pelvic_tilt=12.0)
    run.room().plan.append(slip(run.t + 1))
    run.go(60, pelvic_tilt=12.0)
    assert run.said[-1] == "Sensor moved"
    assert run.outcomes("tall")[-1] == "sensor slipped"


def test_after_a_calibration_it_counts_again(worn):
    run = begun(worn)
    run.room().plan.append(slip(32.0))
    run.go(20, pelvic_tilt=12.0)
    run.room().plan.append(aligned(51.0, axes=TIPPED))
    run.go(10, pelvic_tilt=4.0)
    assert run.outcomes("tall")[-1] == "not met"
    assert run.go(10, pelvic_tilt=12.0).said == ["Sensor moved", "One"]


def test_it_is_told_once_until_it_is_aligned_and_noted_each_time(worn):
    run = begun(worn)
    run.room().plan += [slip(32.0), slip(45.0), aligned(60.0, axes=TIPPED), slip(80.0, tilt=-4.0)]
    run.go(55)
    assert run.said == ["Sensor moved", "Sensor moved"]
    told = [note for note in run.notes if "moved" in note]
    assert len(told) == 3
    assert told[0] == (
        "sacrum: it moved on the body (+5.0 deg forward, +0.4 deg to the side, at 0:28); "
        "its angles do not count until the next calibration"
    )


def test_what_no_rule_rests_on_is_not_spoken_of(worn):
    run = begun(worn, rule("steps", "cadence < 155 spm"), replace(QUICK, enabled=False))
    run.room().plan.append(slip(32.0))
    run.go(5)
    assert run.said == []
    assert any("moved" in note for note in run.notes)


def test_quiet_holds_the_words_back_and_not_the_note(worn):
    run = begun(worn)
    run.handle(Control(run.t, "quiet"))
    run.room().plan.append(slip(32.0))
    run.go(5)
    assert run.said == []
    assert any("moved" in note for note in run.notes)


def test_who_straightens_up_at_a_cue_has_no_slipped_sensor(worn):
    run = begun(worn).go_until(lambda run: run.said == ["One"], pelvic_tilt=12.0)
    run.room().plan.append(slip(run.t + 8, tilt=-6.0))
    run.go(3, pelvic_tilt=12.0).go(20, pelvic_tilt=4.0)
    assert run.said == ["One", "Good"]
    assert "a cue had asked for it: not taken for a slip" in run.notes[-1]


def test_who_is_asked_to_and_turns_the_other_way_has_one(worn):
    run = begun(worn).go_until(lambda run: run.said == ["One"], pelvic_tilt=12.0)
    run.room().plan.append(slip(run.t + 8, tilt=6.0))
    assert run.go(12, pelvic_tilt=18.0).said == ["One", "Sensor moved"]
