"""The metronome played live: plays on by itself, and takes keys where there is a terminal."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import typer

from cuecoach.audio.handbeat import LEVEL_STEP_DB, HandBeat
from cuecoach.audio.tapping import FEWEST_TAPS
from cuecoach.cli import keys
from cuecoach.cli.metronome_keys import Key, KeyReader

if TYPE_CHECKING:
    from cuecoach.config import BeatSound, Sound
    from cuecoach.events import Beat, SoundCommand
    from cuecoach.livesound import LiveSound

#: A change comes so much later than the sound process needs, s: for the way to it.
_MARGIN_S = 0.1
_PERIOD_S = 0.05
#: One press, steps/min.
_STEP_SPM = 1.0
KEYS = "+/- tempo  t tap  [ ] volume  space pause  q end"


class Line:
    """One line of the terminal, written over again and again; nothing elsewhere."""

    def __init__(self) -> None:
        self.shown = sys.stdout is not None and sys.stdout.isatty()  # pyright: ignore[reportUnnecessaryComparison] -- None when closed
        self._text = ""

    def show(self, text: str) -> None:
        """Put `text` in place of what is there."""
        if not self.shown or text == self._text:
            return
        import shutil

        self._text = text
        typer.echo("\r" + text[: shutil.get_terminal_size().columns - 1] + "\x1b[K", nl=False)

    def say(self, text: str) -> None:
        """Tell something that stays, on standard error; the line comes back below it."""
        self.clear()
        typer.echo(text, err=True)

    def clear(self) -> None:
        """Leave the line empty."""
        if self.shown and self._text:
            typer.echo("\r\x1b[K", nl=False)
        self._text = ""


def open_sound(sound: Sound, beat: BeatSound) -> LiveSound | None:
    """Open the device; None, and said, where this machine has none.

    Raises
    ------
    DeviceError
        A device that was asked for by name is not there.
    SoundError
        The click cannot be made.
    """
    from cuecoach.audio.others.helper import OtherSound
    from cuecoach.errors import DeviceError
    from cuecoach.livesound import LiveSound

    opened = LiveSound(sound, {}, beat, others=OtherSound.open("leave"))  # which mends what a killed run left
    if opened.problem is None:
        return opened
    opened.close()
    if sound.device != "default":
        raise DeviceError(opened.problem)
    # Not a mistake of the person: said once, with the way that works everywhere.
    typer.echo(f"{opened.problem}. To write a file instead, add --out beat.wav")
    return None


def play(beats: Sequence[Beat], sound: Sound, beat: BeatSound, for_s: float | None, about: str) -> None:
    """Play beats until they are over, until `q`, or until Ctrl-C.

    Parameters
    ----------
    beats
        What is played as long as no key is pressed.
    sound, beat
        Where, how loud, and what it sounds like.
    for_s
        How long, s; None without end.
    about
        What is played, for people.
    """
    opened = open_sound(sound, beat)
    if opened is None:
        return
    by_hand = keys.available() and sys.stdout.isatty()
    line = Line()
    line.shown = by_hand
    told = "" if by_hand else f"{about}{'; Ctrl-C ends it' if for_s is None else f', {for_s:g} s'}"
    hand = HandBeat(beats, level_db=sound.level, lead_s=opened.latency_s + _MARGIN_S)
    player = Player(hand, opened, line, beat)
    with suppress(KeyboardInterrupt), closing(opened, line):
        for planned in beats:
            opened.send(planned)
        asyncio.run(player.run(for_s, told))


@contextmanager
def closing(sound: LiveSound, line: Line) -> Generator[None]:
    """Close the sound and leave the terminal tidy, however it ends."""
    try:
        yield
    finally:
        line.clear()
        sound.close()


@dataclass(slots=True)
class Player:
    """Joins keys, beat, sound and line."""

    hand: HandBeat
    sound: LiveSound
    line: Line
    style: BeatSound
    _over: bool = False
    _reader: KeyReader = field(default_factory=KeyReader)

    async def run(self, for_s: float | None, told: str = "") -> None:
        """Play on for `for_s` seconds, or until `q`; say first what was told."""
        from cuecoach.clock import WallClock

        if told:  # not before this runs: from here on Ctrl-C is a way to end it
            typer.echo(told, err=True)
        clock = WallClock(self.sound.session_time())
        end = None if for_s is None else for_s + self.sound.latency_s

        def handle(char: str) -> None:
            t = clock.now()
            key = self._reader.feed(char, t)
            if key is not None:
                self.press(key, t)

        with keys.pressed(handle):
            while not self._over and (end is None or clock.now() < end):
                now = clock.now()
                self.sound.poll(now)
                self.hand.lead_s = self.sound.latency_s + _MARGIN_S
                for news in self.sound.take_news():
                    self.line.say(news)
                self.line.show(describe(self.hand, self.style, now))
                await asyncio.sleep(_PERIOD_S if end is None else max(min(_PERIOD_S, end - now), 0.0))

    def press(self, key: Key, t: float) -> None:
        """Do what a key asks for."""
        hand = self.hand
        commands: list[SoundCommand] = []
        match key:
            case "faster":
                commands = hand.faster(t, _STEP_SPM)
            case "slower":
                commands = hand.faster(t, -_STEP_SPM)
            case "louder":
                commands = hand.louder(t, LEVEL_STEP_DB)
            case "quieter":
                commands = hand.louder(t, -LEVEL_STEP_DB)
            case "tap":
                commands = hand.tap(t)
            case "pause":
                commands = hand.pause(t)
            case "quit":
                self._over = True
        for command in commands:
            self.sound.send(command)


def describe(hand: HandBeat, style: BeatSound, t: float) -> str:
    """Return the live line."""
    spm, target, taps = hand.beat(t).spm, hand.target, hand.taps(t)
    tempo = f"{spm:g} spm" if spm == target else f"{spm:.1f} to {target:g} spm"
    tapping = f"  tap {taps}/{FEWEST_TAPS}" if 0 < taps < FEWEST_TAPS else ""
    state = "paused, " if hand.paused else ""
    return f"♪ {state}{tempo}{tapping}  every {style.every}  {style.sound}  {hand.level_db:g} dB   {KEYS}"
