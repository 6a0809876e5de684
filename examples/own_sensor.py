"""A sensor of your own: a class with `open`, ready to be named as an entry point, coached live on a clock that runs fast.

A package that brings it writes `[project.entry-points."cuecoach.sensors"]` and `treadmill = "my_package:Treadmill"`; then
`cuecoach run --sensor treadmill:12` finds it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from cuecoach import Coach, load_config, load_cues
from cuecoach.clock import Clock, WallClock
from cuecoach.events import Action, Beat, Event, Reading, Say, SensorState
from cuecoach.live import coach_live
from cuecoach.modelled import ModelledSound
from cuecoach.sensors.status import SensorStatus

FASTER = 200


class Treadmill:
    """The kind of sensor: what it is called, what it can be, and how one is opened."""

    family = "treadmill"
    title = "A treadmill that knows its runner's steps"
    usage = "treadmill:SPEED, for example treadmill:12 (km/h)"
    able = ("foot",)

    def open(self, argument: str, role: str) -> OpenTreadmill:
        return OpenTreadmill(float(argument or 10) / 3.6, role)


class OpenTreadmill:
    """One treadmill: steps fall from 170 to 158 a minute as its runner tires."""

    def __init__(self, speed: float, role: str) -> None:
        self.source = role
        self._speed = speed

    async def stream(self, put: Callable[[Event], None], clock: Clock) -> None:
        put(SensorState(clock.now(), self.source, "streaming"))
        for second in range(600):
            await clock.sleep_until(second)
            put(Reading(clock.now(), self.source, {"cadence": 170 - second / 50, "speed": self._speed}))

    def status(self) -> SensorStatus:
        return SensorStatus(self.source, "streaming", device="treadmill")

    def hear(self, action: Action) -> None:
        """Real runners have ears of their own."""


class FastClock(WallClock):
    """Ten minutes in three seconds."""

    def now(self) -> float:
        return super().now() * FASTER

    async def sleep_until(self, t: float) -> None:
        await asyncio.sleep(max(0.0, t - self.now()) / FASTER)


def show(t: float, actions: list[Action]) -> None:
    for action in actions:
        match action:
            case Say():
                print(f"{t:5.0f} s  {action.text}")
            case Beat():
                print(f"{t:5.0f} s  beat at {action.spm:g} spm")
            case _:
                pass


async def main() -> None:
    coach = Coach(load_config("treadmill"), load_cues(["cadence"]))
    belt = Treadmill().open("12", "foot")
    ran = await coach_live(coach, [belt], ModelledSound(), clock=FastClock(), observe=show)
    print(f"{ran.duration_s:.0f} s coached, {ran.dropped} events dropped")


asyncio.run(main())
