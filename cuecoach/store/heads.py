"""What is known of a run in a line: when it begins, and in the list."""

from __future__ import annotations

import json
import math
import sqlite3
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from cuecoach.errors import StoreError
from cuecoach.runrecord import Kind, RunState


@dataclass(frozen=True, slots=True)
class NewRun:
    """What is known when a run begins.

    Attributes
    ----------
    runner
        Whose run it is.
    started
        When session time 0 is; without a time zone it is local time.
    setup
        Whatever a replay needs, as plain JSON: the store does not look into it.
    """

    runner: str
    kind: Kind
    started: datetime
    title: str
    focus: str
    setup: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class RunHead:
    """A line of the list of runs.

    Attributes
    ----------
    duration_s
        Length, s; of a run that is being recorded or was interrupted, up to what was stored last.
    summary
        The figures given when the run was closed, by name.
    size_bytes
        What the run takes of the file, about.
    """

    number: int
    runner: str
    kind: Kind
    state: RunState
    title: str
    started: datetime
    duration_s: float
    focus: str
    summary: Mapping[str, float | None]
    size_bytes: int


#: The columns :func:`head` reads, in order.
COLUMNS: Final = "number, runner, kind, state, title, started, duration_s, focus, summary, size_bytes"


def head(row: tuple[object, ...]) -> RunHead:
    """Return the line of a row of `COLUMNS`.

    Raises
    ------
    StoreError
        The row is damaged.
    """
    number, runner, kind, state, title, started, duration_s, focus, summary, size_bytes = row
    try:
        return RunHead(
            number=cast("int", number),
            runner=str(runner),
            kind=cast("Kind", kind),
            state=cast("RunState", state),
            title=str(title),
            started=datetime.fromisoformat(cast("str", started)),
            duration_s=float(cast("float", duration_s)),
            focus=str(focus),
            summary=json.loads(cast("str", summary)),
            size_bytes=int(cast("int", size_bytes)),
        )
    except (TypeError, ValueError) as error:
        raise StoreError(f"run {number} cannot be read: the file of runs is damaged") from error


def heads_where(
    connection: sqlite3.Connection, condition: str, values: tuple[object, ...] = (), limit: int | None = None
) -> list[RunHead]:
    """Return the runs for which an SQL `condition` holds, newest first, at most `limit`."""
    order = "ORDER BY started_s DESC, number DESC LIMIT ?"
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM runs WHERE {condition} {order}", (*values, -1 if limit is None else limit)
    )
    return [head(row) for row in rows.fetchall()]


def summary_text(summary: Mapping[str, float | None]) -> str:
    """Return the figures as JSON; what is no finite number is unknown."""
    finite = {name: float(x) if x is not None and math.isfinite(x) else None for name, x in summary.items()}
    return json.dumps(finite, ensure_ascii=False)


def squeeze(data: object) -> bytes:
    """Return plain JSON as few bytes."""
    return zlib.compress(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode(), 6)


def unsqueeze(data: bytes, what: str) -> object:
    """Return what was squeezed.

    Raises
    ------
    StoreError
        The bytes are damaged.
    """
    try:
        return json.loads(zlib.decompress(data))
    except (zlib.error, ValueError, TypeError) as error:
        raise StoreError(f"{what} cannot be read: the file of runs is damaged") from error
