from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.sensors.phone.grid import HOLE_S, Grid


def wave(times, hz=2.0):
    """A smooth movement of known shape."""
    return np.stack([np.sin(2 * np.pi * hz * times + k) for k in range(3)], axis=1)


def fill(grid, times, chunk=20, gyr_delay=0.0, kinds=("acc", "gyr"), hz=2.0):
    runs = []
    for a in range(0, len(times), chunk):
        part = times[a : a + chunk]
        for kind in kinds:
            own = part + (gyr_delay if kind == "gyr" else 0.0)
            grid.add(kind, own, wave(own, hz))
        runs += grid.take()
    return runs


def times_of(runs):
    return np.concatenate([run.stamp + np.arange(len(run.acc)) / 100 for run in runs])


@pytest.mark.parametrize("rate_hz", [60.0, 77.3, 100.0, 100.6, 208.0, 470.0])
def test_samples_of_any_rate_come_out_at_100_hz_with_their_shape(rate_hz):
    t = 1.79e9 + np.arange(0, 5, 1 / rate_hz)
    runs = fill(Grid(), t, gyr_delay=0.004)
    assert len(runs[0].acc) > 0
    got = times_of(runs)
    assert np.allclose(np.diff(got), 0.01, atol=1e-6)
    assert len(got) > 480
    assert np.abs(np.concatenate([r.acc for r in runs]) - wave(got)).max() < 0.01
    assert np.abs(np.concatenate([r.gyr for r in runs]) - wave(got)).max() < 0.01


def test_fast_movement_keeps_its_size_between_the_samples_of_a_phone():
    t = 0.005 + np.arange(0, 5, 0.01)  # every grid point lies half way between two samples
    runs = fill(Grid(), t, hz=25.0)
    got = np.concatenate([r.acc for r in runs])
    assert np.abs(got).max() > 0.85  # a straight line would leave 0.71


def test_nothing_is_made_up_across_a_hole():
    t = np.arange(0, 4, 0.01)
    t = t[(t < 1.5) | (t > 2.2)]
    runs = fill(Grid(), t)
    got = times_of(runs)
    assert not ((got > 1.5 + 1e-9) & (got < 2.2)).any()
    assert any(run.stamp == pytest.approx(2.21) for run in runs)


def test_a_hole_in_one_sensor_is_a_hole():
    t = np.arange(0, 3, 0.01)
    grid = Grid()
    grid.add("acc", t, wave(t))
    there = (t < 1) | (t > 1.3)
    grid.add("gyr", t[there], wave(t[there]))
    got = times_of(grid.take())
    assert not ((got > 1 + 1e-9) & (got < 1.3)).any()


def test_gravity_is_added_where_it_is_a_sensor_of_its_own():
    t = np.arange(0, 2, 0.01)
    grid = Grid(gravity=True)
    grid.add("acc", t, wave(t))
    grid.add("gravity", t + 0.002, np.tile([0.0, 9.8, 0.0], (len(t), 1)))
    grid.add("gyr", t, wave(t))
    runs = grid.take()
    assert np.abs(np.concatenate([r.acc for r in runs]) - wave(times_of(runs)) - [0, 9.8, 0]).max() < 0.01


def test_a_phone_without_gyroscope_is_waited_for_only_once():
    t = np.arange(0, 6, 0.01)
    grid = Grid()
    delays = []
    for a in range(0, len(t), 20):
        part = t[a : a + 20]
        grid.add("acc", part, wave(part))
        delays += [part[-1] - (run.stamp + (len(run.acc) - 1) / 100) for run in grid.take()]
    assert delays[-1] < 0.03
    t = 6 + np.arange(0, 2, 0.01)
    runs = fill(grid, t)
    assert runs[-1].gyr is not None


def test_acceleration_that_waits_for_gravity_in_vain_is_noticed():
    grid = Grid(gravity=True)
    t = np.arange(0, 2, 0.01)
    assert fill(grid, t) == []
    assert grid.starving


def test_a_clock_that_goes_back_begins_anew():
    grid = Grid()
    fill(grid, 100 + np.arange(0, 2, 0.01))
    runs = fill(grid, np.arange(0, 2, 0.01))
    assert runs[0].stamp == pytest.approx(0.0, abs=0.05)


def test_samples_that_come_twice_are_counted_once():
    grid = Grid()
    t = np.arange(0, 1, 0.01)
    for _ in range(2):
        grid.add("acc", t, wave(t))
    assert grid.duplicates == len(t)


@given(
    st.lists(
        st.tuples(st.sampled_from(["acc", "gravity", "gyr"]), st.lists(st.floats(0, 4e9), max_size=12)), max_size=12
    ),
    st.booleans(),
)
def test_any_times_give_runs_that_follow_each_other_between_restarts(parts, gravity):
    grid = Grid(gravity=gravity)
    for kind, times in parts:
        grid.add(kind, np.array(times), np.ones((len(times), 3)))
        for run in grid.take():
            assert np.isfinite(run.acc).all()
            assert run.gyr is None or np.isfinite(run.gyr).all()
            assert 0 < len(run.acc) <= 4096


@given(st.lists(st.floats(0.002, 0.09), min_size=50, max_size=300), st.integers(1, 40))
def test_the_cut_into_messages_changes_nothing(gaps, chunk):
    t = 1000 + np.cumsum(gaps)
    # The rate decides between the two ways of resampling; here it is the same all along.
    whole, cut = fill(Grid(), t, chunk=len(t)), fill(Grid(), t, chunk=chunk)
    a, b = times_of(whole) if whole else np.empty(0), times_of(cut) if cut else np.empty(0)
    assert np.array_equal(np.round(a * 100), np.round(b * 100))
    inside = np.diff(t).max() <= HOLE_S
    if len(a) and inside:
        assert np.allclose(np.concatenate([r.acc for r in whole]), np.concatenate([r.acc for r in cut]), atol=1e-6)
