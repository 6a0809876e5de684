"""Short sounds that carry a meaning without words: attention, a cue where no voice is installed, praise, a notice.

Families differ in rhythm and contour, not only in pitch, so that they are told apart while running (Blattner et al. 1989;
McGookin & Brewster, The Sonification Handbook, ch. 14, 2011).
"""

from __future__ import annotations

import math
from typing import Literal, TypeAlias

import numpy as np

from cuecoach.audio.sounds import SAMPLE_RATE_HZ, FloatArray32, half_cosine, scale_to_peak

Earcon: TypeAlias = Literal["attention", "cue", "praise", "notice"]

#: Peak of an earcon, of full scale: about as loud as normalised words.
EARCON_PEAK = 0.5
#: A note begins within this, s: soft, but an onset all the same.
_RISE_S = 0.004
#: (start s, length s, pitch Hz) of each note.
_NOTES: dict[Earcon, tuple[tuple[float, float, float], ...]] = {
    "attention": ((0.0, 0.12, 988.0),),
    # Two equal knocks, then a lower one: something to change.
    "cue": ((0.0, 0.10, 784.0), (0.14, 0.10, 784.0), (0.28, 0.18, 587.0)),
    # A rising triad: well done.
    "praise": ((0.0, 0.12, 784.0), (0.09, 0.12, 988.0), (0.18, 0.24, 1175.0)),
    # One falling third: something happened, nothing to change.
    "notice": ((0.0, 0.14, 880.0), (0.16, 0.22, 698.0)),
}


def _note(length_s: float, frequency_hz: float, sample_rate: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return one soft note: a fundamental and a quieter octave, fading out."""
    n = round(length_s * sample_rate)
    t = np.arange(n) / sample_rate
    rise = round(_RISE_S * sample_rate)
    envelope = np.exp(-3.0 * t / length_s) * half_cosine(n, rising=False)
    envelope[:rise] *= half_cosine(rise, rising=True)
    omega = 2.0 * math.pi * frequency_hz
    note = envelope * (np.sin(omega * t) + 0.25 * np.sin(2.0 * omega * t))
    # The window leaves a trace of DC; taking it out along the envelope keeps both ends at zero.
    return note - envelope * (note.sum() / envelope.sum())


def make_earcon(name: Earcon, sample_rate: int = SAMPLE_RATE_HZ) -> FloatArray32:
    """Return an earcon as mono samples, shape (n,): at most half a second, no DC, silent at both ends."""
    notes = _NOTES[name]
    length = max(round((start + duration) * sample_rate) for start, duration, _ in notes) + 1
    mono = np.zeros(length)
    for start, duration, frequency in notes:
        note = _note(duration, frequency, sample_rate)
        first = round(start * sample_rate)
        mono[first : first + len(note)] += note
    return scale_to_peak(mono, EARCON_PEAK)
