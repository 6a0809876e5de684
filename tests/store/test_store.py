"""What was stored comes back."""

from __future__ import annotations

import os
import stat
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from cuecoach.errors import StoreError
from cuecoach.events import Note, Reload, Tick
from cuecoach.runrecord import RuleCard, Second
from cuecoach.store import NewRun, Store, store_path
from cuecoach.store.importing import STRETCH_EVENTS, stretches
from tests.store.runs import FOOT, STARTED, decision, events, inputs, new, no_rules, plain, rules_back, say, store_run


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "runs.db"


def test_a_run_comes_back_as_it_was(path: Path):
    number = store_run(path)
    with Store.open(path) as store:
        assert plain(list(store.inputs(number, rules_back))) == plain(events(10))
        assert store.actions(number) == [decision(1.0), say(2.0), Note(3.0, "foot", "gone")]
        assert store.setup(number) == {"version": "1", "rules": ["slouch", "Wörter"]}
        assert store.knowledge_after(number) == {"learnt": [1, 2]}
        card = RuleCard("slouch", "tall", "posture", "pelvic_tilt", "pelvic_tilt > 5 deg")
        record = store.record(number, [card])
    assert (record.number, record.runner, record.started, record.duration_s) == (1, "ada", STARTED, 10.0)
    assert (record.kind, record.state, record.title, record.focus) == ("simulated", "closed", "an easy run", "all")
    assert record.sensors == (FOOT,)
    assert record.rules == (card,)
    assert [second.t for second in record.seconds] == list(range(11))
    assert record.seconds[3].values == {"cadence": 170.0}
    assert list(record.actions) == [decision(1.0), say(2.0), Note(3.0, "foot", "gone")]


def test_the_list_is_newest_first_and_can_be_narrowed(path: Path):
    store_run(path, "first", minutes=10)
    store_run(path, "older", minutes=0, runner="ben")
    store_run(path, "newest", minutes=20)
    with Store.open(path) as store:
        assert [head.title for head in store.heads()] == ["newest", "first", "older"]
        assert [head.title for head in store.heads(runner="ada")] == ["newest", "first"]
        assert [head.title for head in store.heads(limit=1)] == ["newest"]
        assert store.heads(kind="live") == []
        assert len(store.heads(kind="simulated")) == 3
        head = store.heads(runner="ben")[0]
    assert (head.number, head.state, head.duration_s) == (2, "closed", 10.0)
    assert head.summary == {"cadence": 172.5, "cues": 1, "distance": None}
    assert 200 < head.size_bytes < path.stat().st_size


def test_a_run_is_found_by_number_and_as_the_last(path: Path):
    store_run(path, minutes=5)
    store_run(path, runner="ben")
    with Store.open(path) as store:
        assert store.find("2").runner == "ben"
        assert store.find(" last ").number == 1
        assert store.find("last:ben").number == 2
        with pytest.raises(StoreError, match="no run of `eve` is stored; there are runs of `ada`, `ben`"):
            store.find("last:eve")
        with pytest.raises(StoreError, match=r"there is no run 17; the newest is 1,"):
            store.find("17")
        with pytest.raises(StoreError, match="there is no run 99999999999999999999999"):
            store.find("99999999999999999999999")
        for nonsense in ("first", "-1", "1.5", ""):
            with pytest.raises(StoreError, match="names no run; write its number, `last`"):
                store.find(nonsense)
        for ask in (store.setup, store.knowledge_after, store.actions, store.record, store.seconds):
            with pytest.raises(StoreError, match="there is no run 9"):
                ask(9)
        with pytest.raises(StoreError, match="there is no run 9"):
            store.inputs(9, rules_back)


def test_a_start_keeps_its_time_zone_and_a_start_without_one_is_local(path: Path):
    east = datetime(2026, 5, 3, 1, 0, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    naive = datetime(2026, 5, 3, 7, 0)  # noqa: DTZ001
    with Store.open(path, create=True) as store:
        for started in (east, naive):
            run = NewRun("ada", "live", started, "", "all", {})
            store.import_run(run, no_rules, duration_s=1.0, summary={})
        starts = {head.number: head.started for head in store.heads()}
    assert starts[1] == east
    assert starts[1].utcoffset() == timedelta(hours=5, minutes=30)
    assert starts[2] == naive.astimezone(UTC)


def test_an_import_that_fails_leaves_nothing(path: Path):
    def broken():
        yield from events(20)
        raise RuntimeError("the file ended badly")

    with Store.open(path, create=True) as store:
        with pytest.raises(RuntimeError):
            store.import_run(new(), no_rules, events=broken(), duration_s=1.0, summary={})
        assert store.heads() == []
        assert store.import_run(new(), no_rules, duration_s=1.0, summary={}) == 1


def test_a_reload_goes_through_the_given_functions(path: Path):
    reload = Reload(1.0, (), {"a.yaml": "rules: []"})
    with Store.open(path, create=True) as store:
        number = store.import_run(new(), lambda rules: ["here"], events=[reload], duration_s=1.0, summary={})
        seen: list[object] = []
        (back,) = store.inputs(number, lambda data: seen.append(data) or ())
    assert isinstance(back, Reload)
    assert seen == [["here"]]
    assert dict(back.sources) == {"a.yaml": "rules: []"}


def test_figures_that_are_no_numbers_are_unknown(path: Path):
    with Store.open(path, create=True) as store:
        store.import_run(new(), no_rules, duration_s=1.0, summary={"a": float("nan"), "b": float("inf"), "c": 2.0})
        assert store.heads()[0].summary == {"a": None, "b": None, "c": 2.0}


def test_stretches_keep_order_and_every_second():
    ticks = [Tick(k / 4) for k in range(200)]
    seconds = [Second(float(t)) for t in range(0, 60, 2)]
    parts = list(stretches(ticks, seconds))
    assert len(parts) > 3
    assert [x for part in parts for x in part if isinstance(x, Tick)] == ticks
    assert [x for part in parts for x in part if isinstance(x, Second)] == seconds
    assert all(len(part) <= STRETCH_EVENTS + 1 for part in stretches([Tick(1.0)] * 5000, []))
    assert list(stretches([], [])) == []
    assert list(stretches([], seconds)) == [seconds]


def test_a_thousand_runs_are_listed_quickly(path: Path):
    with Store.open(path, create=True) as store:
        store._connection.execute("BEGIN")  # one disk write for all of them
        from cuecoach.store.writer import begin

        for k in range(1000):
            begin(store._connection, new(f"run {k}", minutes=k), "closed")
        store._connection.execute("COMMIT")
    begun = time.perf_counter()
    with Store.open(path) as store:
        found = store.heads()
    assert len(found) == 1000
    assert time.perf_counter() - begun < 0.2 * 3  # a busy machine


def test_the_place_is_the_argument_then_the_environment_then_the_users_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("CUECOACH_STORE", str(tmp_path / "env.db"))
    assert store_path(tmp_path / "a.db") == tmp_path / "a.db"
    assert store_path() == tmp_path / "env.db"
    monkeypatch.setenv("CUECOACH_STORE", "~/x.db")
    assert store_path() == Path.home() / "x.db"
    monkeypatch.delenv("CUECOACH_STORE")
    assert store_path().name == "runs.db"
    assert "cuecoach" in store_path().parts


def test_a_store_that_is_not_there_says_that_no_run_is_stored(path: Path):
    with pytest.raises(StoreError, match=r"no run is kept yet: there is no .*runs\.db"):
        Store.open(path)
    assert not path.parent.exists()
    path.parent.mkdir()
    path.touch()
    with pytest.raises(StoreError, match="no run is kept yet"):
        Store.open(path)


@pytest.mark.skipif(os.name == "nt", reason="POSIX rights")
def test_only_the_owner_may_read_the_file(path: Path):
    store_run(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_is_left_beside_the_file_once_it_is_closed(path: Path):
    number = store_run(path)
    assert len(inputs(path, number)) == len(events(10))
    assert [file.name for file in path.parent.iterdir()] == ["runs.db"]
