"""Windows, means and left against right, while a recording passes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuecoach.events import ActivityChange, Step
from cuecoach.gait.leftright import LeftRight
from cuecoach.gait.summary import SHOWN, Means, Window, Windows, windows
from cuecoach.metrics import METRICS


def step(ic, **values):
    return Step(known=ic + 0.4, ic=ic, side=values.pop("side", None), values=values)


def test_every_metric_of_a_motion_sensor_is_shown_in_the_order_of_the_catalogue():
    assert list(SHOWN) == [name for name in METRICS if name not in ("speed", "heart_rate", "power", "grade")]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(40.0, 260.0), min_size=1, max_size=40))
def test_the_median_of_cadence_is_exact_to_its_bin(values):
    means = Means()
    for value in values:
        means.add({"cadence": value})
    assert means.values()["cadence"] == pytest.approx(np.median(values), abs=0.00501)


def test_windows_are_closed_as_they_pass_and_are_those_of_the_whole():
    steps = [step(0.35 * k, cadence=160.0 + k % 7, pelvic_drop=float(k % 3)) for k in range(1200)]
    activity = [ActivityChange(3.0, 0.0, "running"), ActivityChange(205.0, 202.0, "walking")]
    cut = Windows(0.0)
    closed: list[Window] = []
    for until in np.arange(7.0, 420.0, 7.0):
        new = [s for s in steps if until - 7.0 < s.known <= until]
        closed += cut.push(new, [c for c in activity if until - 7.0 < c.known <= until], float(until))
        assert until - len(closed) * 10.0 < 75.0
    closed += cut.finish(419.5)
    at_once = windows([s for s in steps if s.known <= 413.0], activity, 0.0, 419.5)
    assert len(closed) == len(at_once) == 42
    for mine, other in zip(closed, at_once, strict=True):
        assert (mine.t_start, mine.t_end, mine.activity, mine.steps) == (
            other.t_start,
            other.t_end,
            other.activity,
            other.steps,
        )
        assert mine.values == other.values
        assert mine.spent == pytest.approx(other.spent)


def test_a_gap_is_no_activity_until_something_is_known_again():
    cut = Windows(0.0)
    cut.push([], [ActivityChange(2.0, 0.0, "running")], 10.0)
    cut.push([], [ActivityChange(42.0, 40.0, "running")], 50.0, gaps=[(10.0, 40.0)])
    closed = cut.finish(50.0)
    assert [w.activity for w in closed] == ["running", None, None, None, "running"]


def test_windows_merge_into_longer_ones():
    first, second = windows(
        [step(1.0, cadence=160.0), step(11.0, cadence=170.0), step(12.0, cadence=170.0)],
        [ActivityChange(1.0, 0.0, "running")],
        0.0,
        20.0,
    )
    first.merge(second)
    assert (first.t_end, first.steps, first.values["cadence"], first.spent["running"]) == (20.0, 3, 170.0, 20.0)


def test_left_and_right_are_compared_by_the_foot_a_value_belongs_to():
    both = LeftRight()
    for k in range(20):
        left = k % 2 == 0
        drop = {"pelvic_drop_left": 5.0} if left else {"pelvic_drop_right": 4.0}
        ic = 0.35 * k + (0.01 if left else 0.0)
        both.add(step(ic, side="left" if left else "right", stance_time=250.0 if left else 240.0, **drop))
    both.add(step(7.0, stance_time=900.0))  # of an unknown foot
    pairs = both.pairs()
    assert list(pairs) == ["step_time", "stance_time", "pelvic_drop"]
    assert both.steps == {"left": 10, "right": 10}
    assert pairs["stance_time"].asymmetry == pytest.approx(100 * 10 / 245)
    assert (pairs["step_time"].left, pairs["step_time"].right) == (pytest.approx(360), pytest.approx(340))
    assert (pairs["pelvic_drop"].left, pairs["pelvic_drop"].right, pairs["pelvic_drop"].asymmetry) == (5.0, 4.0, None)


def test_step_time_is_not_counted_over_a_pause_or_a_lost_step():
    both = LeftRight()
    for ic, side in ((0.0, "left"), (5.0, "right"), (5.35, None), (5.7, "right"), (6.05, "right"), (6.4, "left")):
        both.add(step(ic, side=side))
    assert both.pairs() == {}  # one left step time is no pair
