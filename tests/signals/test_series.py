"""Windows over a metric's recent past."""

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.signals.series import NEVER_FRESH_S, Series

values = st.floats(-1e3, 1e3)
samples = st.lists(st.tuples(st.floats(0.01, 3.0), values), min_size=1, max_size=60)


def filled(steps: list[tuple[float, float]]) -> Series:
    series, t = Series(), 0.0
    for gap, value in steps:
        t += gap
        series.add(t, value)
    return series


@given(samples, st.floats(0, 200), st.floats(0.5, 60))
def test_statistics_are_those_of_the_values_inside_the_window(steps, now, window):
    series = filled(steps)
    series.advance(now)
    inside = [v for t, v in zip(series.times, series.values, strict=True) if now - window < t <= now]
    for function, plain in (("median", statistics.median), ("mean", statistics.fmean), ("min", min), ("max", max)):
        got = series.statistic(function, now, window)
        assert got is None if not inside else got == pytest.approx(plain(inside), abs=1e-9)


@given(samples)
def test_what_is_added_ahead_is_seen_only_when_its_time_has_come(steps):
    early, late = filled(steps), Series()
    t = 0.0
    for gap, value in steps:
        t += gap
        late.add(t, value)
        late.advance(t)
        early.advance(t)
        assert early.newest == late.newest
        assert early.statistic("median", t, 10) == late.statistic("median", t, 10)


def test_slope_is_in_units_per_second():
    series = filled([(1.0, 2.0 * k) for k in range(10)])
    series.advance(20)
    assert series.statistic("slope", 10, 60) == pytest.approx(2.0)


def test_sd_and_slope_need_three_values():
    series = filled([(1, 1), (1, 2)])
    series.advance(5)
    assert series.statistic("sd", 5, 60) is None
    assert series.statistic("slope", 5, 60) is None


def test_a_value_grows_stale():
    series = filled([(1, 1), (1, 1), (1, 1)])
    series.advance(3)
    assert series.fresh(8, 5)
    assert not series.fresh(8.1, 5)


def test_a_source_that_reports_every_six_seconds_is_fresh_between_reports():
    series = filled([(6, 1)] * 5)
    series.advance(30)
    assert series.fresh(36, 5)
    assert not series.fresh(30 + NEVER_FRESH_S + 0.1, 5)


def test_a_duplicate_or_late_value_is_ignored():
    series = Series()
    series.add(1, 10)
    series.add(1, 99)
    series.add(0.5, 99)
    series.advance(2)
    assert series.values == [10]


def test_the_past_is_let_go():
    series = Series()
    for k in range(20_000):
        series.add(k * 0.25, 1.0)
        series.advance(k * 0.25)
    assert len(series.times) < 10_000
    assert series.statistic("mean", 4999.75, 300) == 1.0
    assert math.isclose(series.newest[0], 4999.75)
