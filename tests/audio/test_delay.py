"""The delay of headphones, from the taps of simulated people."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.audio.delay import (
    EARLIEST_S,
    FEWEST,
    INTERVAL_S,
    STEPPING,
    TAPPING,
    WIDEST_S,
    Along,
    NotTogetherError,
    delay_of,
    measure,
)
from tests.audio.tapper import Tapper

CLICKS = 1.5 + INTERVAL_S * np.arange(4, 34)


def go(person: Tapper, delay_s: float, seed: int) -> Along:
    return measure(list(person.taps(CLICKS, delay_s, np.random.default_rng(seed))), 1.5)


@pytest.mark.parametrize("habits", [{}, {"missing": 0.1, "wild": 0.05}], ids=["every tap", "missing and wild taps"])
def test_nineteen_goes_of_twenty_lie_within_ten_ms(habits: dict[str, float]):
    rng = np.random.default_rng(5)
    errors = []
    for seed in range(300):
        person, delay_s = Tapper.somebody(rng, **habits), float(rng.uniform(0.0, 0.35))
        errors.append(go(person, delay_s, seed).offset_s - delay_s - person.asynchrony_s)
    assert np.percentile(np.abs(errors), 95) <= 0.010


@pytest.mark.parametrize("correcting", [1.0, 0.5])
def test_the_error_that_is_told_is_the_true_one(correcting: float):
    rng = np.random.default_rng(6)
    alone, compared = [], []
    for seed in range(300):
        person, delay_s = Tapper.somebody(rng, correcting=correcting), float(rng.uniform(0.0, 0.35))
        along, reference = go(person, delay_s, seed), go(person, 0.0, seed + 1000)
        for found, told in ((delay_of(along, TAPPING), alone), (delay_of(along, TAPPING, reference), compared)):
            # What would be below 0 is told as 0, so it errs less.
            told.append((found.delay_s - delay_s) / found.error_s)
    assert 0.8 < np.sqrt(np.mean(np.square(alone))) < 1.2
    assert 0.8 < np.sqrt(np.mean(np.square(compared))) < 1.3


def test_a_reference_takes_a_persons_own_anticipation_out():
    early = Tapper(asynchrony_s=-0.090)
    along = go(early, 0.200, 1)
    assert delay_of(along, TAPPING).delay_s == pytest.approx(0.140, abs=0.015)
    found = delay_of(along, TAPPING, go(early, 0.0, 2))
    assert found.delay_s == pytest.approx(0.200, abs=0.015)
    assert found.error_s < delay_of(along, TAPPING).error_s


def test_feet_are_taken_to_be_further_ahead_than_fingers():
    along = Along(0.130, 0.02, 0.004, 30, 0)
    assert delay_of(along, TAPPING).delay_s == pytest.approx(0.160)
    assert delay_of(along, STEPPING).delay_s == pytest.approx(0.180)


@given(
    offset=st.floats(EARLIEST_S, EARLIEST_S + INTERVAL_S, exclude_max=True),
    at=st.floats(-10, 10),
    first=st.integers(-5, 5),
    count=st.integers(FEWEST, 60),
)
def test_exact_taps_give_their_offset_whichever_click_is_named(offset: float, at: float, first: int, count: int):
    along = measure([at + INTERVAL_S * k + offset for k in range(first, first + count)], at)
    apart = (along.offset_s - offset) % INTERVAL_S
    assert min(apart, INTERVAL_S - apart) < 1e-6
    assert EARLIEST_S - 1e-9 <= along.offset_s <= EARLIEST_S + INTERVAL_S + 1e-9
    assert (along.used, along.left_out) == (count, 0)


@given(st.lists(st.floats(0, 60), max_size=80).map(sorted))
def test_whatever_is_tapped_is_measured_well_or_refused(moments: list[float]):
    try:
        along = measure(moments, 1.5)
    except NotTogetherError:
        return
    assert along.used >= FEWEST
    assert along.used >= 2 * along.left_out
    assert along.spread_s <= WIDEST_S
    assert np.isfinite(along.error_s)


@pytest.mark.parametrize(
    "moments",
    [
        np.sort(np.random.default_rng(1).uniform(0, 24, 30)),
        1.5 + 0.7 * np.arange(30),
        np.sort(np.concatenate([CLICKS, CLICKS + INTERVAL_S / 2])),
    ],
    ids=["at random", "at a tempo of its own", "twice a click"],
)
def test_taps_that_do_not_follow_the_clicks_are_refused(moments: np.ndarray):
    with pytest.raises(NotTogetherError, match="did not follow the clicks"):
        measure(list(moments), 1.5)


def test_too_few_taps_are_refused():
    with pytest.raises(NotTogetherError, match="only 11 taps came; it takes 12"):
        measure(list(CLICKS[:11]), 1.5)


def test_taps_before_the_clicks_are_no_delay():
    with pytest.raises(NotTogetherError, match="150 ms before the clicks"):
        delay_of(Along(-0.150, 0.02, 0.004, 30, 0), TAPPING)
    assert delay_of(Along(-0.060, 0.02, 0.004, 30, 0), TAPPING).delay_s == 0.0
