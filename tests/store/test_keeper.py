"""A run is recorded beside the event loop."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from cuecoach.events import Tick
from cuecoach.runrecord import WornSensor
from cuecoach.store import Keeper, Store
from cuecoach.store.keeper import Pace
from cuecoach.store.recording import Recording
from tests.store.runs import FOOT, decision, events, hand_over, inputs, new, no_rules, plain, sound

NEVER = Pace(commit_s=1000.0)
QUICK = Pace(commit_s=0.001, retry_s=0.001, patience_s=0.01, begin_s=5.0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runs.db"


def test_what_is_handed_over_is_what_is_stored(path: Path):
    keeper = Keeper.open(path, new(), no_rules, pace=QUICK)
    assert keeper.number == 1
    keeper.worn([FOOT, WornSensor("belt")])
    hand_over(keeper, 60)
    keeper.worn([WornSensor("belt", "sacrum", "an IMU")])
    keeper.did(())
    keeper.close(duration_s=61.5, summary={"cues": 2.0}, knowledge=[1])
    assert keeper.problem is None
    assert keeper.aftermath is None
    assert plain(inputs(path, 1)) == plain(events(60))
    with Store.open(path) as store:
        record = store.record(1)
        assert store.knowledge_after(1) == [1]
        assert store.heads()[0].summary == {"cues": 2.0}
    assert (record.state, record.duration_s) == ("closed", 61.5)
    assert record.sensors == (FOOT, WornSensor("belt", "sacrum", "an IMU"))
    assert [second.t for second in record.seconds] == list(range(1, 61))
    assert list(record.actions) == [decision(float(t)) for t in range(1, 61)]
    assert sound(path)


def test_a_run_can_be_read_while_it_is_recorded(path: Path):
    keeper = Keeper.open(path, new(), no_rules, pace=NEVER)
    with Store.open(path) as store:
        assert store.find("last").state == "recording"
        assert store.knowledge_after(1) is None
        assert list(store.inputs(1, lambda data: ())) == []
        hand_over(keeper, 3)
        keeper.close(duration_s=3.0, summary={}, knowledge=None)
        assert store.find("last").state == "closed"
        assert len(list(store.inputs(1, lambda data: ()))) == len(events(3))


def test_two_runs_go_into_one_file_at_once(path: Path):
    often = Pace(commit_s=0.001)
    keepers = [Keeper.open(path, new(name, runner=name), no_rules, pace=often) for name in ("ada", "ben")]
    for since in range(0, 40, 2):
        for keeper in keepers:
            hand_over(keeper, since + 2.0, float(since))
    for keeper in keepers:
        keeper.close(duration_s=40.0, summary={}, knowledge=None)
        assert keeper.aftermath is None
        assert keeper.number is not None
        assert plain(inputs(path, keeper.number)) == plain(events(40))
    assert {keeper.number for keeper in keepers} == {1, 2}
    assert sound(path)


def test_a_file_that_is_no_store_never_raises(path: Path):
    path.write_bytes(b"garbage " * 999)
    keeper = Keeper.open(path, new(), no_rules, pace=QUICK)
    assert keeper.number is None
    assert "is no file of stored runs" in str(keeper.problem)
    hand_over(keeper, 5)
    keeper.close(duration_s=5.0, summary={}, knowledge=None)
    assert str(keeper.aftermath).startswith("This run was not stored: ")
    assert path.read_bytes() == b"garbage " * 999


def test_what_the_thread_cannot_keep_up_with_is_refused_and_told(path: Path):
    keeper = Keeper.open(path, new(), no_rules, pace=NEVER, waiting_bytes=50_000)
    hand_over(keeper, 60)
    keeper.close(duration_s=60.0, summary={}, knowledge=None)
    assert str(keeper.aftermath).startswith("Run 1 is not whole, a part between 0:0")
    assert str(keeper.aftermath).endswith(" and 1:00 was not stored: too much at once.")
    kept = plain(inputs(path, 1))
    assert kept == plain(events(60))[: len(kept)]
    assert len(kept) > 10


def test_an_error_of_ours_is_told_and_not_raised(path: Path, monkeypatch: pytest.MonkeyPatch):
    def broken(self: Recording, things: Sequence[object]) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(Recording, "take", broken)
    keeper = Keeper.open(path, new(), no_rules, pace=QUICK)
    keeper.keep(Tick(0.25))
    keeper.close(duration_s=1.0, summary={}, knowledge=None)
    assert keeper.problem == "The run goes on but is not stored any more: ZeroDivisionError: oh."
    assert keeper.aftermath == f"{keeper.problem} What came before is stored."


def test_a_store_that_never_answers_does_not_hold_up_the_end(path: Path, monkeypatch: pytest.MonkeyPatch):
    hang = threading.Event()

    def hangs(self: Recording, ending: object = None) -> bool:
        return hang.wait(30)

    monkeypatch.setattr(Recording, "write", hangs)
    keeper = Keeper.open(path, new(), no_rules, pace=Pace(begin_s=0.0, end_s=0.0))
    hand_over(keeper, 2)
    keeper.close(duration_s=2.0, summary={}, knowledge=None)
    assert keeper.aftermath == "The store does not answer, so the end of this run may be missing."
    hang.set()
    keeper._thread.join()


def test_closing_twice_is_closing_once(path: Path):
    keeper = Keeper.open(path, new(), no_rules, pace=QUICK)
    keeper.close(duration_s=1.0, summary={"a": 1.0}, knowledge=None)
    keeper.close(duration_s=9.0, summary={"a": 9.0}, knowledge=None)
    with Store.open(path) as store:
        assert store.heads()[0].duration_s == 1.0


def test_a_lock_at_the_start_is_waited_out(path: Path):
    Keeper.open(path, new("before"), no_rules, pace=QUICK).close(duration_s=0.0, summary={}, knowledge=None)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        keeper = Keeper.open(path, new(), no_rules, pace=QUICK)
        assert keeper.number is None
        assert "another program keeps" in str(keeper.problem)
        hand_over(keeper, 5)
        other.execute("ROLLBACK")
    keeper.close(duration_s=5.0, summary={}, knowledge=None)
    assert keeper.aftermath == "The trouble with the store is over: run 2 is stored from beginning to end."
    assert plain(inputs(path, 2)) == plain(events(5))
