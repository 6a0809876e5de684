"""Where the first click falls: predicted footfalls, by hand and of a simulated raw sensor."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.coaching.pilot_footfalls import Footfalls
from cuecoach.events import TICK_S, ImuBlock, Step
from cuecoach.gait import GaitAnalyser
from cuecoach.sensors.simulator import Gait, Person, Phase, SimulatedRunner, Story
from tests.coaching.legs import Legs

#: How early the simulated sensor's contacts are found in the mean, s (docs/metrics.md): no matter of prediction.
FOUND_EARLY_S = 0.013


def contacts(spm: float, n: int = 20, uneven_s: float = 0.0) -> list[Step]:
    out: list[Step] = []
    for k in range(n):
        ic = 10 + k * 60 / spm + (uneven_s if k % 2 else 0.0)
        out.append(Step(ic + 0.4, ic, side="right" if k % 2 else "left"))
    return out


def seen(steps: list[Step]) -> Footfalls:
    feet = Footfalls()
    for step in steps:
        feet.look(step)
    return feet


@given(st.floats(140, 200), st.floats(-0.02, 0.02), st.floats(0.1, 1.5), st.integers(18, 19))
def test_even_steps_of_uneven_feet_are_met_exactly_and_on_the_right_foot(
    spm: float, uneven: float, ahead: float, n: int
):
    steps = contacts(spm, 60, uneven)
    feet = seen(steps[:n])
    earliest = steps[n - 1].ic + ahead
    found = feet.predict(earliest, ahead, None)
    assert found is not None
    landing = next(s for s in steps if s.ic >= earliest - 1e-6)
    assert found[0] == pytest.approx(landing.ic, abs=1e-6)
    assert found[1] == landing.side
    assert feet.spm == pytest.approx(spm, rel=1e-6)


@given(st.sets(st.integers(3, 18), max_size=4).filter(lambda found: not any({k, k + 1, k + 2} <= found for k in found)))
def test_missed_steps_do_not_spoil_the_prediction(missed: set[int]):
    steps = contacts(168, 30, 0.008)
    feet = seen([s for k, s in enumerate(steps[:20]) if k not in missed])
    found = feet.predict(steps[22].ic - 0.1, 1.0, None)
    assert found == (pytest.approx(steps[22].ic, abs=1e-6), steps[22].side)


def test_of_few_steps_the_cadence_tells_the_tempo_and_without_it_nothing_is_told():
    feet = seen(contacts(160, 2))
    assert feet.spm is None
    found = feet.predict(11.0, 0.5, 160.0)
    assert found is not None
    assert found[0] == pytest.approx(10 + 3 * 0.375)
    assert feet.predict(11.0, 0.5, None) is None
    assert Footfalls().predict(11.0, 0.5, 160.0) is None


def test_a_contact_that_is_old_predicts_nothing():
    feet = seen(contacts(160))
    assert feet.predict(20.0, 0.3, 160.0) is None


def test_after_a_break_the_steps_before_it_are_forgotten():
    feet = seen(contacts(160))
    feet.look(Step(30.4, 30.0))
    assert feet.spm is None


def test_the_same_contact_of_two_sensors_counts_once():
    feet = Footfalls()
    for step in contacts(160):
        assert feet.look(step) is not None
        assert feet.look(Step(step.known, step.ic + 0.03)) is None
    assert feet.spm == pytest.approx(160)


@pytest.mark.parametrize("late_s", [0.1, 0.4, 0.8, 1.0])
def test_steps_that_are_known_late_are_predicted_further(late_s: float):
    legs = Legs()
    legs.late_s = late_s
    legs.go(20)
    beat = legs.lay()
    assert legs.pilot.state == "follow"
    assert legs.footfall_error(beat.at) < 0.005


def test_steps_known_far_too_late_predict_nothing_and_it_leads_without_a_lock():
    legs = Legs()
    legs.late_s = 2.5
    legs.go(20)
    legs.lay()
    assert legs.pilot.state == "lead"


def test_a_noisy_runners_footfalls_are_met_within_twenty_milliseconds():
    errors: list[float] = []
    for seed in range(5):
        person = Person(gait=Gait(cadence=154.0 + 4 * seed))
        runner = SimulatedRunner(Story("run", "", (Phase("run", 50, 2.8),), person), seed=seed, output="imu")
        analyser, feet, waiting = GaitAnalyser("sacrum"), Footfalls(), list[Step]()
        guesses: list[float] = []
        for tick in range(round(48 / TICK_S)):
            t = tick * TICK_S
            for event in runner.advance(t):
                if isinstance(event, ImuBlock):
                    waiting += analyser.push(event.times, event.acc, event.gyr).steps
            while waiting and waiting[0].known <= t:
                feet.look(waiting.pop(0))
            found = feet.predict(t + 0.3, 0.3, None) if t > 15 else None
            if found is not None:
                guesses.append(found[0])
        runner.advance(50)
        true = runner.truth.ic
        assert len(guesses) > 100
        errors += [float(true[np.argmin(np.abs(true - g))] - g) - FOUND_EARLY_S for g in guesses]
    assert abs(np.median(errors)) < 0.006
    assert np.percentile(np.abs(errors), 95) < 0.020
