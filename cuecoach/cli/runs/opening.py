"""Which runs are meant, and where they are kept: arguments and options of every `cuecoach runs` command."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from cuecoach.store import Store


def _numbers(incomplete: str) -> list[tuple[str, str]]:
    """Return the newest runs for the shell's completion; silent where there are none."""
    from cuecoach.cli.runs.words import when
    from cuecoach.errors import CuecoachError
    from cuecoach.store import Store

    try:
        with Store.open() as store:  # as it is: a shell that asks closes no run and tells nothing
            heads = store.heads(limit=30)
    except CuecoachError:
        return []
    names = [("last", "the newest run"), *((str(head.number), f"{when(head)} {head.runner}") for head in heads)]
    return [name for name in names if name[0].startswith(incomplete)]


WhichRun = Annotated[
    str,
    typer.Argument(
        help="Its number in `cuecoach runs list`, `last`, or `last:NAME` for a runner's last.", autocompletion=_numbers
    ),
]
WhichRuns = Annotated[
    list[str] | None,
    typer.Argument(help="Their numbers, or `last`.", show_default=False, autocompletion=_numbers),
]
RunnerName = Annotated[
    str | None, typer.Option("--runner", metavar="NAME", help="Only the runs of this runner.", show_default=False)
]


@contextmanager
def open_store(path: Path | None, *, create: bool = False) -> Generator[Store]:
    """Open the file of the runs; runs whose program ended before they were closed are closed first.

    Raises
    ------
    StoreError
        It is not there, broken, of a newer version, or not to be read.
    """
    from cuecoach.cli.runs.interrupted import close_interrupted
    from cuecoach.store import Store

    with Store.open(path, create=create) as store:
        close_interrupted(store)
        yield store
