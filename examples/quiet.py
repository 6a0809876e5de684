"""Quiet and pain from your own program: whatever can call a function can stop the coach, here after so many seconds of a run.

The queue of a live run takes the runner's word beside the sensors' values: `quiet`, `speak` and `pain` are each a `Control`.
"""

from __future__ import annotations

import asyncio

from cuecoach import Coach, load_config, load_cues
from cuecoach.clock import Clock, WallClock
from cuecoach.events import Action, BeatOff, Control, Note, Say
from cuecoach.live import FedSensor, Inbox, coach_live
from cuecoach.modelled import ModelledSound
from cuecoach.sensors.simulator import STORIES, SimulatedRunner

FASTER = 200


class FastClock(WallClock):
    """Four minutes in a little over a second."""

    def now(self) -> float:
        return super().now() * FASTER

    async def sleep_until(self, t: float) -> None:
        await asyncio.sleep(max(0.0, t - self.now()) / FASTER)


async def press(inbox: Inbox, clock: Clock) -> None:
    """Ask for a minute of quiet after 70 seconds, and say after 200 that it hurts."""
    await clock.sleep_until(70)
    inbox.put(Control(clock.now(), "quiet", for_s=60))
    print("  70 s  (quiet for a minute)")
    await clock.sleep_until(200)
    inbox.put(Control(clock.now(), "pain"))
    print(" 200 s  (it hurts)")


def show(t: float, actions: list[Action]) -> None:
    for action in actions:
        match action:
            case Say():
                print(f"{t:4.0f} s  {action.text}")
            case BeatOff():
                print(f"{t:4.0f} s  the beat ends")
            case Note():
                print(f"{t:4.0f} s  note: {action.text}")
            case _:
                pass


async def main() -> None:
    config = load_config("demo")
    coach = Coach(config, load_cues(config.cues))
    runner = FedSensor(SimulatedRunner(STORIES["demo"], seed=7), "sim")
    clock, inbox = FastClock(), Inbox()
    pressing = asyncio.create_task(press(inbox, clock))
    ran = await coach_live(coach, [runner], ModelledSound(), clock=clock, observe=show, inbox=inbox)
    await pressing
    print(f"{ran.duration_s:.0f} s coached, quiet at the end: {ran.duration_s < coach.quiet_until}")


asyncio.run(main())
