"""What a device says becomes events: session time for its samples, one unit for its cadence, nothing twice."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from cuecoach.events import Battery, Event, Place, Reading
from cuecoach.metrics import LIMITS, plausible
from cuecoach.sensors.cadence_judge import CadenceJudge
from cuecoach.sensors.message import Level, Message, Samples, SampleTiming, Stated
from cuecoach.sensors.timing import ImuStream

#: The same message again within this time is a second registration of the same notification, s.
_TWICE_S: Final = 0.05
#: Readings of one source are at least this far apart, s: a bunch of notifications has one arrival time.
_APART_S: Final = 1e-6
#: A stated length is a stride or a step when it agrees with speed and cadence within this share.
_AGREES: Final = 0.15


class Interpreter:
    """Turns a device's messages into events. Lives as long as the sensor is wanted, over any number of connections.

    Parameters
    ----------
    source
        As in the events.
    place
        Where the sensor is worn; None where that says nothing (heart rate). Samples need a place.
    judge
        Of the unit of cadence; one that decides by the numbers unless given.
    """

    def __init__(self, source: str, place: Place | None, judge: CadenceJudge | None = None) -> None:
        self.source = source
        self.place: Place | None = place
        #: Tells strides from steps.
        self.judge = judge or CadenceJudge()
        self._imu: ImuStream | None = None
        self._timing: SampleTiming | None = None
        self._values: dict[str, float] = {}
        self._twice = 0
        self._heard: list[tuple[float, Stated | Level]] = []  # what came within `_TWICE_S`
        self._percent: float | None = None
        self._last = -math.inf

    @property
    def duplicates(self) -> int:
        """Messages and samples that came twice."""
        return self._twice + (self._imu.duplicates if self._imu else 0)

    @property
    def lost(self) -> int:
        """Samples known to be missing."""
        return self._imu.lost if self._imu else 0

    @property
    def rejected(self) -> int:
        """Samples that could not be used."""
        return self._imu.rejected if self._imu else 0

    @property
    def values(self) -> Mapping[str, float]:
        """The newest value of each metric, for display."""
        return MappingProxyType(self._values)

    def begin(self, timing: SampleTiming | None) -> None:
        """Begin a new connection.

        Parameters
        ----------
        timing
            How to read the times of its samples; None for a device that gives none.
        """
        self._heard.clear()
        if timing is None or self.place is None:
            return
        if self._imu is None:
            self._imu = ImuStream(self.source, self.place, timing)
        else:
            self._imu.restart(None if timing == self._timing else timing)
        self._timing = timing

    def take(self, arrived: float, message: Message) -> list[Event]:
        """Interpret one message.

        Parameters
        ----------
        arrived
            Session time at which it came, s.
        message
            What the device's decoder made of a notification.

        Returns
        -------
        list of Event
            A `Reading`, a `Battery`, an `ImuBlock` with perhaps a `Gap` before it, or nothing.
        """
        if isinstance(message, Samples):
            return [] if self._imu is None else [*self._imu.feed(arrived, message)]
        self._heard = [(t, heard) for t, heard in self._heard if arrived - t <= _TWICE_S]
        if any(heard == message for _, heard in self._heard):
            self._twice += 1
            return []
        self._heard.append((arrived, message))
        return self._level(arrived, message) if isinstance(message, Level) else self._stated(arrived, message)

    def _level(self, arrived: float, level: Level) -> list[Event]:
        if not 0 <= level.percent <= 100 or level.percent == self._percent:
            return []
        self._percent = level.percent
        return [Battery(arrived, self.source, level.percent)]

    def _stated(self, arrived: float, stated: Stated) -> list[Event]:
        values = {name: value for name, value in stated.values.items() if name in LIMITS and plausible(name, value)}
        cadence = self.judge.judge(arrived, stated)
        if cadence is not None and plausible("cadence", cadence):
            values["cadence"] = cadence
            values |= _lengths(stated.stride_length_raw, values.get("speed"), cadence)
        elif stated.cadence_raw is not None:
            self._forget("cadence", "step_length", "stride_length")
        raw = {
            name: value
            for name, value in (("cadence", stated.cadence_raw), ("stride_length", stated.stride_length_raw))
            if value is not None and math.isfinite(value)
        }
        if not values and not raw:
            return []
        self._values |= values
        t = self._last = max(arrived, self._last + _APART_S)
        return [Reading(t, self.source, values, self.place, raw)]

    def _forget(self, *names: str) -> None:
        """Show no value that the device no longer states or that is in doubt again."""
        for name in names:
            self._values.pop(name, None)


def _lengths(stated: float | None, speed: float | None, cadence: float) -> dict[str, float]:
    """Tell by speed, m/s, and cadence, spm, whether a stated length, m, is a stride or a step; empty when it is neither."""
    if stated is None or not speed:
        return {}
    step = speed * 60.0 / cadence
    for count in (1.0, 2.0):
        if abs(stated / (count * step) - 1.0) <= _AGREES:
            found = {"step_length": stated / count, "stride_length": 2.0 * stated / count}
            return {name: value for name, value in found.items() if plausible(name, value)}
    return {}
