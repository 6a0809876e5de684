"""Sensors while they stream: how fast their data come, what they literally say, which of them is being moved."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from cuecoach.clock import Clock, WallClock
from cuecoach.errors import SensorError
from cuecoach.events import Event, Gap, ImuBlock, Reading
from cuecoach.live import LiveSensor
from cuecoach.sensors.status import SensorStatus

#: Half the range of acceleration of a sensor that is walked with, and from where on one counts as moved; at rest, noise
#: and a knock on the table stay below, m/s².
WALKING: Final = 3.0
MOVED: Final = 1.5
#: Movement and rates are judged over the last so many seconds.
WINDOW_S: Final = 3.0
#: How often what is shown is renewed, s.
REFRESH_S: Final = 0.5


class Watched:
    """A sensor whose events are looked at: how fast they come, what they say, whether it is being moved."""

    def __init__(self, sensor: LiveSensor) -> None:
        self.sensor = sensor
        self.raw: Mapping[str, float] = {}
        self.gaps = 0
        #: Why it ended.
        self.failed = ""
        #: The most it has moved so far.
        self.moved = 0.0
        self._now: Callable[[], float] = lambda: 0.0
        self._first: float | None = None
        #: Arrival, number of values, and least and greatest acceleration of what came lately.
        self._recent: deque[tuple[float, int, float, float]] = deque()

    async def stream(self, clock: Clock) -> None:
        """Stream until cancelled, or until the sensor is gone for good."""
        self._now = clock.now
        try:
            await self.sensor.stream(self.put, clock)
        except SensorError as error:
            self.failed = str(error)

    def put(self, event: Event) -> None:
        """Take an event of the sensor."""
        if isinstance(event, Gap):
            self.gaps += 1
        elif isinstance(event, Reading):
            self.raw = event.raw or self.raw
            moving = max(event.raw.get("cadence", 0.0), event.values.get("speed", 0.0)) > 0.0
            # A pod that states cadence or speed is moved: as much as a walk moves a sensor.
            self._recent.append((event.t, 1, 0.0, 2 * WALKING if moving else 0.0))
        elif isinstance(event, ImuBlock) and len(event.times):
            size = np.linalg.norm(event.acc, axis=1)
            self._recent.append((event.t, len(event.times), float(size.min()), float(size.max())))
        if self._first is None and self._recent:
            self._first = self._recent[0][0]
        self.moved = max(self.moved, self.movement)

    def status(self) -> SensorStatus:
        """Return the sensor's status."""
        status = self.sensor.status()
        return replace(status, state="lost", text=self.failed) if self.failed else status

    @property
    def rate_hz(self) -> float:
        """Readings or samples a second."""
        recent = self._lately()
        if self._first is None or not recent:
            return 0.0
        return sum(n for _, n, _, _ in recent) / min(WINDOW_S, max(self._now() - self._first, REFRESH_S))

    @property
    def movement(self) -> float:
        """How much it moves now: half the range of the size of acceleration, m/s²."""
        recent = self._lately()
        if not recent:
            return 0.0
        return (max(high for *_, high in recent) - min(low for _, _, low, _ in recent)) / 2

    def _lately(self) -> deque[tuple[float, int, float, float]]:
        while self._recent and self._recent[0][0] < self._now() - WINDOW_S:
            self._recent.popleft()
        return self._recent


def mover(sensors: Sequence[Watched], *, now: bool = False) -> Watched | None:
    """Return the sensor that moves most now, or has done so far; None while all rest."""
    moves = [(sensor.movement if now else sensor.moved, -n, sensor) for n, sensor in enumerate(sensors)]
    most, _, sensor = max(moves, default=(0.0, 0, None))
    return sensor if most >= MOVED else None


async def watch(
    sensors: Sequence[Watched], seconds: float | None, show: Callable[[float], None], clock: Clock | None = None
) -> None:
    """Stream all of them for so many seconds (None: until cancelled), and call `show` twice a second.

    Raises
    ------
    Exception
        A fault of ours in a sensor's stream; what a sensor may do is in its status.
    """
    clock = clock or WallClock()
    tasks = [asyncio.create_task(sensor.stream(clock)) for sensor in sensors]
    try:
        while (seconds is None or clock.now() < seconds) and not all(task.done() for task in tasks):
            await clock.sleep_until(clock.now() + REFRESH_S)
            show(clock.now())
            for task in tasks:
                if task.done():
                    task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
