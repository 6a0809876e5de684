"""Accelerometer and gyroscope that come in messages of their own, on one device clock, become six-axis samples. No I/O."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np

from cuecoach.events import FloatArray
from cuecoach.sensors.message import Samples

#: How far the neighbours of an interpolated value may be. A sample without them is left out, s.
REACH_S: Final = 0.05
#: So long, in device time, samples wait for the gyroscope. Compressed frames are sent when they are full: after a second of
#: running and some three of standing still (polar-ble-sdk, issue 439), so one sensor may be that far behind the other.
WAIT_S: Final = 4.0
#: A frame that ends later than this many of its lengths after the one before had another before it, which was lost. Rates
#: are off by a few percent at most; compressed frames differ in length, so a larger share would stretch a long frame over
#: a short one that was lost. Of very short frames, this many samples count.
_LOST_SHARE: Final = 1.1
_LOST_SAMPLES: Final = 0.6
#: Samples further apart than so many periods do not belong to one run.
_RUN_PERIODS: Final = 1.5
#: Two frames this many nominal lengths apart overlap: one of them came twice.
_OVERLAP: Final = 0.5
#: A frame of this length tells the rate, s.
_SURE_S: Final = 0.25
#: A stamp further back than this is a clock that has restarted, not an old frame, s.
_RESTART_S: Final = 2.0


class FrameTimes:
    """Sample times of one sensor's frames, each stamped once.

    Parameters
    ----------
    rate_hz
        Nominal sampling rate, for the first frame; where a later one was lost, what the stamps before have shown counts.
    """

    def __init__(self, rate_hz: float) -> None:
        self._period = self._step = 1.0 / rate_hz
        self._last: float | None = None
        #: Whether the clock had restarted before the newest frame.
        self.restarted = False

    def of(self, n: int, stamp: float, stamped: Literal["first", "last"] = "last") -> FloatArray | None:
        """Return the times of the `n` samples of the next frame, device clock, s, shape (n,), increasing.

        Returns
        -------
        ndarray or None
            None when the frame, or half of it, has been there before.
        """
        step = self._step
        end = stamp if stamped == "last" else stamp + (n - 1) * step
        self.restarted = False
        if self._last is not None:
            gap = end - self._last
            self.restarted = gap < -_RESTART_S
            if not self.restarted and gap < _OVERLAP * n * self._period:
                return None
            if not self.restarted and gap <= max(_LOST_SHARE * n, n + _LOST_SAMPLES) * self._period:
                step = gap / n
                # A frame of a few samples tells the rate no better than the stamp its resolution.
                self._step = step if gap > _SURE_S and step > self._period / _LOST_SHARE else self._step
        self._last = end
        return end - step * np.arange(n - 1, -1, -1, dtype=np.float64)


class _Line:
    """Samples of one sensor with their times, in order; old ones are let go."""

    def __init__(self, rate_hz: float) -> None:
        self.clock = FrameTimes(rate_hz)
        self.times: FloatArray = np.empty(0)
        self.values: FloatArray = np.empty((0, 3))
        self.newest = -np.inf

    def add(self, times: FloatArray, values: FloatArray) -> None:
        self.times = np.concatenate((self.times, times))
        self.values = np.concatenate((self.values, values))
        self.newest = float(times[-1])

    def keep(self, chosen: slice) -> None:
        self.times, self.values = self.times[chosen], self.values[chosen]


class SensorMerger:
    """Gives accelerometer samples the angular rate of their moment, interpolated, never extrapolated.

    Parameters
    ----------
    acc_rate_hz, gyr_rate_hz
        Nominal sampling rates.
    wait_s
        How long, in device time, a sample waits for the gyroscope.

    Attributes
    ----------
    duplicates
        Frames that had been there before.
    lost
        Accelerometer samples left out because there was no angular rate near them.
    """

    def __init__(self, acc_rate_hz: float, gyr_rate_hz: float, *, wait_s: float = WAIT_S) -> None:
        self.duplicates = 0
        self.lost = 0
        self._wait_s = wait_s
        self._run_gap_s = _RUN_PERIODS / acc_rate_hz
        self._acc = _Line(acc_rate_hz)
        self._gyr = _Line(gyr_rate_hz)

    def feed(self, samples: Samples) -> list[Samples]:
        """Take a stamped message of one sensor, and return what is now complete.

        Returns
        -------
        list of Samples
            Evenly spaced runs with both sensors, stamped at their last sample; a gap in either sensor ends a run. A message
            that has both already is returned as it is, one that cannot be placed in time is left out.
        """
        if samples.acc is not None and samples.gyr is not None:
            return [samples]
        line, other = (self._gyr, self._acc) if samples.acc is None else (self._acc, self._gyr)
        values = samples.gyr if samples.acc is None else samples.acc
        if values is None or not len(values):
            return []
        if samples.stamp is None:
            self.lost += len(values)
            return []
        times = line.clock.of(len(values), samples.stamp, samples.stamped)
        if times is None:
            self.duplicates += 1
            return []
        if line.clock.restarted:
            self._forget(line, other, float(times[-1]))
        line.add(times, values)
        runs = self._merged()
        self._let_go()
        return runs

    def _forget(self, line: _Line, other: _Line, now: float) -> None:
        """Drop what was measured before the clock restarted; the other sensor may be in the new time already."""
        if line is self._acc:
            self.lost += len(line.times)
        line.keep(slice(0, 0))
        stays = int(np.searchsorted(other.times, now + self._wait_s, "right"))
        if other is self._acc:
            self.lost += len(other.times) - stays
        other.keep(slice(0, stays))
        if stays == 0:
            other.newest = -np.inf

    def _merged(self) -> list[Samples]:
        """Decide on every sample that the gyroscope has passed, or that has waited long enough."""
        acc, gyr = self._acc, self._gyr
        passed = np.searchsorted(acc.times, gyr.newest, "right")
        waited = np.searchsorted(acc.times, acc.newest - self._wait_s, "left")
        n = int(max(passed, waited))
        times, values = acc.times[:n], acc.values[:n]
        acc.keep(slice(n, None))
        near = self._has_neighbours(times)
        self.lost += n - int(np.count_nonzero(near))
        times, values = times[near], values[near]
        if not len(times):
            return []
        rates = np.column_stack([np.interp(times, gyr.times, axis) for axis in gyr.values.T])
        cuts = np.flatnonzero(np.diff(times) > self._run_gap_s) + 1
        return [
            Samples(values[run], rates[run], stamp=float(times[run[-1]]), stamped="last")
            for run in np.split(np.arange(len(times)), cuts)
        ]

    def _has_neighbours(self, times: FloatArray) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        gyr = self._gyr.times
        if not len(gyr):
            return np.zeros(len(times), np.bool_)
        after = np.searchsorted(gyr, times, "left")
        before = np.searchsorted(gyr, times, "right") - 1
        inside = (after < len(gyr)) & (before >= 0)
        until = gyr[np.minimum(after, len(gyr) - 1)] - times
        since = times - gyr[np.maximum(before, 0)]
        return inside & (until <= REACH_S) & (since <= REACH_S)

    def _let_go(self) -> None:
        """Drop angular rates that no sample to come can need."""
        acc, gyr = self._acc, self._gyr
        next_needed = float(acc.times[0]) if len(acc.times) else acc.newest
        oldest = max(next_needed - REACH_S, gyr.newest - 2.0 * self._wait_s)
        gyr.keep(slice(int(np.searchsorted(gyr.times, oldest, "left")), None))
