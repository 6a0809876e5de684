"""The samples of successive packets on one even line of device time; tells what is missing and what came twice."""

from __future__ import annotations

from typing import Literal, NamedTuple

#: How much of a stamp's deviation from the line is believed: stamps are rounded (to 1 ms, mostly), samples are even.
_PHASE_GAIN = 0.1
#: The same for the sampling period; critically damped with the above.
_PERIOD_GAIN = 0.0025
#: Nothing is missing while a packet is less than so many periods late.
_SLIP = 0.5
#: The true rate may differ from the nominal one by so much, as a share: until it is known that excuses a slip.
_NOMINAL_ERROR = 0.03
#: So many packets in a row with another spacing: the device samples at another rate than it was asked to.
_OTHER_RATE = 5


class Packet(NamedTuple):
    """Where the samples of a packet lie.

    Attributes
    ----------
    end
        Device time of the last sample, s.
    skip
        So many samples at the beginning were there before.
    missing
        So many samples before this packet never came.
    """

    end: float
    skip: int
    missing: int


class SampleLine:
    """Follows stamps with a phase-locked loop of second order.

    Parameters
    ----------
    rate_hz
        Nominal sampling rate.
    """

    def __init__(self, rate_hz: float) -> None:
        self._nominal = 1.0 / rate_hz
        #: Device seconds from sample to sample.
        self.period = self._nominal
        self.restart()
        self._learned = False

    def restart(self) -> None:
        """Begin again with another count of device time; the period stays."""
        self._started = False
        self._end = 0.0
        self._stamp = 0.0
        self._n = 0
        self._odd, self._odd_run = 0.0, 0

    def count(self, n: int, missing: int = 0) -> Packet:
        """Place `n` samples without a stamp, after so many `missing`."""
        self._end += (n + missing) * self.period
        return Packet(self._end, 0, missing)

    def take(self, stamp: float, n: int, stamped: Literal["first", "last"]) -> Packet:
        """Place `n` samples by the stamp of the first or last of them, s of device time."""
        if not self._started:
            return self._jump(stamp, n, stamped, 0)
        steps = self._n if stamped == "first" else n
        spacing = (stamp - self._stamp) / steps
        if not self._learned and abs(spacing / self.period - 1.0) <= _NOMINAL_ERROR:
            self.period = spacing
            self._learned = True
        expected = self._end + (1 if stamped == "first" else n) * self.period
        slip = (stamp - expected) / self.period
        if abs(slip) <= (_SLIP if self._learned else max(_SLIP, _NOMINAL_ERROR * steps)):
            return self._follow(stamp, n, slip, steps)
        if slip < 0:
            skip = min(n, round(-slip))
            if skip == n:
                return Packet(self._end, n, 0)
            return self._jump(stamp, n, stamped, 0)._replace(skip=0 if self._other_rate(spacing) else skip)
        if self._other_rate(spacing):
            return self._jump(stamp, n, stamped, 0)
        return self._jump(stamp, n, stamped, round(slip))

    def _jump(self, stamp: float, n: int, stamped: Literal["first", "last"], missing: int) -> Packet:
        """Begin the line afresh at this stamp."""
        self._started = True
        self._end = stamp + (n - 1) * self.period if stamped == "first" else stamp
        self._stamp, self._n = stamp, n
        return Packet(self._end, 0, missing)

    def _follow(self, stamp: float, n: int, slip: float, steps: int) -> Packet:
        self._end += (n + _PHASE_GAIN * slip) * self.period
        self.period *= 1.0 + _PERIOD_GAIN * slip / steps
        self._stamp, self._n, self._odd_run = stamp, n, 0
        return Packet(self._end, 0, 0)

    def _other_rate(self, spacing: float) -> bool:
        """Whether packets have been so far apart for a while; their spacing is then the period."""
        if abs(spacing - self._odd) > 0.02 * spacing:
            self._odd, self._odd_run = spacing, 0
        self._odd_run += 1
        if self._odd_run < _OTHER_RATE or not 0.5 < spacing / self._nominal < 2.0:
            return False
        self.period, self._odd_run = spacing, 0
        return True
