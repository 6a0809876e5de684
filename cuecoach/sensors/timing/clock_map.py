"""From a device's clock to session time, by a line under the arrivals: a packet is never early, and often enough prompt.

Arrival times bunch at the radio's connection interval and slip when an event is missed, so each is the sample's time plus a
delay of 0-200 ms. The line through the least delayed packets of the last minute gives offset and drift of the device's
clock; what every packet is delayed by is invisible from one side and stays as a small bias.
"""

from __future__ import annotations

#: The line rests on the least delayed packets of so long, s.
WINDOW_S = 60.0
#: One packet is taken of each bin; bins are a share of the time since the start, within these bounds, s.
_SHORTEST_BIN_S, _LONGEST_BIN_S, _BIN_SHARE = 0.5, 10.0, 1 / 6
#: The delay of the least delayed of n packets is about a spread / n, and never surer than the floor, s.
_SPREAD_S, _FLOOR_S = 0.05, 0.002
#: A bin whose least delayed packet lies so far above the line, more than a doubtful rate explains, was jammed, s.
_JAMMED_S = 0.03
#: How late the very first packet is taken to be, s: the longest usual connection interval. Should it have been prompt, samples
#: lie so much early and come right within seconds; the other way round the next packets would have to be squeezed.
_FIRST_DELAY_S = 0.05
#: No notification takes less from sample to program, s.
_LEAST_DELAY_S = 0.002
#: Where there is hardly any time left up to the arrival, a packet takes this share of it.
_CROWDED = 0.3
#: Spacing of samples is never stretched or squeezed by more than this to follow the line, as a share.
SLEW = 0.01
#: A rate measured over a whole window, or over so many seconds at least, is unsure by this share of the bound.
_LEARNED, _MEASURED, _RATE_KNOWN_S = 0.04, 0.1, 20.0
#: How quickly the remembered rate follows the measured one, per closed bin.
_RATE_GAIN = 0.1


class _Bin:
    """The least delayed packet of a few seconds: device time `x`, arrival less device time `y`, among `n` packets."""

    __slots__ = ("begin", "n", "x", "y")

    def __init__(self, x: float, y: float) -> None:
        self.begin = self.x = x
        self.y = y
        self.n = 1


class ClockMap:
    """Session time of one device clock.

    Parameters
    ----------
    rate_error
        By how much the device's clock may run fast or slow, as a share.
    """

    def __init__(self, rate_error: float) -> None:
        self._bound = rate_error
        #: Session seconds gained on each device second.
        self.slope = 0.0
        self._usual = 0.0
        self._doubt = 0.5 * rate_error
        self._out: tuple[float, float] | None = None
        self._bins: list[_Bin] = []
        self._begin = self._at = self._level = 0.0

    def restart(self) -> None:
        """Forget the offset: the device's clock or the connection is another. What is known of its rate stays."""
        if self._bins and self._bins[-1].x - self._begin > _RATE_KNOWN_S:
            self._usual, self._doubt = self.slope, min(self._doubt, _MEASURED * self._bound)
        self._bins.clear()
        self._out = None

    def lateness(self, device: float, arrived: float) -> float:
        """How much later than the least delayed ones a packet came, s; 0 for the first."""
        if not self._bins:
            return 0.0
        return arrived - device - self._offset(device)

    def observe(self, device: float, arrived: float) -> None:
        """Learn from a packet whose last sample has the device time `device`."""
        y = arrived - device
        if not self._bins:
            self._begin = device
            self._bins.append(_Bin(device, y))
            self._at, self._level = device, y
            return
        newest = self._bins[-1]
        length = min(max((newest.begin - self._begin) * _BIN_SHARE, _SHORTEST_BIN_S), _LONGEST_BIN_S)
        if device - newest.begin >= length:
            if device - self._begin > WINDOW_S:
                learned = self._doubt == _LEARNED * self._bound
                self._usual += (_RATE_GAIN if learned else 1.0) * (self.slope - self._usual)
                self._doubt = _LEARNED * self._bound
            self._bins = [b for b in self._bins if device - b.x <= WINDOW_S]
            self._bins.append(_Bin(device, y))
            self._fit(device)
            return
        newest.n += 1
        if y - self.slope * device < newest.y - self.slope * newest.x:
            newest.x, newest.y = device, y
            self._fit(device)
        elif newest.n & (newest.n - 1) == 0:  # it weighs more now
            self._fit(device)

    def place(self, device: float, arrived: float) -> tuple[float, float]:
        """Return the session time of device time `device`, and how fast session time passes on the way there.

        Times of successive calls follow the line slowly, never jump, and are not later than `arrived`. A pace that is not
        positive says that there is no time left between the one before and `arrived`.
        """
        latest = arrived - device
        aim = self._offset(device) - _LEAST_DELAY_S
        if self._out is None:
            offset, pace = min(aim, latest - _FIRST_DELAY_S), 1.0 + self.slope
        else:
            before, offset_before = self._out
            span = device - before
            if span <= 0:
                return arrived, 0.0
            gain = min(max((aim - offset_before) / span, self.slope - SLEW), self.slope + SLEW)
            offset = offset_before + gain * span
            if offset > latest:
                # More packets of this bunch may follow: the tighter it is, the more room is left for them.
                pace = min(max(1.0 + (latest - offset_before) / span, 0.0), 1.0)
                offset = offset_before + (pace * (_CROWDED + (1.0 - _CROWDED) * pace) - 1.0) * span
            pace = 1.0 + (offset - offset_before) / span
            if pace <= 0:
                return arrived, pace
        self._out = (device, offset)
        return min(device + offset, arrived), pace

    def _offset(self, device: float) -> float:
        return self._level + self.slope * (device - self._at)

    def _fit(self, now: float) -> None:
        """Lay the line: least squares through the bins, drawn to the usual slope as far as that is known."""
        slope = self.slope
        least, lowest = min((b.y - slope * (b.x - now), b.x - now) for b in self._bins)
        unsure = 2.0 * self._doubt
        total = sum_x = sum_y = 0.0
        good: list[tuple[float, float, float]] = []
        for b in self._bins:
            x, spread = b.x - now, _SPREAD_S / b.n
            if b.y - slope * x - least <= _JAMMED_S + spread + unsure * abs(x - lowest):
                weight = 1.0 / (_FLOOR_S * _FLOOR_S + spread * spread)
                good.append((weight, x, b.y))
                total += weight
                sum_x += weight * x
                sum_y += weight * b.y
        mean_x, mean_y = sum_x / total, sum_y / total
        firm = 1.0 / (self._doubt * self._doubt) if self._doubt else 1e18
        xx, xy = firm, firm * self._usual
        for weight, x, y in good:
            dx = x - mean_x
            xx += weight * dx * dx
            xy += weight * dx * (y - mean_y)
        self.slope = min(max(xy / xx, -self._bound), self._bound)
        self._at, self._level = now, mean_y - self.slope * mean_x
