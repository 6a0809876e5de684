"""`cuecoach runs list`: the runs that are kept, newest first."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from cuecoach.cli import terminal
from cuecoach.cli.arguments import StoreFile
from cuecoach.cli.runs.opening import RunnerName, open_store

if TYPE_CHECKING:
    from rich.console import Console

    from cuecoach.store import RunHead


def list_(
    runner: RunnerName = None,
    limit: Annotated[
        int | None, typer.Option(metavar="N", help="Only the newest so many.", min=1, show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a run.")] = False,
    store: StoreFile = None,
) -> None:
    """List the runs that are kept, newest first.

    Example:  cuecoach runs list --runner anna
    """
    from cuecoach.store import store_path

    heads: list[RunHead] = []
    if store is not None or store_path(None).exists():
        with open_store(store) as kept:
            heads = kept.heads(runner=runner, limit=limit)
    if as_json:
        terminal.expect_json()
        for head in heads:
            typer.echo(json.dumps(facts(head), ensure_ascii=False))
        return
    if not heads:
        whose = f" of {runner}" if runner else ""
        terminal.note(
            f"no run{whose} is kept yet; `cuecoach run` keeps them, `cuecoach runs import` takes in FIT files"
        )
        return
    _table(terminal.open_console(), heads)


def facts(head: RunHead) -> dict[str, object]:
    """Return a run of the list as plain data."""
    return {
        "number": head.number,
        "runner": head.runner,
        "kind": head.kind,
        "state": head.state,
        "title": head.title,
        "started": head.started.isoformat(),
        "duration_s": round(head.duration_s, 2),
        "focus": head.focus,
        "size_bytes": head.size_bytes,
        "summary": dict(head.summary),
    }


def _table(console: Console, heads: list[RunHead]) -> None:
    from rich.table import Table
    from rich.text import Text

    from cuecoach.cli.runs import words

    table = Table(box=None, pad_edge=False, show_edge=False, header_style="dim")
    for name in ("run", "started", "length", "distance", "spm", "cues", "helped"):
        table.add_column(name, justify="left" if name == "started" else "right", no_wrap=True)
    table.add_column("runner", overflow="fold")
    table.add_column("", style="dim", overflow="fold")
    for head in heads:
        row = (
            str(head.number),
            words.when(head),
            words.length(head),
            words.distance(head),
            words.figure(head, "cadence"),
            words.figure(head, "cues"),
            words.figure(head, "helped"),
            head.runner,
            words.remark(head),
        )
        table.add_row(*map(Text, row))
    console.print(table)
