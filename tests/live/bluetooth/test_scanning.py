"""Finding the right device among many, several sensors at once, and scanning while sensors stream."""

from __future__ import annotations

import asyncio

import pytest

from cuecoach.errors import RadioError
from cuecoach.events import ImuBlock, Reading
from cuecoach.sensors.bluetooth.drivers.foot_pod import FootPod as FootPodDriver
from cuecoach.sensors.bluetooth.drivers.heart_rate import HeartRateStrap
from cuecoach.sensors.bluetooth.drivers.open_imu import OpenImu as OpenImuDriver
from cuecoach.sensors.bluetooth.radio import BleakRadio, check_radio
from cuecoach.sensors.bluetooth.supervisor import BluetoothSensor, Claims
from cuecoach.sensors.simulator import Phase, SimulatedRunner, Story
from tests.air.fast_clock import FastClock
from tests.air.metric_pods import FootPod, HeartStrap, PowerPod
from tests.air.open_imu import OpenImu
from tests.air.watch import HastyRadio, Watch, running, until

pytestmark = pytest.mark.live

DRIVERS = [FootPodDriver(), HeartRateStrap(), OpenImuDriver()]
FACTOR = 10.0


def steady_run(**options) -> SimulatedRunner:
    return SimulatedRunner(Story("steady", "three metres a second", (Phase("run", 60.0, 3.0),)), seed=2, **options)


async def test_the_radio_is_well_when_it_can_scan_and_says_what_to_do_when_it_is_off(air, adapter, switch_on):
    await switch_on(FootPod(air))
    radio = BleakRadio(adapter.scanner, adapter.client)
    await check_radio(radio)
    await adapter.switch(False)
    with pytest.raises(RadioError, match="Bluetooth"):
        await check_radio(radio)


async def test_a_scan_tells_name_services_and_strength_of_everything_near(air, adapter, switch_on):
    pod = await switch_on(FootPod(air, shy=True))
    await switch_on(HeartStrap(air))
    await switch_on(PowerPod(air))
    air.set_rssi(pod.device, -77)
    seen = {}
    async for one in BleakRadio(adapter.scanner, adapter.client).seen(0.25):
        seen[one.address] = one
    assert {one.name for one in seen.values()} == {"Virtual Pod", "Virtual Strap", "Virtual Power"}
    assert seen[pod.address].rssi == -77
    assert FootPodDriver().recognises(seen[pod.address])


async def test_the_strongest_of_several_is_taken(air, adapter, switch_on):
    far = await switch_on(FootPod(air, "Far", "C0:00:00:00:05:01"))
    near = await switch_on(FootPod(air, "Near", "C0:00:00:00:05:02"))
    air.set_rssi(far.device, -88)
    air.set_rssi(near.device, -48)
    clock = FastClock(FACTOR)
    sensor = BluetoothSensor("foot", HastyRadio(adapter), DRIVERS)
    async with Watch(clock, sensor) as watch, running(clock, steady_run(place="foot"), near):
        await until(lambda: watch.of(Reading))
    assert sensor.status().device == "Near"
    assert far.connections == 0


@pytest.mark.parametrize("asked", ["c0:00:00:00:05:01", "far", "Far away"])
async def test_a_device_is_taken_by_address_or_by_the_beginning_of_its_name(air, adapter, switch_on, asked):
    far = await switch_on(FootPod(air, "Far away", "C0:00:00:00:05:01"))
    await switch_on(FootPod(air, "Near", "C0:00:00:00:05:02"))
    air.set_rssi(far.device, -90)
    clock = FastClock(FACTOR)
    sensor = BluetoothSensor("foot", HastyRadio(adapter), DRIVERS, device=asked)
    async with Watch(clock, sensor):
        await until(lambda: sensor.status().connections == 1)
    assert sensor.status().address == far.address


async def test_two_roles_never_take_one_device(air, adapter, switch_on):
    await switch_on(OpenImu(air, "C0:00:00:00:05:03"))
    await switch_on(OpenImu(air, "C0:00:00:00:05:04"))
    clock, radio, claims = FastClock(FACTOR), HastyRadio(adapter), Claims()
    sensors = [
        BluetoothSensor("sacrum", radio, DRIVERS, claims=claims),
        BluetoothSensor("foot", radio, DRIVERS, device="Virtual IMU", claims=claims),
    ]
    async with Watch(clock, *sensors):
        await until(lambda: all(sensor.status().connections for sensor in sensors))
        assert {sensor.status().address for sensor in sensors} == {"C0:00:00:00:05:03", "C0:00:00:00:05:04"}


async def test_three_sensors_stream_at_once_while_the_air_is_scanned(air, adapter, switch_on):
    pod, strap, imu = FootPod(air), HeartStrap(air), OpenImu(air)
    for device in (pod, strap, imu):
        await switch_on(device)
    clock, radio, claims = FastClock(FACTOR), HastyRadio(adapter), Claims()
    sensors = [BluetoothSensor(role, radio, DRIVERS, claims=claims) for role in ("foot", "heart", "sacrum")]
    steady, raw = steady_run(place="foot"), steady_run(output="imu", rate_hz=100)
    async with (
        Watch(clock, *sensors) as watch,
        running(clock, steady, pod),
        running(clock, steady_run(), strap),
        running(clock, raw, imu),
    ):
        await until(lambda: watch.of(Reading, "foot") and watch.of(Reading, "heart") and watch.of(ImuBlock))
        others = {one.address async for one in radio.seen(0.1)}
        here = {kind: len(watch.of(*kind)) for kind in ((Reading, "foot"), (Reading, "heart"), (ImuBlock, "sacrum"))}
        await until(lambda: all(len(watch.of(*kind)) > count + 1 for kind, count in here.items()))
        states = [sensor.status() for sensor in sensors]
    assert others == set()  # who is connected does not advertise
    assert [status.connections for status in states] == [1, 1, 1]
    assert adapter.connects_while_scanning == 0


async def test_a_lost_sensor_is_searched_for_while_the_others_stream_on(air, adapter, switch_on):
    pod, strap = await switch_on(FootPod(air)), await switch_on(HeartStrap(air))
    clock, radio, claims = FastClock(FACTOR), HastyRadio(adapter), Claims()
    sensors = [BluetoothSensor(role, radio, DRIVERS, claims=claims) for role in ("foot", "heart")]
    async with (
        Watch(clock, *sensors) as watch,
        running(clock, steady_run(place="foot"), pod),
        running(clock, steady_run(), strap),
    ):
        await until(lambda: watch.of(Reading, "foot") and watch.of(Reading, "heart"))
        air.take_away(pod.device)
        await until(lambda: sensors[0].status().state not in ("streaming", "stale"))
        here = len(watch.of(Reading, "heart"))
        await until(lambda: len(watch.of(Reading, "heart")) >= here + 3)
        air.bring_back(pod.device)
        await until(lambda: sensors[0].status().connections == 2)
    assert sensors[1].status().connections == 1


async def test_a_search_that_is_given_up_stops_the_scan(air, adapter):
    radio = BleakRadio(adapter.scanner, adapter.client)
    search = asyncio.create_task(radio.find(lambda seen: False))
    await until(lambda: adapter.scanning is not None)
    search.cancel()
    await asyncio.gather(search, return_exceptions=True)
    assert adapter.scanning is None
    assert not adapter.device.is_scanning
