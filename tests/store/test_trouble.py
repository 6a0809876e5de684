"""Files that cannot be used: one sentence each, the run goes on, and nothing that was written is harmed."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest

from cuecoach.errors import StoreError
from cuecoach.events import Reading, Tick
from cuecoach.store import Store
from cuecoach.store.recording import Ending, Recording
from tests.store.runs import events, inputs, new, no_rules, plain, sound, store_run

END = Ending(20.0, {"cues": 1.0}, {"learnt": 1})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runs.db"


def recording(path: Path, **more: float) -> Recording:
    return Recording(path, new("mine"), no_rules, patience_s=0.05, **more)  # type: ignore[arg-type]


@contextmanager
def locked(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield other


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users may reach, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="cuecoach-"))
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@contextmanager
def without_rights() -> Iterator[None]:
    """As a user to whom file rights apply."""
    if os.name == "nt":
        pytest.skip("POSIX rights")
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def for_everyone(path: Path, mode: int = 0o644) -> None:
    for file in path.parent.iterdir():
        file.chmod(mode)


# ---------------------------------------------------------------- opening for reading
def test_a_file_of_other_bytes_is_no_store(path: Path):
    path.write_bytes(b"this is a diary, not a database\n" * 200)
    before = path.read_bytes()
    with pytest.raises(
        StoreError, match=r"runs\.db is no file of stored runs, or it is damaged; move it away, or name another"
    ):
        Store.open(path)
    assert path.read_bytes() == before


def read_all(path: Path) -> None:
    with Store.open(path) as store:
        for head in store.heads():
            store.record(head.number)
            store.setup(head.number)
            list(store.inputs(head.number, lambda data: ()))


def test_a_file_cut_short_is_damaged(path: Path):
    store_run(path)
    whole = path.read_bytes()
    for size in (50, 100, 4096, len(whole) // 2, len(whole) - 4096):
        path.write_bytes(whole[:size])
        with pytest.raises(StoreError, match=r"runs\.db is (damaged|no file of stored runs)"):
            read_all(path)


def test_a_damaged_page_is_a_sentence_wherever_it_is_met(path: Path):
    store_run(path)
    whole = path.read_bytes()
    chance = np.random.default_rng(1)
    told: list[str] = []
    for page in range(1, len(whole) // 4096):
        damaged = bytearray(whole)
        damaged[page * 4096 : page * 4096 + 4096] = chance.bytes(4096)
        path.write_bytes(damaged)
        try:
            read_all(path)
        except StoreError as error:
            told.append(str(error))
    assert len(told) >= 5
    assert [text for text in told if "damaged" not in text and "version" not in text] == []


def test_a_folder_is_no_store(tmp_path: Path):
    with pytest.raises(StoreError, match="is a folder, not a file of stored runs"):
        Store.open(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be used"):
        Store.open(tmp_path / "file" / "runs.db", create=True)


@pytest.mark.parametrize("folder_too", [False, True])
def test_a_store_that_may_not_be_written_can_be_read(open_folder: Path, folder_too: bool):
    path = open_folder / "runs.db"
    number = store_run(path)
    for_everyone(path, 0o444)
    open_folder.chmod(0o555 if folder_too else 0o777)
    with without_rights(), Store.open(path) as store:
        assert [head.number for head in store.heads()] == [number]
        assert len(store.record(number).seconds) == 11
        for change in (
            lambda: store.delete([number]),
            lambda: store.import_run(new(), no_rules, duration_s=1, summary={}),
        ):
            with pytest.raises(
                StoreError, match=r"runs\.db cannot be written: the file, its folder or its disk is read-only"
            ):
                change()
    assert sound(path)


# ---------------------------------------------------------------- recording
def test_a_lock_that_goes_away_costs_nothing(path: Path):
    store_run(path, "before")
    mine = recording(path)
    assert mine.write()
    with locked(path):
        mine.take(events(10))
        assert not mine.write()
        mine.take(events(20, 10))
        assert not mine.write()
        assert mine.problem is not None
        assert "another program keeps" in mine.problem
        assert mine.problem.count(".") == 2  # one sentence, and the name of the file
    assert mine.write(END)
    mine.close()
    assert mine.aftermath() == "The trouble with the store is over: run 2 is stored from beginning to end."
    assert plain(inputs(path, 2)) == plain(events(20))
    assert sound(path)


def test_a_lock_for_ever_leaves_the_run_unstored_and_the_file_whole(path: Path):
    store_run(path, "before")
    with locked(path):
        mine = recording(path)
        assert not mine.write()
        mine.take(events(20))
        assert not mine.write(END)
        mine.close()
    assert mine.number is None
    assert str(mine.aftermath()).startswith("This run was not stored: another program keeps ")
    with Store.open(path) as store:
        assert [head.title for head in store.heads()] == ["before"]


def test_a_lock_over_the_end_of_a_run_tells_what_is_missing(path: Path):
    mine = recording(path)
    mine.take(events(10))
    assert mine.write()
    with locked(path):
        mine.take(events(70, 10))
        assert not mine.write(END)
        mine.close()
    assert str(mine.aftermath()).startswith(
        "Run 1 is not whole, a part between 0:10 and 1:10 was not stored: another program"
    )
    assert plain(inputs(path, 1)) == plain(events(10))


def test_a_lock_over_nothing_but_the_end_tells_that_the_run_is_not_closed(path: Path):
    mine = recording(path)
    mine.take(events(10))
    assert mine.write()
    with locked(path):
        assert not mine.write(END)
        mine.close()
    assert str(mine.aftermath()).startswith("Run 1 could not be closed, but all of it is stored: another program keeps")


def test_too_much_that_waits_is_dropped_and_counted(path: Path):
    store_run(path, "before")
    mine = recording(path, waiting_bytes=3_000)
    assert mine.write()
    with locked(path):
        for k in range(20):
            mine.take(events(k + 1.0, float(k)))
        assert mine._waiting_bytes <= 3_000
        assert not mine.write()
    mine.take(events(21, 20))  # no room for it still
    assert mine.write()
    mine.take(events(22, 21))
    assert mine.write(END)
    mine.close()
    said = str(mine.aftermath())
    assert said.startswith("Run 2 is not whole, a part between 0:0")
    assert " and 0:21 was not stored: another program keeps" in said
    kept = inputs(path, 2)
    assert kept[0].t == 0.25
    assert [e for e in kept if e.t > 21] == [e for e in kept if e.t > 21.0]
    assert kept[-1] == Tick(22.0)
    assert 12 < len(kept) < len(events(22))


@pytest.mark.parametrize("kind", ["garbage", "newer", "foreign", "folder", "cut"])
def test_a_file_that_cannot_take_a_run_is_left_as_it_is(path: Path, kind: str):
    store_run(path)
    match kind:
        case "garbage":
            path.write_bytes(b"garbage " * 1000)
        case "cut":
            path.write_bytes(path.read_bytes()[:8192])
        case "folder":
            path.unlink()
            path.mkdir()
        case _:
            with closing(sqlite3.connect(path)) as other:
                other.execute("PRAGMA user_version = 99" if kind == "newer" else "PRAGMA application_id = 5")
                other.commit()
                other.execute("PRAGMA journal_mode = DELETE")
    before = None if path.is_dir() else path.read_bytes()
    mine = recording(path)
    mine.take(events(5))
    assert not mine.write()
    assert not mine.write(END)
    mine.close()
    assert mine.number is None
    assert mine.problem is not None
    assert mine.problem.startswith("The run goes on but is not being stored: ")
    assert "Error" not in mine.problem
    assert str(mine.aftermath()).startswith("This run was not stored: ")
    assert (None if path.is_dir() else path.read_bytes()) == before


def test_a_read_only_file_becomes_writable_again(open_folder: Path):
    path = open_folder / "runs.db"
    store_run(path, "before")
    open_folder.chmod(0o777)
    for_everyone(path, 0o444)
    with without_rights():
        mine = recording(path)
        mine.take(events(5))
        assert not mine.write()
        assert "read-only" in str(mine.problem)
    for_everyone(path, 0o666)
    with without_rights():
        assert mine.write(END)
        mine.close()
    assert len(inputs(path, 2)) == len(events(5))


def test_a_read_only_folder_is_told(open_folder: Path):
    open_folder.chmod(0o555)
    with without_rights():
        mine = recording(open_folder / "deep" / "runs.db")
        assert not mine.write()
        assert "deep" in str(mine.problem)
        assert "Permission denied" in str(mine.problem)
        mine.close()


@contextmanager
def small_disk(folder: Path, size_kb: int) -> Iterator[Path]:
    """A real disk of a few kilobytes, where we may make one."""
    disk = folder / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    if mount is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("only the superuser can make a small disk")
    if subprocess.run([mount, "-t", "tmpfs", "-o", f"size={size_kb}k", "tmpfs", disk], capture_output=True).returncode:
        pytest.skip("this machine lets nobody make a small disk")
    try:
        yield disk
    finally:
        subprocess.run(["umount", disk], check=True)


def incompressible(until: int, since: int = 0) -> list[Reading]:
    return [Reading(float(k), os.urandom(300).hex(), {}) for k in range(since, until)]


def test_a_disk_that_is_full_and_then_is_not_costs_nothing(tmp_path: Path):
    with small_disk(tmp_path, 1024) as disk:
        path = disk / "runs.db"
        store_run(path, "before")
        ballast = disk / "ballast"
        mine = recording(path)
        assert mine.write()
        ballast.write_bytes(bytes(os.statvfs(disk).f_bavail * os.statvfs(disk).f_bsize))
        kept = incompressible(200)
        for k in range(0, 200, 20):
            mine.take(kept[k : k + 20])
            assert not mine.write()
        assert "the disk is full" in str(mine.problem) or "whether it is full" in str(mine.problem)
        assert "refused" not in str(mine.problem), mine.problem
        ballast.unlink()
        assert mine.write(END)
        mine.close()
        assert inputs(path, 2) == kept
        assert str(mine.aftermath()).startswith("The trouble with the store is over")
        assert sound(path)


def test_a_disk_that_stays_full_keeps_what_was_written(tmp_path: Path):
    with small_disk(tmp_path, 512) as disk:
        path = disk / "runs.db"
        store_run(path, "before")
        mine = recording(path)
        for k in range(200):
            mine.take(incompressible(20 * k + 20, 20 * k) if k else [Tick(0.25)])
            if not mine.write():
                break
        assert "the disk is full" in str(mine.problem)
        assert not mine.write(END)
        mine.close()
        assert str(mine.aftermath()).startswith("Run 2 is not whole, a part between ")
        with Store.open(path) as store:
            assert [(head.title, head.state) for head in store.heads()] == [("mine", "recording"), ("before", "closed")]
            assert next(store.inputs(2, lambda data: ())) == Tick(0.25)
        assert sound(path)


def test_a_full_database_is_a_full_disk(path: Path):
    mine = recording(path)
    assert mine.write()
    assert mine._connection is not None
    (pages,) = mine._connection.execute("PRAGMA page_count").fetchone()
    mine._connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    mine.take(incompressible(100))
    assert not mine.write()
    assert "the disk is full" in str(mine.problem)
    assert mine.write(END)  # a new connection knows no such limit
    mine.close()
    assert len(inputs(path, 1)) == 100


# ---------------------------------------------------------------- what else may happen
def test_a_file_that_is_removed_while_a_run_is_recorded_is_made_again(path: Path):
    if os.name == "nt":
        pytest.skip("an open file cannot be removed")
    mine = recording(path)
    mine.take(events(25))
    assert mine.write()
    for file in path.parent.iterdir():
        file.unlink()
    mine.take(events(30, 25))
    assert mine.write(END)
    mine.close()
    assert plain(inputs(path, 1)) == plain(events(30, 25))
    assert str(mine.aftermath()).startswith(
        "Run 1 is not whole, a part between 0:00 and 0:25 was not stored: the beginning"
    )


def test_a_run_that_was_taken_for_gone_is_being_recorded_again(path: Path):
    mine = recording(path)
    assert mine.write()
    with Store.open(path) as store:
        store._connection.execute("UPDATE runs SET last_sign = 0")
        assert [head.number for head in store.close_interrupted()] == [1]
        mine.take(events(1))
        assert mine.write()
        assert store.find("1").state == "recording"
        assert mine.write(END)
        mine.close()
        assert store.find("1").state == "closed"


def test_a_run_that_was_deleted_on_the_way_goes_on_under_a_new_number(path: Path):
    mine = recording(path)
    mine.take(events(25))
    assert mine.write()
    with Store.open(path) as store:
        store._connection.execute("UPDATE runs SET last_sign = 0")
        assert store.delete([1]) == 1
    mine.take(events(30, 25))
    assert mine.write(END)
    mine.close()
    assert mine.number == 2
    assert str(mine.problem).startswith(
        "The run goes on but not all of it is stored: the beginning of this run was deleted"
    )
    assert plain(inputs(path, 2)) == plain(events(30, 25))
    assert "the beginning of this run was deleted" in str(mine.aftermath())


def test_what_cannot_be_packed_is_lost_alone(path: Path):
    mine = recording(path)
    mine.take(events(5))
    mine.take([Reading(6.0, object(), {})])  # type: ignore[arg-type]
    mine.take(events(8, 7))
    assert mine.write(END)
    mine.close()
    assert plain(inputs(path, 1)) == plain(events(5) + events(8, 7))
    assert "a part between 0:06 and 0:06 was not stored: a part of the run cannot be packed" in str(mine.aftermath())


def test_a_setup_that_is_no_json_is_told_and_never_raised(path: Path):
    mine = Recording(path, new(bad=object()), no_rules)
    assert not mine.write(END)
    mine.close()
    assert "cannot be used" in str(mine.problem)
    assert sound(path)


def test_a_run_without_trouble_has_no_aftermath(path: Path):
    mine = recording(path)
    mine.take(events(5))
    assert mine.write(END)
    mine.close()
    assert mine.problem is None
    assert mine.aftermath() is None
