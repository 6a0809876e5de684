"""The event loop of a live run: keys, the headset's buttons, the system's wish to end, and who sees each tick's actions."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Final, TypeAlias

from cuecoach.audio.others.buttons import headset_buttons
from cuecoach.cli import keys, terminal
from cuecoach.cli.prompted_sound import PromptedSound
from cuecoach.cli.runner_word import KEYS, Word, control
from cuecoach.clock import WallClock
from cuecoach.coach import Coach
from cuecoach.events import Action, Control, Note
from cuecoach.live import Inbox, coach_live
from cuecoach.liveparts import LiveSensor, Recorder, Watcher
from cuecoach.livesound import LiveSound
from cuecoach.offline import Replay

#: Whose note it is that the sound went, came back, or got a longer buffer.
SOUND: Final = "sound"
#: Takes each tick's time and actions.
Observer: TypeAlias = Callable[[float, list[Action]], None]


def coach_on(
    coach: Coach,
    sensors: Sequence[LiveSensor],
    sound: LiveSound | PromptedSound,
    until: float | None,
    loop: asyncio.Runner | None,
    watcher: Watcher | None = None,
    *,
    observers: Sequence[Observer] = (),
    news: Callable[[float], list[Action]] = lambda t: [],
    recorder: Recorder | None = None,
    calibrate: bool = False,
    buttons: bool = False,
) -> bool:
    """Coach to the end; return whether that came by itself, and not by Ctrl-C or an end that the system asked for.

    Each of the `observers` sees every tick's actions, with the notes about the sound among them, and what else is `news` then.
    With `buttons`, play and pause of a headset ask for words and for quiet.
    """

    async def go() -> None:
        clock, inbox = WallClock(sound.session_time()), Inbox()
        if calibrate:
            inbox.put(Control(clock.now(), "calibrate"))

        def say(word: Word) -> None:
            t = clock.now()
            inbox.put(control(word, t, coach.quiet_until))

        def handle(key: str) -> None:
            if key in KEYS:
                say(KEYS[key])

        def observe(t: float, actions: list[Action]) -> None:
            actions = [*actions, *(Note(t, SOUND, text) for text in sound.take_news()), *news(t)]
            headset.show(quiet=t < coach.quiet_until)
            for observer in observers:
                observer(t, actions)

        async with headset_buttons(say, wanted=buttons) as headset:
            with _ended_by_sigterm(), keys.pressed(handle):
                ran = await coach_live(
                    coach,
                    sensors,
                    sound,
                    clock=clock,
                    until=until,
                    observe=observe,
                    inbox=inbox,
                    watcher=watcher,
                    recorder=recorder,
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
    return True


def into(done: Replay) -> Observer:
    """Return an observer that collects what is done in a run."""

    def observe(t: float, actions: list[Action]) -> None:
        done.actions.extend(actions)
        done.duration_s = t

    return observe


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
