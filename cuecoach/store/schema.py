"""The tables of the file of runs, and the steps that bring an older file to them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Final, TypeAlias

from cuecoach.errors import StoreError
from cuecoach.store.transaction import transaction

#: Marks an SQLite file as ours: "cueC".
APPLICATION_ID: Final = 0x63756543

#: The statements that bring a file from one version to the next.
Step: TypeAlias = tuple[str, ...]

_FIRST: Final[Step] = (
    # Numbers are never given twice, so that "run 17" in a note never comes to mean another run.
    """CREATE TABLE runs (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        runner TEXT NOT NULL,
        kind TEXT NOT NULL,
        state TEXT NOT NULL,
        title TEXT NOT NULL,
        focus TEXT NOT NULL,
        started TEXT NOT NULL,              -- ISO 8601 with its time zone
        started_s REAL NOT NULL,            -- the same, seconds since 1970, for the order
        duration_s REAL NOT NULL DEFAULT 0,
        summary TEXT NOT NULL DEFAULT '{}', -- JSON
        size_bytes INTEGER NOT NULL DEFAULT 0,
        host TEXT NOT NULL DEFAULT '',      -- who records it
        pid INTEGER NOT NULL DEFAULT 0,
        last_sign REAL NOT NULL DEFAULT 0   -- when it last wrote, seconds since 1970
    )""",
    "CREATE INDEX runs_by_start ON runs (started_s DESC, number DESC)",
    # Long texts, JSON under zlib, apart from the lines of the list.
    """CREATE TABLE setups (
        run INTEGER PRIMARY KEY REFERENCES runs ON DELETE CASCADE,
        setup BLOB NOT NULL,
        knowledge BLOB
    )""",
    """CREATE TABLE sensors (
        run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
        source TEXT NOT NULL,
        place TEXT,
        about TEXT NOT NULL,
        PRIMARY KEY (run, source)
    )""",
    """CREATE TABLE chunks (
        run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
        number INTEGER NOT NULL,
        t_from REAL NOT NULL,
        t_until REAL NOT NULL,
        inputs BLOB NOT NULL,               -- packed events; empty when there were none
        seconds BLOB NOT NULL,              -- packed seconds; empty when there were none
        PRIMARY KEY (run, number)
    )""",
    """CREATE TABLE actions (
        run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
        number INTEGER NOT NULL,
        t REAL NOT NULL,
        kind TEXT NOT NULL,
        rule TEXT,
        data TEXT NOT NULL,                 -- JSON
        PRIMARY KEY (run, number)
    )""",
)

#: Step k brings a file of version k to version k + 1. Steps are never changed, only added.
STEPS: Final[Sequence[Step]] = (_FIRST,)


def version(connection: sqlite3.Connection) -> int:
    """Return the version of the tables of a file, 0 for an empty one.

    Raises
    ------
    StoreError
        The file is another program's.
    """
    (mark,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and mark != APPLICATION_ID:
        raise StoreError("it is a database of another program")
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    return int(found)


def check(found: int, steps: Sequence[Step] = STEPS) -> None:
    """Refuse a file of a newer version.

    Raises
    ------
    StoreError
        The tables are newer than this program.
    """
    if found > len(steps):
        raise StoreError("it was written by a newer cuecoach; it is left as it is, update cuecoach to use it")


def upgrade(connection: sqlite3.Connection, steps: Sequence[Step] = STEPS) -> None:
    """Bring the tables to the newest version: all the steps that are missing, or none.

    Raises
    ------
    StoreError
        The file is newer than this program, or another program's.
    sqlite3.Error
        It cannot be written; nothing was changed.
    """
    with transaction(connection):
        found = version(connection)  # again, now that nobody else can change it
        check(found, steps)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        for step in steps[found:]:
            for statement in step:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(steps)}")
