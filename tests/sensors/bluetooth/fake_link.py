"""A link in memory: a device made of a set of UUIDs, what can be read, and a function that answers what is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from cuecoach.errors import SensorError

#: What the device notifies when something is written: (characteristic, payload) in order.
Answer: TypeAlias = Callable[[str, bytes], list[tuple[str, bytes]]]


class FakeLink:
    """An open connection to a device that exists only here; fulfils `Link`.

    Parameters
    ----------
    services
        UUIDs of its services and of its characteristics alike. What is not among them (or in `reads`) can be neither
        written nor subscribed: that raises `SensorError`, as on the air.
    reads
        Values by characteristic; they can be changed later in `.reads`. Reading another one raises `SensorError`.
    answer
        Called with every write; what it returns is notified. It may raise `SensorError` to refuse.

    Attributes
    ----------
    written
        Every write, (characteristic, payload).
    subscribed
        Subscribed characteristics, in order.
    received
        What reached the host: notifications of subscribed characteristics, (characteristic, payload).
    """

    def __init__(
        self,
        services: set[str],
        reads: Mapping[str, bytes] | None = None,
        answer: Answer | None = None,
        *,
        address: str = "C0:FF:EE:00:00:01",
        name: str = "",
        payload_size: int = 244,
    ) -> None:
        self.address = address
        self.name = name
        self.services = {uuid.lower() for uuid in services}
        self.reads = {uuid.lower(): value for uuid, value in (reads or {}).items()}
        self.written: list[tuple[str, bytes]] = []
        self.subscribed: list[str] = []
        self.received: list[tuple[str, bytes]] = []
        self._answer = answer or _silence
        self._payload_size = payload_size

    @property
    def payload_size(self) -> int:
        return self._payload_size

    def has(self, uuid: str) -> bool:
        return uuid in self.services or uuid in self.reads

    async def read(self, uuid: str) -> bytes:
        if uuid not in self.reads:
            raise SensorError(f"`{self.name}` does not let `{uuid}` be read")
        return self.reads[uuid]

    async def write(self, uuid: str, payload: bytes, *, response: bool = True) -> None:
        self._put(uuid, payload)

    async def subscribe(self, uuid: str) -> None:
        self._check(uuid)
        if uuid not in self.subscribed:
            self.subscribed.append(uuid)

    async def ask(
        self,
        uuid: str,
        payload: bytes,
        *,
        answers: Callable[[bytes], bool],
        on: str | None = None,
        timeout_s: float = 5.0,
    ) -> bytes:
        """Write and return the answer; one that is not there at once never comes, so no time passes."""
        for channel, value in self._put(uuid, payload):
            if channel == (on or uuid) and channel in self.subscribed and answers(value):
                return value
        raise SensorError(f"`{self.name}` did not answer within {timeout_s:g} s")

    def notify(self, uuid: str, payload: bytes) -> None:
        """Notify `payload`, as the device does of its own accord; lost unless subscribed."""
        if uuid in self.subscribed:
            self.received.append((uuid, payload))

    def _put(self, uuid: str, payload: bytes) -> list[tuple[str, bytes]]:
        self._check(uuid)
        self.written.append((uuid, bytes(payload)))
        notified = self._answer(uuid, bytes(payload))
        for channel, value in notified:
            self.notify(channel, value)
        return notified

    def _check(self, uuid: str) -> None:
        if not self.has(uuid):
            raise SensorError(f"`{self.name}` has no characteristic `{uuid}`")


def _silence(_uuid: str, _payload: bytes) -> list[tuple[str, bytes]]:
    return []
