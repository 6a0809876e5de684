"""Raw samples at any rate, with gaps and NaN, onto one even grid; the answer never depends on how they were cut into blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cuecoach.errors import RecordingError
from cuecoach.events import FloatArray
from cuecoach.gait.constants import (
    CHUNK,
    GAP_S,
    GRID_S,
    HOLE_S,
    SENSIBLE_ACC,
    SENSIBLE_GYR,
    SENSIBLE_TIME_S,
)

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
    holes
        Grid indices where samples are missing: there the signals are only straight lines.
    """

    restart: bool
    t0: float
    first: int
    acc: FloatArray
    gyr: FloatArray | None
    ready: FloatArray
    holes: list[int]

    def known(self, k: int) -> float:
        """Time of the raw sample that completed the chunk of grid index `k`, s."""
        return float(self.ready[((k - 1) // CHUNK + 1) * CHUNK - self.first])


class Resampler:
    """Raw samples in, :class:`GridBlock` out.

    The piecewise-linear signal is integrated and the integral differenced on the grid, so each grid sample is an exact mean
    over its interval: an anti-alias filter when samples are many, interpolation when they are few, and for the gyroscope the
    mean rate that an orientation filter needs (single samples make angles lead by half a sample).
    """

    def __init__(self) -> None:
        # raw samples still needed, from the one before the first edge to come, a column each: time, channels, their integrals
        self._past = np.empty((1, 0))
        self._channels = 0
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

        Samples with a NaN or a number that no sensor tells, and samples not later than one already seen, are left out.

        Raises
        ------
        RecordingError
            When the arrays do not belong together.
        """
        if acc.shape != (len(times), 3) or (gyr is not None and gyr.shape != acc.shape):
            raise RecordingError("samples need one time, three accelerations and three (or no) angular rates each")
        if not len(times):
            return
        new = np.empty((4 if gyr is None else 7, len(times)))
        new[0] = times
        new[1:4] = acc.T
        if gyr is not None:
            new[4:] = gyr.T
        if len(new) - 1 != self._channels:
            self._channels, self._last_t = len(new) - 1, -np.inf  # the gyroscope came or went: nothing carries over
        t, channels = new[0], new[1:]
        step = np.empty(len(t))
        with np.errstate(invalid="ignore"):  # inf less inf
            np.subtract(t[1:], t[:-1], out=step[1:])
            step[0] = np.subtract(t[0], self._last_t)
        # NaN makes every comparison false; the times lie between the first and the last when all intervals are above 0
        if not (
            np.minimum.reduce(step) > 0
            and t[0] > -SENSIBLE_TIME_S
            and t[-1] < SENSIBLE_TIME_S
            and np.maximum.reduce(channels, axis=None) < SENSIBLE_ACC
            and np.minimum.reduce(channels, axis=None) > -SENSIBLE_ACC
        ):
            fine = (np.abs(t) < SENSIBLE_TIME_S) & (np.abs(channels[:3]) < SENSIBLE_ACC).all(axis=0)
            fine &= (np.abs(channels[3:]) < SENSIBLE_GYR).all(axis=0)
            ever = np.maximum.accumulate(np.concatenate(([self._last_t], np.where(fine, t, -np.inf))))
            fine &= t > ever[:-1]
            new = new[:, fine]
            if not new.shape[1]:
                return
            step = np.diff(new[0], prepend=self._last_t)
        self._last_t = float(new[0, -1])
        if len(self._steps) < _RATE_STEPS:
            self._steps += step[np.isfinite(step)][: _RATE_STEPS - len(self._steps)].tolist()
        if np.maximum.reduce(step) <= GAP_S:
            block = self._run(new, step)
            if block is not None:
                yield block
            return
        starts = np.flatnonzero(step > GAP_S)
        for a, b in zip((0, *starts), (*starts, len(step)), strict=True):
            if b > a:
                if step[a] > GAP_S:
                    self._begin(new[:, a])
                    a += 1
                block = self._run(new[:, a:b], step[a:b])
                if block is not None:
                    yield block

    def _begin(self, sample: FloatArray) -> None:
        """Start a segment with its first raw sample: time and channels."""
        self._past = np.concatenate((sample, np.zeros(self._channels)))[:, None]
        self._t0, self._next, self._restart = float(sample[0]), 1, True

    def _run(self, new: FloatArray, step: FloatArray) -> GridBlock | None:
        """Add raw samples of this segment, time and channels a column each, with the time since the one before."""
        old, channels = self._past.shape[1], self._channels
        raw = np.empty((1 + 2 * channels, old + new.shape[1]))
        raw[:, :old] = self._past
        raw[: 1 + channels, old:] = new
        x, integral = raw[1 : 1 + channels], raw[1 + channels :]
        area = x[:, old:] + x[:, old - 1 : -1]
        area *= 0.5 * step
        integral[:, old:] = area
        np.add.accumulate(integral[:, old - 1 :], axis=1, out=integral[:, old - 1 :])

        first, stop = self._next, self._stop(float(raw[0, -1]))
        if stop <= first:
            self._past = raw
            return None
        edge: FloatArray = self._t0 + np.arange(first - 0.5, stop) * GRID_S
        at = raw[0].searchsorted(edge) - 1  # the raw interval that each edge lies in
        before, after = raw.take(at, axis=1), raw[: 1 + channels].take(at + 1, axis=1)
        total = _integral(before, after, edge)
        mean = (total[:, 1:] - total[:, :-1]) / GRID_S
        ready = after[0, 1:]
        block = GridBlock(
            restart=self._restart,
            t0=self._t0,
            first=first,
            acc=mean[:3],
            gyr=mean[3:] if len(mean) > 3 else None,
            ready=ready,
            holes=(first + (ready - before[0, 1:] > HOLE_S).nonzero()[0]).tolist(),
        )
        self._next, self._restart = stop, False
        self._past = raw[:, int(at[-1]) :]  # this block's last edge is the next one's first
        return block

    def _stop(self, last: float) -> int:
        """First grid index not yet known when the newest sample is at `last`; a whole number of chunks after index 1."""
        k = int((last - self._t0) / GRID_S) + 2
        while k > 0 and self._t0 + (k - 0.5) * GRID_S > last:
            k -= 1
        return max(0, k - 1) // CHUNK * CHUNK + 1


def _integral(before: FloatArray, after: FloatArray, tau: FloatArray) -> FloatArray:
    """Integral of the piecewise-linear channels up to each time `tau`, between the raw samples `before` and `after` it."""
    channels = len(after) - 1
    x = before[1 : 1 + channels]
    since = tau - before[0]
    area = after[1:] - x
    area *= 0.5 * since / (after[0] - before[0])
    area += x
    area *= since
    area += before[1 + channels :]
    return area
