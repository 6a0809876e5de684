"""Words made ready for the mixer: resampled, trimmed to their onset, brought to one loudness, peaks capped.

Loudness is that of ITU-R BS.1770-4 (K-weighting, 400 ms blocks, gated); words shorter than a block are measured whole. All
filters are applied to spectra: whole words are at hand, and the libraries for filtering take seconds to load before a run.
"""

from __future__ import annotations

import math
from functools import lru_cache
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
#: The upper end of the band fades out over this part of it when the rate changes, so that edges do not ring.
_BAND_EDGE: Final = 0.06
#: The K-weighting filters ring for less than this, s (38 Hz, critically damped: 200 dB down).
_RINGING_S: Final = 0.2
#: Rounds of normalising; turning peaks down costs loudness, which the next round makes up.
_ROUNDS: Final = 8
#: A dB of gain counts as bringing no less than this, LU, however many peaks it meets.
_LEAST_BROUGHT: Final = 0.3
#: Gates of BS.1770-4: absolute, and relative to the loudness above the absolute gate.
_ABSOLUTE_GATE_LUFS: Final = -70.0
_RELATIVE_GATE_LU: Final = -10.0


def resample(samples: FloatArray32, rate: int, to_rate: int) -> FloatArray32:
    """Return mono samples at another rate, shape (n · to_rate / rate,), limited to the band that both have."""
    if rate == to_rate or len(samples) == 0:
        return samples
    common = math.gcd(rate, to_rate)
    up, down = to_rate // common, rate // common
    wanted = -(-len(samples) * up // down)
    # Silence behind the words, so that what rings at one end does not come in at the other.
    blocks = -(-(len(samples) + rate // 20) // down)
    spectrum = np.fft.rfft(samples, blocks * down)
    kept = min(blocks * down, blocks * up) // 2 + 1
    edge = max(round(_BAND_EDGE * kept), 1)
    out = np.zeros(blocks * up // 2 + 1, dtype=np.complex128)
    out[:kept] = spectrum[:kept]
    out[kept - edge : kept] *= half_cosine(edge, rising=False)
    return (np.fft.irfft(out, blocks * up)[:wanted] * (up / down)).astype(np.float32)


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


@lru_cache(maxsize=4)
def _k_weighting(sample_rate: int, length: int) -> NDArray[np.complex128]:
    """Return the response of the K-weighting filters for a spectrum of `length` samples, shape (length // 2 + 1,).

    BS.1770-4 tabulates them for 48 kHz only. The analogue prototypes behind the table, with the values libebur128 uses,
    are transformed here for any rate.
    """
    # A shelf of +4 dB above 1.7 kHz: the head.
    k, q, gain_db = math.tan(math.pi * 1681.974450955533 / sample_rate), 0.7071752369554196, 3.999843853973347
    vh = 10.0 ** (gain_db / 20.0)
    vb = vh**0.4996667741545416
    a0 = 1.0 + k / q + k * k
    b = ((vh + vb * k / q + k * k) / a0, 2.0 * (k * k - vh) / a0, (vh - vb * k / q + k * k) / a0)
    shelf = (b, (1.0, 2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0))
    # A high-pass at 38 Hz.
    k, q = math.tan(math.pi * 38.13547087602444 / sample_rate), 0.5003270373238773
    a0 = 1.0 + k / q + k * k
    high_pass = ((1.0, -2.0, 1.0), (1.0, 2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0))
    z1 = np.exp(-2j * np.pi * np.arange(length // 2 + 1) / length)  # one sample of delay
    response = np.ones_like(z1)
    for (b0, b1, b2), (a0, a1, a2) in (shelf, high_pass):
        response *= (b0 + z1 * (b1 + z1 * b2)) / (a0 + z1 * (a1 + z1 * a2))
    return response


def _weighted(samples: FloatArray32, sample_rate: int) -> NDArray[np.float64]:
    """Return the samples as the ear weighs them, in pieces that begin early enough for the filters to have settled."""
    context = round(_RINGING_S * sample_rate)
    length = 1 << (4 * context).bit_length()
    hop = length - context
    response = _k_weighting(sample_rate, length)
    padded = np.concatenate([np.zeros(context), samples])
    pieces = [
        np.fft.irfft(np.fft.rfft(padded[first : first + length], length) * response, length)[context:]
        for first in range(0, len(samples), hop)
    ]
    return np.concatenate(pieces)[: len(samples)]


def _lufs(power: float) -> float:
    return -0.691 + 10.0 * math.log10(power) if power > 0.0 else -math.inf


def loudness_lufs(samples: FloatArray32, sample_rate: int) -> float:
    """Return the integrated loudness of one channel, LUFS; -inf for silence.

    A full-scale sine of 997 Hz gives -3.01, as BS.1770-4 asks.
    """
    if len(samples) == 0:
        return -math.inf
    power = _weighted(samples, sample_rate) ** 2
    block, hop = round(0.4 * sample_rate), round(0.1 * sample_rate)
    if len(power) < block:
        return _lufs(float(np.mean(power)))
    total = np.concatenate([[0.0], np.cumsum(power)])
    firsts = np.arange(0, len(power) - block + 1, hop)
    powers: NDArray[np.float64] = (total[firsts + block] - total[firsts]) / block
    loud = powers[powers > 10.0 ** ((_ABSOLUTE_GATE_LUFS + 0.691) / 10.0)]
    if len(loud) == 0:
        return -math.inf
    gate = float(np.mean(loud)) * 10.0 ** (_RELATIVE_GATE_LU / 10.0)
    return _lufs(float(np.mean(loud[loud > gate])))


def _lowest(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Return the lowest of each `width` neighbours, shape (n - width + 1,)."""
    covered = 1
    while 2 * covered <= width:
        values = np.minimum(values[:-covered], values[covered:])
        covered *= 2
    return np.minimum(values[: len(values) - (width - covered)], values[width - covered :])


def _mean(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Return the mean of each `width` neighbours, shape (n - width + 1,)."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    return (total[width:] - total[:-width]) / width


def cap_peaks(samples: FloatArray32, sample_rate: int, peak: float) -> FloatArray32:
    """Return the samples with no peak above `peak`, turned down smoothly around each one that was.

    The words are known as a whole, so the gain can look ahead: the lowest gain needed within reach, smoothed over the
    same reach, is never above what any sample needs.
    """
    loudness = np.abs(samples).astype(np.float64)
    if float(loudness.max(initial=0.0)) <= peak:
        return samples
    needed = np.minimum(1.0, peak / np.maximum(loudness, 1e-12))
    reach = max(round(_LIMIT_REACH_S * sample_rate), 1)
    lowest = _lowest(np.pad(needed, 2 * reach, mode="edge"), 2 * reach + 1)
    gain = _mean(_mean(lowest, reach + 1), reach + 1)
    return np.clip(samples * gain, -peak, peak).astype(np.float32)


def normalise(samples: FloatArray32, sample_rate: int, target_lufs: float = SPEECH_LUFS) -> FloatArray32:
    """Return the samples at the target loudness with capped peaks; silence stays silence.

    Turning peaks down costs loudness, so it is measured again and made up, by what the last change of gain has brought.
    """
    peak = db_to_gain(SPEECH_PEAK_DB)
    out, gain_db, before, step_db = samples, 0.0, math.nan, 0.0
    for _ in range(_ROUNDS):
        now = loudness_lufs(out, sample_rate)
        missing = target_lufs - now
        if not math.isfinite(missing) or abs(missing) < 0.05:
            break
        brought = (now - before) / step_db if step_db else 1.0
        wanted = min(gain_db + missing / min(max(brought, _LEAST_BROUGHT), 1.0), _MOST_GAIN_DB)
        before, step_db, gain_db = now, wanted - gain_db, wanted
        out = cap_peaks((samples * np.float32(db_to_gain(gain_db))).astype(np.float32), sample_rate, peak)
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
