"""For devices that cannot run at the mixer's rate: its samples at theirs, counted exactly, so that a beat never drifts."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cuecoach.audio.sinks.output import Fill
from cuecoach.audio.sounds import StereoArray32

#: Half the filter's length in samples of the slower side: 0.3 to 1 ms, flat to about 90 % of what that side can carry.
_HALF: Final = 16
#: Shape of the Kaiser window: about 80 dB down beyond the cut-off.
_BETA: Final = 8.0
#: The mixer's ceiling, -1 dBFS; an interpolated peak may step over it.
_CEILING: Final = np.float32(10.0 ** (-1.0 / 20.0))


class Resampler:
    """Turns a `fill` at one rate into one at another.

    Output sample m lies at input time ``m · rate_in / rate_out``, by integers, for as long as it runs; the filter's delay is
    made up for. Nothing depends on how the calls are split.

    Parameters
    ----------
    fill
        Gives samples at `rate_in`.
    rate_in, rate_out
        In Hz.
    """

    def __init__(self, fill: Fill, rate_in: int, rate_out: int) -> None:
        common = math.gcd(rate_in, rate_out)
        self._fill = fill
        self._rate_in = rate_in
        self._up, self._down = rate_out // common, rate_in // common
        # The cut-off is that of the slower side.
        self._reach = math.ceil(_HALF * max(1.0, rate_in / rate_out))
        self._taps = self._filter(min(1.0, rate_out / rate_in))
        #: Input that is still needed; its first row is input sample `_first`.
        self._held: StereoArray32 = np.zeros((self._reach, 2), dtype=np.float32)
        self._first = -self._reach
        self._done = 0

    def _filter(self, cutoff: float) -> NDArray[np.float32]:
        """Return the filter of each phase, shape (up, 2 · reach): taps for input samples i − reach + 1 … i + reach."""
        offsets = np.arange(-self._reach + 1, self._reach + 1)
        phases = np.arange(self._up) / self._up
        x = offsets[np.newaxis, :] - phases[:, np.newaxis]
        window = np.kaiser(2 * 4096 + 1, _BETA)
        shape = np.interp(x / self._reach, np.linspace(-1.0, 1.0, len(window)), window, left=0.0, right=0.0)
        taps = np.sinc(0.95 * cutoff * x) * shape
        return (taps / taps.sum(axis=1, keepdims=True)).astype(np.float32)

    def __call__(self, frames: int, ahead_s: float, /) -> StereoArray32:
        """Return the next `frames` samples, shape (frames, 2), at `rate_out`."""
        m = np.arange(self._done, self._done + frames, dtype=np.int64) * self._down
        whole, phase = m // self._up, m % self._up
        have = self._first + len(self._held)
        need = int(whole[-1]) + self._reach + 1
        if need > have:
            # What is asked for now is heard after what is held already.
            held_s = (have - int(whole[0])) / self._rate_in
            self._held = np.concatenate((self._held, self._fill(need - have, ahead_s + held_s)))
        windows = np.lib.stride_tricks.sliding_window_view(self._held, 2 * self._reach, axis=0)
        chosen = windows[whole - self._reach + 1 - self._first]
        out = np.einsum("nck,nk->nc", chosen, self._taps[phase])
        self._done += frames
        next_whole = self._done * self._down // self._up
        drop = next_whole - self._reach + 1 - self._first
        if drop > 0:
            self._held, self._first = self._held[drop:], self._first + drop
        return np.clip(out, -_CEILING, _CEILING).astype(np.float32, copy=False)
