from __future__ import annotations

import time

import numpy as np
import pytest

from cuecoach.events import Reading
from cuecoach.sensors.simulator import STORIES, Phase, SimulatedRunner, Story

LONG = Story("long", "", (Phase("run", 1800, 2.8),))


@pytest.fixture(scope="module")
def series():
    """1-Hz reports of six even half-hours: name to array (run, second)."""
    runs = [[e for e in SimulatedRunner(LONG, seed=s).advance(1e9) if isinstance(e, Reading)] for s in range(6)]
    return {n: np.array([[r.values[n] for r in run] for run in runs]) for n in runs[0][0].values}


def ten_second_medians(x):
    return np.median(np.lib.stride_tricks.sliding_window_view(x, 10, axis=1), axis=2)


@pytest.mark.parametrize(
    ("name", "target", "is_share"),
    [
        ("cadence", 0.009, True),
        ("stance_time", 0.020, True),
        ("vertical_oscillation", 0.027, True),
        ("pelvic_tilt", 1.0, False),
        ("pelvic_drop_left", 0.7, False),
        ("pelvic_drop_right", 0.7, False),
    ],
)
def test_reports_scatter_as_measured(series, name, target, is_share):
    x = series[name]
    if name == "cadence":
        # Measured after removing speed, as in the source.
        x = x - 7 * (series["speed"] - 2.8)
    medians = ten_second_medians(x)
    sd = float(medians.std())
    assert (sd / medians.mean() if is_share else sd) == pytest.approx(target, rel=0.15)


def test_the_larger_drop_scatters_about_as_much(series):
    assert ten_second_medians(series["pelvic_drop"]).std() == pytest.approx(0.7, rel=0.2)


@pytest.mark.parametrize(("lag_s", "expected"), [(1, 0.79), (10, 0.23), (30, 0.12)])
def test_reports_hang_together_as_measured(series, lag_s, expected):
    found = []
    for name in ("stance_time", "vertical_oscillation", "pelvic_tilt"):
        x = series[name] - series[name].mean()
        found.append(float((x[:, lag_s:] * x[:, :-lag_s]).mean() / x.var()))
    assert np.mean(found) == pytest.approx(expected, abs=0.06)


@pytest.mark.parametrize("rate_hz", [2, 4])
def test_faster_pods_scatter_no_differently(rate_hz):
    runs = [SimulatedRunner(LONG, seed=s, rate_hz=rate_hz).advance(900) for s in range(3)]
    x = np.array([[e.values["pelvic_tilt"] for e in run if isinstance(e, Reading)] for run in runs])
    windows = np.lib.stride_tricks.sliding_window_view(x, 10 * rate_hz, axis=1)[:, ::5]
    assert np.median(windows, axis=2).std() == pytest.approx(1.0, rel=0.25)


def test_reports_are_rounded_as_pods_round(series):
    assert np.all(series["cadence"] % 1 == 0)
    assert np.all(series["stance_time"] % 1 == 0)
    for name, step in (("speed", 1 / 256), ("pelvic_tilt", 0.1), ("step_length", 0.01)):
        parts = series[name] / step
        assert np.all(np.abs(parts - np.round(parts)) < 1e-3)


def test_without_noise_an_even_run_reads_the_same_all_along():
    readings = [e for e in SimulatedRunner(LONG, noise=False).advance(300) if isinstance(e, Reading)]
    first, last = dict(readings[0].values), dict(readings[-1].values)
    first.pop("heart_rate")
    last.pop("heart_rate")
    assert first == pytest.approx(last)
    assert last["cadence"] == pytest.approx(166)
    assert last["step_length"] == pytest.approx(2.8 * 60 / 166)


def test_heart_rate_rises_with_effort_and_falls_at_rest():
    readings = [e for e in SimulatedRunner(STORIES["intervals"]).advance(1e9) if isinstance(e, Reading)]
    at = {round(r.t): r.values["heart_rate"] for r in readings}
    fast = round(STORIES["intervals"].start("fast 1"))
    assert at[5] < 100 < at[fast] < at[fast + 59]
    assert at[fast + 119] < at[fast + 60] - 10


def test_the_demo_is_simulated_at_once():
    start = time.process_time()
    SimulatedRunner(STORIES["demo"]).advance(1e9)
    # Measured 0.07 s; generous for slow and busy machines.
    assert time.process_time() - start < 0.6
