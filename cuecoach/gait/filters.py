"""Streaming filters with carried state whose results do not depend, to the bit, on how the stream is cut."""

from __future__ import annotations

import numpy as np

from cuecoach.events import FloatArray


class RunningMean:
    """Mean of the last `length` samples: linear phase, delay ``(length - 1) / 2``.

    Before the first sample the signal is taken to have been equal to it.
    """

    def __init__(self, length: int) -> None:
        self._length = length
        self._sums: FloatArray | None = None

    def push(self, x: FloatArray) -> FloatArray:
        """Filter `x`, shape (..., n), n >= 1; returns the same shape."""
        n = self._length
        if self._sums is None:
            self._sums = -x[..., :1] * np.arange(n - 1.0, -1.0, -1.0)
        sums = np.concatenate((self._sums, x), axis=-1)
        np.add.accumulate(sums[..., n - 1 :], axis=-1, out=sums[..., n - 1 :])
        out = sums[..., n:] - sums[..., :-n]
        out /= n
        self._sums = sums[..., -n:]
        return out


class GrowingMean:
    """Mean of the last `length` samples, or of all there are while they are fewer."""

    def __init__(self, length: int) -> None:
        self._length = length
        self._sums: FloatArray | None = None
        self._count = 0

    def push(self, x: FloatArray) -> FloatArray:
        """Filter `x`, shape (..., n), n >= 1; returns the same shape."""
        n = self._length
        if self._sums is None:
            self._sums = np.zeros((*x.shape[:-1], n))
        sums = np.concatenate((self._sums, x), axis=-1)
        np.add.accumulate(sums[..., n - 1 :], axis=-1, out=sums[..., n - 1 :])
        out = sums[..., n:] - sums[..., :-n]
        if self._count < n:
            number = np.minimum(np.arange(self._count + 1.0, self._count + out.shape[-1] + 1.0), n)
            out = out / number
            self._count += out.shape[-1]
        else:
            out = out / float(n)
        self._sums = sums[..., -n:]
        return out
