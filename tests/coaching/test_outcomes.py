"""Every word for why a rule spoke or was silent: each can occur, says what is so, and carries its numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from cuecoach.events import AudioEvent, Control, Decision, ImuBlock, SensorState, Slip, Step
from cuecoach.rules import Limit, Reason
from cuecoach.rules.rule import PRIORITIES, NoChange
from tests.coaching.coached import Run, rule, slouch

#: What only a plan gives: see the tests of the words under a plan.
PLANNED = {Reason.FADED, Reason.REMINDED}

PLAIN = slouch(if_no_change=None, praise=None)


def not_met() -> Run:
    return Run(PLAIN).go(20)


def holding() -> Run:
    return Run(replace(PLAIN, hold_s=8.0)).go(20).go(8, pelvic_tilt=9.0)


def due() -> Run:
    # Neither a beat, which the config forbids, nor words.
    silent = rule("tall", "cadence < target - 3 %", say=(), beat_s=20.0)
    return Run(silent, metronome="off").go(20, cadence=150.0)


def spoken() -> Run:
    return Run(PLAIN).go(20).go(8, pelvic_tilt=9.0)


def spoken_as_a_beat() -> Run:
    return Run(rule("tall", "cadence < target - 3 %", beat_s=20.0)).go(20, cadence=150.0)


def cooling_down() -> Run:
    return Run(PLAIN).go(20).go(15, pelvic_tilt=9.0)


def its_own_limit() -> Run:
    return Run(replace(PLAIN, limit=Limit(1, "run"))).go(20).go(60, pelvic_tilt=9.0)


def once_an_episode() -> Run:
    return Run(replace(PLAIN, repeat=False)).go(20).go(60, pelvic_tilt=9.0)


def the_limit_of_all() -> Run:
    return Run(PLAIN, caps={"gap": "0 s", "per_run": 1}).go(20).go(60, pelvic_tilt=9.0)


def outranked() -> Run:
    return Run(PLAIN, replace(PLAIN, id="taller", priority=3)).go(20).go(8, pelvic_tilt=9.0)


def the_gap() -> Run:
    return Run(PLAIN, replace(PLAIN, id="taller", priority=3)).go(20).go(11, pelvic_tilt=9.0)


def the_voice_is_busy() -> Run:
    run = Run(PLAIN, caps={"gap": "0 s"}).go(20)
    run.go_until(lambda run: "holding" in run.outcomes("tall"), pelvic_tilt=9.0).go(1.5, pelvic_tilt=9.0)
    run.handle(SensorState(run.t, "heart", "lost"))
    return run.go(2, pelvic_tilt=9.0)


def its_own_beat_sounds() -> Run:
    return Run(rule("tall", "cadence < target - 3 %", beat_s=40.0)).go(45, cadence=150.0)


def gated_by_the_coach() -> Run:
    return Run(PLAIN).go(20).go(20, cadence=110.0, speed=1.4)


def gated_by_the_rule() -> Run:
    return Run(rule("tall", "pelvic_tilt > baseline + 3 deg", only_if="elapsed > 10 min")).go(20)


def no_fresh_data() -> Run:
    return Run(PLAIN).go(20).go(20, pelvic_tilt=None)


def sensor_slipped() -> Run:
    run = Run(PLAIN).go(20, pelvic_tilt=None)
    times, still = np.array([20.0]), np.zeros((1, 3))
    block = ImuBlock(20.0, "sacrum", "sacrum", times, still, still)
    run.coach.signals.gait(
        block, [Step(20.0, 19.8, values={"pelvic_tilt": 4.0})], [], slips=[Slip(20.0, 16.0, 5.0, 0.0)]
    )
    return run.go(0.5, pelvic_tilt=None)


def baseline_not_ready() -> Run:
    return Run(PLAIN, normals={}).go(20)


def not_in_focus() -> Run:
    return Run(PLAIN, focus="cadence").go(20).go(20, pelvic_tilt=9.0)


def muted() -> Run:
    run = Run(PLAIN).go(20)
    run.handle(Control(run.t, "quiet"))
    return run.go(20, pelvic_tilt=9.0)


def expired() -> Run:
    run = spoken()
    run.handle(AudioEvent(run.t, "dropped", run.says[-1].id))
    return run


def never_answered() -> Run:
    run = Run(PLAIN).go(20)
    run.answers = False
    return run.go(15, pelvic_tilt=9.0)


def no_change() -> Run:
    return Run(replace(PLAIN, if_no_change=NoChange(say=("Tuck tail",)))).go(20).go(200, pelvic_tilt=9.0)


def nearly_mended() -> Run:
    return Run(PLAIN).go(20).go(10, pelvic_tilt=9.0).go(30, pelvic_tilt=5.5)


def withheld() -> Run:
    return Run(PLAIN, response={"withhold": "100 %"}).go(20).go(10, pelvic_tilt=9.0)


CASES: dict[Callable[[], Run], tuple[Reason, str]] = {
    not_met: (Reason.NOT_MET, "not met: pelvic_tilt 4.0 deg <= 7.0 deg (baseline 4.0 deg + 3 deg)"),
    holding: (Reason.HOLDING, "holding (0 of 8 s): pelvic_tilt 9.0 deg > 7.0 deg (baseline 4.0 deg + 3 deg)"),
    due: (Reason.DUE, "no beat may be laid now, and the rule has no words"),
    spoken: (Reason.SPOKEN, "pelvic_tilt 9.0 deg > 7.0 deg (baseline 4.0 deg + 3 deg) for 2 s"),
    spoken_as_a_beat: (Reason.SPOKEN, "cadence 150.0 spm < 164.9 spm (target 170.0 spm - 3 %) for 2 s"),
    cooling_down: (Reason.COOLING_DOWN, "cooling down (0 of 20 s)"),
    its_own_limit: (Reason.LIMIT_REACHED, "limit reached: 1 per run"),
    once_an_episode: (Reason.LIMIT_REACHED, "limit reached: 1 per episode"),
    the_limit_of_all: (Reason.LIMIT_REACHED, "limit reached: 1 per run, all rules together"),
    outranked: (Reason.OUTRANKED, "outranked by taller"),
    the_gap: (Reason.TOO_SOON, "too soon after another cue"),
    the_voice_is_busy: (Reason.TOO_SOON, "too soon after another cue"),
    its_own_beat_sounds: (Reason.TOO_SOON, "too soon after another cue"),
    gated_by_the_coach: (Reason.GATED, "gated: walking"),
    gated_by_the_rule: (Reason.GATED, "gated: elapsed 0.0 min <= 10 min"),
    no_fresh_data: (Reason.NO_FRESH_DATA, "no fresh data: pelvic_tilt"),
    sensor_slipped: (Reason.SENSOR_SLIPPED, "sensor slipped: no pelvic_tilt until the next calibration"),
    baseline_not_ready: (Reason.BASELINE_NOT_READY, "baseline not ready: baseline of pelvic_tilt"),
    not_in_focus: (Reason.NOT_IN_FOCUS, "not in focus"),
    muted: (Reason.MUTED, "muted by the runner"),
    expired: (Reason.EXPIRED, "it could not start in time"),
    never_answered: (Reason.EXPIRED, "it could not start in time"),
    nearly_mended: (Reason.NEARLY_MENDED, "nearly mended (25 % is left): it may go by itself"),
    withheld: (Reason.WITHHELD, "withheld (0 of 40 s), to see what happens without a cue"),
    no_change: (Reason.NO_CHANGE, "no change after 3 cues: silent for the rest of the run"),
}


def recorded(case: Callable[[], Run]) -> list[Decision]:
    return case().decisions("tall")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_each_outcome_is_recorded_with_its_reason(case):
    reason, why = CASES[case]
    whys = [d.why for d in recorded(case) if d.outcome == reason.value]
    assert why in whys


def test_no_outcome_is_left_out():
    assert {reason for reason, _ in CASES.values()} | PLANNED == set(Reason)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_what_is_recorded_carries_the_numbers_it_rests_on(case):
    for decision in recorded(case):
        if decision.outcome not in ("expired", "muted by the runner"):
            assert decision.values


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_what_is_recorded_does_not_depend_on_the_day(case):
    assert recorded(case) == recorded(case)


def test_a_cue_that_nobody_answered_for_may_be_said_again():
    run = Run(PLAIN).go(20)
    run.answers = False
    run.go(15, pelvic_tilt=9.0)
    run.answers = True
    assert run.go(30, pelvic_tilt=9.0).said[:2] == ["One", "Two"]
    assert run.coach._engine.states["tall"].heard_count >= 1


def test_what_is_urgent_waits_for_no_focus_and_no_cap_but_for_the_voice_and_for_quiet():
    pain = rule("pain", "pelvic_tilt > 8 deg", priority=PRIORITIES["urgent"], say=("Any pain? Then stop.",))
    run = Run(pain, rule("steps", "cadence < 165 spm"), focus="steps", caps={"gap": "0 s", "per_km": 0, "per_run": 0})
    run.go(10, pelvic_tilt=12.0, cadence=150.0)
    assert run.said == ["Any pain? Then stop."]
    assert run.outcomes("steps")[-1] == "limit reached"
    hushed = Run(pain)
    hushed.handle(Control(0.0, "quiet"))
    assert hushed.go(10, pelvic_tilt=12.0).said == []
