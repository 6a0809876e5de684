"""Finds the beats of a song: librosa says about where, the sharpest rise of sound nearby says exactly."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cuecoach.audio.music.needs import need
from cuecoach.audio.sounds import SAMPLE_RATE_HZ, FloatArray32

#: Rate at which beats are sought, Hz; drums have all they need below 11 kHz.
_RATE: Final = 24_000
_HOP: Final = 512
#: Rises of sound are measured this often, s.
_FINE_S: Final = 0.001
#: … over so long, s: shorter than a drum's attack sounds, longer than a bass's half wave.
_ATTACK_S: Final = 0.006
#: A beat is where the sound rises most within this of where it was expected, s.
_SEARCH_S: Final = 0.035
#: Bands in which rises are measured apart, Hz: bass drum, snare and voice, cymbals.
_BANDS: Final = ((30.0, 180.0), (180.0, 2500.0), (2500.0, 10_000.0))
#: A rise counts as struck when it is this many times the usual one.
_STRUCK: Final = 4.0
#: A found interval longer than this many usual ones hides beats.
_HIDES: Final = 1.6


def find_beats(mono: FloatArray32) -> tuple[NDArray[np.float64], float]:
    """Return the beats of a song.

    Parameters
    ----------
    mono
        Samples at 48 kHz, shape (n,).

    Returns
    -------
    beats
        Their times, s, shape (n,), increasing, none missing between the first and the last.
    confidence
        Share of the beats at which something is struck, 0 to 1.

    Raises
    ------
    SoundError
        The extra `music` is not installed.
    """
    from scipy.signal import resample_poly

    librosa = need("librosa")
    low = np.asarray(resample_poly(mono, 1, SAMPLE_RATE_HZ // _RATE), dtype=np.float32)
    if not np.any(low):
        return np.zeros(0), 0.0
    strength = librosa.onset.onset_strength(y=low, sr=_RATE, hop_length=_HOP)
    _, found = librosa.beat.beat_track(
        onset_envelope=strength, sr=_RATE, hop_length=_HOP, units="time", start_bpm=150.0
    )
    rough = np.asarray(found, dtype=np.float64)
    if len(rough) < 2:
        return rough, 0.0
    return refine(complete(rough), rises(low, _RATE))


def complete(beats: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the beats with those put in that a long interval hides."""
    usual = float(np.median(np.diff(beats)))
    out: list[float] = [float(beats[0])]
    for a, b in pairwise(beats):
        parts = round((b - a) / usual) if (b - a) > _HIDES * usual else 1
        out += [float(a + (b - a) * k / parts) for k in range(1, parts + 1)]
    return np.array(out)


def rises(samples: FloatArray32, rate: int) -> NDArray[np.float64]:
    """Return how steeply the sound rises, every millisecond, shape (n,): over all bands, louder ones count a little more."""
    from scipy.signal import butter, sosfilt

    hop, lag = round(_FINE_S * rate), round(_ATTACK_S / _FINE_S)
    frames = len(samples) // hop
    total = np.zeros(frames)
    for low, high in _BANDS:
        band = np.asarray(sosfilt(butter(2, (low, high), "bandpass", fs=rate, output="sos"), samples))
        power = np.mean(band[: frames * hop].reshape(frames, hop) ** 2, axis=1)
        # The mean over the attack just begun against that just past; a floor keeps the rustle of silence out.
        sums = np.concatenate(([0.0], np.cumsum(power)))
        at = np.arange(frames)
        after = (sums[np.minimum(at + lag, frames)] - sums[at]) / lag
        before = (sums[at] - sums[np.maximum(at - lag, 0)]) / lag
        floor = 1e-3 * float(np.percentile(power, 95)) + 1e-12
        rise = np.maximum(np.log(after + floor) - np.log(before + floor), 0.0)
        total += rise * np.sqrt(after / (float(np.max(after)) + 1e-12))
    return total


def refine(rough: NDArray[np.float64], rise: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Move beats to the sharpest rise near them.

    Parameters
    ----------
    rough
        Beats, s, shape (n,).
    rise
        Of `rises`, one value a millisecond.

    Returns
    -------
    beats, confidence
        As of `find_beats`.
    """
    reach = round(_SEARCH_S / _FINE_S)
    offsets = np.arange(-reach, reach + 1)
    usual = float(np.mean(rise)) + 1e-12
    fine, struck = rough.copy(), np.zeros(len(rough), dtype=bool)
    # Trackers lag by a constant that depends on their frames; it is taken off before the search, so the window is centred.
    lags: list[float] = []
    for centre_s in (0.0, None):
        shift = centre_s if centre_s is not None else float(np.median(lags)) if lags else 0.0
        for i, beat in enumerate(rough):
            at = round((beat + shift) / _FINE_S) + offsets
            near = np.where((at >= 0) & (at < len(rise)), rise[np.clip(at, 0, len(rise) - 1)], 0.0)
            # Of two alike the nearer.
            best = int(np.argmax(near * (1.0 - 0.5 * np.abs(offsets) / reach)))
            struck[i] = near[best] > _STRUCK * usual
            fine[i] = at[best] * _FINE_S if struck[i] else beat + shift
        lags = [float(d) for d in (fine - rough)[struck]]
    order = np.concatenate(([True], np.diff(fine) > 0.0))
    return fine[order], float(np.mean(struck))
