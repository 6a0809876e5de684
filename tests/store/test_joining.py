"""A run is written in small chunks as it goes on, and small ones are joined; nothing comes twice, nothing goes missing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cuecoach.runrecord import Second
from cuecoach.store import Store
from cuecoach.store.recording import CHUNK_S, Ending, Recording
from cuecoach.store.writer import Did, Thing
from tests.store.runs import decision, events, inputs, new, no_rules, plain, sound

END = Ending(60.0, {}, None)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runs.db"


def part(k: int) -> list[Thing]:
    """Half a second of a run."""
    since = k / 2
    return [*events(since + 0.5, since), Second(since), Did((decision(since),))]


def chunks(path: Path) -> list[tuple[float, float]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT t_from, t_until FROM chunks ORDER BY number").fetchall()


def check(path: Path, parts: int) -> None:
    assert plain(inputs(path, 1)) == plain(events(parts / 2))
    with Store.open(path) as store:
        record = store.record(1)
        size = store.heads()[0].size_bytes
        (blobs,) = store._connection.execute("SELECT sum(length(inputs) + length(seconds)) FROM chunks").fetchone()
    assert [second.t for second in record.seconds] == [k / 2 for k in range(parts)]
    assert list(record.actions) == [decision(k / 2) for k in range(parts)]
    assert blobs < size < blobs + 400 * parts
    assert sound(path)


@pytest.mark.parametrize("every", [1, 7, 1000], ids=["each part written", "some at once", "all at once"])
def test_small_chunks_become_large_ones(path: Path, every: int):
    mine = Recording(path, new(), no_rules)
    for k in range(90):
        mine.take(part(k))
        if k % every == 0:
            assert mine.write()
    assert mine.write(END)
    mine.close()
    assert mine.aftermath() is None
    check(path, 90)
    found = chunks(path)
    assert len(found) == 5
    assert all(until - since >= CHUNK_S for since, until in found[:-1])


def test_a_run_that_is_never_closed_has_its_last_small_chunks(path: Path):
    mine = Recording(path, new(), no_rules)
    for k in range(30):
        mine.take(part(k))
        assert mine.write()
        check(path, k + 1)
    mine.close()
    assert 1 < len(chunks(path)) < 15


def test_joining_waits_for_the_file_like_everything_else(path: Path):
    mine = Recording(path, new(), no_rules, patience_s=0.01)
    for k in range(50):
        mine.take(part(k))
        if k in (5, 12):
            assert mine.write()
        if k == 13:
            other = sqlite3.connect(path, isolation_level=None)
            other.execute("BEGIN EXCLUSIVE")
        if k in (15, 25, 40):
            assert not mine.write()
    other.execute("ROLLBACK")
    other.close()
    assert mine.write(END)
    mine.close()
    check(path, 50)
    assert len(chunks(path)) <= 4


def test_no_room_for_a_joined_chunk_leaves_the_small_ones(path: Path):
    mine = Recording(path, new(), no_rules, waiting_bytes=1_500)
    for k in range(30):
        mine.take(part(k))
        assert mine.write()
    assert mine.write(END)
    mine.close()
    assert mine.aftermath() is None
    check(path, 30)
    assert len(chunks(path)) > 10


def test_a_run_that_is_being_recorded_is_read_as_of_one_moment(path: Path):
    mine = Recording(path, new(), no_rules)
    for k in range(19):
        mine.take(part(k))
        assert mine.write()
    with Store.open(path) as store:
        reading = store.inputs(1, lambda data: ())
        first = next(reading)
        for k in range(19, 30):  # meanwhile what is being read is joined
            mine.take(part(k))
            assert mine.write()
        assert plain([first, *reading]) == plain(events(19 / 2))
    mine.close()
