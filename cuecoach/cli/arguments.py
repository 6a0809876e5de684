"""Arguments and options that several commands have, in the same words; light, for every command's `--help` needs them."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class CadenceUnit(StrEnum):
    """What a cadence counts: `strides` of one foot or `steps` of both; `auto` decides from the values."""

    auto = "auto"
    strides = "strides"
    steps = "steps"


RecordingFile = Annotated[Path, typer.Argument(help="A FIT file, an IMU CSV or a metric CSV.", show_default=False)]
_RUN = re.compile(r"\d+|last(:.+)?")


def names_run(name: Path) -> bool:
    """Whether a run of the store is meant, by its number or ``last``; a file of that name comes first, and that is told."""
    if _RUN.fullmatch(str(name)) is None:
        return False
    if not name.is_file():
        return True
    from cuecoach.cli import terminal

    terminal.note(f"`{name}` is taken as the file of that name in this folder, not as a run of the store")
    return False


RecordingOrRun = Annotated[
    Path,
    typer.Argument(
        help="A FIT file, an IMU CSV, a metric CSV; or a run of the store: its number, or `last`.", show_default=False
    ),
]
StoreFile = Annotated[
    Path | None,
    typer.Option("--store", metavar="FILE", help="The file of the runs, in place of your own.", show_default=False),
]
ConfigName = Annotated[
    str | None, typer.Argument(help="A config file, or the name of a bundled one.", show_default=False)
]
CueNames = Annotated[
    list[str] | None,
    typer.Option(metavar="CUES", help="Cue file or bundled name, in place of the config's; may be repeated."),
]
WornAt = Annotated[
    str | None, typer.Option(metavar="PLACE", help="Where the sensor was worn: sacrum, hip, torso, foot, shank.")
]
FileCadence = Annotated[
    CadenceUnit, typer.Option(help="What the file's cadence counts, where the note about it is wrong.")
]
