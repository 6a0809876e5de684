"""`cuecoach run`: coach a live run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cuecoach.cli.arguments import CadenceUnit, ConfigName, CueNames
from cuecoach.errors import UsageError

METRONOMES = ("off", "when needed", "always", "follow")


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
        typer.Option("--plan", help="Run under your plan, see `cuecoach plan`; asks afterwards how it felt."),
    ] = False,
    runner: Annotated[
        str | None,
        typer.Option(metavar="NAME|FILE.json", help="Whose baseline, words and plan; the config's runner by default."),
    ] = None,
    pain: Annotated[
        int | None,
        typer.Option(
            metavar="0…10",
            help="How much it hurts right now, in place of the question.",
            min=0,
            max=10,
            show_default=False,
        ),
    ] = None,
    store: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Keep the run in this file, not in your own.", show_default=False),
    ] = None,
    no_store: Annotated[bool, typer.Option("--no-store", help="Keep nothing of this run.")] = False,
    no_reload: Annotated[
        bool, typer.Option("--no-reload", help="Do not follow changes of the cue files during the run.")
    ] = False,
) -> None:
    """Coach a live run; Ctrl-C ends it.

    Sensors join as they are found: those you have remembered with `cuecoach sensors`, else the nearest that fit.
    You are asked first how much it hurts: with 3 of 10 the run is an easy one, with 4 there is none (exit code 1).
    The run is kept on this machine, see `cuecoach runs`.
    A cue file that you change and save during the run counts within three seconds; one with a mistake is told and left out.

    Example:  cuecoach run demo --sensor sim:demo
    """
    import asyncio

    from cuecoach import lineup
    from cuecoach.cli import terminal
    from cuecoach.cli.after_run import close_run
    from cuecoach.cli.before_run import Visit, before_run, open_run
    from cuecoach.cli.keeping import Keeping
    from cuecoach.cli.live_run import run_live
    from cuecoach.cli.options import parse_duration
    from cuecoach.cli.plan_questions import runner_named
    from cuecoach.cli.run_ahead import check_radio_of, where_sound_goes
    from cuecoach.cli.runs.interrupted import close_what_was_cut_short
    from cuecoach.cli.sensor_words import keep_it
    from cuecoach.config import load_config
    from cuecoach.lineup.memory import Memory
    from cuecoach.lineup.remembered import SensorsFile
    from cuecoach.live import FedSensor
    from cuecoach.reloading import CueWatcher
    from cuecoach.rules import load_translated
    from cuecoach.sensors.plugins import load_plugins

    if no_store and store is not None:
        raise UsageError("--store and --no-store contradict each other; give one of them")
    settings = load_config(config)
    plan = plan or settings.plan
    if metronome is not None:
        if metronome not in METRONOMES:
            raise UsageError(f"`{metronome}` is not a metronome mode; use one of {', '.join(METRONOMES)}")
        settings = settings.model_copy(update={"metronome": metronome})
    if cadence_unit is not None:
        worn = settings.sensors.model_copy(update={"cadence_unit": cadence_unit.value})
        settings = settings.model_copy(update={"sensors": worn})
    plugins, memory, radio = load_plugins(), Memory(SensorsFile()), lineup.open_radio()
    lined_up = lineup.line_up(settings, sensor or (), memory=memory, radio=radio, plugins=plugins, seed=seed)
    # A simulated runner is nobody: what it shows is kept only when that was asked for.
    real = not any(isinstance(worn, FedSensor) for worn in lined_up.sensors)
    kept = plan or runner is not None or real
    who = runner or settings.runner
    visit = Visit(runner_named(who), real=real, kept=kept, plan=plan, pain=pain)
    if not no_store:
        close_what_was_cut_short(store)
    known = open_run(visit)
    seconds = parse_duration(for_)
    record, device = where_sound_goes(audio)
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
        check_radio_of(lined_up, radio, loop)
        sensors = lined_up.sensors
        try:
            known, settings = before_run(visit, known, settings)
            ran = run_live(
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
                keeping=None if no_store else Keeping(who, "live" if real else "simulated", store),
            )
            close_run(visit, ran)
        finally:
            late = (*memory.finish(), *(problem for problem in plugins.problems if problem not in told))
            found = [sensor.status() for sensor in sensors if sensor.source in lined_up.bluetooth]
            for note in (*late, *(keep_it(status, memory.remembered) for status in found)):
                if note:
                    terminal.note(note)
