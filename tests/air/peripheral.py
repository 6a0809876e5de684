"""What all virtual devices share: their place in the air, battery, moods, and a runner to sense."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final

from bumble import att, hci
from bumble.core import UUID, AdvertisingData
from bumble.device import Connection, Device
from bumble.gatt import Characteristic, CharacteristicValue, Service

from cuecoach.clock import Clock
from cuecoach.events import Event, ImuBlock, Reading
from cuecoach.feed import Feed
from tests.air.air import VirtualAir

#: So often a device looks at its runner, s of session time.
_STEP_S: Final = 0.1

_P = Characteristic.Properties
_PROPERTIES: Final = {"r": _P.READ, "w": _P.WRITE, "c": _P.WRITE_WITHOUT_RESPONSE, "n": _P.NOTIFY, "i": _P.INDICATE}


def characteristic(
    uuid: str | int,
    properties: str,
    value: bytes | Callable[[], bytes] | None = None,
    write: Callable[[bytes], Coroutine[Any, Any, None]] | None = None,
) -> Characteristic[bytes]:
    """Return a characteristic.

    `properties` has a letter for each: read, write, write without response (c, as in command), notify, indicate.
    Without read it refuses to be read, which bumble 0.0.236 would not see to by itself.
    """
    flags = _P(0)
    permissions = Characteristic.Permissions(0)
    for letter in properties:
        flags |= _PROPERTIES[letter]
    if "r" in properties:
        permissions |= Characteristic.Permissions.READABLE
    if "w" in properties or "c" in properties:
        permissions |= Characteristic.Permissions.WRITEABLE

    def read(connection: Connection) -> bytes:
        if "r" not in properties or value is None:
            raise att.ATT_Error(att.ErrorCode.READ_NOT_PERMITTED)
        return value() if callable(value) else value

    async def written(connection: Connection, payload: bytes) -> None:
        if write:
            await write(bytes(payload))

    return Characteristic(_uuid(uuid), flags, permissions, CharacteristicValue(read=read, write=written))


def service(uuid: str | int, *characteristics: Characteristic[bytes]) -> Service:
    """Return a service; an `int` is a UUID of the Bluetooth SIG."""
    return Service(_uuid(uuid), characteristics)


def _uuid(uuid: str | int) -> UUID:
    return UUID.from_16_bits(uuid) if isinstance(uuid, int) else UUID(uuid)


class Peripheral:
    """A device on the virtual air.

    Parameters
    ----------
    air
        Where it is.
    name, address
        As it tells them; the address is a static random one.
    services
        What it has, apart from the battery.
    advertised
        UUIDs of the services it tells before anybody connects.
    manufacturer
        Manufacturer data by company identifier.
    appearance
        The kind of device (Bluetooth Assigned Numbers), None for none.
    shy
        Tells its name only in the answer to a scan request.
    battery
        Percent; None for a device without the battery service.
    stream
        The characteristic on which it sends its data.
    mtu
        The largest it agrees to, bytes.
    """

    def __init__(
        self,
        air: VirtualAir,
        name: str,
        address: str,
        services: Sequence[Service],
        stream: Characteristic[bytes],
        *,
        advertised: Sequence[str | int] = (),
        manufacturer: tuple[int, bytes] | None = None,
        appearance: int | None = None,
        shy: bool = False,
        battery: int | None = None,
        mtu: int = 247,
    ) -> None:
        self.air, self.name, self.address, self.stream = air, name, address, stream
        self.device: Device = air.new_device(name, address)
        self.device.gatt_server.max_mtu = mtu
        #: When each payload was sent, by the machine's performance counter, s, and what it was.
        self.sent: list[tuple[float, bytes]] = []
        #: Connections so far.
        self.connections = 0
        self._quiet = False
        self._asleep = False
        self._battery = battery
        self._charge = characteristic(0x2A19, "rn", lambda: bytes([self._battery or 0]))
        self._tasks: set[asyncio.Task[None]] = set()
        self.device.add_services([*services, *([service(0x180F, self._charge)] if battery is not None else [])])
        self.device.on(Device.EVENT_CONNECTION, self._connected)
        told, asked = _advertisement(name, advertised, manufacturer, appearance, shy)
        self.device.advertising_data = told
        air.set_scan_response(self.device, asked)

    # ------------------------------------------------------------ life
    async def start(self) -> None:
        """Power on and advertise."""
        await self.device.power_on()
        await self.device.start_advertising(auto_restart=True)

    async def stop(self) -> None:
        """Power off; nothing is left running."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.sleep()
        await self.device.power_off()

    async def drop(self) -> None:
        """End the connection, as a device may at any time (reason 0x13); it advertises again."""
        for connection in list(self.device.connections.values()):
            await connection.disconnect(hci.HCI_REMOTE_USER_TERMINATED_CONNECTION_ERROR)

    async def sleep(self) -> None:
        """Go to sleep: no connection, no advertisement."""
        self._asleep = True
        await self.device.stop_advertising()
        await self.drop()
        await self.device.stop_advertising()  # bumble begins again by itself when a link ends

    async def wake(self) -> None:
        """Advertise again."""
        self._asleep = False
        await self.device.start_advertising(auto_restart=True)

    def go_quiet(self, quiet: bool = True) -> None:
        """Keep the link but send nothing, or send again."""
        self._quiet = quiet

    async def garbage(self, count: int, seed: int = 0) -> None:
        """Send `count` payloads of random bytes and lengths on the data characteristic."""
        chance = random.Random(seed)
        for _ in range(count):
            await self.send(chance.randbytes(chance.randrange(21)))

    async def charge(self, percent: int) -> None:
        """Let the battery be at `percent`, and say so."""
        self._battery = percent
        await self.device.notify_subscribers(self._charge, bytes([percent]))

    # ------------------------------------------------------------ data
    async def send(self, payload: bytes, on: Characteristic[bytes] | None = None) -> None:
        """Notify whoever is subscribed to `on`, the data characteristic unless given."""
        if self._quiet or self._asleep:
            return
        self.sent.append((time.perf_counter(), payload))
        await self.device.notify_subscribers(on or self.stream, payload)

    def soon(self, work: Coroutine[Any, Any, None]) -> None:
        """Do `work` after what is being done now: an answer goes out after the response to the request."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def play(self, runner: Feed, clock: Clock, start: float = 0.0) -> None:
        """Sense `runner`, whose time 0 is session time `start`, until the feed is over or cancelled."""
        number = 0
        while number * _STEP_S <= runner.duration_s:
            t = number * _STEP_S
            await clock.sleep_until(start + t)
            for event in runner.advance(t):
                await self.sense(event, start)
            number += 1

    async def sense(self, event: Event, start: float = 0.0) -> None:
        """Take one thing that the runner does; `start` is session time at the runner's time 0, s."""
        if isinstance(event, Reading):
            await self.report(event)
        elif isinstance(event, ImuBlock):
            await self.samples(event, start)

    async def report(self, reading: Reading) -> None:
        """Send metric values."""
        raise NotImplementedError

    async def samples(self, block: ImuBlock, start: float) -> None:
        """Send raw samples, as soon as they fill a packet."""
        raise NotImplementedError

    def connected(self) -> None:
        """Forget what belonged to an earlier connection."""

    def _connected(self, connection: Connection) -> None:
        self.connections += 1
        self.connected()


def _advertisement(
    name: str,
    advertised: Sequence[str | int],
    manufacturer: tuple[int, bytes] | None,
    appearance: int | None,
    shy: bool,
) -> tuple[bytes, bytes]:
    """Return what is advertised, and what is answered to a scan request."""
    fields: list[tuple[int, bytes]] = [(AdvertisingData.FLAGS, bytes([6]))]
    short = b"".join(uuid.to_bytes(2, "little") for uuid in advertised if isinstance(uuid, int))
    long = b"".join(UUID(uuid).to_bytes() for uuid in advertised if isinstance(uuid, str))
    if short:
        fields.append((AdvertisingData.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS, short))
    if long:
        fields.append((AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS, long))
    if appearance is not None:
        fields.append((AdvertisingData.APPEARANCE, appearance.to_bytes(2, "little")))
    if manufacturer is not None:
        company, data = manufacturer
        fields.append((AdvertisingData.MANUFACTURER_SPECIFIC_DATA, company.to_bytes(2, "little") + data))
    called = (AdvertisingData.COMPLETE_LOCAL_NAME, name.encode())
    full = bytes(AdvertisingData([*fields, called]))
    # An advertisement holds 31 bytes; what does not fit is told in the answer to a scan request.
    if shy or len(full) > 31:
        return bytes(AdvertisingData(fields)), bytes(AdvertisingData([called]))
    return full, b""
