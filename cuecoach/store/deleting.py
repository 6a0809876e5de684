"""Deleting runs so that nothing of them is left in the file."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from cuecoach.errors import StoreError
from cuecoach.store.alive import gone
from cuecoach.store.database import PATIENCE_S
from cuecoach.store.transaction import transaction

#: Runs of one statement; SQLite allows some hundred thousand values.
_AT_ONCE: Final = 500


def still_recorded(connection: sqlite3.Connection, now: float) -> list[int]:
    """Return the runs that a living program records."""
    rows = connection.execute("SELECT number, host, pid, last_sign FROM runs WHERE state = 'recording'").fetchall()
    return [number for number, of_host, pid, last_sign in rows if not gone(of_host, pid, last_sign, now)]


def delete_runs(
    connection: sqlite3.Connection, numbers: Sequence[int], path: Path, *, patience_s: float = PATIENCE_S
) -> int:
    """Delete all these runs, or none, and return how many; their bytes are overwritten and the file is made smaller.

    Raises
    ------
    StoreError
        One is being recorded, or there is no such run; then nothing was deleted. Or another program reads the file, so
        that traces stay in its log for now.
    """
    wanted = sorted(set(numbers))
    with transaction(connection):
        kept = {number for (number,) in connection.execute("SELECT number FROM runs")}
        if missing := [n for n in wanted if n not in kept]:
            raise StoreError(
                f"there is no run {' or '.join(map(str, missing))}, so nothing was deleted; "
                "`cuecoach runs list` shows what there is"
            )
        busy = set(still_recorded(connection, time.time()))
        if recorded := [n for n in wanted if n in busy]:
            raise StoreError(
                f"run {' and '.join(map(str, recorded))} is being recorded, so nothing was deleted; end it first"
            )
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            # What hangs on a run goes with it, and is overwritten (foreign_keys and secure_delete are on).
            connection.execute(f"DELETE FROM runs WHERE number IN ({','.join('?' * len(some))})", some)
    if wanted:
        _shrink(connection, path, patience_s)
    return len(wanted)


def _shrink(connection: sqlite3.Connection, path: Path, patience_s: float) -> None:
    """Give the room back to the disk and empty the log, where the deleted pages lie too."""
    # Only for the room: without enough of it for a copy, or beside a program that reads, what was deleted is overwritten still.
    with suppress(sqlite3.OperationalError):
        connection.execute("VACUUM")
    end = time.monotonic() + patience_s
    while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        if time.monotonic() > end:
            raise StoreError(
                f"the runs are deleted, but another program reads {path}, so traces stay in {path.name}-wal beside it until "
                "that program ends and a run is stored or deleted"
            )
        time.sleep(0.05)
