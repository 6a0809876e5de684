"""How long a Bluetooth notification takes to become sound, and what a raw sensor costs, on a virtual radio.

    .venv/bin/python benchmarks/ble.py

The stack is bumble's, in this process; a real adapter and its system add what they add. About three minutes.
"""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from bleak import BleakClient, BleakScanner
from figures import machine, show

from cuecoach.audio.process import SoundProcess
from cuecoach.clock import Clock, WallClock
from cuecoach.coach import Coach
from cuecoach.config import load_config
from cuecoach.events import TICK_S, Action, Event, ImuBlock, Reading, Say, Tick
from cuecoach.live import coach_live
from cuecoach.modelled import ModelledSound
from cuecoach.rules import load_cues
from cuecoach.sensors.bluetooth.drivers.foot_pod import FootPod as FootPodDriver
from cuecoach.sensors.bluetooth.drivers.open_imu import OpenImu as OpenImuDriver
from cuecoach.sensors.bluetooth.radio import BleakRadio
from cuecoach.sensors.bluetooth.supervisor import BluetoothSensor
from cuecoach.sensors.simulator import STORIES, SimulatedRunner
from tests.air.air import VirtualAir
from tests.air.bleak_backend import VirtualAdapter
from tests.air.metric_pods import FootPod
from tests.air.open_imu import OpenImu

INTERVALS_MS = (0, 7.5, 30, 50)
MISSED = 0.1
#: Notifications for each connection interval, their spacing in s, and how many of them are followed to the sound.
COUNT, SPACING_S, SPOKEN_EVERY = 500, (0.02, 0.06), 10
WORD, WORD_S = "word", 0.05
#: Processor time is measured over this, s.
MEASURE_S = 10.0
#: Where an open cuecoach sensor notifies (docs/open-frame.md).
OPEN_DATA = "21060002-8c9c-4896-851b-bb4800ec04d4"


class SoundClock(WallClock):
    """Session time as the sound process counts it."""

    def __init__(self, sound: SoundProcess) -> None:
        super().__init__(sound.session_time())


def new_coach() -> Coach:
    config = load_config("demo")
    return Coach(config, load_cues(config.cues))


def percentiles(name: str, seconds: Sequence[float]) -> None:
    """Print p50, p95 and p99 in ms."""
    p50, p95, p99 = 1000 * np.percentile(np.array(seconds), (50, 95, 99))
    print(f"  {name:56s} {p50:8.1f} {p95:8.1f} {p99:8.1f} ms", flush=True)


async def latency(interval_s: float) -> None:
    """Follow notifications of a foot pod to the coach, to the tick that decides, and to the first sample of a word."""
    air = VirtualAir(interval_s=interval_s, missed=MISSED)
    adapter = await VirtualAdapter(air).start()
    pod = FootPod(air, battery=None)
    await pod.start()
    words = {WORD: np.full(int(48_000 * WORD_S), 0.25, dtype=np.float32)}
    sound = SoundProcess.open("null", words=words)
    clock, coach = SoundClock(sound), new_coach()
    sensor = BluetoothSensor("foot", BleakRadio(adapter.scanner, adapter.client), [FootPodDriver()], device=pod.address)
    sent: list[float] = []
    coached: list[float] = []
    followed: list[tuple[int, float]] = []  # a notification, and when the tick after it was decided
    waiting: list[int] = []

    def put(event: Event) -> None:
        coach.handle(event)
        if isinstance(event, Reading):
            coached.append(clock.now())
            if len(coached) % SPOKEN_EVERY == 0:
                waiting.append(len(coached) - 1)

    async def tick() -> None:
        number = int(clock.now() / TICK_S)
        while True:
            number += 1
            await clock.sleep_until(number * TICK_S)
            coach.handle(Tick(number * TICK_S))
            if waiting:
                now = clock.now()
                followed.append((waiting[0], now))
                sound.send(Say(now, now, len(followed), "benchmark", WORD, WORD_S))
                waiting.clear()

    tasks = [asyncio.create_task(sensor.stream(put, clock)), asyncio.create_task(tick())]
    while not sensor.status().connections or sensor.status().state == "connecting":
        await asyncio.sleep(0.05)
        await pod.report(Reading(clock.now(), "runner", {"speed": 3.0, "cadence": 170.0}))
    await asyncio.sleep(0.5)
    coached.clear()
    waiting.clear()
    chance = random.Random(1)
    for number in range(COUNT):
        sent.append(clock.now())
        # Every report its own: one that repeats the last is taken for a second copy.
        await pod.report(Reading(clock.now(), "runner", {"speed": 2.5 + number / 256, "cadence": 170.0}))
        await asyncio.sleep(chance.uniform(*SPACING_S))
    await asyncio.sleep(1.0)
    started = {event.id: event.t for event in sound.poll() if event.kind == "started"}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    sound.close()
    await pod.stop()
    await adapter.stop()

    print(f"connection interval {1000 * interval_s:g} ms, {MISSED:.0%} missed  ({len(coached)} of {COUNT} came)")
    heard = [(n, decided, started[k]) for k, (n, decided) in enumerate(followed, 1) if k in started]
    percentiles("notification sent -> reading in the coach", [b - a for a, b in zip(sent, coached, strict=False)])
    percentiles("reading in the coach -> tick decided", [decided - coached[n] for n, decided, _ in heard])
    percentiles("tick decided -> first sample of sound", [first - decided for _, decided, first in heard])
    percentiles(
        "sent -> first sample, without the wait for the tick",
        [coached[n] - sent[n] + first - decided for n, decided, first in heard],
    )
    percentiles("sent -> first sample, with it", [first - sent[n] for n, _, first in heard])


class Recorded:
    """What a runner does, made beforehand, so that making it costs nothing when it counts."""

    def __init__(self, rate_hz: float) -> None:
        self.duration_s = MEASURE_S + 5.0
        runner = SimulatedRunner(STORIES["demo"], seed=1, output="imu", rate_hz=rate_hz)
        self._events = [event for event in runner.advance(self.duration_s) if isinstance(event, ImuBlock)]

    def advance(self, until: float) -> list[Event]:
        due: list[Event] = [event for event in self._events if event.t <= until]
        self._events = self._events[len(due) :]
        return due

    def hear(self, action: Action) -> None:
        pass


async def spent(rate_hz: float, listen: Callable[[VirtualAdapter, str, Clock], Any]) -> float:
    """Return the processor time, as a share, that `listen` and a virtual sensor take together."""
    air = VirtualAir(interval_s=0.03, missed=MISSED)
    adapter = await VirtualAdapter(air).start()
    device = OpenImu(air, rate_hz=rate_hz)
    await device.start()
    runner, clock = Recorded(rate_hz), WallClock()
    playing = asyncio.create_task(device.play(runner, clock))
    listening = asyncio.create_task(listen(adapter, device.address, clock))
    await asyncio.sleep(3.5)
    begin, real = time.process_time(), time.perf_counter()
    await asyncio.sleep(MEASURE_S)
    share = (time.process_time() - begin) / (time.perf_counter() - real)
    for task in (playing, listening):
        task.cancel()
    await asyncio.gather(playing, listening, return_exceptions=True)
    await device.stop()
    await adapter.stop()
    return share


async def stack_alone(adapter: VirtualAdapter, address: str, clock: Clock) -> None:
    """Subscribe with bleak itself and do nothing with what comes."""
    found = await BleakScanner.find_device_by_address(address, timeout=5, backend=adapter.scanner)
    assert found is not None
    async with BleakClient(found, backend=adapter.client) as client:
        await client.start_notify(OPEN_DATA, lambda _, data: None)
        await asyncio.Event().wait()


async def sensor_alone(adapter: VirtualAdapter, address: str, clock: Clock) -> None:
    """Stream with nobody coached."""
    radio = BleakRadio(adapter.scanner, adapter.client)
    await BluetoothSensor("sacrum", radio, [OpenImuDriver()], device=address).stream(lambda event: None, clock)


async def coached(adapter: VirtualAdapter, address: str, clock: Clock) -> None:
    """Coach."""
    radio = BleakRadio(adapter.scanner, adapter.client)
    sensor = BluetoothSensor("sacrum", radio, [OpenImuDriver()], device=address)
    await coach_live(new_coach(), [sensor], ModelledSound(), clock=clock)


async def main() -> None:
    print(machine())
    print(f"{'':58s} {'p50':>8s} {'p95':>8s} {'p99':>8s}")
    for interval_ms in INTERVALS_MS:
        await latency(interval_ms / 1000)
    for rate_hz in (100, 200):
        stack = await spent(rate_hz, stack_alone)
        sensor = await spent(rate_hz, sensor_alone)
        whole = await spent(rate_hz, coached)
        show(f"{rate_hz} Hz, six axes: virtual radio and bleak alone", 100 * stack, None, "% of a core")
        show("  link, decoding and sample times", 100 * (sensor - stack), None, "%")
        show("  gait and coach", 100 * (whole - sensor), None, "%")
        show("  all of ours", 100 * (whole - stack), 5.0, "%")


if __name__ == "__main__":
    asyncio.run(main())
