"""Every family of devices on the virtual radio: found, connected, set up, streamed; right values at the right time."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from cuecoach.events import Battery, Event, Gap, ImuBlock, Place, Reading
from cuecoach.sensors.bluetooth.drivers.foot_pod import FootPod as FootPodDriver
from cuecoach.sensors.bluetooth.drivers.heart_rate import HeartRateStrap
from cuecoach.sensors.bluetooth.drivers.movella_dot import MovellaDot as MovellaDotDriver
from cuecoach.sensors.bluetooth.drivers.movesense import Movesense as MovesenseDriver
from cuecoach.sensors.bluetooth.drivers.open_imu import OpenImu as OpenImuDriver
from cuecoach.sensors.bluetooth.drivers.polar import PolarH10 as PolarH10Driver
from cuecoach.sensors.bluetooth.drivers.polar import PolarVerity as PolarVerityDriver
from cuecoach.sensors.bluetooth.drivers.running_power import RunningPower
from cuecoach.sensors.bluetooth.drivers.thingy import Thingy52 as ThingyDriver
from cuecoach.sensors.bluetooth.drivers.witmotion import WitMotion as WitMotionDriver
from cuecoach.sensors.bluetooth.protocol import Driver, Role
from cuecoach.sensors.bluetooth.supervisor import BluetoothSensor
from cuecoach.sensors.simulator import Phase, SimulatedRunner, Story
from tests.air.air import VirtualAir
from tests.air.fast_clock import FastClock
from tests.air.inertial import InertialPeripheral
from tests.air.metric_pods import FootPod, HeartStrap, PowerPod
from tests.air.motion_sensors import MovellaDot, Thingy52, WitMotion
from tests.air.movesense import Movesense
from tests.air.open_imu import OpenImu
from tests.air.polar import PolarH10, PolarVerity
from tests.air.watch import HastyRadio, Watch, running, until

pytestmark = pytest.mark.live

#: All families at once, as a run has them: each device has to find its own.
DRIVERS: list[Driver] = [
    FootPodDriver(),
    HeartRateStrap(),
    RunningPower(),
    PolarH10Driver(),
    PolarVerityDriver(),
    MovesenseDriver(),
    MovellaDotDriver(),
    WitMotionDriver(),
    ThingyDriver(),
    OpenImuDriver(),
]
STEADY = Story("steady", "three metres a second", (Phase("run", 120.0, 3.0),))
#: What happens in a second of real time, s of session time.
SLOWER, FAST, FASTER = 5.0, 10.0, 40.0


@cache
def steady_run(place: Place, rate_hz: float | None) -> list[Event]:
    """What a sensor there feels of the runner; raw samples when there is a rate."""
    runner = SimulatedRunner(STEADY, seed=5, output="imu" if rate_hz else "metrics", rate_hz=rate_hz, place=place)
    events = runner.advance(20.0 if rate_hz else 60.0)
    return [event for event in events if isinstance(event, Reading | ImuBlock)]


class Told:
    """A runner whose every event is known beforehand."""

    duration_s = 120.0

    def __init__(self, *, place: Place = "sacrum", rate_hz: float | None = None) -> None:
        self.events = steady_run(place, rate_hz)
        self._coming = list(self.events)

    def advance(self, until: float) -> list[Event]:
        due = [event for event in self._coming if event.t <= until]
        self._coming = self._coming[len(due) :]
        return due

    def hear(self, action: object) -> None:
        pass


@pytest.mark.parametrize("unit", ["strides", "steps"])
async def test_a_foot_pod_tells_speed_and_the_cadence_of_both_feet_whatever_it_counts(air, adapter, switch_on, unit):
    pod = await switch_on(FootPod(air, unit=unit))
    clock, runner = FastClock(FASTER), Told(place="foot")
    sensor = BluetoothSensor("foot", HastyRadio(adapter), DRIVERS)
    async with Watch(clock, sensor) as watch, running(clock, runner, pod):
        await until(lambda: len(watch.values("cadence")) >= 6)
        await pod.charge(14)
        await until(lambda: len(watch.of(Battery)) == 2)
        status = sensor.status()
    told = {round(event.values["cadence"]) for event in runner.events}
    assert min(told) - 2 <= min(watch.values("cadence"))
    assert max(watch.values("cadence")) <= max(told) + 2
    speeds = {event.values["speed"] for event in runner.events}
    assert all(min(abs(v - speed) for speed in speeds) < 1 / 256 for v in watch.values("speed"))
    assert all(1.0 < length < 1.3 for length in watch.values("step_length"))
    assert {event.place for event in watch.of(Reading)} == {"foot"}
    assert [event.percent for event in watch.of(Battery)] == [87, 14]
    assert (status.device, status.family, status.battery) == (pod.name, "foot-pod", 14)
    assert status.cadence_unit.startswith(unit)
    assert (status.rejected, status.duplicates, status.connections) == (0, 0, 1)


async def test_readings_come_when_they_were_sent(air, adapter, switch_on):
    pod = await switch_on(FootPod(air))
    clock, runner = FastClock(FAST), Told(place="foot")
    sensor = BluetoothSensor("foot", HastyRadio(adapter), DRIVERS, device="virtual", cadence_unit="strides")
    async with Watch(clock, sensor) as watch, running(clock, runner, pod):
        await until(lambda: len(watch.of(Reading)) >= 6)
    late = np.array([event.t % 1.0 for event in watch.of(Reading)])
    assert np.median(late) < 0.2
    assert np.diff([round(event.t - np.median(late)) for event in watch.of(Reading)]).tolist() == [1] * (len(late) - 1)


async def test_a_foot_pod_with_a_power_meter_tells_power_too(air, adapter, switch_on):
    pod = await switch_on(FootPod(air, "Stryd", power=True, shy=True))
    clock = FastClock(FASTER)
    sensor = BluetoothSensor("foot", HastyRadio(adapter), DRIVERS, device="Stryd", cadence_unit="strides")
    async with Watch(clock, sensor) as watch, running(clock, Told(place="foot"), pod):
        await until(lambda: len(watch.values("power")) >= 3 and len(watch.values("cadence")) >= 3)
    assert all(abs(power - 225) < 25 for power in watch.values("power"))


@pytest.mark.parametrize("wide", [False, True])
async def test_a_strap_tells_heart_rate(air, adapter, switch_on, wide):
    strap = await switch_on(HeartStrap(air, wide=wide))
    clock, runner = FastClock(FASTER), Told()
    sensor = BluetoothSensor("heart", HastyRadio(adapter), DRIVERS)
    async with Watch(clock, sensor) as watch, running(clock, runner, strap):
        await until(lambda: len(watch.values("heart_rate")) >= 4)
    told = [event.values["heart_rate"] for event in runner.events]
    assert set(watch.values("heart_rate")) <= set(told)
    assert sensor.status().battery == 64


async def test_a_power_meter_is_taken_only_when_it_is_named(air, adapter, switch_on):
    pod = await switch_on(PowerPod(air))
    clock = FastClock(FASTER)
    radio = HastyRadio(adapter)
    anybody = BluetoothSensor("foot", radio, DRIVERS)
    async with Watch(clock, anybody) as watch, running(clock, Told(place="foot"), pod):
        await clock.sleep_until(clock.now() + 10)
    assert set(watch.states()) <= {"searching"}
    named = BluetoothSensor("foot", radio, DRIVERS, device=pod.address)
    async with Watch(clock, named) as watch, running(clock, Told(place="foot"), pod, start=clock.now()):
        await until(lambda: len(watch.values("power")) >= 3)
    assert named.status().family == "running-power"


def h10(air: VirtualAir) -> InertialPeripheral:
    return PolarH10(air)


def h10_that_was_left_on(air: VirtualAir) -> InertialPeripheral:
    strap = PolarH10(air, remembers=True)
    strap.started[2] = {0: 200, 1: 16, 2: 8}
    return strap


def verity_in_mg(air: VirtualAir) -> InertialPeripheral:
    return PolarVerity(air, acc_frame=1)


def dot_about_to_wrap(air: VirtualAir) -> InertialPeripheral:
    return MovellaDot(air, boot_s=4294.967296 - 4.0)


def movesense_with_small_packets(air: VirtualAir) -> InertialPeripheral:
    return Movesense(air, refuses=("/Meas/IMU6/104",))


def swapped_witmotion(air: VirtualAir) -> InertialPeripheral:
    return WitMotion(air, cut=20, swapped=True)


#: Device, role, rate, whether it has a gyroscope, worst error of acceleration (m/s²) and angular rate (deg/s), which is
#: half a step of what the format can tell, and whether it tells time.
INERTIAL = [
    (h10, "torso", 100, False, 0.006, 0.0, True),
    (h10_that_was_left_on, "torso", 100, False, 0.006, 0.0, True),
    (PolarVerity, "sacrum", 52, True, 0.0016, 0.04, True),
    (verity_in_mg, "sacrum", 52, True, 0.0016, 0.04, True),
    (Movesense, "sacrum", 104, True, 1e-4, 1e-4, True),
    (movesense_with_small_packets, "sacrum", 52, True, 1e-4, 1e-4, True),
    (MovellaDot, "sacrum", 60, True, 1e-4, 1e-4, True),
    (dot_about_to_wrap, "sacrum", 60, True, 1e-4, 1e-4, True),
    (WitMotion, "sacrum", 100, True, 0.003, 0.04, False),
    (swapped_witmotion, "sacrum", 100, True, 0.003, 0.04, False),
    (Thingy52, "sacrum", 100, True, 0.006, 0.02, False),
    (OpenImu, "sacrum", 100, True, 0.003, 0.04, True),
]


@pytest.mark.parametrize(
    ("make", "role", "rate_hz", "gyroscope", "acc_error", "gyr_error", "stamped"),
    INERTIAL,
    ids=[row[0].__name__ for row in INERTIAL],
)
async def test_samples_arrive_whole_in_their_units_and_in_time(
    air: VirtualAir,
    adapter,
    switch_on,
    make: Callable[[VirtualAir], InertialPeripheral],
    role: Role,
    rate_hz: float,
    gyroscope: bool,
    acc_error: float,
    gyr_error: float,
    stamped: bool,
):
    device = await switch_on(make(air))
    air.interval_s = 0.0015
    # Without stamps what is late for long must have been dropped: a pause of this machine must not look like that.
    factor, seconds = (FAST, 3) if stamped else (SLOWER, 2)
    clock, runner = FastClock(factor), Told(rate_hz=rate_hz)
    sensor = BluetoothSensor(role, HastyRadio(adapter), DRIVERS)
    async with Watch(clock, sensor) as watch, running(clock, runner, device):
        await until(lambda: sum(len(block.times) for block in watch.of(ImuBlock)) >= seconds * rate_hz)
        status = sensor.status()
    # A machine that is busy for a tenth of a second is stale for a moment, as session time runs here.
    assert (status.rejected, status.duplicates, status.lost, status.connections) == (0, 0, 0, 1)
    assert {block.place for block in watch.of(ImuBlock)} == {role}

    blocks = watch.of(ImuBlock)
    times, acc = np.concatenate([b.times for b in blocks]), np.concatenate([b.acc for b in blocks])
    told = [event for event in runner.events if isinstance(event, ImuBlock)]
    true_times, true_acc = np.concatenate([b.times for b in told]), np.concatenate([b.acc for b in told])
    # Where the stream begins in what the runner did: the noise makes every sample its own.
    misfit = np.abs(np.lib.stride_tricks.sliding_window_view(true_acc[: -len(acc)], 10, axis=0) - acc[:10].T)
    first = int(np.argmin(misfit.sum(axis=(1, 2))))
    same = slice(first, first + len(acc))
    assert np.abs(acc - true_acc[same]).max() <= acc_error
    if gyroscope:
        gyr, true_gyr = np.concatenate([b.gyr for b in blocks]), np.concatenate([b.gyr for b in told])
        # A merged gyroscope is interpolated at the same times.
        assert np.abs(gyr - true_gyr[same]).max() <= gyr_error + (0.05 if isinstance(device, PolarVerity) else 0)
    else:
        assert all(block.gyr is None for block in blocks)

    late = times - true_times[same]
    assert np.all(np.diff(times) > 0)
    assert all(block.times[-1] <= block.t for block in blocks)
    assert watch.of(Gap) == []
    # Lateness: the link's delay and the machine's, several times what they are. Its spread is what the gait sees.
    settled = late[len(late) // 2 :]
    assert -0.05 < np.median(settled) < 0.4
    assert np.std(settled) < (0.03 if stamped else 0.06)
