"""An open connection through bleak: what a driver may do with a device, every failure one sentence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Final

from bleak import BleakClient
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.exc import BleakCharacteristicNotFoundError

from cuecoach.errors import SensorError
from cuecoach.sensors.bluetooth.protocol import Seen
from cuecoach.sensors.bluetooth.trouble import link_trouble

#: No single request takes longer, s: on a link that is dead without knowing, BlueZ would wait for 30 s.
REQUEST_S: Final = 10.0
#: What every link can carry in one notification, bytes: ATT_MTU 23 less three (Core Specification, volume 3, part F, 3.2.8).
LEAST_PAYLOAD: Final = 20


class BleakLink:
    """One connection from its beginning to its end; fulfils `OpenLink`.

    Callbacks that come after the end are ignored: a client left behind may keep its registration with the system, and
    every notification would come twice (bleak issue 2002).

    Parameters
    ----------
    seen
        The device.
    arrived
        Called with every notification of a subscribed characteristic.
    """

    def __init__(self, seen: Seen, arrived: Callable[[str, bytes], None]) -> None:
        self.address = seen.address
        self.name = seen.name or seen.address
        self._arrived = arrived
        self._client: BleakClient | None = None
        self._gone = asyncio.Event()
        self._subscribed: set[str] = set()
        self._waiting: list[tuple[str, Callable[[bytes], bool], asyncio.Future[bytes]]] = []

    def opened(self, client: BleakClient) -> None:
        """Use `client`, which has just connected."""
        self._client = client

    def lost(self, _client: BleakClient | None = None) -> None:
        """Take in that the connection is gone; may come at any time, also while connecting."""
        self._gone.set()
        for _, _, answer in self._waiting:
            if not answer.done():
                answer.set_exception(SensorError(f"`{self.name}` broke the connection: come closer"))

    def closed(self) -> None:
        """Be deaf from now on."""
        self._client = None
        self.lost()

    async def broken(self) -> None:
        """Return when the connection is gone, at once when it already is."""
        await self._gone.wait()

    @property
    def payload_size(self) -> int:
        """Bytes that fit one notification."""
        # Not `mtu_size`: BlueZ does not tell it without taking a characteristic over. A notification is as long as a write.
        sizes = (c.max_write_without_response_size for c in self._characteristics())
        return max(sizes, default=LEAST_PAYLOAD)

    def has(self, uuid: str) -> bool:
        """Whether the device has this service or characteristic."""
        uuid = uuid.lower()
        services = [] if self._client is None or self._gone.is_set() else list(self._client.services)
        return any(s.uuid.lower() == uuid for s in services) or self._find(uuid) is not None

    async def read(self, uuid: str) -> bytes:
        """Read a characteristic."""
        async with self._request("be read") as client:
            return bytes(await client.read_gatt_char(self._characteristic(uuid)))

    async def write(self, uuid: str, payload: bytes, *, response: bool = True) -> None:
        """Write a characteristic."""
        async with self._request("be written to") as client:
            await client.write_gatt_char(self._characteristic(uuid), payload, response=response)

    async def subscribe(self, uuid: str) -> None:
        """Hand on what this characteristic notifies or indicates; asking twice registers once."""
        uuid = uuid.lower()
        if uuid in self._subscribed:
            return

        def notified(_characteristic: BleakGATTCharacteristic, payload: bytearray) -> None:
            if not self._gone.is_set():
                self._take(uuid, bytes(payload))

        async with self._request("be subscribed to") as client:
            self._subscribed.add(uuid)  # before: the first notification may come ahead of the reply
            try:
                await client.start_notify(self._characteristic(uuid), notified)
            except BaseException:
                self._subscribed.discard(uuid)
                raise

    async def ask(
        self,
        uuid: str,
        payload: bytes,
        *,
        answers: Callable[[bytes], bool],
        on: str | None = None,
        timeout_s: float = 5.0,
    ) -> bytes:
        """Write, and return the first notification on `on` that `answers`."""
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        waiter = ((on or uuid).lower(), answers, answer)
        self._waiting.append(waiter)
        try:
            await self.write(uuid, payload)
            async with asyncio.timeout(timeout_s):
                return await answer
        except TimeoutError as error:
            raise SensorError(f"`{self.name}` did not answer within {timeout_s:g} s: switch it off and on") from error
        finally:
            self._waiting.remove(waiter)
            if answer.done() and not answer.cancelled():
                answer.exception()  # seen, even when the write failed first
            answer.cancel()

    def _take(self, channel: str, payload: bytes) -> None:
        for on, answers, answer in self._waiting:
            if on == channel and not answer.done() and answers(payload):
                answer.set_result(payload)
                break
        self._arrived(channel, payload)

    @asynccontextmanager
    async def _request(self, doing: str) -> AsyncGenerator[BleakClient, None]:
        """One request to the device: bounded in time, every failure one sentence."""
        if self._client is None or self._gone.is_set():
            raise SensorError(f"`{self.name}` is not connected any more: come closer")
        try:
            async with asyncio.timeout(REQUEST_S):
                yield self._client
        except Exception as error:  # bleak lets through what the system raises: D-Bus, WinRT, sockets, assertions
            raise link_trouble(error, self.name, doing) from error

    def _characteristics(self) -> list[BleakGATTCharacteristic]:
        if self._client is None or self._gone.is_set():
            return []
        return [c for service in self._client.services for c in service.characteristics]

    def _find(self, uuid: str) -> BleakGATTCharacteristic | None:
        # The first of several with one UUID (a battery each): bleak refuses to choose.
        return next((c for c in self._characteristics() if c.uuid.lower() == uuid), None)

    def _characteristic(self, uuid: str) -> BleakGATTCharacteristic:
        found = self._find(uuid.lower())
        if found is None:
            raise BleakCharacteristicNotFoundError(uuid)
        return found
