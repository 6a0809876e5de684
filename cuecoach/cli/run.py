"""`cuecoach run`: coach a live run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cuecoach.errors import DeviceError, UsageError

if TYPE_CHECKING:
    from cuecoach.cli.panel import Panel
    from cuecoach.coach import Coach
    from cuecoach.config import RunConfig
    from cuecoach.live import LiveSensor
    from cuecoach.livesound import LiveSound
    from cuecoach.offline import Replay
    from cuecoach.rules import Rule
    from cuecoach.sensors.simulator import SimulatedRunner

METRONOMES = ("off", "when needed", "always", "follow")

#: Names that end so are meant as files, not as devices, also those that cannot be written.
_SOUND_FILES = (".wav", ".wave", ".flac", ".mp3", ".ogg", ".oga", ".opus", ".m4a", ".aac", ".aif", ".aiff", ".wma")


def run(
    config: Annotated[
        str | None, typer.Argument(help="A config file, or the name of a bundled one.", show_default=False)
    ] = None,
    sensor: Annotated[
        str | None,
        typer.Option(metavar="SENSOR", help="sim, or sim:STORY (sim:demo, sim:tired ...); add ,imu for a raw sensor."),
    ] = None,
    cues: Annotated[
        list[str] | None,
        typer.Option(metavar="CUES", help="Cue file or bundled name, in place of the config's; may be repeated."),
    ] = None,
    audio: Annotated[
        str | None,
        typer.Option(metavar="WHERE", help="A sound device, `off`, or a file (.wav, .flac) for what was heard."),
    ] = None,
    metronome: Annotated[str | None, typer.Option(metavar="WHEN", help="off, when needed, always or follow.")] = None,
    for_: Annotated[str | None, typer.Option("--for", metavar="TIME", help="Stop after so long: 90 s, 20 min.")] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Another simulated runner with the same habits.", min=0)] = 1,
) -> None:
    """Coach a live run; Ctrl-C ends it.

    Example:  cuecoach run demo --sensor sim:demo
    """
    from cuecoach.cli.options import parse_duration
    from cuecoach.config import load_config
    from cuecoach.live import FedSensor
    from cuecoach.rules import load_cues

    settings = load_config(config)
    if metronome is not None:
        if metronome not in METRONOMES:
            raise UsageError(f"`{metronome}` is not a metronome mode; use one of {', '.join(METRONOMES)}")
        settings = settings.model_copy(update={"metronome": metronome})
    runner = _simulated(sensor, seed)
    seconds = parse_duration(for_)
    record, device = _audio(audio)
    if device is not None:
        settings = settings.model_copy(update={"sound": settings.sound.model_copy(update={"device": device})})
    rules = load_cues(cues or settings.cues)
    sensors = [FedSensor(runner, runner.source)]
    run_live(settings, rules, sensors, until=seconds, record=record, device_asked_for=device is not None)


def run_live(
    config: RunConfig,
    rules: Sequence[Rule],
    sensors: Sequence[LiveSensor],
    *,
    until: float | None,
    record: Path | None = None,
    device_asked_for: bool = False,
) -> None:
    """Coach live with a panel and the space bar for quiet, then say how it went.

    Parameters
    ----------
    config, rules, sensors
        What to coach.
    until
        Session time at which the run ends, s; None until Ctrl-C or until the sensors are over.
    record
        Where to write what was heard.
    device_asked_for
        Whether it is a mistake of the person when the sound device is not there.

    Raises
    ------
    DeviceError
        The sound device that was asked for is not there.
    RecordingError
        What the sensors read turns out to be unusable further in.
    """
    from cuecoach.cli import keys, show, terminal
    from cuecoach.cli.panel import Panel
    from cuecoach.coach import Coach
    from cuecoach.config import without_effect
    from cuecoach.livesound import LiveSound
    from cuecoach.offline import Replay
    from cuecoach.rendering import render, words_of

    console = terminal.open_console()
    coach = Coach(config, rules)
    words, voice_problem = words_of(coach.rules, config)
    sound = LiveSound(config.sound, words)
    done = Replay(rules=coach.rules)
    try:
        if sound.problem and device_asked_for:
            raise DeviceError(sound.problem)
        for problem in (voice_problem, sound.problem, *without_effect(config)):
            if problem:
                terminal.note(problem)
        with Panel(console, coach, ", ".join(sensor.source for sensor in sensors), keys=keys.available()) as panel:
            finished = _coach(coach, sensors, sound, panel, done, until)
    finally:
        sound.close()
    if not finished:
        console.print("Stopped.")
    if console.is_terminal:  # elsewhere, each line was printed when it was heard
        show.timeline(console, done)
    show.summary(console, done)
    if record is not None:
        render(done, record, config)
        console.print(f"Sound: {record}")


def _coach(
    coach: Coach, sensors: Sequence[LiveSensor], sound: LiveSound, panel: Panel, done: Replay, until: float | None
) -> bool:
    """Coach to the end; return whether that came by itself, and not by Ctrl-C or an end that the system asked for."""
    import asyncio
    import signal
    import sys

    from cuecoach.cli import keys, terminal
    from cuecoach.clock import WallClock
    from cuecoach.events import Action, Control
    from cuecoach.live import Inbox, coach_live

    async def coach_on() -> None:
        clock, inbox = WallClock(sound.session_time()), Inbox()

        def handle(key: str) -> None:
            if key == " ":
                t = clock.now()
                inbox.put(Control(t, "speak" if t < coach.quiet_until else "quiet", keys.QUIET_S))

        def observe(t: float, actions: list[Action]) -> None:
            done.actions.extend(actions)
            done.duration_s = t
            panel.update(t, actions)

        here = asyncio.current_task()
        if sys.platform != "win32" and here is not None:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, here.cancel)
        with keys.pressed(handle):
            ran = await coach_live(coach, sensors, sound, clock=clock, until=until, observe=observe, inbox=inbox)
        if ran.dropped:
            terminal.note(f"{ran.dropped} events came faster than they could be used and were dropped")

    try:
        asyncio.run(coach_on())
    except (KeyboardInterrupt, asyncio.CancelledError):
        return False
    return True


def _simulated(sensor: str | None, seed: int) -> SimulatedRunner:
    from cuecoach.sensors.simulator import STORIES, SimulatedRunner

    if sensor is None:
        raise UsageError("no sensor is named; this version has a simulated runner: `cuecoach run --sensor sim`")
    name, _, kind = sensor.partition(",")
    family, _, story = name.partition(":")
    if family != "sim" or kind not in ("", "imu"):
        raise UsageError(f"`{sensor}` is not a sensor this version knows; use `sim`, `sim:demo` or `sim:demo,imu`")
    story = story or "easy-run"
    if story not in STORIES:
        raise UsageError(f"`{story}` is not a story of the simulated runner; there are: {', '.join(sorted(STORIES))}")
    return SimulatedRunner(STORIES[story], seed=seed, output="imu" if kind else "metrics")


def _audio(audio: str | None) -> tuple[Path | None, str | None]:
    """Return the file to record to and the device to play on, where given."""
    if audio is None:
        return None, None
    from cuecoach.cli.options import check_sound_file

    path = Path(audio)
    if path.suffix.lower() in _SOUND_FILES or len(path.parts) > 1:
        check_sound_file(path)
        return path, None
    return None, "null" if audio == "off" else audio
