"""`cuecoach run`: coach a live run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cuecoach.cli.arguments import CadenceUnit, ConfigName, CueNames
from cuecoach.errors import RadioError, UsageError

if TYPE_CHECKING:
    import asyncio

    from cuecoach.lineup import Lineup
    from cuecoach.sensors.bluetooth.protocol import Radio

METRONOMES = ("off", "when needed", "always", "follow")

#: Names that end so are meant as files, not as devices, also those that cannot be written.
_SOUND_FILES = (".wav", ".wave", ".flac", ".mp3", ".ogg", ".oga", ".opus", ".m4a", ".aac", ".aif", ".aiff", ".wma")


def run(
    config: ConfigName = None,
    sensor: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SENSOR",
            help="In place of the config's; may be repeated: ROLE (foot, sacrum, torso, heart), ROLE=NAME, ROLE=ADDRESS, "
            "phone:ADDRESS, phyphox:ADDRESS, or a simulated runner: sim:STORY, with ,imu for a raw sensor.",
        ),
    ] = None,
    cadence_unit: Annotated[
        CadenceUnit | None,
        typer.Option(help="What the sensors' cadence counts, where that is found out wrongly.", show_default=False),
    ] = None,
    cues: CueNames = None,
    audio: Annotated[
        str | None,
        typer.Option(metavar="WHERE", help="A sound device, `off`, or a file (.wav, .flac) for what was heard."),
    ] = None,
    metronome: Annotated[str | None, typer.Option(metavar="WHEN", help="off, when needed, always or follow.")] = None,
    for_: Annotated[str | None, typer.Option("--for", metavar="TIME", help="Stop after so long: 90 s, 20 min.")] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Another simulated runner with the same habits.", min=0)] = 1,
    calibrate: Annotated[
        bool, typer.Option("--calibrate", help="Begin with a calibration: stand still, then tall, as you are told.")
    ] = False,
    plan: Annotated[
        bool,
        typer.Option("--plan", help="Run under your plan, see `cuecoach plan`; asks what hurts, before and after."),
    ] = False,
    runner: Annotated[
        str | None,
        typer.Option(metavar="NAME|FILE.json", help="Whose baseline, words and plan; the config's runner by default."),
    ] = None,
    no_reload: Annotated[
        bool, typer.Option("--no-reload", help="Do not follow changes of the cue files during the run.")
    ] = False,
) -> None:
    """Coach a live run; Ctrl-C ends it.

    Sensors join as they are found: those you have remembered with `cuecoach sensors`, else the nearest that fit.
    A cue file that you change and save during the run counts within three seconds; one with a mistake is told and left out.

    Example:  cuecoach run demo --sensor sim:demo
    """
    import asyncio

    from cuecoach import lineup
    from cuecoach.cli import terminal
    from cuecoach.cli.live_run import run_live
    from cuecoach.cli.options import parse_duration
    from cuecoach.cli.plan_questions import close_run, open_run, runner_named
    from cuecoach.cli.sensor_words import keep_it
    from cuecoach.coaching.knowledge import Knowledge
    from cuecoach.config import load_config
    from cuecoach.lineup.memory import Memory
    from cuecoach.lineup.remembered import SensorsFile
    from cuecoach.live import FedSensor
    from cuecoach.reloading import CueWatcher
    from cuecoach.rules import load_translated
    from cuecoach.sensors.plugins import load_plugins

    settings = load_config(config)
    if metronome is not None:
        if metronome not in METRONOMES:
            raise UsageError(f"`{metronome}` is not a metronome mode; use one of {', '.join(METRONOMES)}")
        settings = settings.model_copy(update={"metronome": metronome})
    if cadence_unit is not None:
        worn = settings.sensors.model_copy(update={"cadence_unit": cadence_unit.value})
        settings = settings.model_copy(update={"sensors": worn})
    plugins, memory, radio = load_plugins(), Memory(SensorsFile()), lineup.open_radio()
    lined_up = lineup.line_up(settings, sensor or (), memory=memory, radio=radio, plugins=plugins, seed=seed)
    who = runner_named(runner or settings.runner)
    # A simulated runner is nobody: what it shows is kept only when that was asked for.
    kept = plan or runner is not None or not any(isinstance(worn, FedSensor) for worn in lined_up.sensors)
    known = open_run(who, plan=plan) if kept else Knowledge()
    seconds = parse_duration(for_)
    record, device = _audio(audio)
    if device is not None:
        settings = settings.model_copy(update={"sound": settings.sound.model_copy(update={"device": device})})
    language = settings.voice.language
    watcher = None if no_reload else CueWatcher(cues or settings.cues, language=language)
    speaking = load_translated(cues or settings.cues, language)
    told = [note for note in (memory.problem, *plugins.problems, *lined_up.notes, speaking.note) if note]
    for note in told:
        terminal.note(note)
    # One event loop for the check and the run: Bluetooth does not survive a change of it.
    with asyncio.Runner() as loop:
        _check_radio(lined_up, radio, loop)
        sensors = lined_up.sensors
        try:
            known = run_live(
                settings,
                speaking.rules,
                sensors,
                until=seconds,
                record=record,
                calibrate=calibrate or settings.calibrate,
                device_asked_for=device is not None,
                loop=loop,
                watcher=watcher,
                knowledge=known,
            )
            if kept:
                close_run(who, known, plan=plan)
        finally:
            late = (*memory.finish(), *(problem for problem in plugins.problems if problem not in told))
            found = [sensor.status() for sensor in sensors if sensor.source in lined_up.bluetooth]
            for note in (*late, *(keep_it(status, memory.remembered) for status in found)):
                if note:
                    terminal.note(note)


def _check_radio(lined_up: Lineup, radio: Radio, loop: asyncio.Runner) -> None:
    """Make sure that Bluetooth works where it is needed; where other sensors remain, its lack is only told."""
    if not lined_up.bluetooth:
        return
    from cuecoach.cli import terminal
    from cuecoach.sensors.bluetooth.radio import check_radio

    try:
        loop.run(check_radio(radio))
    except RadioError as error:
        if lined_up.only_bluetooth:
            raise
        terminal.note(f"no {' or '.join(lined_up.bluetooth)} sensor yet: {error}")


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
