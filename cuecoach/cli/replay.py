"""`cuecoach replay`: coach a recorded run and tell what would have been heard."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cuecoach.cli import terminal
from cuecoach.cli.arguments import CadenceUnit, ConfigName, CueNames, FileCadence, RecordingFile, WornAt
from cuecoach.errors import UsageError


def replay(
    recording: RecordingFile,
    config: ConfigName = None,
    cues: CueNames = None,
    audio: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write what the runner would have heard (.wav, .flac).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print every decision and sound as JSON lines.")] = False,
    realtime: Annotated[bool, typer.Option("--realtime", help="Play it at the speed of life.")] = False,
    place: WornAt = None,
    cadence_unit: FileCadence = CadenceUnit.auto,
) -> None:
    """Coach a recorded run: what was said, and why.

    With --realtime, cue files that you change and save on the way count as in a live run.

    Example:  cuecoach replay run.fit easy-run --audio run.wav
    """
    from cuecoach.cli import show
    from cuecoach.cli.options import check_sound_file, parse_place
    from cuecoach.config import load_config
    from cuecoach.events import Note
    from cuecoach.offline import replay as coach_recording
    from cuecoach.timeline import json_lines

    if realtime and as_json:
        raise UsageError("--json is for a replay at full speed; leave out --realtime")
    worn = parse_place(place)
    if audio is not None:
        check_sound_file(audio)
    settings = load_config(config)
    if realtime:
        from cuecoach.cli.live_run import run_live
        from cuecoach.feed import RecordedFeed
        from cuecoach.live import FedSensor
        from cuecoach.reloading import CueWatcher
        from cuecoach.rules import load_translated
        from cuecoach.sensors.recordings.recording import open_recording

        opened = open_recording(recording, place=worn, cadence_unit=cadence_unit.value, block_s=0.25)
        language = settings.voice.language
        watcher = CueWatcher(cues or settings.cues, language=language)
        speaking = load_translated(cues or settings.cues, language)
        run_live(
            settings,
            speaking.rules,
            [FedSensor(RecordedFeed(opened.events()), recording.name)],
            until=None,
            record=audio,
            watcher=watcher,
        )
        _tell([*opened.notes, *([speaking.note] if speaking.note else [])])
        return
    done = coach_recording(recording, settings, cues, place=worn, cadence_unit=cadence_unit.value)
    _tell(done.notes)
    if not as_json:  # there they are lines of their own
        _tell([action.text for action in done.actions if isinstance(action, Note)])
    if audio is not None:
        from cuecoach.rendering import render

        problem = render(done, audio, settings)
        if problem:
            terminal.note(problem)
    if as_json:
        terminal.expect_json()
        for line in json_lines(done.actions):
            typer.echo(line)
        return
    console = terminal.open_console()
    show.timeline(console, done)
    show.summary(console, done)
    if audio is not None:
        console.print(f"Sound: {audio}")


def _tell(notes: list[str]) -> None:
    for note in notes:
        terminal.note(note)
