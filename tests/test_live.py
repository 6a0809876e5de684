"""The live driver on a clock whose hands the test turns."""

import asyncio
from collections.abc import Callable

import pytest

from cuecoach.clock import Clock
from cuecoach.coach import Coach
from cuecoach.config import RunConfig
from cuecoach.errors import SensorError
from cuecoach.events import TICK_S, Control, Event, Gap, Note, Reading, Say, SensorState, Tick
from cuecoach.live import FedSensor, Inbox, coach_live
from cuecoach.modelled import ModelledSound
from cuecoach.offline import coach_through
from cuecoach.sensors.simulator import STORIES, SimulatedRunner
from cuecoach.sensors.status import SensorStatus
from tests.bundled import config_of, rules_of
from tests.virtual_clock import VirtualClock


def demo_coach() -> Coach:
    config = config_of("demo")
    return Coach(config, rules_of(*config.cues))


class Silent(ModelledSound):
    """A sound that remembers whether it was closed."""

    closed = False

    def close(self) -> None:
        self.closed = True


class Pod:
    """A pod that streams once a second, does what the test says at one moment, and may fail."""

    source = "pod"

    def __init__(self, fails_at: float = 1e9, error: Exception | None = None) -> None:
        self._fails_at, self._error = fails_at, error

    async def stream(self, put: Callable[[Event], None], clock: Clock) -> None:
        t = 0.0
        while True:
            await clock.sleep_until(t)
            if t >= self._fails_at and self._error:
                raise self._error
            put(Reading(clock.now(), self.source, {"cadence": 165, "speed": 2.8}))
            t += 1.0

    def status(self) -> SensorStatus:
        return SensorStatus(self.source, "streaming")

    def hear(self, action: object) -> None:
        pass


async def test_a_live_run_of_the_simulator_decides_what_the_offline_run_decides():
    offline = coach_through(demo_coach(), SimulatedRunner(STORIES["demo"], seed=3))
    clock, live = VirtualClock(), []
    await clock.run(
        coach_live(
            demo_coach(),
            [FedSensor(SimulatedRunner(STORIES["demo"], seed=3), "sim")],
            ModelledSound(),
            clock=clock,
            observe=lambda t, actions: live.extend(actions),
        )
    )
    assert offline.spoken
    # The last tick belongs to the end of the stream: live, the run may be over just before it.
    before_the_end = [action for action in offline.actions if action.t < offline.duration_s]
    assert [action for action in live if action.t < offline.duration_s] == before_the_end


async def test_a_calibration_is_led_live_as_it_is_offline():
    def runner() -> SimulatedRunner:
        return SimulatedRunner(STORIES["calibrated"], seed=3, output="imu")

    alone = demo_coach()
    alone.handle(Control(0.0, "calibrate"))
    offline = coach_through(alone, runner(), until=40)
    clock, inbox, live = VirtualClock(), Inbox(), []
    inbox.put(Control(0.0, "calibrate"))
    await clock.run(
        coach_live(
            demo_coach(),
            [FedSensor(runner(), "sim")],
            ModelledSound(),
            clock=clock,
            until=40,
            inbox=inbox,
            observe=lambda t, actions: live.extend(actions),
        )
    )
    assert [a.text for a in live if isinstance(a, Say)] == ["Stand still", "Now stand tall", "Good. Off you go"]
    (zero,) = [a.text for a in live if isinstance(a, Note)]
    assert zero.startswith("sim: angles are from standing tall (0:")
    assert live == offline.actions


async def test_a_sensor_that_fails_is_reported_and_the_run_goes_on():
    clock, sound, said = VirtualClock(), Silent(), []
    ran = await clock.run(
        coach_live(
            Coach(RunConfig(), rules_of("posture")),
            [Pod(10, SensorError("the pod is out of range")), Pod()],
            sound,
            clock=clock,
            until=20,
            observe=lambda t, actions: said.extend(a for a in actions if isinstance(a, Say)),
        )
    )
    assert ran.duration_s == 20
    assert [say.text for say in said] == ["Sensor lost"]
    assert sound.closed


async def test_a_fault_of_ours_in_a_sensor_is_not_swallowed():
    clock = VirtualClock()
    with pytest.raises(ZeroDivisionError):
        await clock.run(
            coach_live(
                Coach(RunConfig(), rules_of("posture")),
                [Pod(3, ZeroDivisionError())],
                ModelledSound(),
                clock=clock,
                until=20,
            )
        )


async def test_cancelling_closes_the_sound_and_leaves_no_task():
    clock, sound = VirtualClock(), Silent()
    run = asyncio.ensure_future(
        coach_live(Coach(RunConfig(), rules_of("posture")), [Pod()], sound, clock=clock, until=None)
    )
    for _ in range(20):
        await asyncio.sleep(0)
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert sound.closed
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_quiet_silences_at_once_and_speak_ends_it():
    clock, inbox, said = VirtualClock(), Inbox(), []

    async def hush() -> None:
        await clock.sleep_until(40)
        inbox.put(Control(clock.now(), "quiet"))

    hushing = asyncio.ensure_future(hush())
    await clock.run(
        coach_live(
            demo_coach(),
            [FedSensor(SimulatedRunner(STORIES["demo"], seed=3), "sim")],
            ModelledSound(),
            clock=clock,
            inbox=inbox,
            observe=lambda t, actions: said.extend(a for a in actions if isinstance(a, Say)),
        )
    )
    await hushing
    assert said == []


async def test_a_full_inbox_drops_the_oldest_and_counts():
    inbox = Inbox(size=3)
    for k in range(5):
        inbox.put(Tick(k * TICK_S))
    assert inbox.dropped == 2
    assert [(await inbox.get()).t for _ in range(3)] == [0.5, 0.75, 1.0]
    inbox.put(SensorState(1.0, "pod", "lost"))
    assert isinstance(await inbox.get(), SensorState)


async def test_what_a_full_inbox_dropped_is_told_as_one_gap():
    inbox = Inbox(size=3)
    for k in range(5):
        inbox.put(Reading(k, "pod", {"cadence": 165}))
    for _ in range(3):
        await inbox.get()
    inbox.tell_gap(9.0)
    inbox.tell_gap(9.25)  # nothing more was dropped
    assert await inbox.get() == Gap(9.0, "queue", since=0, until=1, lost=2)
    assert not inbox.waiting


async def test_quiet_and_the_life_of_a_sensor_are_never_dropped_however_full_the_inbox():
    inbox = Inbox(size=4)
    inbox.put(Control(0.0, "quiet"))
    inbox.put(SensorState(0.0, "pod", "lost"))
    for k in range(100):
        inbox.put(Tick(k * TICK_S))
    assert [await inbox.get(), await inbox.get()] == [Control(0.0, "quiet"), SensorState(0.0, "pod", "lost")]
    assert inbox.dropped == 98
