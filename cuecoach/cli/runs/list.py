"""`cuecoach runs list`: the runs that are kept, newest first."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cuecoach.cli import terminal
from cuecoach.cli.arguments import StoreFile
from cuecoach.cli.runs.opening import RunnerName, open_store

if TYPE_CHECKING:
    from rich.console import Console

    from cuecoach.store import RunHead


#: The column of what else there is to say; it has no heading.
_REMARK: Final = "remark"
_FIGURES: Final = ("run", "length", "distance", "spm", "cues", "helped")
#: What is cut short in a narrow terminal, down to so many characters, and what goes when that is not enough.
_CUT: Final = {_REMARK: 9, "runner": 8}
_FIRST_TO_GO: Final = ("helped", "spm", "distance", "cues", _REMARK)
_GAP: Final = 2


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

    rows = [_row(head) for head in heads]
    names = _fitting(rows, console.width)
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="dim")
    for name, wide in names.items():
        table.add_column(
            "" if name == _REMARK else name,
            justify="right" if name in _FIGURES else "left",
            no_wrap=True,
            overflow="ellipsis",
            max_width=wide,
            style="dim" if name == _REMARK else "",
        )
    for row in rows:
        table.add_row(*(Text(row[name]) for name in names))
    console.print(table)


def _row(head: RunHead) -> dict[str, str]:
    from cuecoach.cli.runs import words

    coached = head.kind != "imported"  # there nothing was to be said
    return {
        "run": str(head.number),
        "started": words.when(head),
        "length": words.length(head),
        "distance": words.distance(head),
        "spm": words.figure(head, "cadence"),
        "cues": words.figure(head, "cues") if coached else "",
        "helped": words.figure(head, "helped") if coached else "",
        "runner": head.runner,
        _REMARK: words.remark(head),
    }


def _fitting(rows: list[dict[str, str]], width: int) -> dict[str, int]:
    """Return the columns for which there is room, and how wide each may be; names are cut before figures go."""
    from rich.cells import cell_len

    needed = {
        name: max(0 if name == _REMARK else len(name), *(cell_len(row[name]) for row in rows)) for name in rows[0]
    }
    wide = dict(needed)

    def left() -> int:
        return width - sum(wide.values()) - _GAP * (len(wide) - 1)

    for name, least in _CUT.items():
        wide[name] = max(min(wide[name], least), wide[name] + min(left(), 0))
    for name in _FIRST_TO_GO:
        if left() < 0:
            del wide[name]
    for name in reversed(_CUT):
        if name in wide:
            wide[name] = min(needed[name], wide[name] + max(left(), 0))
    return wide
