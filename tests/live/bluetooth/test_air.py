"""The virtual radio itself, with nothing of ours on it: bleak's own scanner and client against virtual devices."""

from __future__ import annotations

import asyncio
import struct
import time
from itertools import pairwise

import pytest
from bleak import BleakClient, BleakScanner
from bleak.exc import BleakCharacteristicNotFoundError, BleakDBusError, BleakError, BleakGATTProtocolError

from cuecoach.events import Reading
from tests.air.air import VirtualAir
from tests.air.bleak_backend import VirtualAdapter
from tests.air.metric_pods import FootPod, HeartStrap

pytestmark = pytest.mark.live

UUID = "0000{:04x}-0000-1000-8000-00805f9b34fb".format
MEASUREMENT, CONTROL, BATTERY = UUID(0x2A53), UUID(0x2A55), UUID(0x2A19)
#: Long enough for whatever is under way on a fast link, s.
SOON = 0.03


def reading(t: float, cadence: float = 170.0) -> Reading:
    return Reading(t, "runner", {"speed": 3.0, "cadence": cadence, "heart_rate": 150.0})


async def find(adapter: VirtualAdapter, name: str = "Virtual Pod"):
    device = await BleakScanner.find_device_by_name(name, timeout=2, backend=adapter.scanner)
    assert device is not None
    return device


async def test_a_scan_shows_names_services_and_strength_and_can_be_filtered(air, adapter, switch_on):
    pod = await switch_on(FootPod(air))
    await switch_on(HeartStrap(air))
    air.set_rssi(pod.device, -81)
    found = await BleakScanner.discover(
        timeout=0.15, return_adv=True, service_uuids=[UUID(0x1814)], backend=adapter.scanner
    )
    ((device, seen),) = found.values()
    assert (device.name, device.address, seen.rssi) == ("Virtual Pod", pod.address, -81)
    assert seen.service_uuids == [UUID(0x1814)]


async def test_a_shy_device_tells_its_name_only_when_asked(air, adapter, switch_on):
    await switch_on(FootPod(air, shy=True))
    names = []
    async with BleakScanner(lambda device, seen: names.append(seen.local_name), backend=adapter.scanner):
        await asyncio.sleep(0.1)
    assert names[:2] == [None, "Virtual Pod"]


async def test_a_second_scan_and_a_second_connect_at_a_time_are_refused(air, adapter, switch_on):
    await switch_on(FootPod(air))
    await switch_on(FootPod(air, "Other", "C0:00:00:00:01:09"))
    async with BleakScanner(backend=adapter.scanner):
        with pytest.raises(BleakDBusError, match="InProgress"):
            await BleakScanner(backend=adapter.scanner).start()
    one, other = await find(adapter), await find(adapter, "Other")
    first, second = BleakClient(one, backend=adapter.client), BleakClient(other, backend=adapter.client)
    done = await asyncio.gather(first.connect(), second.connect(), return_exceptions=True)
    assert done[0] is None
    assert isinstance(done[1], BleakDBusError)


async def test_characteristics_are_read_and_what_cannot_be_read_is_refused(air, adapter, switch_on):
    await switch_on(FootPod(air))
    async with BleakClient(await find(adapter), backend=adapter.client) as client:
        assert client.mtu_size == 247
        assert (await client.read_gatt_char(BATTERY))[0] == 87
        assert bytes(await client.read_gatt_char(UUID(0x2A24))) == b"VP-1"
        with pytest.raises(BleakGATTProtocolError):
            await client.read_gatt_char(MEASUREMENT)
        with pytest.raises(BleakCharacteristicNotFoundError):
            await client.read_gatt_char(UUID(0x2A37))


async def test_notifications_arrive_in_order_and_the_control_point_answers_with_indications(air, adapter, switch_on):
    pod = await switch_on(FootPod(air))
    got: list[bytes] = []
    answers: asyncio.Queue[bytes] = asyncio.Queue()
    async with BleakClient(await find(adapter), backend=adapter.client) as client:
        await client.start_notify(MEASUREMENT, lambda _, data: got.append(bytes(data)))
        await client.start_notify(CONTROL, lambda _, data: answers.put_nowait(bytes(data)))
        for k in range(20):
            await pod.report(reading(float(k), 150 + 2 * k))
        await client.write_gatt_char(CONTROL, struct.pack("<BI", 1, 12340), response=True)
        assert await asyncio.wait_for(answers.get(), 1) == b"\x10\x01\x01"
        await client.write_gatt_char(CONTROL, b"\x03\x0e", response=True)
        assert await asyncio.wait_for(answers.get(), 1) == b"\x10\x03\x03"
        await client.write_gatt_char(CONTROL, b"\x04", response=True)
        assert await asyncio.wait_for(answers.get(), 1) == b"\x10\x04\x01\x01\x02"
        await client.stop_notify(MEASUREMENT)
        await pod.report(reading(20.0))
        await asyncio.sleep(SOON)
    assert pod.distance == pytest.approx(1234.0 + 3.0)
    assert [data[3] for data in got] == [75 + k for k in range(20)]
    assert got[0][:3] == b"\x07\x00\x03"


async def test_packets_between_two_connection_events_arrive_together(switch_on):
    air = VirtualAir()
    adapter = await VirtualAdapter(air).start()
    pod = await switch_on(FootPod(air, battery=None))
    arrived: list[float] = []
    async with BleakClient(await find(adapter), backend=adapter.client) as client:
        await client.start_notify(MEASUREMENT, lambda _, data: arrived.append(time.perf_counter()))
        air.interval_s = 0.04
        for k in range(12):
            await pod.report(reading(k))
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
    gaps = [later - earlier for earlier, later in pairwise(arrived)]
    assert len(arrived) == 12
    assert sum(gap < 0.005 for gap in gaps) >= 6
    assert max(gaps) > 0.03
    await adapter.stop()


async def test_a_device_that_disconnects_is_noticed_and_can_be_found_again(air, adapter, switch_on):
    pod = await switch_on(FootPod(air))
    gone = asyncio.Event()
    async with BleakClient(
        await find(adapter), disconnected_callback=lambda _: gone.set(), backend=adapter.client
    ) as client:
        await pod.drop()
        await asyncio.wait_for(gone.wait(), 1)
        assert not client.is_connected
        with pytest.raises(BleakError):
            await client.read_gatt_char(BATTERY)
    async with BleakClient(await find(adapter), backend=adapter.client) as client:
        assert client.is_connected
    assert (pod.connections, adapter.made) == (2, 2)


async def test_out_of_range_is_silence_then_a_broken_link_then_a_connect_that_times_out(air, adapter, switch_on):
    pod = await switch_on(FootPod(air))
    gone, got = asyncio.Event(), []
    device = await find(adapter)
    async with BleakClient(device, disconnected_callback=lambda _: gone.set(), backend=adapter.client) as client:
        await client.start_notify(MEASUREMENT, lambda _, data: got.append(data))
        air.take_away(pod.device)
        await pod.report(reading(1.0))
        await asyncio.sleep(SOON)
        assert (got, client.is_connected) == ([], True)
        await asyncio.wait_for(gone.wait(), 1)
    with pytest.raises(TimeoutError):
        await BleakClient(device, timeout=0.1, backend=adapter.client).connect()
    air.bring_back(pod.device)
    async with BleakClient(device, backend=adapter.client) as client:
        assert (await client.read_gatt_char(BATTERY))[0] == 87


async def test_a_short_absence_delays_what_was_sent_and_loses_nothing(air, adapter, switch_on):
    pod = await switch_on(FootPod(air))
    got: list[bytes] = []
    async with BleakClient(await find(adapter), backend=adapter.client) as client:
        await client.start_notify(MEASUREMENT, lambda _, data: got.append(bytes(data)))
        air.take_away(pod.device)
        for k in range(3):
            await pod.report(reading(k))
        await asyncio.sleep(SOON)
        assert got == []
        air.bring_back(pod.device)
        await asyncio.sleep(2 * SOON + air.supervision_s)
        assert client.is_connected
    assert got == [payload for _, payload in pod.sent]


async def test_a_link_that_breaks_during_a_request_ends_the_request(air, adapter, switch_on):
    pod = await switch_on(FootPod(air))
    async with BleakClient(await find(adapter), backend=adapter.client) as client:
        request = asyncio.create_task(client.read_gatt_char(BATTERY))
        await asyncio.sleep(0)
        air.take_away(pod.device)
        with pytest.raises(BleakError):
            await asyncio.wait_for(request, 1)


async def test_a_device_that_does_not_hear_the_connect_ends_it_at_once(air, adapter, switch_on):
    pod = await switch_on(FootPod(air))
    device = await find(adapter)
    air.turn_deaf(pod.device)
    with pytest.raises(BleakError):
        await asyncio.wait_for(BleakClient(device, backend=adapter.client).connect(), 1)
    air.turn_deaf(pod.device, False)
    async with BleakClient(device, backend=adapter.client):
        assert pod.connections == 1


@pytest.mark.parametrize(
    ("sticky", "left", "calls"), [("no", False, 1), ("until left", False, 3), ("until left", True, 1)]
)
async def test_registrations_can_outlive_their_link(air, switch_on, sticky, left, calls):
    adapter = await VirtualAdapter(air, sticky=sticky).start()
    pod = await switch_on(FootPod(air, battery=None))
    got: list[bytes] = []
    for _ in range(3):
        client = BleakClient(await find(adapter), backend=adapter.client)
        await client.connect()
        await client.start_notify(MEASUREMENT, lambda _, data: got.append(bytes(data)))
        got.clear()
        await pod.report(reading(1.0))
        await asyncio.sleep(SOON)
        await pod.drop()
        await asyncio.sleep(SOON)
        if left:
            await client.disconnect()
    assert len(got) == calls
    await adapter.stop()


async def test_a_sleeping_device_is_not_found_and_a_quiet_one_keeps_its_link(air, adapter, switch_on):
    pod = await switch_on(FootPod(air))
    got: list[bytes] = []
    async with BleakClient(await find(adapter), backend=adapter.client) as client:
        await client.start_notify(MEASUREMENT, lambda _, data: got.append(bytes(data)))
        pod.go_quiet()
        await pod.report(reading(1.0))
        await asyncio.sleep(SOON)
        assert (got, client.is_connected) == ([], True)
        pod.go_quiet(False)
        await pod.garbage(3)
        await asyncio.sleep(SOON)
        assert got == [payload for _, payload in pod.sent]
        await pod.sleep()
        await asyncio.sleep(SOON)
        assert not client.is_connected
    assert await BleakScanner.find_device_by_name("Virtual Pod", timeout=0.15, backend=adapter.scanner) is None
    await pod.wake()
    await find(adapter)


async def test_a_radio_that_is_switched_off_says_so_and_breaks_its_links(air, adapter, switch_on):
    await switch_on(FootPod(air))
    client = BleakClient(await find(adapter), backend=adapter.client)
    await client.connect()
    await adapter.switch(False)
    await asyncio.sleep(SOON)
    assert not client.is_connected
    with pytest.raises(BleakError, match="turned off"):
        await BleakScanner(backend=adapter.scanner).start()
    await adapter.switch(True)
    await find(adapter)
