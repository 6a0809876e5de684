"""What both ways of listening to a phone share: its life, its clock, its counters."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

from cuecoach.events import Action, Battery, Event, SensorState
from cuecoach.sensors.bluetooth.protocol import PLACES, Role
from cuecoach.sensors.interpreter import Interpreter
from cuecoach.sensors.life import Life
from cuecoach.sensors.message import Samples
from cuecoach.sensors.phone.taken import TIMING, Taken
from cuecoach.sensors.status import SensorStatus

#: Phones deliver in batches of 0.2 to 1 s over Wi-Fi: silence is no fault before this, s.
STALE_S = 2.5


class PhoneSensor:
    """One phone worn as a sensor. Subclasses stream, and bring its messages to `_arrived`.

    Parameters
    ----------
    role
        What it is to the runner; also its name in the events.
    family, address
        For the status.
    """

    def __init__(self, role: Role, family: str, address: str) -> None:
        self.source: str = role
        self._family = family
        self._address = address
        self._device = ""
        self._life = Life(role, stale_s=STALE_S)
        self._interpreter = Interpreter(role, PLACES[role])
        self._begun = False
        self._battery: float | None = None
        self._packets = 0
        self._connections = 0

    def hear(self, action: Action) -> None:
        """A phone on the back hears nothing."""

    @property
    def rejected(self) -> int:
        """Messages and readings that could not be used."""
        return 0

    @property
    def duplicates(self) -> int:
        """Messages and samples that came twice."""
        return self._interpreter.duplicates

    def status(self) -> SensorStatus:
        """How it is doing now."""
        return SensorStatus(
            self.source,
            self._life.state,
            self._life.text,
            device=self._device,
            family=self._family,
            address=self._address,
            battery=self._battery,
            values=MappingProxyType(dict(self._interpreter.values)),
            packets=self._packets,
            rejected=self.rejected,
            duplicates=self.duplicates,
            lost=self._interpreter.lost,
            connections=self._connections,
        )

    def _arrived(self, taken: Taken, put: Callable[[Event], None], now: float) -> None:
        """Put what a message made known: first that the sensor lives, then what it says."""
        self._packets += 1
        if taken.fresh or not self._begun:
            self._begun = True
            self._connections += 1
            self._interpreter.begin(TIMING)
        events: list[Event] = []
        for message in taken.messages:
            events += self._interpreter.take(now, message)
        if any(isinstance(message, Samples) for message in taken.messages):
            self._tell(self._life.heard(now), put)
        elif taken.complaint and self._life.silent:
            self._tell(self._life.searching(now, taken.complaint), put)
        for event in events:
            if isinstance(event, Battery):
                self._battery = event.percent
            put(event)

    def _tell(self, events: list[SensorState], put: Callable[[Event], None]) -> None:
        for event in events:
            put(event)
