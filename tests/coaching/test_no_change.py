"""What follows when words do not help: other words, a drill, and then silence."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from cuecoach.coaching.speaker import STEP_S
from cuecoach.events import AudioEvent, Control, Decision, Hush, Say, SensorState
from cuecoach.rules import compile_expression
from cuecoach.rules.rule import PRIORITIES, NoChange
from tests.coaching.coached import Run, rule, slouch

DRILL = ["Reach up high", "Lower your arms", "Keep those hips"]
CHECK = "Check the sensor"


def spoken(run: Run, name: str = "tall") -> list[Decision]:
    return [d for d in run.decisions(name) if d.outcome == "spoken"]


def test_two_wordings_in_vain_are_followed_by_other_words_then_the_drill_then_silence():
    run = Run(slouch(cooldown_s=45.0)).go(20).go(600, pelvic_tilt=9.0)
    assert run.said == ["One", "Two", "Tuck tail", *DRILL, CHECK]
    assert run.outcomes("tall")[-1] == "no change"
    assert run.decisions("tall")[-1].why == "no change after 4 cues: silent for the rest of the run"


def test_the_reason_says_what_the_words_before_did():
    run = Run(slouch(cooldown_s=45.0)).go(20).go(8, pelvic_tilt=9.0).go(280, pelvic_tilt=8.8)
    assert [d.why.partition("; ")[2] for d in spoken(run)] == [
        "",
        "second wording: pelvic_tilt moved 0.2 deg of 4.0 deg",
        "other words: pelvic_tilt moved 0.0 deg of 3.8 deg",
        "drill: pelvic_tilt moved 0.0 deg of 3.8 deg",
    ]
    assert all(d.why.startswith("pelvic_tilt ") for d in spoken(run))


def test_words_that_took_away_half_of_the_excess_are_said_again():
    # 9 is 4 above the end of the fault, 5: half of it is gone at 7, which is no longer a reason to speak but not mended.
    half = slouch(cooldown_s=45.0, until="pelvic_tilt < baseline + 1 deg")
    run = Run(half).go(20).go(6, pelvic_tilt=9.0).go(90, pelvic_tilt=6.9)
    assert run.said[:2] == ["One", "One"]
    assert spoken(run)[1].why.endswith("same words: pelvic_tilt moved 2.1 deg of 4.0 deg")
    run = Run(half).go(20).go(6, pelvic_tilt=9.0).go(90, pelvic_tilt=7.1)
    assert run.said[:2] == ["One", "Two"]


def test_a_metric_that_went_the_wrong_way_is_told_as_such():
    run = Run(slouch(cooldown_s=45.0)).go(20).go(6, pelvic_tilt=9.0).go(60, pelvic_tilt=10.5)
    assert spoken(run)[1].why.endswith("second wording: pelvic_tilt went 1.5 deg the wrong way")


def test_being_mended_begins_with_words_again_and_a_drill_may_come_again():
    run = Run(slouch(cooldown_s=45.0)).go(20)
    run.go_until(lambda run: run.said[-3:] == DRILL, pelvic_tilt=9.0)
    run.go(30)
    assert run.said[-1] == "Good"
    assert run.said.count("Good") == 1
    heard = len(run.said)
    run.go(400, pelvic_tilt=9.0)
    assert run.said[heard:] == ["Three", "One", "Tuck tail", *DRILL, CHECK]


def test_words_that_helped_are_kept():
    run = Run(slouch(cooldown_s=45.0)).go(20).go(60, pelvic_tilt=9.0).go(30).go(10, pelvic_tilt=9.0)
    assert [text for text in run.said if text != "Good"] == ["One", "Two", "Two"]


def test_silence_lasts_to_the_end_of_the_run_even_when_the_fault_comes_and_goes():
    run = Run(slouch(cooldown_s=45.0)).go(20).go(300, pelvic_tilt=9.0)
    heard = run.said
    run.go(60).go(120, pelvic_tilt=9.0)
    assert [text for text in run.said if text != "Good"] == heard
    assert run.outcomes("tall")[-4:] == ["no change", "not met", "holding", "no change"]


def test_a_rule_that_gave_up_makes_way_for_the_others():
    glide = rule("glide", "elapsed > 22 s", say=("Glide",), priority=0)
    run = Run(slouch(cooldown_s=30.0, if_no_change=NoChange(say=("Tuck tail",))), glide)
    run.go(20).go(300, pelvic_tilt=9.0)
    last = max(n for n, text in enumerate(run.said) if text != "Glide")
    assert len(run.said) - last > 5


def test_a_rule_without_other_words_is_silent_after_three_cues_in_vain():
    run = Run(slouch(cooldown_s=45.0, if_no_change=None)).go(20).go(300, pelvic_tilt=9.0)
    assert run.said == ["One", "Two", "Three", CHECK]
    assert run.decisions("tall")[-1].why == "no change after 3 cues: silent for the rest of the run"


def test_what_is_urgent_and_what_measures_nothing_has_no_such_end():
    urgent = slouch(cooldown_s=45.0, if_no_change=None, priority=PRIORITIES["urgent"])
    reminder = rule("drink", "elapsed > 30 s", cooldown_s=45.0, say=("Drink",))
    for each in (urgent, reminder):
        assert len(Run(each).go(20).go(300, pelvic_tilt=9.0).said) >= 6


def test_only_a_rule_on_angles_asks_to_check_the_sensor_and_only_once_a_run():
    bouncing = rule("glide", "vertical_oscillation > baseline + 8 %", say=("Glide",))
    run = Run(bouncing).go(20).go(300, vertical_oscillation=110.0)
    assert run.said == ["Glide"] * 3
    run = Run(slouch(if_no_change=None), rule("level", "pelvic_tilt > baseline + 2 deg", say=("Level",)))
    run.go(20).go(400, pelvic_tilt=9.0)
    assert run.outcomes("tall")[-1] == run.outcomes("level")[-1] == "no change"
    assert run.said.count(CHECK) == 1


def test_a_runner_who_asked_for_quiet_is_not_asked_about_the_sensor():
    run = (
        Run(slouch(cooldown_s=45.0, if_no_change=None)).go(20).go_until(lambda run: len(run.said) == 3, pelvic_tilt=9.0)
    )
    run.go(3, pelvic_tilt=9.0).handle(Control(run.t, "quiet"))
    assert run.go(200, pelvic_tilt=9.0).said == ["One", "Two", "Three"]


def test_a_drill_alone_follows_two_wordings():
    run = Run(slouch(cooldown_s=45.0, if_no_change=NoChange(drill=tuple(DRILL)))).go(20).go(300, pelvic_tilt=9.0)
    assert run.said == ["One", "Two", *DRILL, CHECK]


def test_other_words_alone_are_followed_by_silence():
    run = Run(slouch(cooldown_s=45.0, if_no_change=NoChange(say=("A", "B")))).go(20).go(300, pelvic_tilt=9.0)
    assert run.said == ["One", "Two", "A", "B", CHECK]
    assert run.outcomes("tall")[-1] == "no change"


def test_a_beat_that_failed_does_not_count_among_the_words():
    more = NoChange(say=("Shorten each step",))
    slow = rule("quick", "cadence < target - 3 %", until="cadence >= target - 1 %", beat_s=20.0, say=("Quick",))
    run = Run(replace(slow, if_no_change=more, cooldown_s=45.0)).go(20).go(400, cadence=158.0)
    assert run.said == ["Quick", "Quick", "Shorten each step"]


def test_a_broken_off_stretch_tells_nothing_about_the_words():
    run = Run(slouch(cooldown_s=45.0)).go(20)
    for _ in range(4):
        run.go(35, pelvic_tilt=9.0).go(40, cadence=110.0, speed=1.4, pelvic_tilt=9.0)  # walks
    assert run.said == ["One", "Two", "Three", "One"]


def test_missing_data_after_a_cue_is_no_failure_of_the_words():
    run = Run(slouch(cooldown_s=45.0)).go(20).go(20, pelvic_tilt=9.0)
    run.go(2.0, pelvic_tilt=9.0).handle(SensorState(run.t, "pod", "stale"))
    run.go(8)
    run.handle(SensorState(run.t, "pod", "back"))
    run.go(40, pelvic_tilt=9.0)
    assert [text for text in run.said if text in ("One", "Two")] == ["One", "Two"]
    assert "moved" not in spoken(run)[1].why


@pytest.mark.parametrize("until", [None, "pelvic_tilt < baseline + 1 deg", "abs(pelvic_tilt - baseline) < 1 deg"])
def test_how_the_end_is_written_does_not_matter(until):
    run = Run(slouch(cooldown_s=45.0, until=until)).go(20).go(300, pelvic_tilt=9.0)
    assert run.said == ["One", "Two", "Tuck tail", *DRILL, CHECK]


def test_where_no_value_of_the_metric_ends_the_fault_only_its_end_counts():
    leaning = slouch(cooldown_s=45.0, until="cadence > 300 spm", repeat=True)
    run = Run(leaning).go(20).go(300, pelvic_tilt=9.0)
    assert run.said == ["One", "Two", "Tuck tail", *DRILL, CHECK]
    assert spoken(run)[1].why.endswith("second wording: it is not mended")


def test_a_rule_that_is_due_sooner_than_40_s_is_judged_by_what_there_is():
    run = Run(slouch(cooldown_s=12.0)).go(20).go(120, pelvic_tilt=9.0)
    assert run.said == ["One", "Two", "Tuck tail", *DRILL, CHECK]


def test_once_an_episode_goes_up_the_ladder_episode_by_episode():
    run = Run(slouch(repeat=False, cooldown_s=12.0, praise=None)).go(20)
    for _ in range(3):
        run.go(60, pelvic_tilt=9.0).go(20, cadence=110.0, speed=1.4, pelvic_tilt=9.0)
    assert run.said == ["One", "Two", "Tuck tail"]
    assert "limit reached" in run.outcomes("tall")


# ---------------------------------------------------------------- the drill itself
def at_the_drill(**settings: object) -> Run:
    run = Run(slouch(cooldown_s=45.0, **settings)).go(20)
    return run.go_until(lambda run: DRILL[0] in run.said, pelvic_tilt=9.0)


def test_the_steps_of_a_drill_are_three_seconds_apart():
    starts = [say.at for say in at_the_drill().go(20, pelvic_tilt=9.0).says if say.text in DRILL]
    assert [b - a for a, b in itertools.pairwise(starts)] == pytest.approx([STEP_S, STEP_S], abs=0.25)


def test_a_drill_is_one_correction():
    run = at_the_drill().go(20, pelvic_tilt=9.0)
    assert sum(d.text == DRILL[0] for d in spoken(run)) == 1
    assert len(spoken(run)) == 4
    assert run.coach._engine.states["tall"].heard_count == 4


def test_no_other_cue_comes_between_the_steps():
    urgent = rule("glide", "vertical_oscillation > baseline + 8 %", say=("Glide",), priority=3)
    run = Run(slouch(cooldown_s=45.0), urgent, caps={"gap": "0 s", "per_km": 20, "per_run": 100}).go(20)
    run.go_until(lambda run: DRILL[0] in run.said, pelvic_tilt=9.0)
    run.go(20, pelvic_tilt=9.0, vertical_oscillation=110.0)
    first = run.said.index(DRILL[0])
    assert run.said[first : first + 4] == [*DRILL, "Glide"]
    assert "too soon after another cue" in run.outcomes("glide")


@pytest.mark.parametrize("after", [0.25, 1.0, 2.5, 3.25, 5.0])
def test_quiet_ends_a_drill_at_once(after):
    run = at_the_drill().go(after, pelvic_tilt=9.0)
    busy = any(say.at <= run.t < say.at + say.duration for say in run.says)
    heard = len(run.said)
    before = len(run.actions)
    run.handle(Control(run.t, "quiet", 30.0))
    assert any(isinstance(a, Hush) for a in run.actions[before:]) >= busy
    assert any(isinstance(a, Decision) and a.outcome == "muted by the runner" for a in run.actions[before:])
    run.go(60, pelvic_tilt=9.0)
    assert [text for text in run.said[heard:] if text in DRILL] == []


def test_quiet_after_the_last_step_cuts_nothing_short():
    run = at_the_drill().go(20, pelvic_tilt=9.0)
    run.handle(Control(run.t, "quiet", 5.0))
    assert all("cut short" not in d.why for d in run.decisions("tall"))


def test_a_step_that_could_not_be_heard_ends_the_drill():
    run = at_the_drill()
    run.answers = False
    run.handle(AudioEvent(run.t + 4, "dropped", run.says[-1].id))
    run.answers = True
    assert run.outcomes("tall")[-1] == "expired"
    assert DRILL[1] not in run.go(8, pelvic_tilt=9.0).said
    # It was never heard, so it is tried again.
    assert run.go(20, pelvic_tilt=9.0).said[-3:] == DRILL


def test_mended_in_the_middle_of_a_drill_the_steps_are_said_to_the_end_and_praised_then():
    quick = compile_expression("last(pelvic_tilt) > baseline + 3 deg")
    run = Run(replace(slouch(cooldown_s=45.0, until=None), when=quick)).go(20)
    run.go_until(lambda run: DRILL[0] in run.said, pelvic_tilt=9.0)
    run.go(20)
    assert run.said[-4:] == [*DRILL, "Good"]
    says: list[Say] = run.says[-2:]
    assert says[1].at >= says[0].at + says[0].duration


def test_a_lost_sensor_is_told_between_the_steps_and_never_over_them():
    run = at_the_drill().go(0.5, pelvic_tilt=9.0)
    run.handle(SensorState(run.t, "heart", "lost"))
    run.go(15, pelvic_tilt=9.0)
    assert run.said[-4:] == [DRILL[0], "Sensor lost", DRILL[1], DRILL[2]]
    assert all(b.at >= a.at + a.duration for a, b in itertools.pairwise(run.says))
