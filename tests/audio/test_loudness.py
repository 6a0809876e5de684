"""Words made ready: one loudness, one onset, no peak too high."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import sosfilt

from cuecoach.audio.loudness import (
    SPEECH_LUFS,
    _weighted,
    cap_peaks,
    from_pcm16,
    loudness_lufs,
    normalise,
    prepare_words,
    resample,
    to_pcm16,
    trim,
)

RATE = 48_000


def sine(frequency: float, seconds: float, rate: int = RATE, gain: float = 1.0) -> np.ndarray:
    return (gain * np.sin(2 * np.pi * frequency * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def babble(seed: int, seconds: float, gain: float, rate: int = RATE) -> np.ndarray:
    """Noise with the ups and downs of syllables."""
    rng = np.random.default_rng(seed)
    n = round(seconds * rate)
    syllables = 0.02 + np.abs(np.sin(2 * np.pi * 2.1 * np.arange(n) / rate + rng.uniform(0, 6))) ** 3
    return (gain * syllables * rng.standard_normal(n) / 4).astype(np.float32)


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000, 96_000])
def test_the_reference_tone_of_the_standard_reads_as_the_standard_says(rate):
    # BS.1770-4: a 997 Hz full-scale sine in one channel reads -3.01 LKFS.
    assert loudness_lufs(sine(997.0, 3.0, rate), rate) == pytest.approx(-3.01, abs=0.04)
    assert loudness_lufs(sine(997.0, 0.2, rate), rate) == pytest.approx(-3.01, abs=0.1)


def test_the_weighting_is_that_of_the_table_in_the_standard_at_48_khz():
    # BS.1770-4, tables 1 and 2.
    shelf = [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585]
    high_pass = [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621]
    noise = np.random.default_rng(1).standard_normal(3 * RATE).astype(np.float32)
    expected = sosfilt(np.array([shelf, high_pass]), noise.astype(float))
    assert np.abs(_weighted(noise, RATE) - expected).max() < 1e-9
    power = np.mean(expected[: RATE // 4] ** 2)
    assert loudness_lufs(noise[: RATE // 4], RATE) == pytest.approx(-0.691 + 10 * np.log10(power), abs=1e-6)


def test_low_tones_count_less_and_high_ones_more():
    middle = loudness_lufs(sine(997.0, 1.0), RATE)
    assert loudness_lufs(sine(30.0, 1.0), RATE) < middle - 3.0
    assert loudness_lufs(sine(4000.0, 1.0), RATE) == pytest.approx(middle + 3.3, abs=0.3)


def test_pauses_do_not_count():
    tone = sine(997.0, 1.0)
    assert loudness_lufs(np.concatenate([tone, np.zeros(4 * RATE, np.float32)]), RATE) == pytest.approx(-3.01, abs=1.0)


def test_silence_and_nothing_have_no_loudness():
    assert loudness_lufs(np.zeros(RATE, np.float32), RATE) == -np.inf
    assert loudness_lufs(np.zeros(0, np.float32), RATE) == -np.inf


@pytest.mark.parametrize("rate", [8_000, 22_050, 48_000])
def test_the_onset_lies_within_a_millisecond_of_the_start(rate):
    onset = round(0.3 * rate)
    sound = np.zeros(rate, np.float32)
    sound[onset : onset + rate // 4] = sine(440.0, 0.25, rate, 0.3) + np.float32(0.05)
    cut = trim(sound, rate)
    assert np.flatnonzero(np.abs(cut) > 0.01)[0] < 0.001 * rate
    assert 0.25 * rate <= len(cut) <= 0.28 * rate
    assert cut[0] == 0.0
    assert abs(cut[-1]) < 1e-3


def test_trimming_keeps_soft_consonants():
    # An s lies some 33 dB below the vowel that follows it.
    hiss = (0.5 * 10 ** (-33 / 20) * np.random.default_rng(1).standard_normal(4_800)).astype(np.float32)
    soft = np.concatenate([hiss, sine(200.0, 0.3, gain=0.5)])
    cut = trim(np.concatenate([np.zeros(9_600, np.float32), soft]), RATE)
    assert len(cut) >= 0.97 * len(soft)


def test_trimming_silence_leaves_nothing():
    assert len(trim(np.zeros(100, np.float32), RATE)) == 0
    assert len(prepare_words(np.zeros(100, np.float32), RATE, RATE)) == 0
    assert len(prepare_words(np.zeros(0, np.float32), 22_050, RATE)) == 0


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10**6), st.floats(0.25, 2.0), st.floats(0.03, 1.0))
def test_words_come_out_equally_loud_with_capped_peaks(seed, seconds, gain):
    out = normalise(babble(seed, seconds, gain), RATE)
    assert loudness_lufs(out, RATE) == pytest.approx(SPEECH_LUFS, abs=1.0)
    assert np.abs(out).max() <= 10 ** (-1 / 20) + 1e-6


def test_a_peak_is_turned_down_smoothly():
    tone = sine(300.0, 0.5, gain=0.5)
    tone[12_000:12_200] *= np.float32(3.0)
    out = cap_peaks(tone, RATE, 0.6)
    assert np.abs(out).max() <= 0.6 + 1e-6
    assert np.array_equal(out[:11_000], tone[:11_000])
    assert np.array_equal(out[13_200:], tone[13_200:])


def test_resampling_keeps_pitch_length_and_level():
    out = resample(sine(440.0, 1.0, 22_050, 0.5), 22_050, RATE)
    assert len(out) == RATE
    middle = out[RATE // 4 : -RATE // 4]
    assert np.abs(middle).max() == pytest.approx(0.5, abs=0.005)
    assert np.sum(np.diff(np.sign(middle)) > 0) == pytest.approx(220, abs=1)


@settings(deadline=None)
@given(st.lists(st.integers(-32_767, 32_767), max_size=50))
def test_sixteen_bits_survive_the_round_trip(values):
    pcm = np.array(values, dtype=np.int16)
    assert np.array_equal(to_pcm16(from_pcm16(pcm)), pcm)
