"""`cuecoach runs report`: one run as a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cuecoach.cli.arguments import StoreFile
from cuecoach.cli.runs.opening import WhichRun, open_store
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
        str | None,
        typer.Option("--format", metavar="KIND", help="Of these pictures: png, svg or pdf; png by default."),
    ] = None,
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

    if format_ is not None and format_ not in _PICTURES:
        raise UsageError(f"`{format_}` is no kind of picture; use one of {', '.join(_PICTURES)}")
    if format_ is not None and figures is None:
        raise UsageError("--format is for pictures; name a folder for them with --figures")
    if figures is not None and figures.exists() and not figures.is_dir():
        raise UsageError(f"`{figures}` is a file; name a folder for the pictures")
    with open_store(store) as kept:
        head = kept.find(run)
        record = record_of(kept, head.number)
        history = before(kept, head)
    path = out or Path(f"run-{head.number}.html")
    try:
        if path.is_file() and not _is_page(path):
            raise UsageError(f"`{path}` is there already and no page; name another file with --out")
        write_whole(path, report_html(record, history))
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror}); name another file with --out") from error
    typer.echo(f"Report: {path}")
    if figures is not None:
        from cuecoach.report.pictures import write_figures

        for picture in write_figures(record, figures, format_ or _PICTURES[0]):
            typer.echo(f"Figure: {picture}")
    if open_:
        import webbrowser

        if not webbrowser.open(path.resolve().as_uri()):
            raise UsageError(f"no browser could be opened; open {path} yourself")


def _is_page(path: Path) -> bool:
    """Return whether a file is a page, which may be made anew; anything else is not written over."""
    with path.open("rb") as file:
        beginning = file.read(15).lower()
    return beginning in (b"", b"<!doctype html>")


def before(store: Store, head: RunHead) -> list[tuple[datetime, Mapping[str, float | None]]]:
    """Return when the runner's earlier runs were, and their figures, oldest first."""
    earlier = [
        other
        for other in store.heads(runner=head.runner)
        # A simulated runner's runs tell nothing of a person's.
        if other.started < head.started and (other.kind == "simulated") == (head.kind == "simulated")
    ]
    return [(other.started, other.summary) for other in reversed(earlier)]
