"""Raw samples at any rate, with gaps and NaN, onto one even grid; the answer never depends on how they were cut into blocks."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cuecoach.errors import RecordingError
from cuecoach.events import FloatArray
from cuecoach.gait.constants import CHUNK, GAP_S, GRID_S, HOLE_S

#: Intervals that the sampling rate is taken from.
_RATE_STEPS = 500


@dataclass(frozen=True, slots=True, eq=False)
class GridBlock:
    """A run of grid samples; a whole number of chunks.

    Attributes
    ----------
    restart
        Whether a new segment begins here: the first ever, or after a gap that nothing learned from the motion survives.
    t0
        Time of grid index 0 of the segment, s; index k is at ``t0 + k * GRID_S``.
    first
        Grid index of the first sample of this block.
    acc
        Acceleration averaged over ±GRID_S/2 about each grid time, shape (3, n), m/s².
    gyr
        Angular rate averaged over the same interval, shape (3, n), deg/s; None without gyroscope.
    ready
        Time of the raw sample with which each grid sample became known, shape (n,), s.
    hole
        Whether the grid sample lies where samples are missing and is only a straight line, shape (n,).
    """

    restart: bool
    t0: float
    first: int
    acc: FloatArray
    gyr: FloatArray | None
    ready: FloatArray
    hole: np.ndarray[tuple[int], np.dtype[np.bool_]]


class Resampler:
    """Raw samples in, :class:`GridBlock` out.

    The piecewise-linear signal is integrated and the integral differenced on the grid, so each grid sample is an exact mean
    over its interval: an anti-alias filter when samples are many, interpolation when they are few, and for the gyroscope the
    mean rate that an orientation filter needs (single samples make angles lead by half a sample).
    """

    def __init__(self) -> None:
        self._t = np.empty(0)  # raw samples still needed, from the one before the first edge to come
        self._x = np.empty((0, 0))
        self._channels = 0
        self._c = np.empty((0, 0))  # their running integral
        self._t0 = 0.0
        self._next = 1
        self._restart = True
        self._last_t = -np.inf
        self._steps: list[float] = []

    @property
    def sampling_rate_hz(self) -> float | None:
        """Rate of the raw samples: 1 / median of the first intervals; None before the second sample."""
        if not self._steps:
            return None
        return round(1.0 / float(np.median(np.array(self._steps))), 2)

    def push(self, times: FloatArray, acc: FloatArray, gyr: FloatArray | None) -> Iterator[GridBlock]:
        """Take raw samples, give what grid samples they complete.

        Samples with a NaN, and samples that are not later than one already seen, are left out.

        Raises
        ------
        RecordingError
            When the arrays do not belong together.
        """
        if acc.shape != (len(times), 3) or (gyr is not None and gyr.shape != acc.shape):
            raise RecordingError("samples need one time, three accelerations and three (or no) angular rates each")
        if not len(times):
            return
        if gyr is not None:
            acc = np.concatenate((acc, gyr), axis=1)
        x = np.ascontiguousarray(acc.T)
        channels = len(x)
        if channels != self._channels:
            self._channels, self._last_t = channels, -np.inf  # the gyroscope came or went: nothing carries over
        step = times.copy()
        step[1:] -= times[:-1]
        step[0] -= self._last_t
        # one sum tells whether all is finite; NaN makes the comparison false
        if not (np.minimum.reduce(step) > 0 and math.isfinite(np.add.reduce(x, axis=None))):
            fine = np.isfinite(times) & np.isfinite(x).all(axis=0)
            ever = np.maximum.accumulate(np.concatenate(([self._last_t], np.where(fine, times, -np.inf))))
            fine &= times > ever[:-1]
            times, x = times[fine], x[:, fine]
            if not len(times):
                return
            step = np.diff(times, prepend=self._last_t)
        self._last_t = float(times[-1])
        if len(self._steps) < _RATE_STEPS:
            self._steps += [float(s) for s in step[np.isfinite(step)][: _RATE_STEPS - len(self._steps)]]
        if np.maximum.reduce(step) <= GAP_S:
            block = self._run(times, x, new=False)
            if block is not None:
                yield block
            return
        starts = np.flatnonzero(step > GAP_S)
        for a, b in zip((0, *starts), (*starts, len(times)), strict=True):
            if b > a:
                block = self._run(times[a:b], x[:, a:b], new=bool(step[a] > GAP_S))
                if block is not None:
                    yield block

    def _run(self, times: FloatArray, x: FloatArray, *, new: bool) -> GridBlock | None:
        if new:
            self._t, self._x, self._c = times[:1].copy(), x[:, :1].copy(), np.zeros((len(x), 1))
            self._t0, self._next, self._restart = float(times[0]), 1, True
            times, x = times[1:], x[:, 1:]
        old = len(self._t)
        t = np.concatenate((self._t, times))
        x = np.concatenate((self._x, x), axis=1)
        c = np.empty_like(x)
        c[:, :old] = self._c
        area = x[:, old:] + x[:, old - 1 : -1]
        area *= 0.5 * (t[old:] - t[old - 1 : -1])
        c[:, old:] = area
        np.add.accumulate(c[:, old - 1 :], axis=1, out=c[:, old - 1 :])

        first, stop = self._next, self._stop(float(t[-1]))
        if stop <= first:
            self._t, self._x, self._c = t, x, c
            return None
        edge: FloatArray = self._t0 + np.arange(first - 0.5, stop) * GRID_S
        at = t.searchsorted(edge) - 1  # the raw interval that each edge lies in
        total = _integral(t, x, c, at, edge)
        mean = (total[:, 1:] - total[:, :-1]) / GRID_S
        ready = t[at[1:] + 1]
        block = GridBlock(
            restart=self._restart,
            t0=self._t0,
            first=first,
            acc=mean[:3],
            gyr=mean[3:] if len(mean) > 3 else None,
            ready=ready,
            hole=ready - t[at[1:]] > HOLE_S,
        )
        self._next, self._restart = stop, False
        keep = int(at[-1])  # this block's last edge is the next one's first
        self._t, self._x, self._c = t[keep:], x[:, keep:], c[:, keep:]
        return block

    def _stop(self, last: float) -> int:
        """First grid index not yet known when the newest sample is at `last`; a whole number of chunks after index 1."""
        k = int((last - self._t0) / GRID_S) + 2
        while k > 0 and self._t0 + (k - 0.5) * GRID_S > last:
            k -= 1
        return max(0, k - 1) // CHUNK * CHUNK + 1


def _integral(
    t: FloatArray, x: FloatArray, c: FloatArray, at: np.ndarray[tuple[int], np.dtype[np.intp]], tau: FloatArray
) -> FloatArray:
    """Integral of the piecewise-linear `x` up to each time `tau`, which lies in the interval after sample `at`."""
    before = t.take(at)
    since = tau - before
    x_at = x.take(at, axis=1)
    rise = x.take(at + 1, axis=1)
    rise -= x_at
    rise *= 0.5 * since / (t.take(at + 1) - before)
    rise += x_at
    rise *= since
    rise += c.take(at, axis=1)
    return rise
