"""One even grid for the sensors of a phone: each has its own, slightly uneven times; the coach wants them together.

Every grid point lies between two true samples of each sensor that are close to each other: nothing is made up beyond the
ends, and nothing across a hole.
"""

from __future__ import annotations

import math
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cuecoach.events import FloatArray
from cuecoach.sensors.message import Samples
from cuecoach.sensors.phone.taken import RATE_HZ

#: Which sensor: acceleration (with or without gravity), gravity alone, angular rate.
Kind: TypeAlias = Literal["acc", "gravity", "gyr"]

_STEP_S: Final = 1.0 / RATE_HZ
#: Samples further apart than this have a hole between them, s.
HOLE_S: Final = 0.05
#: So long one sensor waits for another of the same phone, s.
WAIT_S: Final = 1.0
#: A time further back, or further ahead, than this is another clock or another recording, s.
_BACK_S: Final = 1.0
_AHEAD_S: Final = 5.0
#: Samples kept for each sensor; a phone sends at most some 500 a second.
_KEPT: Final = 4096
#: Grid points made in one go at most.
_MOST: Final = 4096
#: Below this period (150 Hz) samples are averaged over a grid step, above they are interpolated, s.
_FAST_S: Final = 1.0 / 150.0


class _Track:
    """The samples of one sensor, in order of time."""

    def __init__(self) -> None:
        self.times: FloatArray = np.empty(0)
        self.values: FloatArray = np.empty((0, 3))

    def __len__(self) -> int:
        return len(self.times)

    def jumps(self, times: FloatArray) -> bool:
        """Whether these times cannot follow the ones before."""
        if not len(self) or not len(times):
            return False
        last = self.times[-1]
        return bool(times[-1] < last - _BACK_S or times[0] > last + _AHEAD_S)

    def add(self, times: FloatArray, values: FloatArray) -> int:
        """Append what is later than what is there; return how many samples were not."""
        later = np.diff(times, prepend=self.times[-1] if len(self) else -np.inf) > 0
        if len(self):
            later &= times > self.times[-1]
        self.times = np.concatenate([self.times, times[later]])[-_KEPT:]
        self.values = np.concatenate([self.values, values[later]])[-_KEPT:]
        return int(np.count_nonzero(~later))

    def drop_before(self, t: float) -> None:
        """Forget what no grid point from `t` on can need."""
        first = int(np.searchsorted(self.times, t))
        self.times, self.values = self.times[first:], self.values[first:]

    @property
    def ready(self) -> float:
        """Grid points up to here will not change with what is still to come."""
        if len(self) < 3:
            return -math.inf
        return min(float(self.times[-2]), float(self.times[-1]) - 0.5 * _STEP_S)

    def at(self, t: FloatArray) -> tuple[FloatArray, NDArray[np.bool_]]:
        """Return the values at times `t`, shape (n, 3), and where they are backed by samples, shape (n,)."""
        if len(self) < 3:
            return np.zeros((len(t), 3)), np.zeros(len(t), dtype=bool)
        width = np.diff(self.times)
        whole = width <= HOLE_S
        i = np.clip(np.searchsorted(self.times, t, side="right") - 1, 0, len(width) - 1)
        backed = (t >= self.times[i]) & (t <= self.times[i + 1]) & whole[i]
        if float(np.median(width)) < _FAST_S:
            return self._averaged(t, width), backed & (t - 0.5 * _STEP_S >= self.times[0])
        return self._between(t, i, width, whole), backed

    def _between(self, t: FloatArray, i: NDArray[np.intp], width: FloatArray, whole: NDArray[np.bool_]) -> FloatArray:
        """Cubic Hermite interpolation with slopes from both neighbours (Catmull-Rom for uneven times).

        A straight line would take 30 % off what moves at 25 Hz when it falls between two samples of a 100-Hz sensor; this
        takes 12 %.
        """
        slope = np.diff(self.values, axis=0) / width[:, None]
        weight = whole.astype(np.float64)[:, None]  # no slope across a hole
        sides = np.maximum(weight[:-1] + weight[1:], 1.0)
        inner = (weight[:-1] * slope[:-1] + weight[1:] * slope[1:]) / sides
        slopes = np.concatenate([slope[:1], inner, slope[-1:]])
        h = width[i][:, None]
        u = np.clip((t - self.times[i])[:, None] / h, 0.0, 1.0)
        left, right = self.values[i], self.values[i + 1]
        v = 1.0 - u
        return v * v * ((1 + 2 * u) * left + u * h * slopes[i]) + u * u * ((1 + 2 * v) * right - v * h * slopes[i + 1])

    def _averaged(self, t: FloatArray, width: FloatArray) -> FloatArray:
        """Mean over one grid step around each time, so that a fast sensor is not undersampled."""
        area = np.zeros_like(self.values)
        np.cumsum(0.5 * width[:, None] * (self.values[1:] + self.values[:-1]), axis=0, out=area[1:])
        ends = [t - 0.5 * _STEP_S, t + 0.5 * _STEP_S]
        below, above = (
            np.stack([np.interp(end, self.times, area[:, axis]) for axis in range(3)], axis=1) for end in ends
        )
        return (above - below) / _STEP_S


class Grid:
    """Brings the sensors of a phone to a common grid of 100 Hz, in steps of the phone's own clock.

    Parameters
    ----------
    gravity
        Whether acceleration comes without gravity, which is then a sensor of its own and is added.
    """

    def __init__(self, *, gravity: bool = False) -> None:
        self._gravity = gravity
        self._tracks: dict[Kind, _Track] = {"acc": _Track(), "gravity": _Track(), "gyr": _Track()}
        self._next: int | None = None  # number of the next grid point
        self._begun = 0.0
        self._gyroless = False
        #: Samples that came twice, or too late.
        self.duplicates = 0

    def add(self, kind: Kind, times: FloatArray, values: FloatArray) -> None:
        """Take samples of one sensor.

        Parameters
        ----------
        kind
            Acceleration first where several kinds come together.
        times
            Shape (n,), s, finite; they are sorted here.
        values
            Shape (n, 3), finite: m/s², or deg/s.
        """
        if not len(times):
            return
        order = np.argsort(times, kind="stable")
        times, values = times[order], values[order]
        track = self._tracks[kind]
        if track.jumps(times):
            if kind == "acc":
                self.reset()
                track = self._tracks[kind]
            else:
                track = self._tracks[kind] = _Track()
        if kind == "acc" and not len(track) and self._next is None:
            self._begun = float(times[0])
        self.duplicates += track.add(times, values)

    def reset(self) -> None:
        """Forget all samples: what comes next does not follow from what came."""
        self._tracks = {"acc": _Track(), "gravity": _Track(), "gyr": _Track()}
        self._next = None
        self._gyroless = False

    @property
    def starving(self) -> bool:
        """Whether acceleration has waited for gravity in vain."""
        acc, gravity = self._tracks["acc"], self._tracks["gravity"]
        return self._gravity and len(acc) > 1 and not len(gravity) and acc.times[-1] - self._begun > WAIT_S

    def take(self) -> tuple[Samples, ...]:
        """Return what is ready: runs of grid points without a hole, each stamped at its first."""
        acc, gyr = self._tracks["acc"], self._tracks["gyr"]
        if len(acc) < 3:
            return ()
        newest = float(acc.times[-1])
        self._gyroless = newest - (float(gyr.times[-1]) if len(gyr) else self._begun) > WAIT_S
        needed = [acc, *([self._tracks["gravity"]] if self._gravity else []), *([] if self._gyroless else [gyr])]
        until = max(min(track.ready for track in needed), newest - WAIT_S)
        until = min(until, acc.ready)
        first = math.ceil(float(acc.times[0]) * RATE_HZ) if self._next is None else self._next
        stop = math.floor(until * RATE_HZ) + 1
        first = max(first, stop - _MOST)
        if stop <= first:
            return ()
        self._next = stop
        number = np.arange(first, stop)
        made = self._made(number)
        for track in self._tracks.values():
            track.drop_before(stop / RATE_HZ - 2 * HOLE_S)
        return made

    def _made(self, number: NDArray[np.int64]) -> tuple[Samples, ...]:
        times = number / RATE_HZ
        acc, good = self._tracks["acc"].at(times)
        if self._gravity:
            gravity, backed = self._tracks["gravity"].at(times)
            acc, good = acc + gravity, good & backed
        gyr: FloatArray | None = None
        if not self._gyroless:
            gyr, backed = self._tracks["gyr"].at(times)
            good &= backed
        rows = np.flatnonzero(good)
        if not len(rows):
            return ()
        return tuple(
            Samples(acc[run], None if gyr is None else gyr[run], stamp=float(times[run[0]]))
            for run in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1)
        )
