"""Words made ready for the mixer: resampled, trimmed to their onset, brought to one loudness, peaks capped.

Loudness is that of ITU-R BS.1770-4 (K-weighting, 400 ms blocks, gated); words shorter than a block are measured whole.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cuecoach.audio.sounds import FloatArray32, db_to_gain, half_cosine

#: Loudness of all words before any level, LUFS: that of normalised music on streaming services and 2 dB above the anchor for
#: speech (AES TD1008), since these are few words and not an hour of talk.
SPEECH_LUFS: Final = -16.0
#: No sample of the words above this, dBFS.
SPEECH_PEAK_DB: Final = -1.0
#: Loudness can be raised at most this much: beyond, the recording is noise.
_MOST_GAIN_DB: Final = 40.0
#: Words begin where they come within this of their peak, dB; soft consonants lie 20 to 35 dB below a vowel.
_ONSET_DB: Final = -45.0
#: What is kept before the onset and after the end, s; faded, so neither edge ticks.
_LEAD_S: Final = 0.0005
_TAIL_S: Final = 0.020
#: Reach of the peak limiter to either side of a peak, s.
_LIMIT_REACH_S: Final = 0.005
#: Gates of BS.1770-4: absolute, and relative to the loudness above the absolute gate.
_ABSOLUTE_GATE_LUFS: Final = -70.0
_RELATIVE_GATE_LU: Final = -10.0


def resample(samples: FloatArray32, rate: int, to_rate: int) -> FloatArray32:
    """Return mono samples at another rate, by polyphase filtering."""
    if rate == to_rate or len(samples) == 0:
        return samples
    from scipy.signal import resample_poly

    common = math.gcd(rate, to_rate)
    return np.asarray(resample_poly(samples, to_rate // common, rate // common), dtype=np.float32)


def trim(samples: FloatArray32, sample_rate: int) -> FloatArray32:
    """Return the samples without the silence around them: the onset lies less than 1 ms from the start."""
    loudness = np.abs(samples)
    peak = float(loudness.max(initial=0.0))
    if peak <= 0.0:
        return samples[:0]
    audible = np.flatnonzero(loudness >= peak * db_to_gain(_ONSET_DB))
    lead, tail = round(_LEAD_S * sample_rate), round(_TAIL_S * sample_rate)
    first, end = max(int(audible[0]) - lead, 0), min(int(audible[-1]) + 1 + tail, len(samples))
    cut = samples[first:end].astype(np.float64)
    rise, fall = min(lead, len(cut)), min(tail, len(cut))
    cut[:rise] *= half_cosine(rise, rising=True)
    cut[len(cut) - fall :] *= half_cosine(fall, rising=False)
    return cut.astype(np.float32)


def _k_weighting(sample_rate: int) -> NDArray[np.float64]:
    """Return the two K-weighting filters as second-order sections, shape (2, 6).

    BS.1770-4 tabulates them for 48 kHz only. The analogue prototypes behind the table, with the values libebur128 uses,
    are transformed here for any rate.
    """
    sections: list[list[float]] = []
    # A shelf of +4 dB above 1.7 kHz: the head.
    k, q, gain_db = math.tan(math.pi * 1681.974450955533 / sample_rate), 0.7071752369554196, 3.999843853973347
    vh = 10.0 ** (gain_db / 20.0)
    vb = vh**0.4996667741545416
    a0 = 1.0 + k / q + k * k
    b = [(vh + vb * k / q + k * k) / a0, 2.0 * (k * k - vh) / a0, (vh - vb * k / q + k * k) / a0]
    sections.append([*b, 1.0, 2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0])
    # A high-pass at 38 Hz.
    k, q = math.tan(math.pi * 38.13547087602444 / sample_rate), 0.5003270373238773
    a0 = 1.0 + k / q + k * k
    sections.append([1.0, -2.0, 1.0, 1.0, 2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0])
    return np.array(sections)


def _lufs(power: float) -> float:
    return -0.691 + 10.0 * math.log10(power) if power > 0.0 else -math.inf


def loudness_lufs(samples: FloatArray32, sample_rate: int) -> float:
    """Return the integrated loudness of one channel, LUFS; -inf for silence.

    A full-scale sine of 997 Hz gives -3.01, as BS.1770-4 asks.
    """
    if len(samples) == 0:
        return -math.inf
    from scipy.signal import sosfilt

    weighted = np.asarray(sosfilt(_k_weighting(sample_rate), samples.astype(np.float64)))
    block, hop = round(0.4 * sample_rate), round(0.1 * sample_rate)
    if len(weighted) < block:
        return _lufs(float(np.mean(weighted**2)))
    windows = np.lib.stride_tricks.sliding_window_view(weighted, block)[::hop]
    powers: NDArray[np.float64] = np.mean(windows**2, axis=1)
    loud = powers[powers > 10.0 ** ((_ABSOLUTE_GATE_LUFS + 0.691) / 10.0)]
    if len(loud) == 0:
        return -math.inf
    gate = float(np.mean(loud)) * 10.0 ** (_RELATIVE_GATE_LU / 10.0)
    return _lufs(float(np.mean(loud[loud > gate])))


def cap_peaks(samples: FloatArray32, sample_rate: int, peak: float) -> FloatArray32:
    """Return the samples with no peak above `peak`, turned down smoothly around each one that was.

    The words are known as a whole, so the gain can look ahead: the lowest gain needed within reach, smoothed over the
    same reach, is never above what any sample needs.
    """
    loudness = np.abs(samples).astype(np.float64)
    if float(loudness.max(initial=0.0)) <= peak:
        return samples
    from scipy.ndimage import minimum_filter1d

    needed = np.minimum(1.0, peak / np.maximum(loudness, 1e-12))
    reach = max(round(_LIMIT_REACH_S * sample_rate), 1)
    lowest = np.pad(minimum_filter1d(needed, 2 * reach + 1, mode="nearest"), reach, mode="edge")
    window = np.hanning(2 * reach + 3)[1:-1]
    gain = np.convolve(lowest, window / window.sum(), mode="valid")
    return np.clip(samples * gain, -peak, peak).astype(np.float32)


def normalise(samples: FloatArray32, sample_rate: int, target_lufs: float = SPEECH_LUFS) -> FloatArray32:
    """Return the samples at the target loudness with capped peaks; silence stays silence.

    Turning peaks down costs loudness, so it is measured again and made up, a few times over.
    """
    peak = db_to_gain(SPEECH_PEAK_DB)
    out = samples
    total_db = 0.0
    for _ in range(4):
        missing = target_lufs - loudness_lufs(out, sample_rate)
        if not math.isfinite(missing) or abs(missing) < 0.05:
            break
        total_db = min(total_db + missing, _MOST_GAIN_DB)
        out = cap_peaks((samples * np.float32(db_to_gain(total_db))).astype(np.float32), sample_rate, peak)
    return out


def to_pcm16(samples: NDArray[np.float32]) -> NDArray[np.int16]:
    """Return samples of ±1 as 16-bit integers, rounded to the nearest."""
    return np.rint(np.clip(samples, -1.0, 1.0) * np.float32(32767.0)).astype(np.int16)


def from_pcm16(pcm: NDArray[np.int16]) -> FloatArray32:
    """Return 16-bit integers as samples of ±1."""
    return pcm.astype(np.float32) / np.float32(32767.0)


def prepare_words(samples: FloatArray32, rate: int, to_rate: int) -> FloatArray32:
    """Return words as the mixer wants them: at `to_rate`, trimmed, normalised, on the grid of 16 bits.

    The grid makes words the same whether they come from the voice or from the cache.
    """
    ready = normalise(trim(resample(samples, rate, to_rate), to_rate), to_rate)
    return from_pcm16(to_pcm16(ready))
