"""`cuecoach replay`: coach a recorded run and tell what would have been heard."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def replay(
    recording: Annotated[Path, typer.Argument(help="A FIT file, an IMU CSV or a metric CSV.", show_default=False)],
    config: Annotated[
        str | None, typer.Argument(help="A config file, or the name of a bundled one.", show_default=False)
    ] = None,
    cues: Annotated[
        list[str] | None, typer.Option(help="Cue file or bundled name, in place of the config's; may be repeated.")
    ] = None,
    audio: Annotated[Path | None, typer.Option(help="Write what the runner would have heard (.wav, .flac).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print every decision and sound as JSON lines.")] = False,
    realtime: Annotated[bool, typer.Option(help="Play it at the speed of life.")] = False,
    place: Annotated[
        str | None, typer.Option(help="Where the sensor was worn: sacrum, hip, torso, foot, shank.")
    ] = None,
) -> None:
    """Coach a recorded run: what was said, and why.

    Example:  cuecoach replay run.fit easy-run --audio run.wav
    """
    from rich.console import Console

    from cuecoach.cli import show
    from cuecoach.cli.options import parse_place
    from cuecoach.config import load_config
    from cuecoach.offline import replay as coach_recording
    from cuecoach.rules import load_cues
    from cuecoach.timeline import json_lines

    settings = load_config(config)
    rules = load_cues(cues or settings.cues)
    if realtime:
        from cuecoach.cli.run import run_live
        from cuecoach.feed import RecordedFeed
        from cuecoach.live import FedSensor
        from cuecoach.sensors.recording import open_recording

        opened = open_recording(recording, place=parse_place(place), block_s=0.25)
        run_live(settings, rules, [FedSensor(RecordedFeed(opened.events()), recording.name)], until=None)
        return
    done = coach_recording(recording, settings, cues, place=parse_place(place))
    if audio is not None:
        from cuecoach.rendering import render

        problem = render(done, audio, settings)
        if problem:
            typer.echo(f"note: {problem}", err=True)
    for note in done.notes:
        typer.echo(f"note: {note}", err=True)
    if as_json:
        for line in json_lines(done.actions):
            typer.echo(line)
        return
    console = Console()
    show.timeline(console, done)
    show.summary(console, done, rules)
    if audio is not None:
        console.print(f"Sound: {audio}")
