"""Hours of a run in virtual time, with everything that goes wrong on a real one, and a ledger of what truly happened."""

from __future__ import annotations

import asyncio
import gc
import math
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from cuecoach.coaching import Arbiter
from cuecoach.config import RunConfig
from cuecoach.events import Event, Gap, ImuBlock, Reading, Say, SensorState
from cuecoach.rules import RuleEngine
from cuecoach.sensors.bluetooth.supervisor import BluetoothSensor, Claims
from cuecoach.sensors.bluetooth.uuids import BATTERY_LEVEL
from tests.sensors.bluetooth.fake_radio import (
    PER_PACKET,
    RATE_HZ,
    WRAP_S,
    FakeDevice,
    FakeRadio,
    PlainImu,
    PlainPod,
    imu_payload,
    pod_payload,
)
from tests.virtual_clock import VirtualClock

#: Between two faults, s, and how long those last that last, s.
BETWEEN_S, LASTS_S = (20.0, 120.0), (0.5, 60.0)
#: Silence that a runner hears of, s, and when the loss is told at the latest: after asking a pod that is still connected.
LOST_S, LOST_BY_S = 5.0, 9.0
#: Tasks of this rig and of two sensors at the busiest; memory blocks by which the last tenth may exceed the first.
MOST_TASKS, MOST_BLOCKS = 30, 10_000
#: The inertial sensor has been on for over an hour: its 32-bit clock of microseconds begins anew at this time, s.
WRAPS_AT_S = 90.0
STALE_S = {"foot": 5.0, "sacrum": 1.0}


@dataclass
class Ledger:
    """What one sensor's device did, and what came of it."""

    delivered: int = 0  # good notifications that reached the host
    garbage: int = 0
    packet: int = 1  # values in a notification
    values: int = 0  # readings or samples that came out
    last: float | None = None  # when the last good notification came
    excused: bool = False  # the silence has a good reason
    muted: bool = True
    lost: bool = False
    states: Counter[str] = field(default_factory=Counter)
    gaps: int = 0
    reboots: int = 0
    covered: float = -math.inf  # until when all is there or marked as missing
    longest: float = 0.0


class Soak:
    """A pod, an inertial sensor, a radio with troubles, and the arbiter that speaks of them."""

    def __init__(self, hours: float, seed: int = 0) -> None:
        self.seconds = hours * 3600
        self.clock = VirtualClock()
        self.rng = random.Random(seed)
        self.pod = FakeDevice("AA:01", "Pod One", reads={BATTERY_LEVEL: bytes([80])}, connect_s=1.2)
        self.imu = FakeDevice("BB:01", "Imu One", reads={BATTERY_LEVEL: bytes([90])}, connect_s=0.7)
        self.radio = FakeRadio(self.clock, [self.pod, self.imu])
        claims, drivers = Claims(), [PlainPod(), PlainImu()]
        self.sensors = [
            BluetoothSensor("foot", self.radio, drivers, claims=claims, seed=seed),
            BluetoothSensor("sacrum", self.radio, drivers, claims=claims, seed=seed),
        ]
        self.ledgers = {"foot": Ledger(), "sacrum": Ledger(packet=PER_PACKET)}
        self.arbiter = Arbiter(RunConfig(), RuleEngine(()))
        self.said: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.tasks: list[int] = []
        self.blocks: list[int] = []
        self.resting: set[str] = set()  # silent with a good reason, and not heard since
        self.boot_at = WRAPS_AT_S - WRAP_S  # when the inertial sensor's clock was 0
        self.turns: set[int] = set()  # how often it had begun anew, each time a packet came
        self.garbled: set[str] = set()
        self.quiet: set[str] = set()  # notifies nothing, but answers

    # ------------------------------------------------------------ what the devices do
    async def _pod(self) -> None:
        number = 0
        while True:
            await self.clock.sleep_until(float(number))
            if "foot" not in self.quiet:
                self._send("foot", self.pod, pod_payload(number))
            number += 1

    async def _imu(self) -> None:
        number, period = 0, PER_PACKET / RATE_HZ
        while True:
            # Its crystal is 40 millionths slow, and packets wait up to 30 ms for the next connection event.
            taken = number * period * 1.00004
            await self.clock.sleep_until(taken + period + 0.01 + 0.03 * self.rng.random())
            device_s = taken / 1.00004 - self.boot_at
            if self._send("sacrum", self.imu, imu_payload(device_s, number)):
                self.turns.add(int(device_s // WRAP_S))
            number += 1

    def _send(self, role: str, device: FakeDevice, payload: bytes) -> bool:
        """Notify; return whether it reached the host whole."""
        ledger, garbled = self.ledgers[role], role in self.garbled
        if not device.notify(self._garbage(len(payload)) if garbled else payload):
            return False
        device.copies = 2 if self.rng.random() < 0.002 else 1
        if garbled:
            ledger.garbage += 1
        else:
            ledger.delivered += 1
            now = self.clock.now()
            if ledger.last is not None:
                ledger.longest = max(ledger.longest, now - ledger.last)
            ledger.last, ledger.excused = now, False
        return not garbled

    def _garbage(self, length: int) -> bytes:
        wrong = self.rng.choice([0, 1, length - 1, length + 1, 244])
        return self.rng.randbytes(wrong)

    # ------------------------------------------------------------ what goes wrong
    async def _trouble(self) -> None:
        while True:
            await self._pause(BETWEEN_S)
            role = self.rng.choice(["foot", "sacrum"])
            fault = self.rng.choice(
                ["drop", "range", "zombie", "garble", "refuses", "adapter", "reboot", "rest", "slow"]
            )
            self.faults[fault] += 1
            await getattr(self, f"_{fault}")(role, self.pod if role == "foot" else self.imu)

    async def _pause(self, limits: tuple[float, float] = LASTS_S) -> None:
        await self.clock.sleep_until(self.clock.now() + self.rng.uniform(*limits))

    async def _drop(self, role: str, device: FakeDevice) -> None:
        device.drop()

    async def _range(self, role: str, device: FakeDevice) -> None:
        device.leave()
        await self._pause()
        device.near = True

    async def _zombie(self, role: str, device: FakeDevice) -> None:
        device.dead = True
        await self._pause()
        device.dead = False

    async def _garble(self, role: str, device: FakeDevice) -> None:
        self.garbled.add(role)
        await self._pause()
        self.garbled.discard(role)

    async def _refuses(self, role: str, device: FakeDevice) -> None:
        device.refuses = True
        device.drop()
        await self._pause()
        device.refuses = False

    async def _slow(self, role: str, device: FakeDevice) -> None:
        usual, device.connect_s = device.connect_s, self.rng.uniform(3, 20)
        device.drop()
        await self._pause()
        device.connect_s = usual

    async def _adapter(self, role: str, device: FakeDevice) -> None:
        self.radio.fail("Bluetooth is switched off: switch it on")
        await self._pause()
        self.radio.trouble = None

    async def _reboot(self, role: str, device: FakeDevice) -> None:
        device.leave()
        await self._pause((2.0, 6.0))
        device.near = True
        self.ledgers[role].reboots += 1
        if role == "sacrum":
            self.boot_at = self.clock.now()

    async def _rest(self, role: str, device: FakeDevice) -> None:
        self.ledgers["foot"].excused = True
        self.quiet.add("foot")
        await self._pause((10.0, 60.0))
        self.quiet.discard("foot")

    # ------------------------------------------------------------ what comes of it
    def put(self, event: Event) -> None:
        """Take an event as the coach would, and hold it against the ledger."""
        ledger = self.ledgers[getattr(event, "source")]  # noqa: B009
        match event:
            case Reading():
                ledger.values += 1
                # Stated values bear no number: too short a silence to be stale, while the link holds, may be a pause.
                self._came(event.t, event.t, STALE_S["foot"] + 1e-6, ledger)
            case ImuBlock():
                ledger.values += len(event.times)
                self._came(float(event.times[0]), float(event.times[-1]), 1.5 / RATE_HZ, ledger)
            case Gap():
                ledger.gaps += 1
                assert event.since <= ledger.covered + 1e-6
                ledger.covered = max(ledger.covered, event.until)
            case SensorState():
                self._told(event, ledger)
            case _:
                pass

    def _came(self, first: float, last: float, step: float, ledger: Ledger) -> None:
        """Between two values that came is at most one step, unless what is missing is marked or the runner rested."""
        hole = first - ledger.covered
        foot = ledger is self.ledgers["foot"]
        known = hole <= step or ledger.covered == -math.inf or (foot and "foot" in self.resting)
        assert known, f"{hole:.3f} s before {first:.3f} s are missing without a word"
        assert not ledger.muted, "values while muted"
        ledger.covered = last
        if foot:
            self.resting.clear()

    def _told(self, event: SensorState, ledger: Ledger) -> None:
        ledger.states[event.state] += 1
        silence = math.inf if ledger.last is None else event.t - ledger.last
        if event.state in ("streaming", "back"):
            assert (event.state == "back") == ledger.lost
            assert silence < 0.01
            ledger.muted = ledger.lost = False
        elif event.state == "stale":
            ledger.muted = True
            if ledger.excused:
                self.resting.add(event.source)
        elif event.state == "lost":
            assert ledger.muted
            assert not ledger.lost
            assert LOST_S - 1e-6 <= silence <= LOST_BY_S, silence
            ledger.lost = True
        for action in self.arbiter.announcer.sensor(event):
            if isinstance(action, Say):
                self.said[action.text] += 1

    async def _look(self) -> None:
        """Four times a second: the sensor's state is what the ledger says it must be."""
        while True:
            await self.clock.sleep_until(self.clock.now() + 0.25)
            for role, ledger in self.ledgers.items():
                if ledger.last is not None:
                    silence = self.clock.now() - ledger.last
                    assert silence <= STALE_S[role] + 0.01 or ledger.muted, (role, silence)
                    assert silence <= LOST_BY_S or ledger.lost or ledger.excused, (role, silence)

    async def _count(self, every_s: float) -> None:
        """Now and then: memory and tasks."""
        while True:
            await self.clock.sleep_until(self.clock.now() + every_s)
            self.tasks.append(len(asyncio.all_tasks()))
            gc.collect()
            self.blocks.append(sys.getallocatedblocks())

    # ------------------------------------------------------------ all of it
    async def run(self, progress: Callable[[float], None] = lambda hours: None) -> float:
        """Run, check, and return how long it took, s."""
        began = time.perf_counter()

        async def play() -> None:
            works = [self._pod(), self._imu(), self._trouble(), self._look(), self._count(self.seconds / 10)]
            works += [sensor.stream(self.put, self.clock) for sensor in self.sensors]
            tasks = [asyncio.ensure_future(work) for work in works]
            end = asyncio.ensure_future(self.clock.sleep_until(self.seconds))
            try:
                done, _ = await asyncio.wait([*tasks, end], return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            finally:
                for task in (*tasks, end):
                    task.cancel()
                await asyncio.gather(*tasks, end, return_exceptions=True)

        before = asyncio.all_tasks()
        await self.clock.run(play())
        assert asyncio.all_tasks() == before, "tasks left behind"
        self._settle()
        return time.perf_counter() - began

    def _settle(self) -> None:
        for sensor in self.sensors:
            ledger, status = self.ledgers[sensor.source], sensor.status()
            assert ledger.values == ledger.delivered * ledger.packet, "something that arrived was lost or came twice"
            assert status.rejected >= ledger.garbage
            assert ledger.states["lost"] - ledger.states["back"] in (0, 1)
        lost = sum(ledger.states["lost"] for ledger in self.ledgers.values())
        back = sum(ledger.states["back"] for ledger in self.ledgers.values())
        assert (self.said["Sensor lost"], self.said["Sensor back"]) == (lost, back)
        assert self.radio.open == self.radio.searching == self.radio.connecting == 0
        assert self.radio.most_connecting == 1
        assert max(self.tasks) <= MOST_TASKS
        assert self.blocks[-1] - self.blocks[0] < MOST_BLOCKS, "memory grows"
