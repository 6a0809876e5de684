"""Opening the file of runs, and saying in one sentence why it cannot be used."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final

from cuecoach.errors import StoreError
from cuecoach.store.places import VARIABLE
from cuecoach.store.schema import STEPS, Step, check, upgrade, version

#: How long another program's lock is waited for, s: its writes take milliseconds, a big deletion seconds.
PATIENCE_S: Final = 5.0

#: What SQLite says where reading alone may still be possible.
UNWRITABLE: Final = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)

_OTHER: Final = f"or name another file with {VARIABLE}"
_SENTENCES: Final = {
    sqlite3.SQLITE_FULL: "the disk is full: {path} cannot grow; make room on it",
    sqlite3.SQLITE_READONLY: "{path} cannot be written: the file, its folder or its disk is read-only; allow writing, {other}",
    sqlite3.SQLITE_PERM: "{path} may not be opened; give yourself the right to, {other}",
    sqlite3.SQLITE_BUSY: "another program keeps {path} locked; end that program, {other}",
    sqlite3.SQLITE_LOCKED: "another program keeps {path} locked; end that program, {other}",
    sqlite3.SQLITE_NOTADB: "{path} is no file of stored runs, or it is damaged; move it away, {other}",
    sqlite3.SQLITE_CORRUPT: "{path} is damaged; move it away, {other}; `sqlite3 FILE .recover` may save what is in it",
    sqlite3.SQLITE_CANTOPEN: "{path} cannot be opened: its folder is missing, or may not be written; mend that, {other}",
    sqlite3.SQLITE_IOERR: "the disk refused to read or write {path}; see whether it is full or failing, {other}",
    sqlite3.SQLITE_TOOBIG: "something to be written into {path} is too big",
}


def code(error: BaseException | None) -> int:
    """Return what SQLite calls the error, without its details; 0 for an error that is not SQLite's."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def sentence(error: Exception, path: Path) -> str:
    """Return what went wrong with the file of runs at `path`, for people."""
    if isinstance(error, sqlite3.Error):
        known = _SENTENCES.get(code(error), "{path} cannot be used ({error}); move it away, {other}")
        return known.format(path=path, other=_OTHER, error=error)
    if isinstance(error, OSError):
        return f"{path} cannot be used: {error.strerror or error}; mend that, {_OTHER}"
    return f"{path} cannot be used: {error}"


@contextmanager
def told(path: Path, *also: type[Exception]) -> Generator[None, None, None]:
    """Turn errors of the database, and others that are named, into a :class:`StoreError` that names the file."""
    try:
        yield
    except (sqlite3.Error, *also) as error:
        raise StoreError(sentence(error, path)) from error


def connect(path: Path, *, patience_s: float = PATIENCE_S, steps: Sequence[Step] = STEPS) -> sqlite3.Connection:
    """Open the file for writing; it is made, or brought to the newest version, where needed.

    The connection may be used from any one thread at a time. What was committed survives a pulled plug.

    Raises
    ------
    StoreError
        It cannot be opened, or is newer; then it was not written to.
    """
    with told(path, OSError):
        _create(path)
        # Looked at before it is opened for writing: even closing a writing connection may write.
        if path.stat().st_size:
            with closing(_open(path, "mode=ro", patience_s)) as looking:
                _checked(looking, path, steps)
        connection = _open(path, "mode=rw", patience_s)
        try:
            if _checked(connection, path, steps) < len(steps):
                upgrade(connection, steps)
            _journal(connection, patience_s)
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")
        except BaseException:
            connection.close()
            raise
        return connection


def connect_reading(path: Path, *, patience_s: float = PATIENCE_S, steps: Sequence[Step] = STEPS) -> sqlite3.Connection:
    """Open the file for reading only, also where nothing may be written.

    Raises
    ------
    StoreError
        It is missing, newer, damaged, or of another program.
    """
    with told(path):
        # In a folder where nothing may be written the database cannot make its helper files; nobody else writes then.
        for how in ("mode=ro", "mode=ro&immutable=1"):
            connection = _open(path, how, patience_s)
            try:
                found = _checked(connection, path, steps)
            except sqlite3.OperationalError as error:
                connection.close()
                if how == "mode=ro" and code(error) in UNWRITABLE:
                    continue
                raise
            except BaseException:
                connection.close()
                raise
            if found < len(steps):
                connection.close()
                raise StoreError(
                    f"{path} was written by an older cuecoach and cannot be brought up to date: it is read-only"
                )
            return connection
    raise AssertionError("one of the ways returns or raises")


def _create(path: Path) -> None:
    """Make an empty file that only its owner may read; runs are nobody else's business."""
    if path.is_dir():
        raise StoreError(f"{path} is a folder, not a file of stored runs; name a file with {VARIABLE}")
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _open(path: Path, how: str, patience_s: float) -> sqlite3.Connection:
    # Always through SQLite, also for a look: closing a file handle of one's own would drop the locks of this process on it.
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?{how}", uri=True, timeout=patience_s, isolation_level=None, check_same_thread=False
    )


def _checked(connection: sqlite3.Connection, path: Path, steps: Sequence[Step]) -> int:
    """Return the version of a file that may be used."""
    try:
        found = version(connection)
        check(found, steps)
    except StoreError as error:
        raise StoreError(f"{path} cannot be used: {error}") from None
    return found


def _journal(connection: sqlite3.Connection, patience_s: float) -> None:
    """Write ahead into a log, so that reading and recording do not wait for each other."""
    end = time.monotonic() + patience_s
    while True:
        try:
            # Where a log is not possible SQLite stays with what it has, which is as safe.
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
            return
        except sqlite3.OperationalError as error:
            # Two that make the same file at once; this change of mode does not wait by itself.
            if code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(0.01)
