"""The last stage of the mix: nothing leaves above the ceiling, and nothing below it is touched."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cuecoach.audio.sounds import StereoArray32, db_to_gain

#: No sample leaves above this, dBFS; the decibel below full scale leaves room for the reconstruction filter of a converter.
CEILING_DB = -1.0
#: How fast the gain returns after a peak, 1/s: from half to whole in 0.2 s.
_RELEASE_PER_S = 2.5


class Limiter:
    """A causal peak limiter with instant attack and linear release; the same for any split into blocks.

    The gain at sample n is ``min over m ≤ n of (ceiling / |x[m]| + release · (n − m))``, never above 1. With the terms of m
    gathered, that is a running minimum, so blocks are worked on whole and only one number is carried from block to block.
    """

    def __init__(self, sample_rate: int, ceiling_db: float = CEILING_DB) -> None:
        #: The ceiling as amplitude, rounded down to the nearest float32.
        self.ceiling = np.nextafter(np.float32(db_to_gain(ceiling_db)), np.float32(0.0))
        self._slope = _RELEASE_PER_S / sample_rate
        self._lowest = np.inf

    def apply(self, block: StereoArray32, position: int) -> None:
        """Limit `block` in place; `position` is the sample number of its first row."""
        if block.size == 0:
            return
        loudest = max(float(block.max()), -float(block.min()))
        if loudest <= self.ceiling and self._lowest + self._slope * position >= 1.0:
            return  # Not only fast: this is the whole life of the limiter at sensible levels.
        n = np.arange(position, position + len(block), dtype=np.float64)
        peaks: NDArray[np.float64] = np.abs(block).max(axis=1).astype(np.float64)
        needed = np.full(len(block), np.inf)
        over = peaks > self.ceiling
        needed[over] = float(self.ceiling) / peaks[over]
        lowest = np.minimum.accumulate(np.minimum(needed - self._slope * n, self._lowest))
        gain = np.minimum(lowest + self._slope * n, 1.0)
        self._lowest = float(lowest[-1])
        block *= gain.astype(np.float32)[:, np.newaxis]
        # Rounding of the product may step over by one part in ten million.
        np.clip(block, -self.ceiling, self.ceiling, out=block)
