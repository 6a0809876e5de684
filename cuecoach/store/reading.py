"""The stored runs: the list, a run with all that belongs to it, and deleting."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, cast

from cuecoach.errors import StoreError
from cuecoach.events import Action, Event
from cuecoach.packing import unpack_events
from cuecoach.runrecord import Kind, RuleCard, RunRecord, Second, WornSensor
from cuecoach.store.action_json import action_from_json
from cuecoach.store.database import UNWRITABLE, code, connect, connect_reading, told
from cuecoach.store.deleting import delete_runs, still_recorded
from cuecoach.store.heads import NewRun, RunHead, heads_where, summary_text, unsqueeze
from cuecoach.store.importing import enter_whole
from cuecoach.store.places import store_path
from cuecoach.store.second_columns import unpack_seconds
from cuecoach.store.transaction import transaction

if TYPE_CHECKING:
    from cuecoach.rules.rule import Rule
    from cuecoach.store.writer import RulesToJson

#: Chunks that are fetched together: no reading goes on between, so that a long replay never holds up the file's log.
_FETCH: Final = 64


class Store:
    """The file of stored runs, open. A context manager; every method raises :class:`StoreError` in one plain sentence."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection

    @classmethod
    def open(cls, path: Path | None = None, *, create: bool = False) -> Store:
        """Open the file at `path`, the usual one when None.

        Where nothing may be written it is opened for reading only.

        Raises
        ------
        StoreError
            It is missing and not to be made, damaged, locked, newer than this program, or another program's.
        """
        path = store_path(path)
        with told(path, OSError):
            if not create and not (path.exists() and path.stat().st_size):
                raise StoreError(
                    f"no run is kept yet: there is no {path}; "
                    "`cuecoach run` keeps runs, `cuecoach runs import` takes in FIT files"
                )
        try:
            return cls(path, connect(path))
        except StoreError as error:
            if create or code(error.__cause__) not in UNWRITABLE:
                raise
            return cls(path, connect_reading(path))

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ------------------------------------------------------------ the list
    def heads(self, *, runner: str | None = None, kind: Kind | None = None, limit: int | None = None) -> list[RunHead]:
        """Return the runs, newest first."""
        with told(self.path):
            return heads_where(
                self._connection,
                "(?1 IS NULL OR runner = ?1) AND (?2 IS NULL OR kind = ?2)",
                (runner, kind),
                limit,
            )

    def find(self, which: str) -> RunHead:
        """Return the run that is meant: its number, ``last``, or ``last:NAME`` for a runner's last.

        Raises
        ------
        StoreError
            There is none such; the sentence says what there is.
        """
        word, _, runner = which.strip().partition(":")
        if word == "last":
            found = self.heads(runner=runner or None, limit=1)
            if not found and runner:
                names = ", ".join(sorted({f"`{head.runner}`" for head in self.heads()})) or "nobody"
                raise StoreError(f"no run of `{runner}` is stored; there are runs of {names}")
        elif which.strip().isdecimal():
            with told(self.path):
                found = heads_where(self._connection, "number = ?", (min(int(which), 2**62),))
        else:
            raise StoreError(f"`{which}` names no run; write its number, `last`, or `last:NAME` for a runner's last")
        if found:
            return found[0]
        newest = self.heads(limit=1)
        if not newest:
            raise StoreError(f"no run is stored yet in {self.path}")
        raise StoreError(
            f"there is no run {which.strip()}; the newest is {newest[0].number}, `cuecoach runs list` shows what there is"
        )

    # ------------------------------------------------------------ one run
    def setup(self, number: int) -> Mapping[str, object]:
        """Return how the run was set up, as it was given when it began."""
        (data,) = self._row("SELECT setup FROM setups WHERE run = ?", number)
        setup = unsqueeze(cast("bytes", data), f"the setup of run {number}")
        if not isinstance(setup, dict):
            raise StoreError(f"the setup of run {number} cannot be read: the file of runs is damaged")
        return cast("Mapping[str, object]", setup)

    def knowledge_after(self, number: int) -> object | None:
        """Return what the coach had learnt at the end of the run; None when the run was never closed, or gave nothing."""
        (data,) = self._row("SELECT knowledge FROM setups WHERE run = ?", number)
        return None if data is None else unsqueeze(cast("bytes", data), f"what was learnt in run {number}")

    def inputs(self, number: int, rules_from_json: Callable[[object], tuple[Rule, ...]]) -> Iterator[Event]:
        """Return everything that went into the coach, in its order, read bit by bit as it is drawn."""
        head = self.head(number)  # a run that is not there is told now, not when the first event is drawn
        return (event for data in self._blobs(head, "inputs") for event in unpack_events(data, rules_from_json))

    def seconds(self, number: int) -> list[Second]:
        """Return what the coach knew each second, in order."""
        head = self.head(number)
        return [second for data in self._blobs(head, "seconds") for second in unpack_seconds(data)]

    def actions(self, number: int) -> list[Action]:
        """Return everything the coach did, in the order it did it."""
        self.head(number)
        with told(self.path):
            rows = self._connection.execute(
                "SELECT data FROM actions WHERE run = ? ORDER BY number", (number,)
            ).fetchall()
        try:
            return [action_from_json(json.loads(data)) for (data,) in rows]
        except (TypeError, ValueError) as error:
            raise StoreError(
                f"what the coach did in run {number} cannot be read: the file of runs is damaged"
            ) from error

    def sensors(self, number: int) -> list[WornSensor]:
        """Return the sensors of the run."""
        with told(self.path):
            rows = self._connection.execute(
                "SELECT source, place, about FROM sensors WHERE run = ? ORDER BY rowid", (number,)
            ).fetchall()
        return [WornSensor(*row) for row in rows]

    def record(self, number: int, cards: Sequence[RuleCard] = ()) -> RunRecord:
        """Return the run as it is remembered; `cards` are its rules, for reports. What went in is left where it is."""
        head = self.head(number)
        return RunRecord(
            number=head.number,
            runner=head.runner,
            started=head.started,
            duration_s=head.duration_s,
            kind=head.kind,
            state=head.state,
            title=head.title,
            focus=head.focus,
            sensors=tuple(self.sensors(number)),
            rules=tuple(cards),
            seconds=sorted(self.seconds(number), key=lambda second: second.t),
            actions=sorted(self.actions(number), key=lambda action: action.t),
        )

    def head(self, number: int) -> RunHead:
        """Return the run's line of the list."""
        return self.find(str(number))

    # ------------------------------------------------------------ managing
    def delete(self, numbers: Sequence[int]) -> int:
        """Delete runs, all of them or none, and return how many; nothing of them stays in the file.

        Raises
        ------
        StoreError
            One is being recorded or does not exist; nothing may be written; or a reader keeps traces for now.
        """
        with told(self.path):
            return delete_runs(self._connection, numbers, self.path)

    def delete_all(self) -> int:
        """Delete every run and return how many there were."""
        return self.delete([head.number for head in self.heads()])

    def close_interrupted(self) -> list[RunHead]:
        """Mark the runs whose program has gone as interrupted, and return them as they now are."""
        with told(self.path):
            recording = heads_where(self._connection, "state = 'recording'")
            if not recording:
                return []
            with transaction(self._connection):
                alive = still_recorded(self._connection, time.time())
                ended = [head for head in recording if head.number not in alive]
                for head in ended:
                    self._connection.execute(
                        "UPDATE runs SET state = 'interrupted' WHERE number = ? AND state = 'recording'", (head.number,)
                    )
        return [replace(head, state="interrupted") for head in ended]

    def sum_up(self, number: int, summary: Mapping[str, float | None]) -> None:
        """Keep the figures of a run that is over."""
        with told(self.path), transaction(self._connection):
            self._connection.execute("UPDATE runs SET summary = ? WHERE number = ?", (summary_text(summary), number))

    def import_run(
        self,
        new: NewRun,
        rules_to_json: RulesToJson,
        *,
        events: Iterable[Event] = (),
        actions: Iterable[Action] = (),
        seconds: Iterable[Second] = (),
        sensors: Sequence[WornSensor] = (),
        duration_s: float,
        summary: Mapping[str, float | None],
        knowledge: object | None = None,
    ) -> int:
        """Store a run that is over, all of it or nothing, and return its number.

        `events` are read as they are written, `actions` after all of them; `seconds` beside them.
        """
        with told(self.path):
            return enter_whole(
                self._connection,
                new,
                rules_to_json,
                events=events,
                actions=actions,
                seconds=seconds,
                sensors=sensors,
                duration_s=duration_s,
                summary=summary,
                knowledge=knowledge,
            )

    # ------------------------------------------------------------ inside
    def _row(self, query: str, number: int) -> tuple[object, ...]:
        with told(self.path):
            row = self._connection.execute(query, (number,)).fetchone()
        if row is None:
            self.head(number)  # says which runs there are
            raise StoreError(f"run {number} has no setup: the file of runs is damaged")
        return row

    def _blobs(self, head: RunHead, column: str) -> Iterator[bytes]:
        # While a run is recorded its last chunks are still joined, so they are fetched at one moment.
        last, fetch = 0, -1 if head.state == "recording" else _FETCH
        while True:
            with told(self.path):
                rows = self._connection.execute(
                    f"SELECT number, {column} FROM chunks WHERE run = ? AND number > ? ORDER BY number LIMIT ?",
                    (head.number, last, fetch),
                ).fetchall()
            for _, data in rows:
                if data:
                    yield data
            if len(rows) != fetch:
                return
            last = rows[-1][0]
