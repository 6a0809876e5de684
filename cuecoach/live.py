"""Coaching as it happens: sensor tasks and ticks into one bounded queue, the coach behind it, sound out. No coaching logic."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from cuecoach.clock import Clock, WallClock
from cuecoach.coach import Coach
from cuecoach.errors import SensorError
from cuecoach.events import TICK_S, Action, Event, Gap, ImuBlock, Note, Reading, Reload, SensorState, Tick
from cuecoach.feed import Feed
from cuecoach.liveparts import LiveSensor, Recorder, Sound, Watcher
from cuecoach.sensors.status import SensorStatus

#: So many events may wait; a coach so far behind is better off with the newest.
QUEUE_SIZE: Final = 512
#: Whose gap it is when events were dropped.
QUEUE: Final = "queue"


class FedSensor:
    """A feed (a simulated runner, a recording) played in real time."""

    def __init__(self, feed: Feed, source: str) -> None:
        self.source = source
        self._feed = feed

    async def stream(self, put: Callable[[Event], None], clock: Clock) -> None:
        """Put what the feed has, tick by tick, until it is over."""
        number = 0
        while number * TICK_S <= self._feed.duration_s:
            await clock.sleep_until(number * TICK_S)
            for event in self._feed.advance(number * TICK_S):
                put(event)
            number += 1

    def status(self) -> SensorStatus:
        """A feed streams for as long as it lasts."""
        return SensorStatus(self.source, "streaming")

    def hear(self, action: Action) -> None:
        """Hand on what is heard."""
        self._feed.hear(action)


class Inbox:
    """A bounded queue that never blocks a sensor: when full, the oldest measurement is dropped, counted, and told as a gap.

    What happens once (a key, a sensor's state, a sound) is never dropped: quiet must work in any crowd.
    """

    def __init__(self, size: int = QUEUE_SIZE) -> None:
        self._size = size
        self._events: deque[Event] = deque()
        self._filled = asyncio.Event()
        self._hole: Gap | None = None
        #: Measurements and ticks lost because the coach was too far behind.
        self.dropped = 0

    def put(self, event: Event) -> None:
        """Add an event; returns at once."""
        if len(self._events) >= self._size:
            self._make_room()
        self._events.append(event)
        self._filled.set()

    def _make_room(self) -> None:
        for i, event in enumerate(self._events):
            if isinstance(event, Reading | ImuBlock | Tick):
                del self._events[i]
                self.dropped += 1
                hole = self._hole or Gap(event.t, QUEUE, event.t, event.t, 0)
                self._hole = replace(hole, t=event.t, until=event.t, lost=(hole.lost or 0) + 1)
                return

    def tell_gap(self, t: float) -> None:
        """Add what was dropped since the last call as one `Gap`, for the record."""
        if self._hole is not None:
            hole, self._hole = self._hole, None
            self.put(replace(hole, t=t))

    @property
    def waiting(self) -> bool:
        """Whether an event waits to be taken."""
        return bool(self._events)

    async def get(self) -> Event:
        """Wait for the oldest event and take it."""
        while not self._events:
            self._filled.clear()
            await self._filled.wait()
        return self._events.popleft()


@dataclass(frozen=True, slots=True)
class Ran:
    """How a live run went: its length, and how many events were dropped unseen."""

    duration_s: float
    dropped: int


async def coach_live(
    coach: Coach,
    sensors: Sequence[LiveSensor],
    sound: Sound,
    *,
    clock: Clock | None = None,
    until: float | None = None,
    observe: Callable[[float, list[Action]], None] = lambda t, actions: None,
    inbox: Inbox | None = None,
    watcher: Watcher | None = None,
    recorder: Recorder | None = None,
) -> Ran:
    """Coach a live run until `until`, until every sensor is over, or until cancelled.

    Parameters
    ----------
    coach
        The heart; the driver adds nothing to what it decides.
    sensors
        What streams. One that fails is reported and does not end the run.
    sound
        Where actions go; closed at the end whatever happens.
    clock
        Session time; the wall clock unless given.
    until
        Session time at which the run ends, s.
    observe
        Called with the tick's time and actions after every tick, also when nothing was decided.
    inbox
        The queue, given when others (a key, a control) put events into it too.
    watcher
        Who watches the cue files for changes.
    recorder
        Who remembers what goes into the coach and what comes out of it.
    """
    clock = clock or WallClock()
    inbox = inbox or Inbox()
    duration = 0.0

    async def tick() -> None:
        number = 0
        while until is None or number * TICK_S <= until:
            await clock.sleep_until(number * TICK_S)
            for event in sound.poll(clock.now()):
                inbox.put(event)
            inbox.tell_gap(clock.now())
            inbox.put(Tick(number * TICK_S))
            number += 1

    async def think() -> None:
        nonlocal duration
        while True:
            event = await inbox.get()
            if recorder is not None:
                event = recorder.keep(event)
            actions = coach.handle(event)
            if recorder is not None:
                recorder.did(event, actions)
            for action in actions:
                sound.send(action)
                for sensor in sensors:
                    sensor.hear(action)
            if isinstance(event, Tick):
                duration = event.t
            if isinstance(event, Tick) or actions:
                observe(duration, actions)

    def from_watcher(news: Reload | Note) -> None:
        if isinstance(news, Note):
            observe(duration, [news])
        else:
            inbox.put(news)

    thinking = asyncio.create_task(think())
    # Sensors first: what they have for a tick's moment should be in the queue before the tick.
    streams = [asyncio.create_task(_watched(sensor, inbox, clock)) for sensor in sensors]
    beside = [asyncio.create_task(watcher.watch(from_watcher, clock))] if watcher is not None else []
    ending = {thinking, asyncio.create_task(tick())}
    if streams:
        ending.add(asyncio.create_task(_until_all_are_over(streams)))
    try:
        await asyncio.wait(ending, return_when=asyncio.FIRST_COMPLETED)
        while inbox.waiting and not thinking.done():  # let the coach finish what came before the end
            await asyncio.sleep(0)
        for task in (thinking, *streams, *beside):
            if task.done() and not task.cancelled():
                task.result()  # a fault of ours must not pass for the end of a run
    finally:
        tasks = (*ending, *streams, *beside)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        sound.close()
    return Ran(duration, inbox.dropped)


async def _until_all_are_over(tasks: Sequence[asyncio.Task[None]]) -> None:
    await asyncio.wait(tasks)


async def _watched(sensor: LiveSensor, inbox: Inbox, clock: Clock) -> None:
    """Stream one sensor; its failure is an event of the run, not the end of it."""
    try:
        await sensor.stream(inbox.put, clock)
    except SensorError as error:
        inbox.put(SensorState(clock.now(), sensor.source, "lost", str(error)))
