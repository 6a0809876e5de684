"""The radio on bleak, with backends in memory: one scan, one connection in the making, fresh clients, plain errors."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason, BleakError

from cuecoach.errors import RadioError, SensorError
from cuecoach.sensors.bluetooth import link as link_module
from cuecoach.sensors.bluetooth import radio as radio_module
from cuecoach.sensors.bluetooth.protocol import Seen
from cuecoach.sensors.bluetooth.radio import BleakRadio, check_radio, pairs_on_windows
from cuecoach.sensors.bluetooth.uuids import BATTERY_LEVEL, BATTERY_SERVICE, RSC_MEASUREMENT, RSC_SERVICE

POD = ("AA:BB:CC:00:00:01", "Pod One")
ECHO = "0000ec40-0000-1000-8000-00805f9b34fb"


class Air:
    """What the two backends share, and what the test looks at afterwards."""

    def __init__(self) -> None:
        self.scanners: list[Any] = []
        self.clients: list[Any] = []
        self.starts = self.stops = self.connecting = self.most_connecting = 0
        self.scan_error: Exception | None = None
        self.connect_error: Exception | None = None
        self.read_error: Exception | None = None
        self.connect_takes: asyncio.Event | None = None
        self.scanning_while_connecting = False
        self.paired: list[bool] = []

    def advertise(self, address: str, name: str | None, rssi: int = -60, services: tuple[str, ...] = ()) -> None:
        advertisement = AdvertisementData(name, {}, {}, list(services), None, rssi, ())
        for scanner in self.scanners:
            device = scanner.create_or_update_device(address, address, name, None, advertisement)
            scanner.call_detection_callbacks(device, advertisement)

    def backends(self) -> tuple[type, type]:
        air = self

        class Scanner(BaseBleakScanner):
            def __init__(self, detection_callback, service_uuids, scanning_mode, **options):
                super().__init__(detection_callback, service_uuids)

            async def start(self) -> None:
                await asyncio.sleep(0)
                if air.scan_error:
                    raise air.scan_error
                self.seen_devices = {}
                air.starts += 1
                air.scanners.append(self)

            async def stop(self) -> None:
                await asyncio.sleep(0)
                air.stops += 1
                air.scanners.remove(self)

        class Client(BaseBleakClient):
            def __init__(self, address_or_ble_device, **options):
                super().__init__(address_or_ble_device, **options)
                self.device = address_or_ble_device
                self.callbacks: dict[str, Callable[[bytearray], None]] = {}
                self.started = 0
                self.up = False
                self.goodbyes = 0
                air.clients.append(self)

            @property
            def name(self) -> str:
                return self.address

            @property
            def mtu_size(self) -> int:
                raise AssertionError("not every system tells it")

            @property
            def is_connected(self) -> bool:
                return self.up

            async def connect(self, pair: bool, **options) -> None:
                air.paired.append(pair)
                air.connecting += 1
                air.most_connecting = max(air.most_connecting, air.connecting)
                air.scanning_while_connecting |= bool(air.scanners)
                try:
                    if air.connect_takes:
                        await air.connect_takes.wait()
                    await asyncio.sleep(0)
                    if air.connect_error:
                        raise air.connect_error
                finally:
                    air.connecting -= 1
                self.services = services()
                self.up = True

            async def disconnect(self) -> None:
                self.goodbyes += 1
                if self.up:
                    self.drop()

            def drop(self) -> None:
                self.up = False
                self.services = None
                if self._disconnected_callback:
                    self._disconnected_callback()

            async def pair(self, *args, **options) -> None: ...

            async def unpair(self) -> None: ...

            async def read_gatt_char(self, characteristic, *, use_cached, **options) -> bytearray:
                if air.read_error:
                    raise air.read_error
                return bytearray([77])

            async def read_gatt_descriptor(self, descriptor, *, use_cached, **options) -> bytearray:
                return bytearray()

            async def write_gatt_char(self, characteristic, data, response) -> None:
                self.callbacks[ECHO](bytearray(b"noise"))
                self.callbacks[ECHO](bytearray(data))

            async def write_gatt_descriptor(self, descriptor, data) -> None: ...

            async def start_notify(self, characteristic, callback, **options) -> None:
                self.started += 1
                self.callbacks[characteristic.uuid] = callback

            async def stop_notify(self, characteristic) -> None: ...

        return Scanner, Client


def services() -> BleakGATTServiceCollection:
    collection = BleakGATTServiceCollection()
    handle = 0
    layout = {RSC_SERVICE: [RSC_MEASUREMENT, ECHO], BATTERY_SERVICE: [BATTERY_LEVEL, BATTERY_LEVEL]}
    for uuid, characteristics in layout.items():
        handle += 1
        service = BleakGATTService(None, handle, uuid)
        collection.add_service(service)
        for inner in characteristics:
            handle += 1
            collection.add_characteristic(
                BleakGATTCharacteristic(None, handle, inner, ["read", "write", "notify"], lambda: 155, service)
            )
    return collection


@pytest.fixture
def air() -> Air:
    return Air()


@pytest.fixture
def radio(air: Air) -> BleakRadio:
    return BleakRadio(*air.backends())


def seen(air: Air | None = None) -> Seen:
    return Seen(*POD, handle=BLEDevice(*POD, None))


async def turns(n: int = 20) -> None:
    for _ in range(n):
        await asyncio.sleep(0)


def ignore(channel: str, payload: bytes) -> None:
    """A sensor that does not listen."""


async def found(radio: BleakRadio, name: str, settle_s: float = 0.0) -> Seen:
    return await radio.find(lambda s: s.name.startswith(name), settle_s=settle_s)


# ---------------------------------------------------------------- the scan
async def test_all_searches_share_one_scan_and_it_ends_with_the_last(air, radio):
    searches = [asyncio.ensure_future(found(radio, name)) for name in ("Pod", "Strap")]
    await turns()
    assert (air.starts, air.stops) == (1, 0)
    air.advertise(*POD, services=(RSC_SERVICE.upper(),))
    first = await searches[0]
    assert (first.address, first.name, first.rssi) == (*POD, -60)
    assert first.services == {RSC_SERVICE}
    assert isinstance(first.handle, BLEDevice)
    assert (air.starts, air.stops) == (1, 0)
    air.advertise("AA:02", "Strap")
    await searches[1]
    assert (air.starts, air.stops) == (1, 1)


async def test_of_those_seen_while_settling_the_strongest_is_taken_and_an_unknown_signal_is_the_weakest(air, radio):
    search = asyncio.ensure_future(found(radio, "Pod", settle_s=0.02))
    await turns()
    air.advertise("AA:01", "Pod a", -127)
    air.advertise("AA:02", "Pod b", -80)
    air.advertise("AA:03", "Pod c", -50)
    air.advertise("AA:04", "Other", -20)
    assert (await search).address == "AA:03"


async def test_a_search_that_is_cancelled_ends_the_scan(air, radio):
    search = asyncio.ensure_future(found(radio, "Pod"))
    await turns()
    search.cancel()
    with suppress(asyncio.CancelledError):
        await search
    assert (air.starts, air.stops) == (1, 1)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_scan_that_cannot_start_is_a_sentence_and_the_next_one_starts_afresh(air, radio):
    air.scan_error = BleakBluetoothNotAvailableError("off", BleakBluetoothNotAvailableReason.POWERED_OFF)
    with pytest.raises(RadioError, match="switched off"):
        await found(radio, "Pod")
    with pytest.raises(RadioError):
        await check_radio(radio)
    air.scan_error = None
    search = asyncio.ensure_future(found(radio, "Pod"))
    await turns()
    air.advertise(*POD)
    assert (await search).address == POD[0]


async def test_an_adapter_that_goes_during_the_search_ends_it_at_the_next_start(air, radio):
    search = asyncio.ensure_future(found(radio, "Pod"))
    await turns()
    air.scan_error = BleakError("adapter 'hci0' not found")
    async with radio.connect(seen(), ignore):  # the scan stops for this, and starts again
        pass
    with pytest.raises(RadioError):
        await search


async def test_the_radio_is_well_when_anything_is_heard_and_when_nothing_is_near(air, radio, monkeypatch):
    check = asyncio.ensure_future(check_radio(radio))
    await turns()
    air.advertise("AA:09", None)
    await check
    monkeypatch.setattr(radio_module, "CHECK_S", 0.02)
    await check_radio(radio)
    assert air.starts == air.stops == 2


async def test_everything_in_the_air_can_be_listed_while_sensors_stream(air, radio):
    async with radio.connect(seen(), ignore):

        async def listed() -> list[str]:
            return [s.name async for s in radio.seen(0.05)]

        listing = asyncio.ensure_future(listed())
        await turns()
        air.advertise(*POD)
        air.advertise("AA:02", "Strap")
        air.advertise(*POD)
        assert await listing == ["Pod One", "Strap", "Pod One"]
    assert air.starts == air.stops == 1


# ---------------------------------------------------------------- connections
async def test_the_scan_rests_while_connecting_and_goes_on_afterwards(air, radio):
    search = asyncio.ensure_future(found(radio, "Strap"))
    await turns()
    async with radio.connect(seen(), ignore):
        assert not air.scanning_while_connecting
        assert len(air.scanners) == 1
        air.advertise("AA:02", "Strap")
        assert (await search).address == "AA:02"


async def test_connections_are_made_one_at_a_time(air, radio):
    async def hold() -> None:
        async with radio.connect(seen(), ignore):
            await turns(50)

    await asyncio.gather(hold(), hold(), hold())
    assert air.most_connecting == 1
    assert len(air.clients) == 3


async def test_every_connection_has_a_client_of_its_own_and_each_is_disconnected(air, radio):
    for _ in range(3):
        async with radio.connect(seen(), ignore) as link:
            await link.subscribe(RSC_MEASUREMENT)
    assert len(air.clients) == 3
    assert [client.goodbyes for client in air.clients] == [1, 1, 1]
    assert all(client.device.address == POD[0] for client in air.clients)


@pytest.mark.parametrize(
    "error", [BleakError("refused"), TimeoutError(), OSError(5, "I/O"), EOFError(), AssertionError(), KeyError("path")]
)
async def test_whatever_goes_wrong_while_connecting_is_a_sentence(air, radio, error):
    air.connect_error = error
    with pytest.raises(SensorError, match="`Pod One` ") as raised:
        async with radio.connect(seen(), ignore):
            pass
    assert not isinstance(raised.value, RadioError)
    assert air.clients[0].goodbyes == 1


async def test_a_connection_cancelled_in_the_making_leaves_nothing_behind(air, radio):
    air.connect_takes = asyncio.Event()

    async def hold() -> None:
        async with radio.connect(seen(), ignore):
            pass

    task = asyncio.ensure_future(hold())
    await turns()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert air.clients[0].goodbyes == 1
    air.connect_takes = None
    await hold()  # the turn has been given back


async def test_an_error_of_the_one_who_uses_the_link_is_not_dressed_up(radio):
    with pytest.raises(ZeroDivisionError):
        async with radio.connect(seen(), ignore):
            raise ZeroDivisionError


@pytest.mark.parametrize(
    ("platform", "name", "paired"), [("win32", "Polar H10 1", True), ("linux", "Polar H10 1", False)]
)
async def test_polar_sensors_are_paired_on_windows(air, radio, monkeypatch, platform, name, paired):
    monkeypatch.setattr(sys, "platform", platform)
    assert pairs_on_windows(Seen("AA:01", name)) is paired
    assert not pairs_on_windows(Seen("AA:01", "Pod One"))


async def test_who_is_paired_can_be_chosen(air):
    radio = BleakRadio(*air.backends(), pairs=lambda device: device.name == POD[1])
    async with radio.connect(seen(), ignore):
        pass
    assert air.paired == [True]


# ---------------------------------------------------------------- the link
async def test_the_link_reads_writes_and_knows_what_the_device_has(air, radio):
    async with radio.connect(seen(), ignore) as link:
        assert (link.address, link.name, link.payload_size) == (*POD, 155)
        assert link.has(RSC_SERVICE)
        assert link.has(RSC_MEASUREMENT.upper())
        assert not link.has("0000dead-0000-1000-8000-00805f9b34fb")
        assert await link.read(BATTERY_LEVEL) == bytes([77])  # though there are two of them
        with pytest.raises(SensorError, match="no characteristic"):
            await link.read("0000dead-0000-1000-8000-00805f9b34fb")


async def test_what_is_asked_is_answered_by_the_first_that_fits_and_all_reaches_the_decoder(radio):
    got: list[tuple[str, bytes]] = []
    async with radio.connect(seen(), lambda channel, payload: got.append((channel, payload))) as link:
        await link.subscribe(ECHO)
        assert await link.ask(ECHO, b"\x02ping", answers=lambda p: p.startswith(b"\x02")) == b"\x02ping"
        with pytest.raises(SensorError, match="did not answer within"):
            await link.ask(ECHO, b"x", answers=lambda p: False, timeout_s=0.02)
    assert got[:2] == [(ECHO, b"noise"), (ECHO, b"\x02ping")]


async def test_a_characteristic_is_registered_once_however_often_it_is_subscribed(air, radio):
    async with radio.connect(seen(), ignore) as link:
        await link.subscribe(RSC_MEASUREMENT)
        await link.subscribe(RSC_MEASUREMENT.upper())
    assert air.clients[0].started == 1


async def test_a_registration_left_behind_is_not_listened_to(air, radio):
    got: list[bytes] = []
    for _ in range(3):
        async with radio.connect(seen(), lambda channel, payload: got.append(payload)) as link:
            await link.subscribe(RSC_MEASUREMENT)
            for client in air.clients:  # as BlueZ does after a client was dropped: every old callback is called too
                client.callbacks[RSC_MEASUREMENT](bytearray(b"1"))
    assert got == [b"1", b"1", b"1"]


async def test_a_drop_ends_the_wait_and_every_request(air, radio):
    got: list[bytes] = []
    async with radio.connect(seen(), lambda channel, payload: got.append(payload)) as link:
        await link.subscribe(ECHO)
        asked = asyncio.ensure_future(link.ask(ECHO, b"x", answers=lambda p: False))
        await turns()
        air.clients[0].drop()
        await asyncio.wait_for(link.broken(), 1)
        with pytest.raises(SensorError, match="broke the connection"):
            await asked
        for request in (link.read(BATTERY_LEVEL), link.write(ECHO, b""), link.subscribe(RSC_MEASUREMENT)):
            with pytest.raises(SensorError, match="not connected"):
                await request
        assert not link.has(RSC_SERVICE)
        assert link.payload_size == 20


@pytest.mark.parametrize("error", [BleakError("x"), OSError(5, "x"), EOFError(), TimeoutError(), AssertionError()])
async def test_whatever_goes_wrong_with_a_request_is_a_sentence(air, radio, error):
    air.read_error = error
    async with radio.connect(seen(), ignore) as link:
        with pytest.raises(SensorError, match="`Pod One` "):
            await link.read(BATTERY_LEVEL)


async def test_a_request_that_never_returns_is_given_up(air, radio, monkeypatch):
    monkeypatch.setattr(link_module, "REQUEST_S", 0.02)
    async with radio.connect(seen(), ignore) as link:

        async def never(*args: object, **options: object) -> bytearray:
            await asyncio.Event().wait()
            return bytearray()

        monkeypatch.setattr(air.clients[0], "read_gatt_char", never)
        with pytest.raises(SensorError, match="did not answer in time"):
            await link.read(BATTERY_LEVEL)
