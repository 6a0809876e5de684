"""Windows over what a sensor has said lately."""

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.signals.log import NEVER_FRESH_S, Log

values = st.floats(-1e3, 1e3)
samples = st.lists(st.tuples(st.floats(0.01, 3.0), values, st.booleans()), min_size=1, max_size=60)
Steps = list[tuple[float, float, bool]]


def timed(steps: Steps) -> list[tuple[float, dict[str, float]]]:
    t, out = 0.0, []
    for gap, value, has_tilt in steps:
        t += gap
        out.append((t, {"cadence": value, "pelvic_tilt": value} if has_tilt else {"cadence": value}))
    return out


def filled(steps: Steps) -> Log:
    log = Log()
    for t, said in timed(steps):
        log.add(t, said)
    return log


def even(*cadences: float, every: float = 1.0) -> Log:
    return filled([(every, c, False) for c in cadences])


@given(samples, st.floats(0, 200), st.floats(0.5, 60))
def test_statistics_are_those_of_the_window_that_ends_with_the_newest_value(steps, now, window):
    log = filled(steps)
    log.advance(now)
    for name in ("cadence", "pelvic_tilt"):
        known = [(t, said[name]) for t, said in timed(steps) if t <= now and name in said]
        inside = [value for t, value in known if t > known[-1][0] - window]
        for function, plain in (("median", statistics.median), ("mean", statistics.fmean), ("min", min), ("max", max)):
            got = log.statistic(function, name, window)
            assert got is None if not inside else got == pytest.approx(plain(inside), abs=1e-9)


@given(samples)
def test_what_is_added_ahead_is_seen_only_when_its_time_has_come(steps):
    early, late = filled(steps), Log()
    for t, said in timed(steps):
        late.add(t, said)
        assert late.advance(t)
        assert early.advance(t)
        for name in ("cadence", "pelvic_tilt"):
            assert early.newest(name) == late.newest(name)
            assert early.statistic("median", name, 10) == late.statistic("median", name, 10)
            assert early.fresh_until(name, 5) == late.fresh_until(name, 5)


def test_slope_is_in_units_per_second():
    log = even(*(2.0 * k for k in range(10)))
    log.advance(20)
    assert log.statistic("slope", "cadence", 60) == pytest.approx(2.0)


def test_sd_and_slope_need_three_values():
    log = even(1, 2)
    log.advance(5)
    assert log.statistic("sd", "cadence", 60) is None
    assert log.statistic("slope", "cadence", 60) is None


def test_a_value_grows_stale_and_a_metric_never_heard_is_never_fresh():
    log = even(1, 1, 1)
    log.advance(3)
    assert log.fresh_until("cadence", 5) == 8
    assert log.fresh_until("pelvic_tilt", 5) < 0


def test_a_source_that_reports_every_six_seconds_is_fresh_between_reports():
    log = even(1, 1, 1, 1, 1, every=6)
    log.advance(30)
    assert 36 <= log.fresh_until("cadence", 5) <= 30 + NEVER_FRESH_S


def test_a_duplicate_or_late_value_is_ignored():
    log = Log()
    log.add(1, {"cadence": 10})
    log.add(1, {"cadence": 99})
    log.add(0.5, {"cadence": 99})
    log.advance(2)
    assert log.statistic("max", "cadence", 60) == 10


def test_the_past_is_let_go():
    log = Log()
    for k in range(20_000):
        log.add(k * 0.25, {"cadence": float(k)})
        log.advance(k * 0.25)
    assert log.statistic("min", "cadence", 1e9) > 5_000
    assert log.statistic("mean", "cadence", 1) == pytest.approx(19_997.5)
