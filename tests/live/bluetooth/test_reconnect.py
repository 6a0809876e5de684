"""A sensor that goes away and comes back, in every way links are known to break; nothing is doubled, nothing hangs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np
import pytest

from cuecoach.events import Event, Gap, ImuBlock, Reading, SensorState
from cuecoach.sensors.bluetooth.drivers.foot_pod import FootPod as FootPodDriver
from cuecoach.sensors.bluetooth.drivers.heart_rate import HeartRateStrap
from cuecoach.sensors.bluetooth.drivers.open_imu import OpenImu as OpenImuDriver
from cuecoach.sensors.bluetooth.drivers.polar import PolarH10 as PolarH10Driver
from cuecoach.sensors.bluetooth.supervisor import BluetoothSensor
from cuecoach.sensors.simulator import Phase, SimulatedRunner, Story
from tests.air.air import VirtualAir
from tests.air.bleak_backend import VirtualAdapter
from tests.air.fast_clock import FastClock
from tests.air.metric_pods import FootPod, HeartStrap
from tests.air.open_imu import OpenImu
from tests.air.polar import PolarH10
from tests.air.watch import HastyRadio, Watch, running, until

pytestmark = pytest.mark.live

DRIVERS = [FootPodDriver(), HeartRateStrap(), PolarH10Driver(), OpenImuDriver()]
#: Session seconds in a second of real time.
FACTOR = 20.0


class Counting:
    """A runner whose every report has a speed of its own, so that nothing can be mistaken for another."""

    duration_s = 250.0

    def __init__(self) -> None:
        self._next = 1

    def advance(self, until: float) -> Sequence[Event]:
        due: list[Event] = []
        while self._next <= until:
            due.append(Reading(float(self._next), "runner", {"speed": 2.0 + self._next / 64, "cadence": 170.0}))
            self._next += 1
        return due

    def hear(self, action: object) -> None:
        pass


def inertial_runner() -> SimulatedRunner:
    return SimulatedRunner(Story("steady", "", (Phase("run", 60.0, 3.0),)), seed=2, output="imu", rate_hz=100)


def foot(adapter: VirtualAdapter) -> BluetoothSensor:
    return BluetoothSensor("foot", HastyRadio(adapter), DRIVERS, cadence_unit="strides")


def lives(watch: Watch) -> list[str]:
    """The states once each is reached, whatever words came with them."""
    states = watch.states()
    return [state for number, state in enumerate(states) if number == 0 or state != states[number - 1]]


async def test_a_pod_that_drops_the_link_is_found_again(air, adapter, switch_on):
    pod, clock = await switch_on(FootPod(air)), FastClock(FACTOR)
    sensor = foot(adapter)
    async with Watch(clock, sensor) as watch, running(clock, Counting(), pod):
        await until(lambda: len(watch.of(Reading)) >= 2)
        await pod.drop()
        await until(lambda: sensor.status().connections == 2)
        again = len(watch.of(Reading))
        await until(lambda: len(watch.of(Reading)) >= again + 2)
    assert lives(watch)[:4] == ["searching", "connecting", "streaming", "stale"]
    assert lives(watch)[-1] in ("streaming", "back")
    assert len(set(watch.values("speed"))) == len(watch.of(Reading))


async def test_out_of_range_is_stale_then_lost_then_back_and_told_once_each(air, adapter, switch_on):
    pod, clock = await switch_on(FootPod(air)), FastClock(FACTOR)
    sensor = foot(adapter)
    async with Watch(clock, sensor) as watch, running(clock, Counting(), pod):
        await until(lambda: len(watch.of(Reading)) >= 2)
        air.take_away(pod.device)
        gone = clock.now()
        await until(lambda: "lost" in watch.states())
        air.bring_back(pod.device)
        await until(lambda: "back" in watch.states())
        again = len(watch.of(Reading))
        await until(lambda: len(watch.of(Reading)) >= again + 2)
    assert [state for state in watch.states() if state in ("lost", "back")] == ["lost", "back"]
    lost = next(event for event in watch.of(SensorState) if event.state == "lost")
    # Five seconds without data; the last report may be a second old.
    assert 3.5 < lost.t - gone < 8.5
    (gap,) = watch.of(Gap)
    assert gap.since < lost.t < gap.until


async def test_a_short_absence_within_the_supervision_timeout_loses_nothing(adapter_with_patience, switch_on):
    air, adapter = adapter_with_patience
    pod, clock = await switch_on(FootPod(air)), FastClock(FACTOR)
    sensor = foot(adapter)
    async with Watch(clock, sensor) as watch, running(clock, Counting(), pod):
        await until(lambda: len(watch.of(Reading)) >= 2)
        air.take_away(pod.device)
        await clock.sleep_until(clock.now() + 3)
        air.bring_back(pod.device)
        here = len(watch.of(Reading))
        await until(lambda: len(watch.of(Reading)) >= here + 4)
    assert sensor.status().connections == 1
    assert set(np.diff(watch.values("speed"))) == {1 / 64}


@pytest.fixture
async def adapter_with_patience():
    air = VirtualAir(supervision_s=1.0)
    adapter = await VirtualAdapter(air).start()
    yield air, adapter
    await adapter.stop()


async def test_a_link_that_breaks_while_it_is_set_up_is_tried_again(air, adapter, switch_on):
    strap, clock = await switch_on(PolarH10(air)), FastClock(FACTOR)
    sensor = BluetoothSensor("torso", HastyRadio(adapter), DRIVERS)
    strap.hangs_up = 1
    async with Watch(clock, sensor) as watch, running(clock, inertial_runner(), strap):
        await until(lambda: watch.of(ImuBlock))
    assert strap.connections == 2
    assert sensor.status().state == "streaming"


async def test_ten_reconnects_double_nothing_even_when_registrations_outlive_their_link(air, switch_on):
    adapter = await VirtualAdapter(air, sticky="for ever").start()
    # The waits between attempts become long, so session time runs faster still.
    pod, clock = await switch_on(FootPod(air, battery=None)), FastClock(3 * FACTOR)
    sensor = foot(adapter)
    async with Watch(clock, sensor) as watch, running(clock, Counting(), pod):
        for number in range(1, 11):
            here = len(watch.of(Reading))
            await until(lambda: sensor.status().connections == number and len(watch.of(Reading)) > here)  # noqa: B023
            if number < 10:
                await pod.drop()
    assert len(watch.of(Reading)) >= 10
    assert len(set(watch.values("speed"))) == len(watch.of(Reading))
    assert sensor.status().duplicates == 0  # the calls of former links do not even reach the sensor
    assert adapter.connects_while_scanning == 0
    await adapter.stop()


async def test_samples_go_on_after_reconnects_without_doubles_and_with_their_gaps_told(air, switch_on):
    adapter = await VirtualAdapter(air, sticky="for ever").start()
    device, clock = await switch_on(OpenImu(air)), FastClock(FACTOR)
    sensor = BluetoothSensor("sacrum", HastyRadio(adapter), DRIVERS)
    async with Watch(clock, sensor) as watch, running(clock, inertial_runner(), device):
        for number in range(1, 4):
            await until(lambda: sensor.status().connections == number)  # noqa: B023
            here = len(watch.of(ImuBlock))
            await until(lambda: len(watch.of(ImuBlock)) >= here + 10)  # noqa: B023
            if number < 3:
                await device.drop()
    times = np.concatenate([block.times for block in watch.of(ImuBlock)])
    acc = np.concatenate([block.acc for block in watch.of(ImuBlock)])
    assert np.diff(times).min() > 0
    assert len(np.unique(acc, axis=0)) > 0.99 * len(acc)
    assert len(watch.of(Gap)) == 2
    holes = np.flatnonzero(np.diff(times) > 0.1)
    assert len(holes) == 2
    await adapter.stop()


async def test_a_device_that_reboots_is_followed_through_its_new_clock(air, adapter, switch_on):
    device, clock = await switch_on(OpenImu(air, boot_s=3000.0)), FastClock(FACTOR)
    sensor = BluetoothSensor("sacrum", HastyRadio(adapter), DRIVERS)
    async with Watch(clock, sensor) as watch, running(clock, inertial_runner(), device):
        await until(lambda: len(watch.of(ImuBlock)) >= 10)
        await device.drop()
        device.reboot(clock.now())
        await until(lambda: sensor.status().connections == 2)
        here = len(watch.of(ImuBlock))
        await until(lambda: len(watch.of(ImuBlock)) >= here + 10)
        newest, now = watch.of(ImuBlock)[-1].times[-1], clock.now()  # of one moment: more comes until all is closed
    times = np.concatenate([block.times for block in watch.of(ImuBlock)])
    assert np.diff(times).min() > 0
    assert now - 2.0 < newest <= now


async def test_a_connect_that_is_not_heard_is_tried_again_until_it_is(air, adapter, switch_on):
    pod, clock = await switch_on(FootPod(air)), FastClock(FACTOR)
    sensor = foot(adapter)
    air.turn_deaf(pod.device)
    async with Watch(clock, sensor) as watch, running(clock, Counting(), pod):
        await until(lambda: adapter.asked >= 2)
        assert "connected" in sensor.status().text or sensor.status().state in ("connecting", "searching")
        air.turn_deaf(pod.device, False)
        await until(lambda: watch.of(Reading))
    assert "lost" not in watch.states()


async def test_a_device_that_leaves_before_it_is_connected_is_given_up_in_time_and_found_later(
    air, adapter, switch_on, monkeypatch
):
    monkeypatch.setattr("cuecoach.sensors.bluetooth.radio.CONNECT_S", 0.15)
    pod, clock = await switch_on(FootPod(air)), FastClock(FACTOR)

    class Leaving(HastyRadio):
        def connect(self, seen, arrived):
            if not adapter.asked:
                air.take_away(pod.device)
            return super().connect(seen, arrived)

    sensor = BluetoothSensor("foot", Leaving(adapter), DRIVERS, cadence_unit="strides")
    async with Watch(clock, sensor) as watch, running(clock, Counting(), pod):
        await until(lambda: adapter.asked and sensor.status().state == "searching")
        assert pod.name in sensor.status().text
        air.bring_back(pod.device)
        await until(lambda: watch.of(Reading))
    assert pod.connections == 1


async def test_garbage_is_counted_and_never_a_value(air, adapter, switch_on):
    strap, clock = await switch_on(HeartStrap(air)), FastClock(FACTOR)
    sensor = BluetoothSensor("heart", HastyRadio(adapter), DRIVERS)
    async with Watch(clock, sensor) as watch:
        await until(lambda: sensor.status().connections == 1 and sensor.status().battery == 64)
        await strap.garbage(200, seed=3)
        await until(lambda: sensor.status().packets >= 200)
        await strap.report(Reading(0.0, "runner", {"heart_rate": 151.0}))
        await until(lambda: watch.values("heart_rate")[-1:] == [151.0])
    assert sensor.status().rejected > 50
    assert all(30 <= bpm <= 230 for bpm in watch.values("heart_rate"))


async def test_a_pod_that_goes_quiet_is_stale_but_while_it_answers_not_lost(air, adapter, switch_on):
    pod, clock = await switch_on(FootPod(air)), FastClock(FACTOR)
    sensor = foot(adapter)
    async with Watch(clock, sensor) as watch, running(clock, Counting(), pod):
        await until(lambda: len(watch.of(Reading)) >= 2)
        pod.go_quiet()
        await clock.sleep_until(clock.now() + 14)
        assert sensor.status().state == "stale"
        assert "lost" not in watch.states()
        pod.go_quiet(False)
        here = len(watch.of(Reading))
        await until(lambda: len(watch.of(Reading)) > here)
    assert sensor.status().connections == 1
    assert sensor.status().state in ("streaming", "back")


async def test_an_inertial_sensor_that_goes_quiet_is_given_up_and_connected_afresh(air, adapter, switch_on):
    device, clock = await switch_on(OpenImu(air)), FastClock(FACTOR)
    sensor = BluetoothSensor("sacrum", HastyRadio(adapter), DRIVERS)
    async with Watch(clock, sensor) as watch, running(clock, inertial_runner(), device):
        await until(lambda: len(watch.of(ImuBlock)) >= 5)
        device.go_quiet()
        quiet = clock.now()
        await until(lambda: sensor.status().state == "stale")
        stale = clock.now()
        await until(lambda: device.connections == 2)
        device.go_quiet(False)
        here = len(watch.of(ImuBlock))
        await until(lambda: len(watch.of(ImuBlock)) >= here + 3)
    assert 0.7 < stale - quiet < 2.0


async def test_the_end_of_a_run_stops_the_streams_of_a_strap_and_leaves_no_task(air, adapter, switch_on):
    strap, clock = await switch_on(PolarH10(air)), FastClock(FACTOR)
    sensor = BluetoothSensor("torso", HastyRadio(adapter), DRIVERS)
    async with running(clock, inertial_runner(), strap):
        before = asyncio.all_tasks()
        async with Watch(clock, sensor) as watch:
            await until(lambda: watch.of(ImuBlock))
        assert strap.commands[-1] == b"\x03\x02"
        await until(lambda: not strap.device.connections)
        assert {t for t in asyncio.all_tasks() - before if "tests/" not in repr(t) and "bumble" not in repr(t)} == set()


async def test_a_radio_that_is_switched_off_and_on_again_ends_no_run(air, adapter, switch_on):
    pod, clock = await switch_on(FootPod(air)), FastClock(FACTOR)
    sensor = foot(adapter)
    async with Watch(clock, sensor) as watch, running(clock, Counting(), pod):
        await until(lambda: len(watch.of(Reading)) >= 2)
        await adapter.switch(False)
        await until(lambda: "off" in sensor.status().text)
        await adapter.switch(True)
        here = len(watch.of(Reading))
        await until(lambda: len(watch.of(Reading)) > here)
    assert watch.states()[-1] in ("streaming", "back")
