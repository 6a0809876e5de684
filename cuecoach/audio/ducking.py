"""How far the beat steps back while the coach speaks: a gain per sample, the same for any split into blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cuecoach.audio.sounds import db_to_gain

#: The beat under speech, dB: clearly behind the words, never gone, since a lost pulse is a lost step.
DUCK_DB: Final = -12.0
#: Down within this, s; it begins that long before words whose start is known.
ATTACK_S: Final = 0.030
#: Up again within this, s.
RELEASE_S: Final = 0.300


@dataclass(frozen=True, slots=True)
class _Leg:
    """From sample `start` the gain moves from `value` towards `target`, then stays."""

    start: int
    value: float
    target: float


class Ducking:
    """Gain of the beat over time.

    The gain is a function of the sample number alone, anchored where its target last changed, so how often it is asked
    for makes no difference to the last bit.
    """

    def __init__(self, sample_rate: int) -> None:
        self._low = db_to_gain(DUCK_DB)
        self._down = (1.0 - self._low) / round(ATTACK_S * sample_rate)
        self._up = (1.0 - self._low) / round(RELEASE_S * sample_rate)
        self._legs = [_Leg(0, 1.0, 1.0)]

    def turn(self, sample: int, *, speaking: bool) -> None:
        """From `sample` on, go down (speaking) or up; samples must not decrease from call to call."""
        leg = self._legs[-1]
        target = self._low if speaking else 1.0
        if target != leg.target:
            self._legs.append(_Leg(sample, float(self._on(leg, np.array([sample]))[0]), target))

    def forget(self, sample: int) -> None:
        """Drop what only matters before `sample`."""
        while len(self._legs) > 1 and self._legs[1].start <= sample:
            del self._legs[0]

    def _on(self, leg: _Leg, samples: NDArray[np.int64]) -> NDArray[np.float64]:
        past = (samples - leg.start).astype(np.float64)
        if leg.target < leg.value:
            return np.maximum(leg.value - self._down * past, leg.target)
        return np.minimum(leg.value + self._up * past, leg.target)

    def gain(self, first: int, end: int) -> NDArray[np.float32]:
        """Return the gain of the samples in [first, end), shape (end − first,)."""
        samples = np.arange(first, end)
        gain = self._on(self._legs[0], samples)
        for leg in self._legs[1:]:
            if leg.start < end:
                after = samples >= leg.start
                gain[after] = self._on(leg, samples[after])
        return gain.astype(np.float32)
