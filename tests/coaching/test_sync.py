"""The sync index."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.coaching.sync import LEAST_STEPS, LOST, STEPS, SYNCED, SyncIndex
from cuecoach.events import Beat


def beside(spm: float, ics: list[float], at: float = 10.0) -> SyncIndex:
    sync = SyncIndex()
    sync.restart(Beat(0, at, 1, "r", spm))
    for ic in ics:
        sync.step(ic)
    return sync


@given(st.floats(140, 200), st.floats(-100, 100))
def test_steps_that_keep_their_distance_to_the_click_are_wholly_in_sync(spm: float, ms: float):
    sync = beside(spm, [10 + k * 60 / spm + ms / 1000 for k in range(25)])
    assert sync.strength == pytest.approx(1, abs=1e-6)
    assert sync.phase_ms == pytest.approx(ms, abs=0.1)
    assert sync.drift == pytest.approx(0, abs=1e-6)


@given(st.sets(st.integers(0, 24), max_size=8), st.floats(-60, 60))
def test_missed_steps_change_nothing(missed: set[int], ms: float):
    ics = [10 + k * 60 / 170 + ms / 1000 for k in range(25) if k not in missed]
    sync = beside(170, ics)
    assert sync.strength == pytest.approx(1, abs=1e-6)
    assert sync.phase_ms == pytest.approx(ms, abs=0.1)
    assert sync.drift == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("share", [-0.03, -0.01, 0.01, 0.03])
def test_steps_at_another_tempo_slip_along_the_beat_and_that_is_seen(share: float):
    sync = beside(170, [10 + k * 60 / 170 / (1 + share) for k in range(25)])
    assert sync.drift == pytest.approx(share, rel=0.02)


def test_a_small_slip_hardly_lowers_r_so_it_alone_would_be_blind():
    slow = beside(170, [10 + k * 60 / 170 / 0.99 for k in range(STEPS)])
    assert slow.strength is not None
    assert slow.strength > SYNCED
    fast = beside(170, [10 + k * 60 / 170 / 1.04 for k in range(STEPS)])
    assert fast.strength is not None
    assert fast.strength < LOST


@given(st.integers(0, 2**32 - 1))
def test_human_scatter_is_synced_and_chance_is_not(seed: int):
    rng = np.random.default_rng(seed)
    human = beside(170, [10 + k * 60 / 170 - 0.03 + e for k, e in enumerate(rng.normal(0, 0.02, 25).tolist())])
    assert human.strength is not None
    assert human.strength > 0.85
    chance = [beside(170, [10 + (k + x) * 60 / 170 for k, x in enumerate(rng.uniform(0, 1, 20))]) for _ in range(20)]
    assert np.median([c.strength for c in chance]) < LOST


def test_without_enough_steps_nothing_is_known():
    for ics in ([], [10 + k * 0.35 for k in range(LEAST_STEPS - 1)]):
        sync = beside(170, ics)
        assert (sync.strength, sync.phase_ms, sync.drift) == (None, None, None)
    assert SyncIndex().newest == -math.inf


def test_steps_before_the_first_click_do_not_count():
    assert beside(170, [5 + k * 60 / 170 for k in range(12)], at=10).strength is None


def test_a_change_of_tempo_on_a_click_keeps_what_is_known_and_another_beat_forgets_it():
    sync = beside(160, [10 + k * 0.375 for k in range(16)])
    sync.retune(Beat(15, 10 + 16 * 0.375, 2, "r", 164))
    for k in range(4):
        sync.step(10 + 16 * 0.375 + k * 60 / 164)
    assert sync.strength == pytest.approx(1, abs=1e-3)
    sync.restart(Beat(20, 20.1, 3, "r", 164))
    assert sync.strength is None


def test_old_steps_are_forgotten_after_a_gap():
    sync = beside(160, [10 + k * 0.375 for k in range(16)])
    sync.step(40.0)
    assert sync.strength is None
