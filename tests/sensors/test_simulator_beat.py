"""How simulated people step to a beat: early, about it, and some not at all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cuecoach.events import Beat
from cuecoach.sensors.simulator import Person, Phase, Response, SimulatedRunner, Story

SPM = 167.5
RUN = Story("run", "", (Phase("run", 200, 2.8),))


def beside_a_beat(response: Response, seed: int = 1, noise: bool = True) -> np.ndarray:
    runner = SimulatedRunner(replace(RUN, person=Person(response=response)), seed=seed, noise=noise)
    runner.advance(20)
    runner.hear(Beat(20, 20.1, 1, "c", SPM))
    runner.advance(199)
    return runner.truth.ic


def late_ms(ic: np.ndarray) -> tuple[float, float]:
    """Mean and SD of the steps against their clicks, ms."""
    phase = np.exp(2j * np.pi * (ic[ic > 80] - 20.1) * SPM / 60)
    mean = np.mean(phase)
    spread = np.std(np.angle(phase / mean))
    cycle = 1000 * 60 / SPM / (2 * np.pi)
    return float(np.angle(mean) * cycle), float(spread * cycle)


@pytest.mark.parametrize("lead_s", [0.02, 0.04])
def test_steps_scatter_about_a_point_a_little_before_the_click(lead_s: float):
    found = [late_ms(beside_a_beat(Response(beat_lead_s=lead_s, beat_error_s=0.03), seed)) for seed in range(4)]
    assert np.mean([mean for mean, _ in found]) == pytest.approx(-1000 * lead_s, abs=6)
    assert 15 < np.mean([sd for _, sd in found]) < 26


def test_who_cannot_follow_a_beat_runs_as_if_there_were_none():
    deaf = beside_a_beat(Response(follows_beat=False))
    runner = SimulatedRunner(RUN, seed=1)
    runner.advance(199)
    assert np.array_equal(deaf, runner.truth.ic)


def test_a_runner_like_a_clock_has_no_error_of_timing():
    assert np.array_equal(
        beside_a_beat(Response(beat_error_s=0.03), noise=False), beside_a_beat(Response(), noise=False)
    )


def test_the_error_of_timing_changes_nothing_without_a_beat():
    runs = []
    for response in (Response(), Response(beat_error_s=0.03)):
        runner = SimulatedRunner(replace(RUN, person=Person(response=response)), seed=4)
        runner.advance(60)
        runs.append(runner.truth.ic)
    assert np.array_equal(*runs)
