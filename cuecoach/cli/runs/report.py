"""`cuecoach runs report`: one run as a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cuecoach.cli.arguments import StoreFile
from cuecoach.cli.runs.opening import WhichRun, find, open_store
from cuecoach.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from cuecoach.store import RunHead, Store

#: Kinds of pictures.
_PICTURES = ("png", "svg", "pdf")


def report(
    run: WhichRun = "last",
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Where to write the page; run-N.html here by default."),
    ] = None,
    figures: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Write each figure as a picture of its own too.", show_default=False),
    ] = None,
    format_: Annotated[
        str, typer.Option("--format", metavar="KIND", help="Of these pictures: png, svg or pdf.")
    ] = "png",
    open_: Annotated[bool, typer.Option("--open", help="Show the page in your browser.")] = False,
    store: StoreFile = None,
) -> None:
    """Write a run as one page: form over time against your own normal, every cue, and what it changed.

    The page holds everything it needs and asks no network; where you ran is not in it.

    Example:  cuecoach runs report last --open
    """
    from cuecoach.report import report_html
    from cuecoach.stored import record_of
    from cuecoach.wholefile import write_whole

    if format_ not in _PICTURES:
        raise UsageError(f"`{format_}` is no kind of picture; use one of {', '.join(_PICTURES)}")
    with open_store(store) as kept:
        head = find(kept, run)
        record = record_of(kept, head.number)
        history = before(kept, head)
    path = out or Path(f"run-{head.number}.html")
    try:
        write_whole(path, report_html(record, history))
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror}); name another file with --out") from error
    typer.echo(f"Report: {path}")
    if figures is not None:
        from cuecoach.report.pictures import write_figures

        for picture in write_figures(record, figures, format_):
            typer.echo(f"Figure: {picture}")
    if open_:
        import webbrowser

        if not webbrowser.open(path.resolve().as_uri()):
            raise UsageError(f"no browser could be opened; open {path} yourself")


def before(store: Store, head: RunHead) -> list[tuple[datetime, Mapping[str, float | None]]]:
    """Return when the runner's earlier runs were, and their figures, oldest first."""
    earlier = [
        other
        for other in store.heads(runner=head.runner)
        # A simulated runner's runs tell nothing of a person's.
        if other.started < head.started and (other.kind == "simulated") == (head.kind == "simulated")
    ]
    return [(other.started, other.summary) for other in reversed(earlier)]
