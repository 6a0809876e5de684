"""The recent past of several channels, by absolute grid index."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cuecoach.events import FloatArray

#: Grid indices, one a step.
IndexArray: TypeAlias = NDArray[np.intp]


class Trail:
    """Keeps at least the last `keep` samples of each row; reading is a slice without a copy.

    Parameters
    ----------
    rows
        Number of channels.
    keep
        Samples of the past that stay readable.
    first
        Grid index of the first sample that will be added.
    """

    def __init__(self, rows: int, keep: int, first: int = 1) -> None:
        self._keep = keep
        self._data = np.empty((rows, 4 * keep))
        self.first = first
        self.stop = first

    def extend(self, *parts: FloatArray) -> None:
        """Add samples; the parts, shapes (n,) or (r, n), together make up the rows."""
        n = parts[0].shape[-1]
        have = self.stop - self.first
        if have + n > self._data.shape[1]:
            kept = min(have, self._keep)
            size = self._data.shape[1] if kept + n <= self._data.shape[1] else kept + 2 * n
            data = np.empty((len(self._data), size))
            data[:, :kept] = self._data[:, have - kept : have]
            self._data, self.first, have = data, self.stop - kept, kept
        row = 0
        for part in parts:
            if part.ndim == 1:
                self._data[row, have : have + n] = part
                row += 1
            else:
                self._data[row : row + len(part), have : have + n] = part
                row += len(part)
        self.stop += n

    def __getitem__(self, key: tuple[int, int, int]) -> FloatArray:
        """``trail[row, a, b]``: that channel's samples with grid index a <= k < b."""
        row, a, b = key
        return self._data[row, a - self.first : b - self.first]

    def rows(self, row: int, stop_row: int, a: int, b: int) -> FloatArray:
        """Channels row <= r < stop_row at grid indices a <= k < b, shape (stop_row - row, b - a)."""
        return self._data[row:stop_row, a - self.first : b - self.first]

    def stretches(self, row: int, stop_row: int, starts: IndexArray, stops: IndexArray) -> FloatArray:
        """Stretches of those channels below each other, starts <= k < stops; shape (stop_row - row, s, longest).

        The shorter ones go on with their last sample, so that their extremes are untouched.
        """
        lengths = stops - starts
        k = starts[:, None] + np.arange(np.maximum.reduce(lengths))
        np.minimum(k, (stops - 1)[:, None], out=k)
        k -= self.first
        return self._data[row:stop_row].take(k, axis=1)

    def at(self, row: int, k: int) -> float:
        """One value."""
        return float(self._data[row, k - self.first])
