"""The seams of the Bluetooth room: what a scan sees, an open link, a family's driver, the radio. No I/O here.

A driver is two things: a short script that sets a device up over a `Link`, and a `Decoder` that turns its payloads into
messages and touches nothing else. Payloads reach the decoder from the supervisor's queue, never inside a callback.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, Protocol, TypeAlias

from cuecoach.events import Place
from cuecoach.sensors.message import Message, SampleTiming

#: What a sensor is to the runner.
Role: TypeAlias = Literal["foot", "sacrum", "torso", "heart"]

#: Where a sensor of that role is worn.
PLACES: Mapping[Role, Place | None] = MappingProxyType(
    {"foot": "foot", "sacrum": "sacrum", "torso": "torso", "heart": None}
)

_NOBODY: Mapping[int, bytes] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Seen:
    """One device as its advertisements show it.

    Attributes
    ----------
    address
        As the system names it; on macOS an identifier of this computer's own.
    name
        Its local name, empty when it has not told one.
    services
        Advertised service UUIDs, 128 bit, lower case.
    rssi
        Signal, dBm.
    manufacturer
        Manufacturer data by company identifier.
    handle
        What the radio needs to connect; opaque.
    """

    address: str
    name: str = ""
    services: frozenset[str] = frozenset()
    rssi: int | None = None
    manufacturer: Mapping[int, bytes] = field(default_factory=lambda: _NOBODY)
    handle: Any = field(default=None, compare=False, repr=False)


class Link(Protocol):
    """An open connection. Every method raises `SensorError` when the link breaks or the device refuses."""

    address: str
    name: str

    @property
    def payload_size(self) -> int:
        """Bytes that fit one notification."""
        ...

    def has(self, uuid: str) -> bool:
        """Whether the device has this service or characteristic."""
        ...

    async def read(self, uuid: str) -> bytes:
        """Read a characteristic."""
        ...

    async def write(self, uuid: str, payload: bytes, *, response: bool = True) -> None:
        """Write a characteristic."""
        ...

    async def subscribe(self, uuid: str) -> None:
        """From now on, what this characteristic notifies or indicates goes to the decoder, with the UUID as `channel`."""
        ...

    async def ask(
        self,
        uuid: str,
        payload: bytes,
        *,
        answers: Callable[[bytes], bool],
        on: str | None = None,
        timeout_s: float = 5.0,
    ) -> bytes:
        """Write, and return the first notification on `on` (`uuid` unless given, subscribed before) that `answers`.

        Raises
        ------
        SensorError
            No answer in time.
        """
        ...


class Decoder(Protocol):
    """Turns payloads of one connection into messages. Any bytes are fine: what cannot be used is counted, never raised."""

    #: Payloads that could not be used.
    rejected: int
    #: How to read sample times; None for a decoder that gives no samples.
    timing: SampleTiming | None

    def feed(self, channel: str, payload: bytes) -> Sequence[Message]:
        """Take one notification; `channel` is its characteristic's UUID."""
        ...


class Driver(Protocol):
    """One family of devices."""

    #: A short stable word, written in files: ``foot-pod``.
    family: str
    #: What people call it: ``Foot pod (RSC)``.
    title: str
    #: ``metrics`` for devices that state values about once a second, ``samples`` for raw inertial streams.
    kind: Literal["metrics", "samples"]
    #: Roles it may fill unasked.
    roles: tuple[Role, ...]
    #: Roles it can fill when the runner names it; includes `roles`.
    able: tuple[Role, ...]

    def recognises(self, seen: Seen) -> bool:
        """Whether an advertisement shows a device of this family; pure and quick."""
        ...

    async def start(self, link: Link, role: Role) -> Decoder:
        """Subscribe, set the device up, and return what decodes it.

        Raises
        ------
        SensorError
            The device refuses or lacks something; one sentence with the remedy.
        """
        ...

    async def stop(self, link: Link) -> None:
        """Leave the device as it should be left; called when the runner ends, while the link still holds."""
        ...


class Radio(Protocol):
    """The machine's one Bluetooth adapter, shared by all sensors."""

    async def find(self, wanted: Callable[[Seen], bool], *, settle_s: float = 0.0) -> Seen:
        """Scan until a device is `wanted`; of those seen within `settle_s` after the first, return the strongest.

        Runs until found or cancelled; many may search at once.

        Raises
        ------
        RadioError
            There is no radio to search with.
        """
        ...

    def connect(self, seen: Seen, arrived: Callable[[str, bytes], None]) -> AbstractAsyncContextManager[OpenLink]:
        """Connect, one device at a time; leaving the context disconnects.

        `arrived(channel, payload)` is called for every subscribed notification, from the event loop; it must be quick.

        Raises
        ------
        SensorError
            It cannot be reached, or not within 15 s.
        """
        ...


class OpenLink(Link, Protocol):
    """A link as the supervisor holds it: it can also wait for the end."""

    async def broken(self) -> None:
        """Return when the connection is gone, at once when it already is."""
        ...
