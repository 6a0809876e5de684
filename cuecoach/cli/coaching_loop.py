"""The event loop of a live run: keys, the system's wish to end, and everything observed into the panel and the record."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Final

from cuecoach.cli import keys, terminal
from cuecoach.cli.panel import Panel
from cuecoach.cli.prompted_sound import PromptedSound
from cuecoach.clock import WallClock
from cuecoach.coach import Coach
from cuecoach.events import Action, Control, Note
from cuecoach.live import Inbox, coach_live
from cuecoach.liveparts import LiveSensor, Watcher
from cuecoach.livesound import LiveSound
from cuecoach.offline import Replay

#: Whose note it is that the sound went, came back, or got a longer buffer.
SOUND: Final = "sound"


def coach_on(
    coach: Coach,
    sensors: Sequence[LiveSensor],
    sound: LiveSound | PromptedSound,
    panel: Panel,
    done: Replay,
    until: float | None,
    loop: asyncio.Runner | None,
    watcher: Watcher | None = None,
    *,
    calibrate: bool = False,
) -> bool:
    """Coach to the end; return whether that came by itself, and not by Ctrl-C or an end that the system asked for."""

    async def go() -> None:
        clock, inbox = WallClock(sound.session_time()), Inbox()
        if calibrate:
            inbox.put(Control(clock.now(), "calibrate"))

        def handle(key: str) -> None:
            t = clock.now()
            if key == keys.CALIBRATE:
                inbox.put(Control(t, "calibrate"))
            elif key == keys.QUIET:
                inbox.put(Control(t, "speak" if t < coach.quiet_until else "quiet", keys.QUIET_S))

        def observe(t: float, actions: list[Action]) -> None:
            actions = [*actions, *(Note(t, SOUND, text) for text in sound.take_news())]
            done.actions.extend(actions)
            done.duration_s = t
            panel.update(t, actions)

        with _ended_by_sigterm(), keys.pressed(handle):
            ran = await coach_live(
                coach, sensors, sound, clock=clock, until=until, observe=observe, inbox=inbox, watcher=watcher
            )
        if ran.dropped:
            terminal.note(f"{ran.dropped} events came faster than they could be used and were dropped")

    try:
        if loop is None:
            asyncio.run(go())
        else:
            loop.run(go())
    except (KeyboardInterrupt, asyncio.CancelledError):
        return False
    finally:
        done.rules = coach.rules  # the cue files may have been changed on the way
    return True


@contextmanager
def _ended_by_sigterm() -> Generator[None]:
    """Let the system's wish to end cancel the running task, as Ctrl-C does; before and after it ends the program."""
    here = asyncio.current_task()
    if sys.platform == "win32" or here is None:
        yield
        return
    before, loop = signal.getsignal(signal.SIGTERM), asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, here.cancel)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
        signal.signal(signal.SIGTERM, before)
