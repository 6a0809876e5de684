"""``cuecoach metronome --follow``: the beat follows the runner's own cadence; the coach of every run, without cues."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import typer

from cuecoach.audio.handbeat import LEVEL_STEP_DB, QUIETEST_DB
from cuecoach.cli import keys
from cuecoach.cli.metronome_keys import KeyReader
from cuecoach.cli.metronome_live import Line, closing, open_sound

if TYPE_CHECKING:
    from cuecoach.coach import Coach
    from cuecoach.config import BeatSound, RunConfig, Sound
    from cuecoach.events import Action, AudioEvent, Beat
    from cuecoach.lineup import Lineup
    from cuecoach.live import Inbox
    from cuecoach.livesound import LiveSound

KEYS: Final = "[ ] volume  space pause  q end"


class _OnlyBeat:
    """Lets the beat through; words about sensors stand in the terminal instead."""

    def __init__(self, sound: LiveSound) -> None:
        from cuecoach.modelled import ModelledSound

        self._sound = sound
        self._unsaid = ModelledSound()

    def send(self, action: Action) -> None:
        from cuecoach.events import Hush, Say

        (self._unsaid if isinstance(action, Say | Hush) else self._sound).send(action)

    def poll(self, now: float) -> list[AudioEvent]:
        return [*self._unsaid.poll(now), *self._sound.poll(now)]

    def close(self) -> None:
        self._sound.close()


def follow(sensor: str, sound: Sound, beat: BeatSound, for_s: float | None, seed: int = 1) -> None:
    """Play a beat at the cadence that a sensor sees.

    Parameters
    ----------
    sensor
        As `cuecoach run --sensor` takes it.
    sound, beat
        Where, how loud, and what it sounds like.
    for_s
        How long, s; None until the sensor is over, `q`, or Ctrl-C.
    seed
        Of a simulated runner.

    Raises
    ------
    UsageError
        The sensor cannot be understood.
    RadioError
        It needs Bluetooth, which does not work here.
    DeviceError
        A device that was asked for by name is not there.
    """
    from cuecoach import lineup
    from cuecoach.cli import terminal
    from cuecoach.coach import Coach
    from cuecoach.config import RunConfig
    from cuecoach.lineup.memory import Memory
    from cuecoach.lineup.remembered import SensorsFile
    from cuecoach.sensors.bluetooth.radio import check_radio
    from cuecoach.sensors.plugins import load_plugins

    config = RunConfig(metronome="follow", cues=(), sound=sound, beat=beat)
    plugins, memory, radio = load_plugins(), Memory(SensorsFile()), lineup.open_radio()
    lined_up = lineup.line_up(config, [sensor], memory=memory, radio=radio, plugins=plugins, seed=seed)
    for note in (memory.problem, *plugins.problems, *lined_up.notes):
        if note:
            terminal.note(note)
    with asyncio.Runner() as loop:
        if lined_up.bluetooth:
            loop.run(check_radio(radio))
        opened = open_sound(sound, beat)
        if opened is None:
            return
        line = Line()
        line.shown = line.shown and keys.available()
        try:
            with suppress(KeyboardInterrupt, asyncio.CancelledError), closing(opened, line):
                loop.run(_Follower(config, Coach(config, ()), opened, line).run(lined_up, for_s))
        finally:
            for note in memory.finish():
                terminal.note(note)


class _Follower:
    """Joins coach, sensors, sound, keys and line."""

    def __init__(self, config: RunConfig, coach: Coach, sound: LiveSound, line: Line) -> None:
        self._config = config
        self._coach = coach
        self._sound = sound
        self._line = line
        self._reader = KeyReader()
        self._level_db = config.sound.level
        self._states: dict[str, str] = {}
        self._playing: Beat | None = None

    async def run(self, lined_up: Lineup, until: float | None) -> None:
        from cuecoach.clock import WallClock
        from cuecoach.live import Inbox, coach_live

        clock, inbox = WallClock(self._sound.session_time()), Inbox()

        def observe(t: float, actions: list[Action]) -> None:
            self._show(t, actions, lined_up)

        going = asyncio.create_task(
            coach_live(
                self._coach,
                lined_up.sensors,
                _OnlyBeat(self._sound),
                clock=clock,
                until=until,
                observe=observe,
                inbox=inbox,
            )
        )

        def handle(char: str) -> None:
            t = clock.now()
            if self._press(self._reader.feed(char, t), t, inbox):
                going.cancel()

        with keys.pressed(handle):
            await going

    def _press(self, key: str | None, t: float, inbox: Inbox) -> bool:
        """Do what a key asks for; return whether that is the end."""
        from cuecoach.events import Control, Level

        if key == "pause":
            inbox.put(Control(t, "speak" if t < self._coach.quiet_until else "quiet"))
        elif key in ("louder", "quieter"):
            by = LEVEL_STEP_DB if key == "louder" else -LEVEL_STEP_DB
            self._level_db = min(max(self._level_db + by, QUIETEST_DB), 0.0)
            self._sound.send(Level(t, t, beat_db=self._level_db))
        return key == "quit"

    def _show(self, t: float, actions: list[Action], lined_up: Lineup) -> None:
        from cuecoach.cli.sensor_words import change_line
        from cuecoach.cli.show import heard, one_line
        from cuecoach.events import Beat, BeatOff

        for action in actions:
            if isinstance(action, Beat | BeatOff):
                self._playing = action if isinstance(action, Beat) else None
        if not self._line.shown:
            for line in heard(a for a in actions if isinstance(a, Beat | BeatOff)):
                typer.echo("  ".join(one_line(line)).rstrip())
        for sensor in lined_up.sensors:
            status = sensor.status()
            if self._states.get(status.source, "streaming") != status.state:
                self._line.say(change_line(t, status))
            self._states[status.source] = status.state
        for news in self._sound.take_news():
            self._line.say(news)
        self._line.show(self._describe(t))

    def _describe(self, t: float) -> str:
        from cuecoach.timeline import clock

        signals = self._coach.signals
        playing, own = self._playing, signals.metric("cadence")
        if t < self._coach.quiet_until:
            state = "paused"
        elif playing is not None:
            state = f"{playing.spm:g} spm"
        else:
            state = "listening to your steps" if signals.activity == "running" else "waiting until you run"
        you = "no cadence yet" if own is None else f"you {own:.0f} spm"
        doing = f", {signals.activity}" if signals.activity else ""
        return f"♪ {state}  {you}{doing}  {clock(t)}  {self._level_db:g} dB   {KEYS}"
