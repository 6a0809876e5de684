"""How loud words or beat are over time: a gain per sample that changes within 50 ms, the same for any split into blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

#: A change of level takes this long, s: at once to the ear, yet no click of its own.
FADE_S: Final = 0.050


@dataclass(frozen=True, slots=True)
class _Leg:
    """From sample `start` the gain moves from `value` to `target`, then stays."""

    start: int
    value: float
    target: float


class Fader:
    """A gain over time.

    Like the gain of ducking it is a function of the sample number alone, anchored where it last changed.

    Parameters
    ----------
    sample_rate
        In Hz.
    gain
        From the start, at least 0.
    """

    def __init__(self, sample_rate: int, gain: float) -> None:
        self._length = max(1, round(FADE_S * sample_rate))
        self._legs = [_Leg(-self._length, gain, gain)]

    def fade(self, sample: int, gain: float) -> None:
        """Move to `gain` from `sample` on; what was planned for later no longer counts."""
        before = [leg for leg in self._legs if leg.start <= sample]
        value = float(self._on(before[-1], np.array([sample]))[0])
        self._legs = [*(leg for leg in before if leg.start < sample), _Leg(sample, value, gain)]

    def forget(self, sample: int) -> None:
        """Drop what only matters before `sample`."""
        while len(self._legs) > 1 and self._legs[1].start <= sample:
            del self._legs[0]

    def _on(self, leg: _Leg, samples: NDArray[np.int64]) -> NDArray[np.float64]:
        past = samples - leg.start
        moving = leg.value + (leg.target - leg.value) * (past / self._length)
        return np.where(past < self._length, moving, leg.target)

    def gain(self, first: int, end: int) -> NDArray[np.float32]:
        """Return the gain of the samples in [first, end), shape (end − first,); none of them before a forgotten one."""
        leg = self._legs[0]
        if len(self._legs) == 1 and first - leg.start >= self._length:
            return np.full(end - first, leg.target, dtype=np.float32)
        samples = np.arange(first, end)
        gain = self._on(leg, samples)
        for leg in self._legs[1:]:
            if leg.start < end:
                after = samples >= leg.start
                gain[after] = self._on(leg, samples[after])
        return gain.astype(np.float32)
