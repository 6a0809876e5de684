"""A Bluetooth sensor through its life, on a radio in memory and a clock whose hands the test turns."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise

import pytest

from cuecoach.events import Battery, Event, Gap, ImuBlock, LifeState, Reading, SensorState
from cuecoach.sensors.bluetooth.intake import WAITING
from cuecoach.sensors.bluetooth.protocol import Link, Role
from cuecoach.sensors.bluetooth.supervisor import BACKOFF_S, BluetoothSensor, Claims
from cuecoach.sensors.bluetooth.uuids import BATTERY_LEVEL
from cuecoach.sensors.life import ASLEEP, NOT_FOUND
from cuecoach.sensors.message import Message, SampleTiming, Stated
from cuecoach.sensors.status import SensorStatus
from tests.sensors.bluetooth.fake_radio import (
    PER_PACKET,
    RATE_HZ,
    WRAP_S,
    FakeDevice,
    FakeRadio,
    ImuDecoder,
    PlainImu,
    PlainPod,
    imu_payload,
    pod_payload,
)
from tests.virtual_clock import VirtualClock


class World:
    """A clock, a radio, sensors that stream, devices that send, and what the test does at which moment."""

    def __init__(self, *devices: FakeDevice) -> None:
        self.clock = VirtualClock()
        self.radio = FakeRadio(self.clock, devices)
        self.events: list[Event] = []
        self.silent: set[str] = set()
        self.standing = False

    def sensor(self, role="foot", drivers=None, **options) -> BluetoothSensor:
        return BluetoothSensor(role, self.radio, drivers or [PlainPod(), PlainImu()], **options)

    async def send(self, device: FakeDevice) -> None:
        """A pod's values once a second, or an inertial sensor's packets."""
        number, step = 0, PER_PACKET / RATE_HZ if device.name.startswith("Imu") else 1.0
        while True:
            await self.clock.sleep_until(number * step)
            if device.address not in self.silent:
                speed = 0.0 if self.standing else 3.0
                imu = step < 1.0
                device.notify(imu_payload(number * step, number) if imu else pod_payload(number, speed))
            number += 1

    async def _at(self, t: float, act: Callable[[], object]) -> None:
        await self.clock.sleep_until(t)
        act()

    async def run(self, *sensors: BluetoothSensor, until: float, **at: Callable[[], object]) -> None:
        """Stream until then; `at_10=act` acts at 10 s, `at_10_5` at 10.5 s."""

        async def play() -> None:
            tasks = [asyncio.ensure_future(sensor.stream(self.events.append, self.clock)) for sensor in sensors]
            tasks += [asyncio.ensure_future(self.send(device)) for device in self.radio.devices]
            for name, act in at.items():
                tasks.append(asyncio.ensure_future(self._at(float(name[3:].replace("_", ".")), act)))
            await self.clock.sleep_until(until)
            failed = [task for task in tasks if task.done() and task.exception()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for task in failed:
                task.result()

        await self.clock.run(play())
        assert asyncio.all_tasks() == {asyncio.current_task()}

    @property
    def states(self) -> list[tuple[float, LifeState]]:
        return [(round(e.t, 1), e.state) for e in self.events if isinstance(e, SensorState)]

    def told(self, *states: LifeState) -> list[tuple[float, LifeState]]:
        return [(t, state) for t, state in self.states if state in states]

    def texts(self, state: LifeState) -> list[str]:
        return [e.text for e in self.events if isinstance(e, SensorState) and e.state == state]

    def of(self, kind: type, source: str = "foot") -> list:
        return [e for e in self.events if isinstance(e, kind) and e.source == source]


def pod(address: str = "AA:01", name: str = "Pod One", **options) -> FakeDevice:
    return FakeDevice(address, name, **options)


# ---------------------------------------------------------------- from the search to the data
async def test_a_device_is_found_connected_and_its_values_come():
    world = World(pod())
    sensor = world.sensor()
    await world.run(sensor, until=20)
    assert [state for _, state in world.states] == ["searching", "connecting", "streaming"]
    assert len(world.of(Reading)) == world.radio.devices[0].delivered >= 15
    status = sensor.status()
    assert (status.source, status.state, status.device, status.family) == ("foot", "streaming", "Pod One", "plain-pod")
    assert (status.address, status.connections, status.packets) == ("AA:01", 1, len(world.of(Reading)))


async def test_the_strongest_of_those_seen_is_taken():
    far, close = pod("AA:01", rssi=-90), pod("AA:02", rssi=-50)
    world = World(far, close)
    sensor = world.sensor()
    await world.run(sensor, until=10)
    assert sensor.status().address == "AA:02"


@pytest.mark.parametrize("wish", ["aa:02", "AA:02", "pod two", "Pod T", " Pod Two "])
async def test_a_device_can_be_named_by_address_or_by_the_beginning_of_its_name(wish):
    world = World(pod(rssi=-40), pod("AA:02", "Pod Two", rssi=-90))
    sensor = world.sensor(device=wish)
    await world.run(sensor, until=10)
    assert sensor.status().address == "AA:02"


async def test_a_role_is_filled_unasked_by_its_own_families_only():
    world = World(pod())
    anything, named = world.sensor("sacrum"), world.sensor("sacrum", device="Pod One")
    await world.run(anything, until=10)
    assert anything.status().state == "searching"
    await world.run(named, until=20)
    assert named.status().state == "streaming"


async def test_a_named_device_of_no_known_family_is_told_of():
    world = World(FakeDevice("CC:01", "Kettle"))
    await world.run(world.sensor(device="kettle"), until=10)
    assert world.texts("searching")[-1] == "`Kettle` is near, but it is no foot sensor we know"


async def test_two_sensors_never_take_one_device():
    class Both(PlainPod):
        roles = ("foot", "sacrum")

    world = World(pod(rssi=-40), pod("AA:02", rssi=-60))
    claims, drivers = Claims(), [Both()]
    foot = world.sensor(drivers=drivers, claims=claims)
    sacrum = world.sensor("sacrum", drivers=drivers, claims=claims)
    await world.run(foot, sacrum, until=20)
    assert {foot.status().address, sacrum.status().address} == {"AA:01", "AA:02"}
    assert world.radio.most_connecting == 1


async def test_a_long_search_gives_one_hint_and_is_not_a_loss():
    world = World()
    await world.run(world.sensor(), until=300)
    assert world.states == [(0.0, "searching"), (30.0, "searching")]
    assert world.texts("searching") == ["", NOT_FOUND]


async def test_a_stranger_that_refuses_does_not_keep_others_from_being_tried():
    stranger, mine = pod("AA:01", rssi=-30), pod("AA:02", rssi=-80)
    stranger.refuses = True
    world = World(stranger, mine)
    sensor = world.sensor()
    await world.run(sensor, until=60)
    assert sensor.status().address == "AA:02"


# ---------------------------------------------------------------- drops, silence, zombies
async def test_a_short_drop_mutes_and_says_nothing():
    device = pod()
    world = World(device)
    await world.run(world.sensor(), until=40, at_20_5=device.drop)
    assert world.told("stale", "lost", "back") == [(20.5, "stale")]
    assert [state for _, state in world.states][-3:] == ["searching", "connecting", "streaming"]
    assert device.connected == 2


async def test_a_sensor_out_of_range_is_lost_once_and_back_once():
    device = pod()
    world = World(device)
    await world.run(world.sensor(), until=200, at_20_5=device.leave, at_120=lambda: setattr(device, "near", True))
    assert world.told("stale", "lost") == [(20.5, "stale"), (25.0, "lost")]
    [(at, _)] = world.told("back")
    assert 120 < at < 135
    [gap] = world.of(Gap)
    assert (gap.since, gap.until) == (20.0, at)


async def test_attempts_come_less_and_less_often_and_never_end():
    device = pod()
    device.refuses = True
    at: list[float] = []
    world = World(device)
    find = world.radio.find

    async def noted(wanted, *, settle_s=0.0):
        at.append(world.clock.now())
        return await find(wanted, settle_s=0.0)

    world.radio.find = noted
    await world.run(world.sensor(device="Pod One"), until=600)
    waits = [b - a - device.connect_s for a, b in pairwise(at)]
    expected = [*BACKOFF_S, *[BACKOFF_S[-1]] * (len(waits) - len(BACKOFF_S))]
    assert len(waits) > 60
    assert all(0.8 * e <= wait <= 1.2 * e + 1e-6 for wait, e in zip(waits, expected, strict=True))
    assert len({round(wait, 3) for wait in waits[5:]}) > 5  # by chance, so that sensors do not keep step


async def test_after_a_good_connection_the_waits_begin_anew():
    device = pod()
    world = World(device)
    at = [40.5, 80.5, 120.5, 160.5]
    await world.run(world.sensor(), until=200, **{f"at_{str(t).replace('.', '_')}": device.drop for t in at})
    assert device.connected == 5
    searching = [t for t, state in world.states if state == "connecting"][1:]
    assert all(back - gone < 1.0 for gone, back in zip(at, searching, strict=True))


async def test_raw_samples_that_stop_while_the_link_holds_mute_after_a_second_and_end_the_link_after_five():
    device = FakeDevice("BB:01", "Imu One")
    world = World(device)
    await world.run(
        world.sensor("sacrum"),
        until=60,
        at_20=lambda: setattr(device, "dead", True),
        at_30=lambda: setattr(device, "dead", False),
    )
    stale, lost = world.told("stale", "lost")[:2]
    assert (stale[1], lost[1]) == ("stale", "lost")
    assert 20.8 <= stale[0] <= 21.0
    assert 24.8 <= lost[0] <= 25.0
    assert [state for _, state in world.told("lost", "back")] == ["lost", "back"]
    assert device.connected >= 2
    assert sum(len(block.times) for block in world.of(ImuBlock, "sacrum")) == device.delivered * PER_PACKET
    assert world.of(Gap, "sacrum")


class SlowAndHearty(PlainImu):
    """Sends its samples every few seconds, and a heart rate of one byte every second."""

    async def start(self, link: Link, role: Role) -> ImuDecoder:
        await super().start(link, role)
        return SlowAndHeartyDecoder()


class SlowAndHeartyDecoder(ImuDecoder):
    def __init__(self) -> None:
        super().__init__()
        self.timing = SampleTiming(RATE_HZ, WRAP_S, silence_s=4.0)

    def feed(self, channel: str, payload: bytes) -> Sequence[Message]:
        return (Stated({"heart_rate": float(payload[0])}),) if len(payload) == 1 else super().feed(channel, payload)


async def test_samples_that_come_by_the_second_are_not_stale_in_between_and_a_heart_rate_does_not_stand_in_for_them():
    device = FakeDevice("BB:01", "Imu One")
    world = World(device)
    world.silent.add(device.address)  # what it sends, it sends here

    def send(second: int) -> None:
        device.notify(bytes([140]))
        if second % 3 == 0 and second <= 30:
            device.notify(imu_payload(second, second))

    every_second = {f"at_{second}": partial(send, second) for second in range(1, 40)}
    await world.run(world.sensor("sacrum", [SlowAndHearty()]), until=39.5, **every_second)
    assert world.told("stale", "lost") == [(34.0, "stale"), (35.0, "lost")]
    assert len(world.of(Reading, "sacrum")) > 30


async def test_a_pod_that_falls_silent_with_its_runner_but_answers_is_never_lost():
    device = pod(reads={BATTERY_LEVEL: bytes([80])})
    world = World(device)

    def stop() -> None:
        world.silent.add(device.address)

    await world.run(world.sensor(), until=300, at_60_5=stop, at_240_5=world.silent.clear)
    assert world.told("stale", "lost", "back") == [(65.0, "stale")]
    assert world.told("streaming")[-1] == (241.0, "streaming")
    assert device.connected == 1
    assert not world.of(Gap)  # nothing was said, so nothing is missing


async def test_a_silent_pod_that_does_not_answer_is_given_up_and_lost():
    device = pod(reads={BATTERY_LEVEL: bytes([80])})
    world = World(device)
    await world.run(
        world.sensor(),
        until=120,
        at_60_5=lambda: setattr(device, "dead", True),
        at_75=lambda: setattr(device, "dead", False),
    )
    assert world.told("stale")[0] == (65.0, "stale")
    assert world.told("lost") == [(68.0, "lost")]
    assert [state for _, state in world.told("lost", "back")] == ["lost", "back"]
    assert device.connected >= 2


async def test_a_pod_that_goes_to_sleep_after_saying_that_the_runner_stands_is_not_lost():
    device = pod()
    world = World(device)
    await world.run(
        world.sensor(),
        until=200,
        at_55_5=lambda: setattr(world, "standing", True),
        at_60_5=device.leave,
        at_150_2=lambda: (setattr(device, "near", True), setattr(world, "standing", False)),
    )
    assert not world.told("lost", "back")
    assert world.texts("stale")[-1] == ASLEEP
    assert world.told("streaming")[-1][0] > 150


async def test_garbage_counts_as_silence_and_is_counted():
    device = pod()
    world = World(device)
    notify = device.notify
    await world.run(
        world.sensor(),
        until=100,
        at_20_5=lambda: setattr(device, "notify", lambda payload: notify(b"\xff")),
        at_60_5=lambda: setattr(device, "notify", notify),
    )
    assert world.told("stale")[0] == (25.0, "stale")
    assert [state for _, state in world.told("lost", "back")] == ["lost", "back"]


async def test_a_pod_that_sends_garbage_is_not_taken_for_one_that_rests():
    device = pod(reads={BATTERY_LEVEL: bytes([80])})
    world = World(device)
    notify = device.notify
    await world.run(world.sensor(), until=60, at_20_5=lambda: setattr(device, "notify", lambda payload: notify(b"")))
    assert [state for _, state in world.told("lost", "back")] == ["lost"]
    assert device.connected > 2


async def test_what_came_just_before_the_end_of_a_connection_is_used():
    device = pod()
    world = World(device)
    await world.run(world.sensor(), until=40, at_20_5=lambda: (device.notify(pod_payload(7)), device.drop()))
    assert len(world.of(Reading)) == device.delivered


async def test_what_comes_before_the_device_is_set_up_is_used():
    class Slow(PlainPod):
        async def start(self, link, role):
            decoder = await super().start(link, role)
            await world.clock.sleep_until(world.clock.now() + 5)
            return decoder

    device = pod()
    world = World(device)
    await world.run(world.sensor(drivers=[Slow()]), until=20)
    assert len(world.of(Reading)) == device.delivered > 14
    times = [reading.t for reading in world.of(Reading)]
    assert [b - a for a, b in pairwise(times)] == [1.0] * (len(times) - 1)  # stamped when they came


async def test_notifications_that_come_twice_are_used_once():
    device = pod()
    device.copies = 2
    world = World(device)
    sensor = world.sensor()
    await world.run(sensor, until=20)
    assert len(world.of(Reading)) == device.delivered
    assert sensor.status().duplicates == device.delivered


async def test_when_decoding_falls_behind_the_oldest_go_and_a_gap_is_told():
    device = pod()
    world = World(device)
    sensor = world.sensor()

    def flood() -> None:
        for number in range(WAITING + 44):
            device.notify(pod_payload(1000 + number))

    await world.run(sensor, until=21.5, at_20_5=flood)
    assert len(world.of(Gap)) == 1
    assert sensor.status().lost == 44
    assert sensor.status().packets == device.delivered


# ---------------------------------------------------------------- the radio, the set-up, the end
async def test_an_adapter_that_goes_is_told_and_when_it_comes_back_so_does_the_sensor():
    device = pod()
    world = World(device)
    await world.run(
        world.sensor(),
        until=100,
        at_20_5=lambda: world.radio.fail("Bluetooth is switched off: switch it on"),
        at_60=lambda: setattr(world.radio, "trouble", None),
    )
    assert "Bluetooth is switched off: switch it on" in world.texts("searching")
    assert [state for _, state in world.told("lost", "back")] == ["lost", "back"]


async def test_no_radio_at_the_start_does_not_end_the_stream():
    world = World(pod())
    world.radio.fail("there is no Bluetooth adapter: plug one in")
    sensor = world.sensor()
    await world.run(sensor, until=100, at_50=lambda: setattr(world.radio, "trouble", None))
    assert world.texts("searching")[1] == "there is no Bluetooth adapter: plug one in"
    assert sensor.status().state == "streaming"


async def test_a_device_that_cannot_be_set_up_says_why_and_is_tried_again():
    world = World(pod())
    driver = PlainPod(error="`Pod One` has no data: update it")
    await world.run(world.sensor(drivers=[driver]), until=40, at_20=lambda: setattr(driver, "error", ""))
    assert "`Pod One` has no data: update it" in world.texts("searching")
    assert world.told("streaming")


async def test_a_set_up_that_hangs_is_given_up():
    device = pod()
    device.dead = True
    world = World(device)
    await world.run(world.sensor(), until=80, at_30=lambda: setattr(device, "dead", False))
    assert any("does not answer while being set up" in text for text in world.texts("searching"))
    assert world.told("streaming")


async def test_the_battery_is_read_at_the_start_and_now_and_then_and_heard_when_it_notifies():
    device = pod(reads={BATTERY_LEVEL: bytes([80])})
    world = World(device)
    sensor = world.sensor()

    def drain() -> None:
        assert device.link is not None
        device.link.reads[BATTERY_LEVEL] = bytes([60])

    await world.run(sensor, until=700, at_300=drain, at_650=lambda: device.notify(bytes([12]), BATTERY_LEVEL))
    assert [e.percent for e in world.of(Battery)] == [80, 60, 12]
    assert sensor.status().battery == 12


async def test_the_end_of_the_run_leaves_the_device_as_it_should_be_left():
    device = pod()
    world = World(device)
    await world.run(world.sensor(), until=20)
    assert device.stopped == 1
    assert world.radio.open == 0


async def test_a_dead_device_does_not_hold_up_the_end_of_the_run():
    device = pod()
    world = World(device)
    await world.run(world.sensor(), until=20, at_19_5=lambda: setattr(device, "dead", True))
    assert world.clock.now() <= 22.1
    assert world.radio.open == 0


@pytest.mark.parametrize("phase", ["searching", "connecting", "waiting"])
async def test_the_run_can_end_at_any_moment(phase):
    device = pod(connect_s=5.0 if phase == "connecting" else 0.1)
    device.near, device.refuses = phase != "searching", phase == "waiting"
    world = World(device)
    await world.run(world.sensor(device="Pod"), until=5)
    assert world.radio.open == world.radio.searching == world.radio.connecting == 0


async def test_after_a_drop_only_the_same_device_will_do_until_it_has_long_been_away():
    mine, other = pod("AA:01", "Pod One", rssi=-60), pod("AA:02", "Pod One", rssi=-30)
    other.near = False
    world = World(mine, other)
    sensor = world.sensor()

    def swap() -> None:
        mine.leave()
        other.near = True

    await world.run(sensor, until=75, at_20_5=swap)
    assert sensor.status().address == "AA:01"
    assert other.connected == 0


async def test_a_device_under_a_new_address_is_known_by_its_name_after_a_while():
    mine, renamed = pod("AA:01", "Pod 1234"), pod("AA:02", "Pod 1234")
    renamed.near = False
    world = World(mine, renamed)
    sensor = world.sensor()
    await world.run(sensor, until=120, at_20_5=lambda: (mine.leave(), setattr(renamed, "near", True)))
    assert sensor.status().address == "AA:02"
    assert [state for _, state in world.told("lost", "back")] == ["lost", "back"]


async def test_what_is_learned_is_told_once_and_what_was_remembered_is_used():
    learned: list[SensorStatus] = []
    world = World(pod())
    await world.run(world.sensor(learned=learned.append), until=60)
    assert [(s.address, s.cadence_unit) for s in learned] == [("AA:01", ""), ("AA:01", learned[-1].cadence_unit)]
    assert learned[-1].cadence_unit.startswith("strides, by its ")

    asked: list[str] = []
    world, again = World(pod()), []

    def remembered(address: str):
        asked.append(address)
        return "strides"

    await world.run(world.sensor(remembered=remembered, learned=again.append), until=20)
    assert asked == ["AA:01"]
    assert [s.cadence_unit for s in again] == ["strides, remembered"]
    assert world.of(Reading)[-1].values["cadence"] == 170
