"""When the coach may speak in a faded session: shares that are exact, blocks of a minute or two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.coaching.programme_table import SESSIONS
from cuecoach.coaching.programme_windows import LONGEST_S, SHORTEST_S, strew

lengths = st.floats(0, 4 * 3600)
shares = st.floats(0, 1)
seeds = st.integers(0, 2**40)


@given(lengths, shares, seeds)
def test_the_share_is_exact_over_a_run_of_any_length(length, share, seed):
    assert strew(length, share, seed).open_s == pytest.approx(length * share, rel=1e-9, abs=1e-6)


@given(lengths, shares, seeds)
def test_windows_lie_in_the_run_in_order_and_apart(length, share, seed):
    end = 0.0
    for begin, until in strew(length, share, seed).blocks:
        assert end <= begin <= until <= length
        end = until


@given(lengths, st.floats(0, 0.99), seeds)
def test_a_window_is_one_or_two_minutes_unless_there_is_less_in_all(length, share, seed):
    blocks = strew(length, share, seed).blocks
    for begin, until in blocks:
        assert until - begin <= LONGEST_S + 1e-6
        assert until - begin >= min(SHORTEST_S, length * share) - 1e-6


@given(lengths, shares, seeds)
def test_the_same_seed_gives_the_same_windows(length, share, seed):
    assert strew(length, share, seed) == strew(length, share, seed)


@pytest.mark.parametrize("session", [each for each in SESSIONS if each.window < 1])
def test_counted_by_ticks_each_session_is_open_for_its_share(session):
    windows = strew(session.seconds, session.window, 1)
    ticks = [0.25 * k for k in range(round(session.seconds / 0.25))]
    open_s = 0.25 * sum(windows.open_at(t) for t in ticks)
    assert open_s == pytest.approx(session.seconds * session.window, abs=0.25 * len(windows.blocks))


def test_other_seeds_give_other_windows():
    assert len({strew(1800, 0.45, seed).blocks for seed in range(20)}) == 20


def test_a_session_without_fading_is_open_from_begin_to_end():
    assert strew(900, 1.0, 1).blocks == ((0.0, 900.0),)


def test_no_share_is_no_window():
    assert strew(900, 0.0, 1).blocks == ()


@pytest.mark.parametrize(("length", "share"), [(-1, 0.5), (60, -0.1), (60, 1.1)])
def test_what_makes_no_sense_is_refused(length, share):
    with pytest.raises(ValueError, match="no windows over"):
        strew(length, share, 1)
