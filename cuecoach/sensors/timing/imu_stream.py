"""Packets of an inertial sensor become blocks with sample times; what is missing becomes a gap, what came twice is dropped."""

from __future__ import annotations

import math

import numpy as np

from cuecoach.events import FloatArray, Gap, ImuBlock, Place
from cuecoach.sensors.message import Samples, SampleTiming
from cuecoach.sensors.timing.clock_map import ClockMap
from cuecoach.sensors.timing.device_clock import DeviceClock
from cuecoach.sensors.timing.sample_line import Packet, SampleLine

#: Without stamps, samples were dropped by the sensor when all packets are late for so long, s, in so many packets at least,
_LATE_FOR_S, _LATE_PACKETS = 2.0, 5
#: by more than this, s, and by more than so many sampling periods.
_LATE_S, _LATE_PERIODS = 0.06, 3.0
#: The same bytes again within this time are a second registration, not a second packet, s.
_TWICE_S = 0.05
#: Beyond what a worn sensor can feel or state (shock sensors end near 400 g, gyroscopes near 4000 deg/s): broken samples.
_MAX_ACC, _MAX_GYR = 10_000.0, 100_000.0
#: Sample times closer than this to the one before say that there is no room left for them, s.
_LEAST_STEP_S = 1e-7


class ImuStream:
    """One inertial sensor's samples in session time.

    With stamps, samples lie evenly on the device's clock and that is mapped to session time. Without, they are counted, and
    the count at the nominal rate is the device's clock. Times increase whatever happens and are never later than the arrival.

    Parameters
    ----------
    source, place
        As in the blocks.
    timing
        Rate and clock of the device.
    """

    def __init__(self, source: str, place: Place, timing: SampleTiming) -> None:
        self.source = source
        self.place: Place = place
        #: Samples that came twice.
        self.duplicates = 0
        #: Samples known to be missing.
        self.lost = 0
        #: Samples that could not be used: not finite, beyond any sensor's range, without acceleration.
        self.rejected = 0
        self._set_clock(timing)
        self._arrived = -math.inf
        self._newest: float | None = None  # time of the newest sample given out
        self._hole = 0  # samples missing before the next one
        self._broken = self._unsure = False  # another connection or clock; whether nobody knows how much is missing
        self._reconnected = False
        self._countdown: dict[int, FloatArray] = {}
        self._before: Samples | None = None
        self._heard = -math.inf
        self._repeated = False
        self._late_since, self._late_packets, self._late_least = 0.0, 0, math.inf

    def restart(self, timing: SampleTiming | None = None) -> None:
        """Begin a new connection: other delays, perhaps a device that has rebooted; its rate stays known.

        Parameters
        ----------
        timing
            Another rate and clock; None when they are the same.
        """
        if timing is None:
            self._map.restart()
            self._clock.doubt()
        else:
            self._set_clock(timing)
        self._late_packets = 0
        self._broken = self._unsure = self._reconnected = True

    def _set_clock(self, timing: SampleTiming) -> None:
        self._clock = DeviceClock(timing.wrap_s, timing.rate_error)
        self._line = SampleLine(timing.rate_hz)
        self._map = ClockMap(timing.rate_error)
        self._epoch = 0

    def feed(self, arrived: float, samples: Samples) -> list[ImuBlock | Gap]:
        """Take one message, give what it adds.

        Parameters
        ----------
        arrived
            Session time at which it came, s.
        samples
            Any number of samples.

        Returns
        -------
        list of ImuBlock or Gap
            Empty when nothing of it can be used. A gap comes before the block that ends it.
        """
        acc, gyr = samples.acc, samples.gyr
        n = 0 if acc is None else len(acc)
        uneven = acc is not None and gyr is not None and len(acc) != len(gyr)
        if acc is None or not n or uneven or (samples.stamp is not None and not math.isfinite(samples.stamp)):
            self.rejected += n if gyr is None else max(n, len(gyr))
            return []
        arrived = self._arrived = max(self._arrived, arrived)
        packet = self._counted(arrived, samples, n) if samples.stamp is None else self._stamped(arrived, samples, n)
        self.duplicates += packet.skip
        if packet.skip == n:
            return []
        self.lost += packet.missing
        self._hole += packet.missing
        if not self._late_packets:
            self._map.observe(packet.end, arrived)
        last, pace = self._map.place(packet.end, arrived)
        times = last - pace * self._line.period * self._back(n)
        keep = self._usable(acc, gyr, times, packet.skip, pace)
        trailing = 0
        if keep is not None:
            kept = np.flatnonzero(keep)
            if not len(kept):
                self._hole += n - packet.skip
                return []
            self._hole += int(kept[0]) - packet.skip
            trailing = n - 1 - int(kept[-1])
            times, acc = times[keep], acc[keep]
            gyr = None if gyr is None else gyr[keep]
        return self._out(arrived, times, acc, gyr, trailing)

    def _out(
        self, arrived: float, times: FloatArray, acc: FloatArray, gyr: FloatArray | None, trailing: int
    ) -> list[ImuBlock | Gap]:
        """Give the block, and the gap before it if there is one; so many samples at its end were left out."""
        block = ImuBlock(arrived, self.source, self.place, times, acc, gyr)
        since, hole = self._newest, None if self._unsure else self._hole
        gap = since is not None and (self._broken or hole != 0)
        self._newest, self._hole, self._broken, self._unsure = float(times[-1]), trailing, False, False
        if since is None or not gap:
            return [block]
        return [Gap(arrived, self.source, since, float(times[0]), hole), block]

    def _stamped(self, arrived: float, samples: Samples, n: int) -> Packet:
        """Place a packet by its stamp."""
        assert samples.stamp is not None
        device = self._clock.unwrap(samples.stamp, arrived)
        if self._clock.epoch == self._epoch:
            if self._reconnected:
                self._unsure = False  # the device's clock went on: what is missing can be counted
        else:
            self._broken = self._unsure = True
            self._epoch = self._clock.epoch
            self._line.restart()
            self._map.restart()
        self._reconnected = False
        return self._line.take(device, n, samples.stamped)

    def _counted(self, arrived: float, samples: Samples, n: int) -> Packet:
        """Place a packet by counting, unless it comes so persistently late that samples must be missing."""
        if self._twice(arrived, samples):
            return Packet(0.0, n, 0)
        packet = self._line.count(n)
        late = self._map.lateness(packet.end, arrived)
        if late <= max(_LATE_S, _LATE_PERIODS * self._line.period):
            self._late_packets, self._late_least = 0, math.inf
            return packet
        if not self._late_packets:
            self._late_since = arrived
        self._late_packets += 1
        if arrived - self._late_since >= 0.5 * _LATE_FOR_S:  # before that it may still have been growing
            self._late_least = min(self._late_least, late)
        if arrived - self._late_since < _LATE_FOR_S or self._late_packets < _LATE_PACKETS:
            return packet
        missing = round(self._late_least / self._line.period)
        self._late_packets, self._late_least = 0, math.inf
        return self._line.count(0, missing)._replace(missing=missing)

    def _twice(self, arrived: float, samples: Samples) -> bool:
        """Whether a packet without stamp is the one before once more; a sensor at rest may well repeat itself."""
        before, self._before = self._before, samples
        heard, self._heard = self._heard, arrived
        same = (
            before is not None
            and arrived - heard <= _TWICE_S
            and _equal(before.acc, samples.acc)
            and _equal(before.gyr, samples.gyr)
        )
        repeated, self._repeated = self._repeated, same
        return same and not repeated

    def _usable(
        self, acc: FloatArray, gyr: FloatArray | None, times: FloatArray, skip: int, pace: float
    ) -> np.ndarray | None:
        """Return which samples to give out, counting why others are not; None for all of them."""
        newest = -math.inf if self._newest is None else self._newest
        # One sum of squares tells of NaN, infinity and the absurd alike; nearly always it is small.
        fine = float(np.vdot(acc, acc)) < _MAX_ACC**2 and (gyr is None or float(np.vdot(gyr, gyr)) < _MAX_GYR**2)
        roomy = times[0] > newest and pace * self._line.period >= _LEAST_STEP_S
        if fine and roomy and not skip:
            return None
        keep = np.ones(len(times), dtype=bool)
        keep[:skip] = False
        if not fine:
            good = (np.abs(acc) < _MAX_ACC).all(axis=1)
            if gyr is not None:
                good &= (np.abs(gyr) < _MAX_GYR).all(axis=1)
            self.rejected += int(np.count_nonzero(keep & ~good))
            keep &= good
        if not roomy:
            late = times <= newest if pace * self._line.period >= _LEAST_STEP_S else np.ones(len(times), dtype=bool)
            lost = int(np.count_nonzero(keep & late))
            self.lost += lost
            keep &= ~late
        return keep

    def _back(self, n: int) -> FloatArray:
        """n-1 … 0."""
        steps = self._countdown.get(n)
        if steps is None:
            if len(self._countdown) > 64:
                self._countdown.clear()
            steps = self._countdown[n] = np.arange(n - 1, -1, -1, dtype=np.float64)
        return steps


def _equal(a: FloatArray | None, b: FloatArray | None) -> bool:
    if a is None or b is None:
        return a is b
    return a.shape == b.shape and bool((a == b).all())
