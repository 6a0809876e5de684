"""The chart model: thinning keeps extremes, axes are round, holes stay holes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.report.chart import Chart, Line, time_ticks, where
from cuecoach.report.html import table
from cuecoach.report.svg import figure
from cuecoach.report.thin import envelope, pieces, thin

values = st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=400)


@given(values, st.integers(1, 30))
def test_thinning_keeps_every_extreme_and_both_ends(drawn: list[float], columns: int) -> None:
    y = np.array(drawn)
    t = np.arange(y.size, dtype=float)
    span = (0.0, max(1.0, float(y.size)))
    kept_t, kept_y = thin(t, y, span, columns)
    assert kept_y.size <= max(2 * columns + 2, 2)
    assert (np.diff(kept_t) > 0).all()
    assert kept_t[0] == t[0]
    assert kept_t[-1] == t[-1]
    parts = np.clip(t / span[1] * columns, 0, columns - 1).astype(int)
    kept_parts = np.clip(kept_t / span[1] * columns, 0, columns - 1).astype(int)
    for part in np.unique(parts):
        assert kept_y[kept_parts == part].min() == y[parts == part].min()
        assert kept_y[kept_parts == part].max() == y[parts == part].max()


@given(values, st.integers(1, 30))
def test_a_thinned_band_holds_the_whole_band(drawn: list[float], columns: int) -> None:
    low = np.array(drawn)
    t = np.arange(low.size, dtype=float)
    kept, floor, ceiling = envelope(t, low, low + 1, (0.0, float(low.size)), columns)
    assert floor.min() == low.min()
    assert ceiling.max() == (low + 1).max()
    assert kept[0] == 0
    assert kept[-1] == t[-1]
    assert (np.diff(kept) >= 0).all()


def test_unknown_values_and_missing_seconds_are_holes() -> None:
    t = np.array([0.0, 1, 2, 3, 20, 21])
    y = np.array([1.0, 2, np.nan, 3, 4, 5])
    assert pieces(t, y) == [slice(0, 2), slice(3, 4), slice(4, 6)]


@given(st.floats(1, 40_000))
def test_times_are_round_and_few_enough_for_a_phone(length: float) -> None:
    ticks = time_ticks((0.0, length))
    assert 1 <= len(ticks) <= 8
    assert ticks[0] == (0.0, "0:00")
    assert all(t <= length for t, _ in ticks)


def test_labels_of_hours_are_wider_and_so_fewer() -> None:
    assert [text for _, text in time_ticks((0.0, 3600.0))] == ["0:00", "15:00", "30:00", "45:00", "1:00:00"]
    assert len(time_ticks((0.0, 3599.0))) == 6


@given(st.lists(st.floats(-300, 300), min_size=1, max_size=20), st.floats(0.5, 20))
def test_everything_fits_between_the_ends_of_the_axis(drawn: list[float], least: float) -> None:
    y = np.array(drawn)
    chart = _chart(y, least)
    low, high = chart.limits
    assert low <= y.min() <= y.max() <= high
    assert high - low >= least * (1 - 1e-9)
    assert 3 <= len(chart.levels) <= 8
    assert all(low <= value <= high for value, _ in chart.levels)
    assert len({text for _, text in chart.levels}) == len(chart.levels)


def test_a_line_of_unknowns_draws_nothing_and_fails_nowhere() -> None:
    chart = _chart(np.full(5, np.nan), 2.0)
    assert chart.empty
    assert 'class="value"' not in figure(chart)


def test_what_lies_outside_is_drawn_at_the_edge() -> None:
    assert where(-5, (0, 10)) == 0
    assert where(50, (0, 10)) == 1


def test_the_first_cell_of_a_row_is_its_heading() -> None:
    made = table("What <this> is", ("A", "B"), [("1", "1")])
    assert '<th scope="row" data-of="A">1</th><td data-of="B">1</td>' in made
    assert "<caption>What &lt;this&gt; is</caption>" in made


def _chart(y: np.ndarray, least: float) -> Chart:
    t = np.arange(y.size, dtype=float)
    span = (0.0, max(1.0, float(y.size)))
    return Chart("k", "Title", "mm", "A sentence.", span, time_ticks(span), (Line("it", t, y),), least=least)
