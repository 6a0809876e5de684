"""Writing a run: packed batches of what went in and came out, and the rows they become."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from cuecoach.events import Action, Event
from cuecoach.packing import pack_events
from cuecoach.runrecord import RunState, Second, WornSensor
from cuecoach.store.action_json import action_to_json
from cuecoach.store.alive import host
from cuecoach.store.heads import NewRun, squeeze, summary_text
from cuecoach.store.second_columns import pack_seconds

if TYPE_CHECKING:
    from cuecoach.rules.rule import Rule

    #: Cue rules as plain JSON, for a reload in the middle of a run.
    RulesToJson: TypeAlias = Callable[[Sequence[Rule]], object]


@dataclass(frozen=True, slots=True)
class Did:
    """What the coach did at a moment."""

    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Worn:
    """Sensors of the run, as far as they are known."""

    sensors: tuple[WornSensor, ...]


#: What a run is made of, in the order it came.
Thing: TypeAlias = Event | Second | Did | Worn


@dataclass(frozen=True, slots=True)
class Batch:
    """A stretch of a run, ready to be written.

    Attributes
    ----------
    t_from, t_until
        When it begins and ends, s; None when nothing in it has a time.
    replaces
        How many of the last chunks in the file it holds anew, and takes the place of.
    """

    t_from: float | None
    t_until: float | None
    inputs: bytes
    seconds: bytes
    actions: tuple[tuple[float, str, str | None, str], ...]
    sensors: tuple[WornSensor, ...]
    replaces: int = 0

    @property
    def is_chunk(self) -> bool:
        """Whether it becomes a chunk of the file."""
        return bool(self.inputs or self.seconds)

    @property
    def size_bytes(self) -> int:
        """What it takes, about."""
        return len(self.inputs) + len(self.seconds) + sum(_ROW_BYTES + len(text) for _, _, _, text in self.actions)


#: What a row takes beside its text, about.
_ROW_BYTES: Final = 32


def pack(things: Iterable[Thing], rules_to_json: RulesToJson) -> Batch:
    """Return a stretch of a run as a batch."""
    events: list[Event] = []
    seconds: list[Second] = []
    actions: list[Action] = []
    sensors: list[WornSensor] = []
    for thing in things:
        match thing:
            case Second():
                seconds.append(thing)
            case Did():
                actions += thing.actions
            case Worn():
                sensors += thing.sensors
            case _:
                events.append(thing)
    times = [thing.t for these in (events, seconds, actions) for thing in these]
    return Batch(
        t_from=min(times, default=None),
        t_until=max(times, default=None),
        inputs=pack_events(events, rules_to_json) if events else b"",
        seconds=pack_seconds(seconds) if seconds else b"",
        actions=tuple(_row(action) for action in actions),
        sensors=tuple(sensors),
    )


def _row(action: Action) -> tuple[float, str, str | None, str]:
    data = action_to_json(action)
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return action.t, str(data["kind"]), getattr(action, "rule", None), text


# ---------------------------------------------------------------- rows; inside a transaction of the caller
def begin(connection: sqlite3.Connection, new: NewRun, state: RunState = "recording") -> int:
    """Enter a new run and return its number."""
    started = new.started if new.started.tzinfo else new.started.astimezone()
    setup = squeeze(new.setup)
    number = connection.execute(
        "INSERT INTO runs (runner, kind, state, title, focus, started, started_s, size_bytes) VALUES (?,?,?,?,?,?,?,?)",
        (new.runner, new.kind, state, new.title, new.focus, started.isoformat(), started.timestamp(), len(setup)),
    ).lastrowid
    assert number is not None
    connection.execute("INSERT INTO setups (run, setup) VALUES (?, ?)", (number, setup))
    return number


def give_sign(connection: sqlite3.Connection, number: int) -> bool:
    """Say that this process records the run; False when there is no such run any more.

    It becomes one that is being recorded again if another program took this one for gone, after a sleep of the machine.
    """
    signed = connection.execute(
        "UPDATE runs SET state = 'recording', host = ?, pid = ?, last_sign = ? WHERE number = ?",
        (host(), os.getpid(), time.time(), number),
    )
    return signed.rowcount > 0


def add(connection: sqlite3.Connection, number: int, batch: Batch) -> None:
    """Enter a stretch of a run."""
    if batch.is_chunk:
        _add_chunk(connection, number, batch)
    if batch.actions:
        (last,) = connection.execute("SELECT coalesce(max(number), 0) FROM actions WHERE run = ?", (number,)).fetchone()
        connection.executemany(
            "INSERT INTO actions (run, number, t, kind, rule, data) VALUES (?, ?, ?, ?, ?, ?)",
            ((number, last + k, *row) for k, row in enumerate(batch.actions, 1)),
        )
    connection.executemany(
        "INSERT INTO sensors (run, source, place, about) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (run, source) DO UPDATE SET place = excluded.place, about = excluded.about",
        ((number, s.source, s.place, s.about) for s in batch.sensors),
    )
    connection.execute(
        "UPDATE runs SET duration_s = max(duration_s, ?), size_bytes = size_bytes + ? WHERE number = ?",
        (batch.t_until or 0.0, batch.size_bytes, number),
    )


def _add_chunk(connection: sqlite3.Connection, number: int, batch: Batch) -> None:
    (last,) = connection.execute("SELECT coalesce(max(number), 0) FROM chunks WHERE run = ?", (number,)).fetchone()
    chunk = last + 1
    if batch.replaces:
        chunk = max(last, 1)
        which = "FROM chunks WHERE run = ? AND number > ?"
        (freed,) = connection.execute(
            f"SELECT coalesce(sum(length(inputs) + length(seconds)), 0) {which}", (number, last - batch.replaces)
        ).fetchone()
        connection.execute(f"DELETE {which}", (number, last - batch.replaces))
        connection.execute("UPDATE runs SET size_bytes = size_bytes - ? WHERE number = ?", (freed, number))
    connection.execute(
        "INSERT INTO chunks (run, number, t_from, t_until, inputs, seconds) VALUES (?, ?, ?, ?, ?, ?)",
        (number, chunk, batch.t_from, batch.t_until, batch.inputs, batch.seconds),
    )


def finish(
    connection: sqlite3.Connection,
    number: int,
    *,
    duration_s: float,
    summary: Mapping[str, float | None],
    knowledge: object | None,
) -> None:
    """Close a run."""
    connection.execute(
        "UPDATE runs SET state = 'closed', duration_s = ?, summary = ? WHERE number = ?",
        (duration_s, summary_text(summary), number),
    )
    if knowledge is not None:
        connection.execute("UPDATE setups SET knowledge = ? WHERE run = ?", (squeeze(knowledge), number))
