"""What all made sounds share: array types, decibels, fades, and partials that start at once yet carry no DC."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

#: Mono samples, shape (n,), full scale ±1.
FloatArray32: TypeAlias = NDArray[np.float32]
#: Stereo samples, shape (n, 2), left then right, full scale ±1.
StereoArray32: TypeAlias = NDArray[np.float32]

#: The rate everything is mixed at, Hz.
SAMPLE_RATE_HZ = 48_000


def db_to_gain(db: float) -> float:
    """Return the amplitude factor of a level in dB: 1.0 for 0 dB, 0.251 for -12 dB."""
    return 10.0 ** (db / 20.0)


def gain_to_db(gain: float) -> float:
    """Return the level in dB of an amplitude factor; -inf for 0."""
    return 20.0 * math.log10(gain) if gain > 0.0 else -math.inf


def struck_partial(
    frequency_hz: float, decay_per_s: float, fall: NDArray[np.float64], sample_rate: int
) -> FloatArray32:
    """Return one decaying partial that begins at (nearly) full amplitude and sums to exactly nothing.

    Parameters
    ----------
    frequency_hz
        Its pitch.
    decay_per_s
        Rate of the exponential decay, 1/s.
    fall
        A factor per sample, shape (n,), that takes the end to zero.
    sample_rate
        In Hz.

    Notes
    -----
    With e(t) the envelope, the sum of e·cos(ωt + φ) is C·cos φ − S·sin φ, where C and S are the sums of e·cos ωt and e·sin ωt:
    tan φ = C/S leaves no DC. φ is a degree or two, so the first sample stays the loudest and marks the onset.
    """
    t = np.arange(len(fall)) / sample_rate
    envelope = np.exp(-decay_per_s * t) * fall
    omega = 2.0 * math.pi * frequency_hz
    phase = math.atan2(float(np.sum(envelope * np.cos(omega * t))), float(np.sum(envelope * np.sin(omega * t))))
    return (envelope * np.cos(omega * t + phase)).astype(np.float32)


def half_cosine(n: int, *, rising: bool) -> NDArray[np.float64]:
    """Return a raised-cosine slope over `n` samples, from 0 to 1 or from 1 to 0."""
    slope = 0.5 - 0.5 * np.cos(np.pi * np.arange(n) / max(n, 1))
    return slope if rising else slope[::-1].copy()


def scale_to_peak(samples: NDArray[np.float32] | NDArray[np.float64], peak: float) -> FloatArray32:
    """Return the samples scaled so that the largest is `peak`; silence stays silence."""
    largest = float(np.max(np.abs(samples), initial=0.0))
    return (samples * (peak / largest if largest > 0.0 else 1.0)).astype(np.float32)
