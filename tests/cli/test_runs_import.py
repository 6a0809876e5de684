"""`cuecoach runs import`: runs of other programs as history, each of them once, whatever comes between."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from cuecoach import runnerfile
from cuecoach.runrecord import RunRecord, Second
from cuecoach.store import Store
from cuecoach.store.export.fit import fit_bytes
from tests.storing import STARTED

#: With a warm-up of a minute, so that two minutes teach something.
QUICK = ("--config", "demo")


def fit(name: str, *, day: int, minutes: float = 2.0, cadence: float = 168.0, speed: float = 3.0) -> Path:
    """Write a FIT file of an even run, or of a walk, of a watch."""
    values = {"cadence": cadence, "speed": speed}
    seconds = [Second(float(t), values, distance=speed * t) for t in range(int(minutes * 60))]
    record = RunRecord(1, "x", STARTED + timedelta(days=day), minutes * 60.0, seconds=seconds)
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(fit_bytes(record))
    return path


@pytest.fixture
def old_runs(cuecoach) -> Path:
    for day, name in enumerate(("c.fit", "a.fit", "b.FIT")):
        fit(f"old/{name}", day=day)
    return Path("old")


def kept() -> list[tuple[int, str, str]]:
    with Store.open() as store:
        return [(head.number, head.runner, head.title) for head in reversed(store.heads())]


def learnt(runner: str = "default") -> int:
    return max((known.runs for known in runnerfile.load(runner).normals.known.values()), default=0)


def test_runs_are_taken_in_oldest_first_and_learnt_from(cuecoach, old_runs):
    done = cuecoach("runs", "import", *QUICK, old_runs)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("3 of 3 taken in, 6 min of running; what is normal for default was learnt from 3: ")
    assert "cadence" in done.out
    assert kept() == [(1, "default", "c.fit"), (2, "default", "a.fit"), (3, "default", "b.FIT")]
    assert learnt() == 3


def test_a_run_counts_once_however_often_its_file_is_there(cuecoach, old_runs):
    (old_runs / "copy.fit").write_bytes((old_runs / "a.fit").read_bytes())
    first = cuecoach("runs", "import", *QUICK, old_runs, old_runs / "a.fit")
    assert first.out.startswith("3 of 4 taken in")
    assert first.err == f"note: `{old_runs / 'copy.fit'}` is a run that is counted already\n"
    known = runnerfile.load("default")
    again = cuecoach("runs", "import", *QUICK, old_runs)
    assert (again.code, again.out) == (1, "0 of 4 taken in, 0 min of running\n")
    assert again.err.count("is a run that is counted already\n") == 4
    assert (len(kept()), runnerfile.load("default")) == (3, known)


def test_but_it_counts_for_each_runner(cuecoach, old_runs):
    cuecoach("runs", "import", *QUICK, old_runs)
    assert cuecoach("runs", "import", *QUICK, old_runs, "--runner", "bob").out.startswith("3 of 3 taken in")
    assert (len(kept()), learnt("bob")) == (6, 3)


def test_a_run_that_left_as_a_file_is_not_taken_in_again(cuecoach, old_runs):
    cuecoach("runs", "import", *QUICK, old_runs)
    cuecoach("runs", "export", "1", "mine.fit")
    done = cuecoach("runs", "import", *QUICK, "mine.fit")
    assert (done.code, done.err) == (1, "note: `mine.fit` is a run that is counted already\n")


def test_a_walk_is_named_and_passed_over(cuecoach, old_runs):
    fit("old/walk.fit", day=5, cadence=110.0, speed=1.3)
    done = cuecoach("runs", "import", *QUICK, old_runs)
    assert done.err == f"note: `{old_runs / 'walk.fit'}` holds no running\n"
    assert done.out.startswith("3 of 4 taken in")
    assert "walk.fit" not in {title for _, _, title in kept()}


def test_so_is_a_broken_file(cuecoach, old_runs):
    (old_runs / "broken.fit").write_bytes((old_runs / "a.fit").read_bytes()[:9])
    done = cuecoach("runs", "import", *QUICK, old_runs)
    assert done.code == 0
    assert done.err.startswith(f"note: `{old_runs / 'broken.fit'}` ")
    assert done.out.startswith("3 of 4 taken in")


def test_a_short_run_is_kept_though_it_teaches_nothing(cuecoach):
    fit("short.fit", day=0, minutes=1.0)
    done = cuecoach("runs", "import", "short.fit")
    assert (done.code, done.out) == (0, "1 of 1 taken in, 1 min of running\n")
    assert "too little steady running to learn from" in done.err
    assert (len(kept()), learnt()) == (1, 0)


def test_the_list_says_nothing_of_cues_where_none_were_meant(cuecoach, old_runs):
    cuecoach("runs", "import", *QUICK, old_runs)
    row = cuecoach("runs", "list").out.splitlines()[1].split()
    assert row[4:] == ["0.36", "km", "168", "default", "imported,", "b.FIT"]
    assert json.loads(cuecoach("runs", "list", "--json").out.splitlines()[0])["kind"] == "imported"


def stop_at(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """Press Ctrl-C while a run is written into the store."""
    import signal

    real, written = Store.import_run, list[int]()

    def import_run(self: Store, *args: object, **options: object) -> int:
        written.append(1)
        if len(written) == count:
            os.kill(os.getpid(), signal.SIGINT)
        return real(self, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Store, "import_run", import_run)


@pytest.mark.skipif(os.name == "nt", reason="there, a process cannot press Ctrl-C for itself alone")
def test_ctrl_c_comes_between_files_and_nothing_is_lost_or_learnt_twice(cuecoach, old_runs, monkeypatch):
    whole = cuecoach("runs", "import", *QUICK, old_runs, "--runner", "whole")
    assert whole.code == 0
    with monkeypatch.context() as pressed:
        stop_at(pressed, 2)
        done = cuecoach("runs", "import", *QUICK, old_runs)
    assert (done.code, done.out) == (130, "")
    assert done.err == "note: stopped; 2 of 3 taken in, type the same again for the others\n"
    assert ([title for _, runner, title in kept() if runner == "default"], learnt()) == (["c.fit", "a.fit"], 2)
    rest = cuecoach("runs", "import", *QUICK, old_runs)
    assert rest.out.startswith("1 of 3 taken in, 2 min of running")
    assert runnerfile.load("default") == runnerfile.load("whole")


def test_what_cannot_be_kept_is_not_learnt(cuecoach, old_runs, monkeypatch):
    from cuecoach.errors import StoreError

    def refuse(self: Store, *args: object, **options: object) -> int:
        raise StoreError("the disk is full: runs.db cannot grow; make room on it")

    with monkeypatch.context() as full:
        full.setattr(Store, "import_run", refuse)
        done = cuecoach("runs", "import", *QUICK, old_runs)
    assert (done.code, done.out) == (2, "")
    assert done.err == "error: the disk is full: runs.db cannot grow; make room on it\n"
    assert (kept(), learnt()) == ([], 0)
    assert cuecoach("runs", "import", *QUICK, old_runs).out.startswith("3 of 3 taken in")


def test_what_cannot_be_learnt_is_not_kept(cuecoach, old_runs):
    Path("runners").write_text("a file in place of the folder")
    done = cuecoach("runs", "import", *QUICK, old_runs)
    assert (done.code, done.out) == (2, "")
    assert done.err.count("\n") == 1
    assert not Path("kept").exists() or kept() == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nowhere",), "`nowhere` does not exist; give FIT files or a folder of them"),
        (("empty",), "`empty` holds no FIT file; give a folder of .fit or .fit.gz files"),
        (
            ("old", "--config", "nowhere"),
            "there is no bundled config called `nowhere`; there are: cadence, demo, easy-run, treadmill",
        ),
    ],
)
def test_a_mistake_is_one_sentence_and_writes_nothing(old_runs, refused, arguments: Sequence[str], sentence):
    Path("empty").mkdir()
    assert refused("runs", "import", *arguments) == sentence
