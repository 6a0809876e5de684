"""Turns, dropouts and races: more moments when the coach is silent."""

from __future__ import annotations

import numpy as np
import pytest

from cuecoach.coaching.gates import BACK, RACE, TURNING
from cuecoach.events import TICK_S, ActivityChange, ImuBlock, Reading, Step
from cuecoach.gait import GaitAnalyser
from cuecoach.sensors.simulator import STORIES, SimulatedRunner
from tests.coaching.coached import Run as CoachedRun
from tests.coaching.coached import rule
from tests.coaching.test_gates import Run

EASY = {"cadence": 165.0, "speed": 2.8}


def test_data_that_just_came_back_is_not_acted_on():
    run = Run()
    assert run.go(310, **EASY) is None
    assert run.go(4) is None
    assert run.go(2, **EASY) == BACK
    assert run.go(11, **EASY) == BACK
    assert run.go(3, **EASY) is None


def test_a_slow_reporter_is_never_just_back():
    run = Run()
    for second in range(1, 700):
        if second % 6 == 0:
            run.signals.reading(Reading(float(second), "fit", EASY))
        for quarter in range(4):
            t = second - 1 + (quarter + 1) * TICK_S
            run.signals.advance(t)
            run.gates.advance(t, run.signals)
        if second > 330:
            assert run.gates.closed is None


def test_a_heart_strap_that_comes_back_says_nothing_about_steps():
    run = Run()
    for n in range(330):
        t = run.signals.now + 1
        run.signals.reading(Reading(t, "pod", EASY))
        if not 300 <= n < 320:
            run.signals.reading(Reading(t, "strap", {"heart_rate": 140.0}))
        run.signals.advance(t)
        run.gates.advance(t, run.signals)
        if n > 302:
            assert run.gates.closed is None


@pytest.mark.parametrize(("turn", "gate"), [(4.0, None), (25.0, TURNING), (-25.0, TURNING)])
def test_no_word_in_a_turn_and_words_again_after_it(turn: float, gate: str | None) -> None:
    run = Run()

    def on(seconds: int, turn: float) -> str | None:
        for _ in range(seconds):
            begin = run.signals.now
            times = begin + np.arange(1, 101) / 100
            block = ImuBlock(begin + 1, "imu", "sacrum", times, np.ones((100, 3)), None)
            steps = [Step(begin + d, begin + d, values={"cadence": 165.0}, turn=turn) for d in (0.5, 1.0)]
            changes = [ActivityChange(begin + 0.1, begin, "running")] if begin == 0 else []
            run.signals.gait(block, steps, changes)
            run.signals.advance(begin + 1)
            run.gates.advance(begin + 1, run.signals)
        return run.gates.closed

    assert on(302, 0.0) is None
    assert on(4, turn) == gate
    assert on(4, 0.0) is None


def test_who_runs_straight_on_does_not_turn():
    feed, analyser = SimulatedRunner(STORIES["easy-run"], seed=2, output="imu"), GaitAnalyser("sacrum")
    turns: list[float] = []
    for event in feed.advance(110.0):
        if isinstance(event, ImuBlock):
            turns += [
                step.turn for step in analyser.push(event.times, event.acc, event.gyr).steps if step.turn is not None
            ]
    assert len(turns) > 30
    assert abs(float(np.median(turns))) < 2.0
    assert float(np.percentile(np.abs(turns), 95)) < 15.0


def test_in_a_race_only_safety_speaks():
    slow = rule("slow", "cadence < 165 spm", say=("Quick",), praise="Good")
    pain = rule("pain", "pelvic_tilt > 8 deg", say=("Any pain?",), focus="safety", priority=3)
    surge = rule("surge", "surging and cadence < 165 spm", say=("Tall",))
    race = CoachedRun(slow, surge, pain, race=True).go(20, pelvic_tilt=12.0)
    assert set(race.said) == {"Any pain?"}
    assert race.coach.gate == RACE
    assert any("race: only safety speaks" in getattr(a, "why", "") for a in race.actions)
