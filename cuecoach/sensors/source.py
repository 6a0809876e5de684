"""Sensors that are not Bluetooth devices: a phone on the local network, or what a plug-in brings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from cuecoach.clock import Clock
from cuecoach.events import Action, Event
from cuecoach.sensors.bluetooth.protocol import Role
from cuecoach.sensors.status import SensorStatus


class OpenSource(Protocol):
    """A sensor ready to stream; what the live driver asks of every sensor, a Bluetooth device and a simulated runner too."""

    source: str

    async def stream(self, put: Callable[[Event], None], clock: Clock) -> None:
        """Put events as they come, until cancelled; raise `SensorError` when the sensor is gone for good."""
        ...

    def status(self) -> SensorStatus:
        """How it is doing now."""
        ...

    def hear(self, action: Action) -> None:
        """Take in what is heard; a simulated runner listens, a real one has ears of its own."""
        ...


class Source(Protocol):
    """A kind of sensor that a runner names: ``phone:192.168.1.5``."""

    #: The word before the colon.
    family: str
    #: What people call it.
    title: str
    #: How to write it, with an example.
    usage: str
    #: Roles it can fill.
    able: tuple[Role, ...]

    def open(self, argument: str, role: Role) -> OpenSource:
        """Return the sensor that `argument` (what follows the colon) names, not yet streaming.

        Raises
        ------
        UsageError
            It cannot be read; one sentence with an example.
        """
        ...
