"""One voice: who speaks, in which words, and why the others do not."""

import itertools

import pytest

from cuecoach.events import (
    TICK_S,
    AudioEvent,
    Battery,
    Beat,
    BeatOff,
    Control,
    Decision,
    Hush,
    Note,
    Reading,
    Say,
    SensorState,
    Tick,
)
from cuecoach.modelled import ModelledSound
from tests.coaching.coached import Run, rule

SLOUCH = rule("tall", "pelvic_tilt > baseline + 3 deg", until="pelvic_tilt < baseline + 1 deg", praise="Good")
BOUNCE = rule("glide", "vertical_oscillation > baseline + 8 %", say=("Glide",))
SLOW = rule("quick", "cadence < target - 3 %", until="cadence >= target - 1 %", beat_s=20.0, say=("Quick",))


def test_words_that_help_are_praised_and_kept():
    run = Run(SLOUCH).go(20).go(18, pelvic_tilt=9.0).go(30).go(18, pelvic_tilt=9.0)
    assert run.said[:3] == ["One", "Good", "One"]


def test_words_that_do_not_help_make_way_for_the_next():
    run = Run(SLOUCH).go(20).go(100, pelvic_tilt=9.0)
    assert run.said[:3] == ["One", "Two", "Three"]


def test_the_cooldown_counts_from_what_was_heard():
    run = Run(SLOUCH).go(20).go(60, pelvic_tilt=9.0)
    starts = [a.at for a in run.actions if isinstance(a, Say)]
    assert starts[1] - starts[0] >= SLOUCH.cooldown_s


def test_of_two_the_one_with_priority_speaks_and_the_other_says_why_not():
    run = Run(rule("glide", BOUNCE.when.text, priority=0, say=("Glide",)), SLOUCH)
    run.go(20).go(14, pelvic_tilt=14.0, vertical_oscillation=110.0)
    assert run.said == ["One"]
    assert "outranked" in run.outcomes("glide")
    why = [a.why for a in run.actions if isinstance(a, Decision) and a.outcome == "outranked"]
    assert why == ["outranked by tall"]


def test_among_equals_the_longest_unheard_speaks():
    run = Run(SLOUCH, BOUNCE).go(20).go(45, pelvic_tilt=9.0, vertical_oscillation=110.0)
    assert run.said[:2] == ["Glide", "One"]


def test_a_beat_comes_first_gets_its_time_and_then_come_words():
    run = Run(SLOW).go(20).go(60, cadence=158.0)
    sounds = [a for a in run.actions if isinstance(a, Say | Beat | BeatOff)]
    assert isinstance(sounds[0], Beat)
    off = next(i for i, a in enumerate(sounds) if isinstance(a, BeatOff))
    assert all(isinstance(a, Beat) for a in sounds[:off])
    assert sounds[off].at - sounds[0].t == pytest.approx(20.0)
    assert isinstance(sounds[off + 1], Say)
    assert sum(isinstance(a, BeatOff) for a in sounds) == 1


def test_a_new_episode_is_met_with_a_beat_again():
    run = Run(SLOW).go(20).go(45, cadence=158.0).go(30, cadence=170.0).go(30, cadence=158.0)
    assert sum(isinstance(a, BeatOff) for a in run.actions) >= 1
    beats = [a for a in run.actions if isinstance(a, Beat)]
    assert beats[-1].t > 95


def test_quiet_ends_the_beat_and_mutes_until_its_time_is_over():
    run = Run(SLOUCH, SLOW).go(20).go(8, cadence=158.0, pelvic_tilt=9.0)
    run.handle(Control(run.t, "quiet", 30.0))
    heard = len(run.said)
    assert isinstance([a for a in run.actions if isinstance(a, Beat | BeatOff)][-1], BeatOff)
    run.go(29, cadence=158.0, pelvic_tilt=9.0)
    assert len(run.said) == heard
    assert "muted by the runner" in run.outcomes("tall")
    run.go(20, cadence=158.0, pelvic_tilt=9.0)
    assert len(run.said) > heard


def test_quiet_cuts_the_words_that_are_being_spoken():
    run = Run(SLOUCH).go(20)
    while not run.said:
        run.go(TICK_S, pelvic_tilt=9.0)
    run.handle(Control(run.t, "quiet"))
    assert isinstance(run.actions[-1], Hush)
    assert run.sound.poll(run.t)[-1].kind == "ended"


def test_words_that_quiet_caught_before_they_began_count_as_muted():
    run = Run(SLOUCH).go(20)
    while not run.said:
        run.go(TICK_S, pelvic_tilt=9.0)
    asked = next(a for a in run.actions if isinstance(a, Say))
    run.handle(Control(run.t, "quiet"))
    run.handle(AudioEvent(run.t, "dropped", asked.id))
    assert run.outcomes("tall")[-1] == "muted by the runner"


def test_speak_ends_the_quiet():
    run = Run(SLOUCH).go(20)
    run.handle(Control(run.t, "quiet"))
    run.go(30, pelvic_tilt=9.0)
    assert run.said == []
    run.handle(Control(run.t, "speak"))
    assert run.go(5, pelvic_tilt=9.0).said == ["One"]


def test_a_phrase_that_never_started_is_expired_and_asked_for_again():
    run = Run(SLOUCH).go(20)
    while not run.said:
        run.go(TICK_S, pelvic_tilt=9.0)
    asked = next(a for a in run.actions if isinstance(a, Say))
    run.sound = ModelledSound()  # the device died with the phrase
    run.handle(AudioEvent(asked.at + 4.0, "dropped", asked.id))
    assert run.outcomes("tall")[-1] == "expired"
    assert run.go(30, pelvic_tilt=9.0).said[:2] == ["One", "Two"]


def test_praise_is_not_said_when_the_fault_only_went_out_of_sight():
    run = Run(SLOUCH).go(20).go(10, pelvic_tilt=9.0)
    assert run.said == ["One"]
    run.go(30, cadence=110.0, speed=1.4)  # walks
    assert run.said == ["One"]
    assert run.outcomes("tall")[-1] == "gated"


def test_every_reason_is_recorded_once_until_it_changes():
    run = Run(SLOUCH).go(20).go(60, pelvic_tilt=9.0).go(20)
    outcomes = run.outcomes("tall")
    assert all(a != b for a, b in itertools.pairwise(outcomes))
    assert {"not met", "holding", "spoken", "cooling down"} <= set(outcomes)


def test_a_low_battery_is_told_once_a_sensor_and_a_full_one_never():
    run = Run().go(5)
    run.handle(Battery(run.t, "foot", 80))
    assert run.said == []
    run.handle(Battery(run.t, "foot", 15))
    assert run.said == ["Sensor battery low"]
    assert [a.text for a in run.actions if isinstance(a, Note)] == ["the battery of the foot sensor is at 15 %"]
    run.handle(Battery(run.t, "foot", 12))
    assert len(run.said) == 1
    run.go(10).handle(Battery(run.t, "sacrum", 3))
    assert len(run.said) == 2


def test_quiet_holds_back_the_battery_notice_but_not_its_note():
    run = Run().go(5)
    run.handle(Control(run.t, "quiet"))
    run.handle(Battery(run.t, "foot", 10))
    assert run.said == []
    assert sum(isinstance(a, Note) for a in run.actions) == 1


def test_when_the_waist_sensor_goes_the_pod_stands_in_for_cadence_and_the_pelvis_is_silent_at_once():
    cadence, tilt = rule("cadence", "cadence < 165 spm"), rule("tilt", "pelvic_tilt > 2 deg")
    run = Run(cadence, tilt)
    # A sensor that comes first by name gives both; the pod gives cadence only.
    for _ in range(60):
        run.t += TICK_S
        if run.t % 1 == 0:
            run.handle(Reading(run.t, "foot", {"cadence": 150.0, "speed": 3.0}))
            if run.t < 3:
                run.handle(Reading(run.t, "a-waist", {"cadence": 170.0, "pelvic_tilt": 9.0}))
        if run.t == 3:
            run.handle(SensorState(run.t, "a-waist", "stale"))
        run.handle(Tick(run.t))
    assert "spoken" in run.outcomes("cadence")
    assert "spoken" not in run.outcomes("tilt")
    assert run.outcomes("tilt")[-1] == "no fresh data"
