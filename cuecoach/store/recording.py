"""A run on its way into the file, without a thread or a clock: what waits, what went wrong, what was lost."""

from __future__ import annotations

import math
import sqlite3
from collections import deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cuecoach.errors import StoreError
from cuecoach.store.database import PATIENCE_S, code, connect, sentence, told
from cuecoach.store.heads import NewRun
from cuecoach.store.transaction import transaction
from cuecoach.store.writer import Batch, Did, Thing, Worn, add, begin, finish, give_sign, pack
from cuecoach.units import clock

if TYPE_CHECKING:
    from cuecoach.store.writer import RulesToJson

#: How much waits at most while the file cannot be written, packed: hours of a run.
WAITING_BYTES: Final = 64 * 2**20

#: So much of a run becomes one chunk, s. It is written in small ones first, which this one takes the place of: it packs
#: better and is read many times faster.
CHUNK_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Ending:
    """What is known when a run is over."""

    duration_s: float
    summary: Mapping[str, float | None]
    knowledge: object | None


class Recording:
    """One run and the file it goes to. Nothing here raises: trouble is a sentence, what was not written waits.

    Attributes
    ----------
    number
        The run's number; None until it is in the file.
    problem
        The first trouble, one sentence; None while there was none.
    """

    def __init__(
        self,
        path: Path,
        new: NewRun,
        rules_to_json: RulesToJson,
        *,
        waiting_bytes: int = WAITING_BYTES,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self.number: int | None = None
        self.problem: str | None = None
        self._path = path
        self._new = new
        self._rules_to_json = rules_to_json
        self._limit = waiting_bytes
        self._patience_s = patience_s
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._waiting: deque[Batch] = deque()
        self._waiting_bytes = 0
        # What the next whole chunk will hold, and of how many small ones.
        self._open: list[Thing] = []
        self._open_since: float | None = None
        self._open_chunks = 0
        self._written_until = 0.0
        self._lost = _Lost()
        self._ended = False
        self._reason = ""

    def take(self, things: Iterable[Thing]) -> None:
        """Pack what came and let it wait to be written; what is too much, or cannot be packed, is lost and counted."""
        things = list(things)
        if not things:
            return
        try:
            batch = pack(things, self._rules_to_json)
        except Exception as error:  # whatever is wrong with a part of a run, the run goes on
            self._partly(f"a part of the run cannot be packed ({type(error).__name__}: {error})")
            times = [t for thing in things if (t := getattr(thing, "t", None)) is not None]
            self._lost.add(min(times, default=None), max(times, default=None))
            return
        if self._waiting_bytes + batch.size_bytes > self._limit:
            self._lost.add(batch.t_from, batch.t_until)
            return
        self._wait(batch)
        if batch.is_chunk and batch.t_from is not None and batch.t_until is not None:
            self._open += [thing for thing in things if not isinstance(thing, Did | Worn)]
            self._open_chunks += 1
            self._open_since = batch.t_from if self._open_since is None else self._open_since
            if batch.t_until - self._open_since >= CHUNK_S:
                self._join()

    def lose(self, since: float, until: float) -> None:
        """Count what was never handed over."""
        self._lost.add(since, until)

    def write(self, ending: Ending | None = None) -> bool:
        """Write what waits in one transaction, and close the run where there is an ending; whether that could be done."""
        if ending is not None:
            self._join()
        try:
            with told(self._path):
                number, anew = self._write(self._connected(), ending)
        except StoreError as error:
            self._trouble(str(error), error.__cause__)
            return False
        except Exception as error:  # the run goes on, whatever it is
            self._trouble(sentence(error, self._path))
            return False
        if anew and self.number is not None:
            self._partly(f"the beginning of this run was deleted from {self._path} while it went on")
            self._lost.add(0.0, self._written_until)
        self.number = number
        for batch in self._waiting:
            self._written_until = max(self._written_until, batch.t_until or 0.0)
        self._waiting.clear()
        self._waiting_bytes = 0
        self._ended = ending is not None
        return True

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def aftermath(self) -> str | None:
        """Return what is to be told when the run is over; None when nothing ever went wrong."""
        if self.problem is None and not self._lost.some and not self._waiting:
            return None
        if self.number is None:
            return f"This run was not stored: {self._reason}."
        for batch in self._waiting:
            # What only joins chunks that are in the file already is no loss.
            if batch.t_from is None or batch.t_until is None or batch.t_until > self._written_until:
                self._lost.add(max(batch.t_from or 0.0, self._written_until), batch.t_until)
        if self._lost.some:
            return f"Run {self.number} is not whole, {self._lost.words()} was not stored: {self._reason or 'too much at once'}."
        if not self._ended:
            return f"Run {self.number} could not be closed, but all of it is stored: {self._reason}."
        return f"The trouble with the store is over: run {self.number} is stored from beginning to end."

    # ------------------------------------------------------------ inside
    def _wait(self, batch: Batch) -> None:
        self._waiting.append(batch)
        self._waiting_bytes += batch.size_bytes

    def _join(self) -> None:
        """Let one chunk take the place of the small ones it was written in; those that still wait need not be written."""
        things, chunks = self._open, self._open_chunks
        self._open, self._open_since, self._open_chunks = [], None, 0
        if chunks < 2:
            return
        joined = pack(things, self._rules_to_json)
        unwritten = [k for k, batch in enumerate(self._waiting) if batch.is_chunk][-chunks:]
        saved = sum(len(self._waiting[k].inputs) + len(self._waiting[k].seconds) for k in unwritten)
        if self._waiting_bytes - saved + joined.size_bytes > self._limit:
            return
        for k in unwritten:
            self._waiting[k] = replace(self._waiting[k], inputs=b"", seconds=b"", replaces=0)
        self._waiting_bytes -= saved
        self._wait(replace(joined, replaces=chunks - len(unwritten)))

    def _connected(self) -> sqlite3.Connection:
        # A file that was removed or replaced would take what is written to it into nowhere.
        if self._connection is not None and _identity(self._path) != self._file:
            self.close()
        if self._connection is None:
            self._connection = connect(self._path, patience_s=self._patience_s)
            self._file = _identity(self._path)
        return self._connection

    def _write(self, connection: sqlite3.Connection, ending: Ending | None) -> tuple[int, bool]:
        with transaction(connection):
            number, anew = self.number, False
            if number is None or not give_sign(connection, number):
                number, anew = begin(connection, self._new), True
                give_sign(connection, number)
            for batch in self._waiting:
                add(connection, number, batch)
            if ending is not None:
                finish(
                    connection,
                    number,
                    duration_s=ending.duration_s,
                    summary=ending.summary,
                    knowledge=ending.knowledge,
                )
        return number, anew

    def _partly(self, reason: str) -> None:
        self._reason = reason
        if self.problem is None:
            self.problem = f"The run goes on but not all of it is stored: {reason}."

    def _trouble(self, reason: str, cause: BaseException | None = None) -> None:
        self._reason = reason
        if self.problem is None:
            self.problem = f"The run goes on but is not being stored: {reason}; it is tried again every few seconds."
        # A lock passes; after anything else a new connection is the surer way.
        if code(cause) != sqlite3.SQLITE_BUSY:
            self.close()


class _Lost:
    """The stretches of a run that are not stored."""

    def __init__(self) -> None:
        self.some = False
        self._since = math.inf
        self._until = -math.inf

    def add(self, since: float | None, until: float | None) -> None:
        self.some = True
        if since is not None and until is not None:
            self._since, self._until = min(self._since, since), max(self._until, until)

    def words(self) -> str:
        if not math.isfinite(self._since):
            return "a part of it"
        return f"a part between {clock(math.floor(self._since))} and {clock(math.ceil(self._until))}"


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
