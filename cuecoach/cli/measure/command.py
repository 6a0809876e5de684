"""The command `measure`: what it is asked for, and who is given what the samples tell."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cuecoach.cli import terminal
from cuecoach.cli.arguments import WornAt
from cuecoach.errors import UsageError

if TYPE_CHECKING:
    from cuecoach.cli.measure.measuring import Sink


def measure(
    recording: Annotated[Path, typer.Argument(help="An IMU CSV (.csv, .csv.gz).", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object: summary, windows, steps.")] = False,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help="Write one line per step to this CSV file.")] = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the run into this picture (.png, .svg, .pdf).")
    ] = None,
    series: Annotated[
        bool, typer.Option("--series", help="With --json: the continuous angles of the pelvis as well.")
    ] = False,
    place: WornAt = None,
    mount: Annotated[
        str | None,
        typer.Option(metavar="AXES", help="How the sensor sat, such as 'x forward, z up'; else found from the motion."),
    ] = None,
    speed: Annotated[
        str | None, typer.Option(metavar="SPEED", help="The treadmill's speed, such as 10km/h: gives step length.")
    ] = None,
) -> None:
    """Measure cadence, contact, bounce and pelvis from raw samples, step by step and in windows.

    Stance time from the waist is an estimate: its changes and asymmetry can be trusted, its absolute value less so.

    Example:  cuecoach measure run.csv --place sacrum --csv steps.csv --plot run.png
    """
    from cuecoach.cli.measure.measuring import Wanted, measure_recording
    from cuecoach.cli.measure.targets import check_target
    from cuecoach.cli.options import parse_place
    from cuecoach.mounts import parse_mount

    if series and not as_json:
        raise UsageError("--series adds to the JSON only; write `--json --series`")
    wanted = Wanted(
        recording,
        place=parse_place(place),
        mount=None if mount is None else parse_mount(mount),
        speed=_parse_speed(speed),
        series=series,
    )
    if csv is not None:
        check_target(csv, recording, example="steps.csv")
    if plot is not None:
        from cuecoach.cli.measure.picture_file import check_picture

        check_target(plot, recording, example="run.png")
        check_picture(plot)
    if csv is not None and plot is not None and csv.resolve() == plot.resolve():
        raise UsageError("--csv and --plot name the same file; give each its own")
    with ExitStack() as open_files:
        sinks: list[Sink] = []
        if csv is not None:
            from cuecoach.cli.measure.steps_csv import StepsCsv

            sinks.append(open_files.enter_context(StepsCsv(csv)))
        if plot is not None:
            from cuecoach.cli.measure.picture_file import PictureFile

            sinks.append(PictureFile(plot, wanted))
        if as_json:
            from cuecoach.cli.measure.json_answer import JsonAnswer

            sinks.append(open_files.enter_context(JsonAnswer(series=series)))
        else:
            from cuecoach.cli.measure.table import Table

            sinks.append(Table())
        done = measure_recording(wanted, sinks)
        for note in done.notes:
            terminal.note(note)
        for sink in sinks:
            sink.finish(done)


def _parse_speed(text: str | None) -> float | None:
    if text is None:
        return None
    from cuecoach.metrics import METRICS
    from cuecoach.units import parse_quantity

    example = "10 km/h"
    speed = parse_quantity(text, "speed", example=example)
    if not 0.0 < speed <= METRICS["speed"].high:
        raise UsageError(f"`{text}` is no speed of a runner; write for example `{example}`")
    return speed
