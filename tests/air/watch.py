"""Streams sensors for a test and keeps everything they put."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from types import TracebackType
from typing import TypeVar

from cuecoach.clock import Clock
from cuecoach.events import Event, ImuBlock, Reading, SensorState
from cuecoach.feed import Feed
from cuecoach.sensors.bluetooth.protocol import Seen
from cuecoach.sensors.bluetooth.radio import BleakRadio
from cuecoach.sensors.source import OpenSource
from tests.air.bleak_backend import VirtualAdapter
from tests.air.peripheral import Peripheral

E = TypeVar("E", Reading, ImuBlock, SensorState)

#: How often a condition is looked at, s.
_LOOK_S = 0.004
#: Every device in the air advertises twice in this time, s.
_SETTLE_S = 0.08


async def until(condition: Callable[[], object], patience_s: float = 5.0) -> None:
    """Wait until `condition` holds.

    Raises
    ------
    AssertionError
        It did not within `patience_s` of real time.
    """
    end = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < end, "it never came to be"
        await asyncio.sleep(_LOOK_S)


@asynccontextmanager
async def running(clock: Clock, runner: Feed, device: Peripheral, start: float = 0.0) -> AsyncGenerator[None, None]:
    """Let `device` sense `runner`, whose time 0 is session time `start`."""
    task = asyncio.create_task(device.play(runner, clock, start))
    try:
        yield
    finally:
        over = task.done()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        if over:
            task.result()


class HastyRadio(BleakRadio):
    """The radio on a virtual adapter; it waits a few advertisements for a stronger device instead of seconds."""

    def __init__(self, adapter: VirtualAdapter) -> None:
        super().__init__(adapter.scanner, adapter.client)

    async def find(self, wanted: Callable[[Seen], bool], *, settle_s: float = 0.0) -> Seen:
        """Find as the radio does."""
        return await super().find(wanted, settle_s=min(settle_s, _SETTLE_S))


class Watch:
    """Streams `sensors` on `clock` inside an ``async with``; leaving it cancels them, as the end of a run does."""

    def __init__(self, clock: Clock, *sensors: OpenSource) -> None:
        self.clock, self.sensors = clock, sensors
        #: Everything that was put, with the sensor it came from.
        self.events: list[tuple[str, Event]] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Watch:
        def putter(source: str) -> Callable[[Event], None]:
            return lambda event: self.events.append((source, event))

        self._tasks = [asyncio.create_task(sensor.stream(putter(sensor.source), self.clock)) for sensor in self.sensors]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        over = [task for task in self._tasks if task.done()]
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for task in over:
            task.result()  # a stream must not end by itself, least of all with an error

    def of(self, kind: type[E], source: str | None = None) -> list[E]:
        """Return the events of a kind, of one sensor or of all."""
        return [event for name, event in self.events if isinstance(event, kind) and source in (None, name)]

    def states(self, source: str | None = None) -> list[str]:
        """Return the states, in order."""
        return [event.state for event in self.of(SensorState, source)]

    def values(self, name: str, source: str | None = None) -> Sequence[float]:
        """Return the values of a metric, in order."""
        return [event.values[name] for event in self.of(Reading, source) if name in event.values]
