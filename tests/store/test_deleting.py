"""What was deleted is gone."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from cuecoach.errors import StoreError
from cuecoach.events import Reading, Tick
from cuecoach.runrecord import Second, WornSensor
from cuecoach.store import Store
from cuecoach.store.alive import gone, host, running
from cuecoach.store.deleting import delete_runs
from cuecoach.store.writer import begin, give_sign
from tests.store.runs import events, inputs, new, no_rules, say, sound, store_run


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runs.db"


def a_dead_process() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def leave_open(path: Path, *, pid: int | None = None, of_host: str | None = None, ago: float = 0.0) -> int:
    """Leave a run as a program that is gone would."""
    with Store.open(path, create=True) as store:
        number = begin(store._connection, new("left open"))
        give_sign(store._connection, number)
        store._connection.execute(
            "UPDATE runs SET pid = ?, host = ?, last_sign = ? WHERE number = ?",
            (os.getpid() if pid is None else pid, host() if of_host is None else of_host, time.time() - ago, number),
        )
    return number


def test_a_deleted_run_leaves_no_byte(path: Path):
    words = [f"MARKER-{k}-OF-THE-RUN" for k in range(400)]
    with Store.open(path, create=True) as store:
        kept = store.import_run(new("the run that stays"), no_rules, events=events(60), duration_s=60.0, summary={})
        number = store.import_run(
            new("MARKER title", runner="MARKER runner"),
            no_rules,
            # Random letters, so that packing cannot hide them.
            events=[Reading(float(k), f"MARKER-{os.urandom(40).hex()}", {}) for k in range(300)],
            actions=[say(float(k), word) for k, word in enumerate(words)],
            seconds=[Second(1.0, gate="MARKER gate")],
            sensors=[WornSensor("MARKER-pod", "foot", "MARKER about")],
            duration_s=300.0,
            summary={"MARKER": 1.0},
        )
        before = path.stat().st_size + path.with_name("runs.db-wal").stat().st_size
        assert any(b"MARKER" in file.read_bytes() for file in path.parent.iterdir())
        packed = store._connection.execute("SELECT inputs FROM chunks WHERE run = ?", (number,)).fetchone()[0]
        probe = packed[len(packed) // 2 :][:24]
        assert any(probe in file.read_bytes() for file in path.parent.iterdir())
        assert store.delete([number]) == 1
        for file in path.parent.iterdir():
            assert b"MARKER" not in file.read_bytes(), file
            assert probe not in file.read_bytes(), file
        assert path.stat().st_size < before
        assert [head.number for head in store.heads()] == [kept]
    assert len(inputs(path, kept)) == len(events(60))
    assert sound(path)


def test_everything_that_hangs_on_a_run_goes_with_it_and_its_number_is_not_given_again(path: Path):
    store_run(path)
    with Store.open(path) as store:
        assert store.delete_all() == 1
        for table in ("runs", "setups", "sensors", "chunks", "actions"):
            assert store._connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
        assert store.delete_all() == 0
    assert store_run(path) == 2


def test_all_of_the_runs_are_deleted_or_none(path: Path):
    store_run(path)
    store_run(path)
    with Store.open(path) as store:
        with pytest.raises(StoreError, match="there is no run 7 or 9, so nothing was deleted"):
            store.delete([1, 7, 9])
        assert len(store.heads()) == 2
        assert store.delete([2, 1, 2]) == 2
        assert store.delete([]) == 0


def test_a_run_that_is_being_recorded_is_not_deleted(path: Path):
    store_run(path)
    number = leave_open(path)
    with Store.open(path) as store:
        with pytest.raises(StoreError, match=f"run {number} is being recorded, so nothing was deleted"):
            store.delete([1, number])
        with pytest.raises(StoreError, match="is being recorded"):
            store.delete_all()
        assert len(store.heads()) == 2
        assert store.close_interrupted() == []
        assert store.find("2").state == "recording"


def test_a_run_whose_program_is_gone_is_interrupted_and_can_be_deleted(path: Path):
    dead = a_dead_process()
    left = [
        leave_open(path, pid=dead),
        leave_open(path, ago=61.0),
        leave_open(path, of_host="elsewhere", pid=dead, ago=61.0),
    ]
    alive = [leave_open(path), leave_open(path, of_host="elsewhere", pid=dead, ago=5.0), leave_open(path, ago=-3600.0)]
    with Store.open(path) as store:
        marked = store.close_interrupted()
        assert sorted(head.number for head in marked) == left
        assert {head.state for head in marked} == {"interrupted"}
        assert {head.number: head.state for head in store.heads()} == dict.fromkeys(
            left, "interrupted"
        ) | dict.fromkeys(alive, "recording")
        assert store.close_interrupted() == []
        assert store.delete(left) == 3


def test_a_process_is_asked_for_without_harm(monkeypatch: pytest.MonkeyPatch):
    assert running(os.getpid()) is True
    assert running(a_dead_process()) is False
    assert running(0) is False
    assert running(-5) is False
    assert running(2**70) is False
    monkeypatch.setattr(os, "name", "nt")
    assert running(os.getpid()) is None
    assert not gone(host(), 1, 100.0, 120.0)
    assert gone(host(), 1, 100.0, 161.0)


def test_a_reader_that_holds_the_log_is_told_of(path: Path):
    store_run(path, "stays")
    number = store_run(path, "goes")
    with Store.open(path) as store, closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM runs").fetchone()
        store._connection.execute("PRAGMA busy_timeout = 50")
        with pytest.raises(StoreError, match="the runs are deleted, but another program reads"):
            delete_runs(store._connection, [number], path, patience_s=0.1)
        reader.execute("ROLLBACK")
        assert [head.title for head in store.heads()] == ["stays"]


def test_a_store_without_runs_still_takes_new_ones(path: Path):
    store_run(path)
    with Store.open(path) as store:
        store.delete_all()
        assert store.import_run(new(), no_rules, events=[Tick(0.25)], duration_s=0.25, summary={}) == 2
    assert sound(path)
