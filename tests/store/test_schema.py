"""Older, newer and foreign files."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cuecoach.errors import StoreError
from cuecoach.store import Store
from cuecoach.store.database import connect, connect_reading
from cuecoach.store.schema import APPLICATION_ID, STEPS, upgrade
from tests.store.runs import store_run

MADE_UP = (
    ("CREATE TABLE runs (number INTEGER PRIMARY KEY)", "INSERT INTO runs VALUES (1)"),
    ("ALTER TABLE runs ADD COLUMN shoes TEXT", "UPDATE runs SET shoes = 'old'"),
    ("CREATE TABLE laps (run INTEGER)", "INSERT INTO laps SELECT number FROM runs"),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runs.db"


def put(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def ask(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def test_a_file_of_version_0_gets_every_table(path: Path):
    put(path, f"PRAGMA application_id = {APPLICATION_ID}")  # made, but never filled
    assert ask(path, "PRAGMA user_version") == [(0,)]
    with Store.open(path) as store:
        assert store.heads() == []
    assert ask(path, "PRAGMA user_version") == [(len(STEPS),)]
    assert store_run(path) == 1


def test_an_older_file_takes_the_steps_it_lacks_and_keeps_what_it_has(path: Path):
    connect(path, steps=MADE_UP[:1]).close()
    connect(path, steps=MADE_UP).close()
    assert ask(path, "SELECT * FROM runs") == [(1, "old")]
    assert ask(path, "SELECT * FROM laps") == [(1,)]
    assert ask(path, "PRAGMA user_version") == [(3,)]
    connect(path, steps=MADE_UP).close()
    assert ask(path, "SELECT count(*) FROM laps") == [(1,)]


def test_a_step_that_fails_changes_nothing(path: Path):
    connect(path, steps=MADE_UP[:1]).close()
    with pytest.raises(StoreError, match="cannot be used"):
        connect(path, steps=(MADE_UP[0], ("CREATE TABLE laps (run INTEGER)", "UPDATE nothing SET x = 1")))
    assert ask(path, "PRAGMA user_version") == [(1,)]
    assert ask(path, "SELECT name FROM sqlite_master WHERE type = 'table'") == [("runs",)]


def test_an_upgrade_looks_again_once_nobody_else_can_change_the_file(path: Path):
    with closing(connect(path, steps=MADE_UP[:1])) as connection:
        put(path, "PRAGMA user_version = 9")
        with pytest.raises(StoreError, match="newer cuecoach"):
            upgrade(connection, MADE_UP)
        assert not connection.in_transaction


def test_a_newer_file_is_never_written_to(path: Path):
    store_run(path)
    put(path, "PRAGMA user_version = 99", "PRAGMA wal_checkpoint(TRUNCATE)", "PRAGMA journal_mode = DELETE")
    before = path.read_bytes()
    for use in (lambda: Store.open(path), lambda: Store.open(path, create=True), lambda: connect_reading(path)):
        with pytest.raises(StoreError, match=r"runs\.db cannot be used: it was written by a newer cuecoach"):
            use()
    assert path.read_bytes() == before


def test_the_database_of_another_program_is_left_alone(path: Path):
    put(path, "CREATE TABLE songs (name TEXT)", "PRAGMA application_id = 7")
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"runs\.db cannot be used: it is a database of another program"):
        Store.open(path, create=True)
    assert path.read_bytes() == before
