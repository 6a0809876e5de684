"""The limiter: a ceiling that holds, and nothing else."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cuecoach.audio.limiter import Limiter

CEILING = 10 ** (-1 / 20)


def loud(seed: int, n: int, gain: float) -> np.ndarray:
    return (np.random.default_rng(seed).standard_normal((n, 2)) * gain).astype(np.float32)


def test_what_is_below_the_ceiling_is_not_touched():
    block = np.clip(loud(1, 4800, 0.3), -CEILING * 0.999, CEILING * 0.999).astype(np.float32)
    out = block.copy()
    Limiter(48_000).apply(out, 0)
    assert np.array_equal(out, block)


def test_nothing_leaves_above_the_ceiling():
    out = loud(2, 48_000, 2.0)
    Limiter(48_000).apply(out, 0)
    assert np.abs(out).max() <= CEILING


def test_a_peak_is_scaled_rather_than_clipped_and_the_gain_returns():
    t = np.arange(48_000) / 48_000
    tone = np.repeat(np.sin(2 * np.pi * 500 * t)[:, None], 2, axis=1).astype(np.float32)
    block = tone * np.where(t < 0.5, 1.6, 0.5).astype(np.float32)[:, None]
    out = block.copy()
    Limiter(48_000).apply(out, 0)
    spectrum = np.abs(np.fft.rfft(out[4_800:19_200, 0]))
    fundamental = spectrum[150]
    harmonics = np.sqrt(np.sum(np.delete(spectrum, range(145, 156)) ** 2))
    assert harmonics / fundamental < 0.02  # hard clipping of the same tone gives 0.2
    assert np.array_equal(out[-4_800:], block[-4_800:])


def test_both_ears_are_turned_down_together():
    block = np.zeros((10, 2), dtype=np.float32)
    block[5] = (2.0, 0.5)
    Limiter(48_000).apply(block, 0)
    assert np.isclose(block[5, 0] / block[5, 1], 4.0)


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.lists(st.integers(1, 700), min_size=1, max_size=12), st.floats(0.2, 3.0))
def test_blocks_make_no_difference(seed, cuts, gain):
    whole = loud(seed, sum(cuts), gain)
    parts = whole.copy()
    Limiter(48_000).apply(whole, 1_000_000)
    limiter, at = Limiter(48_000), 0
    for n in cuts:
        limiter.apply(parts[at : at + n], 1_000_000 + at)
        at += n
    assert np.array_equal(whole, parts)
