"""A run whose program has gone: closed and learnt from at the next start, told once, and nothing newer undone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cuecoach.cli.runs.interrupted import close_what_was_cut_short
from cuecoach.coaching.knowledge import Knowledge
from cuecoach.coaching.longest_run import PastRun
from cuecoach.coaching.programme import begin
from cuecoach.coaching.programme_focus import start
from cuecoach.runnerfile import load, save
from cuecoach.store import Store
from tests.cli.runs_kept import change, cut_short, put
from tests.storing import STARTED

DAY = STARTED.astimezone().date()


@pytest.fixture
def path(cuecoach, tmp_path: Path) -> Path:
    (tmp_path / "kept").mkdir()
    return tmp_path / "kept" / "runs.db"


def form(known: Knowledge) -> tuple[object, object]:
    whole = known.to_json()
    return whole["normals"], whole["words"]


def test_it_is_closed_summed_up_and_learnt_from(cuecoach, path):
    learned = cut_short(path)
    done = cuecoach("runs", "list")
    assert done.code == 0
    assert done.err == (
        "note: the run of 2026-05-03 08:30 was cut short after 1:30: it is closed as run 1; what it showed of you is kept\n"
    )
    assert "cut short" in done.out
    with Store.open(path) as store:
        head = store.find("1")
    assert (head.state, head.summary["cues"], head.summary["cadence"]) == (
        "interrupted",
        0.0,
        pytest.approx(166, abs=5),
    )
    assert form(learned) != form(Knowledge())
    assert form(load("anna")) == form(learned)


def test_only_once(cuecoach, path):
    cut_short(path)
    cuecoach("runs", "show")
    known = load("anna")
    assert cuecoach("runs", "show").err == ""
    assert load("anna") == known


def test_so_does_the_start_of_a_run_and_a_replay(cuecoach, path, capsys):
    cut_short(path)
    close_what_was_cut_short(None)
    assert "cut short after 1:30" in capsys.readouterr().err
    cut_short(path, started=STARTED + timedelta(days=1))
    assert "cut short after 1:30" in cuecoach("replay", "last").err


def test_the_first_run_of_a_runner_is_learnt_from_too_though_it_was_told_something(cuecoach, path):
    learned = cut_short(path, before=Knowledge(told=("disclaimer", "hearing")))
    assert "what it showed of you is kept" in cuecoach("runs", "list").err
    assert form(load("anna")) == form(learned)
    assert load("anna").told == ("disclaimer", "hearing")  # told once is told


def test_old_runs_that_no_longer_count_are_no_newer_knowledge(cuecoach, path):
    old = PastRun(DAY - timedelta(40), 1800.0)
    save("anna", Knowledge(runs=(old,)))
    cut_short(path)
    assert "what it showed of you is kept" in cuecoach("runs", "list").err


def test_what_a_later_run_taught_is_not_undone(cuecoach, path):
    cut_short(path)
    later = cut_short(path, started=STARTED + timedelta(days=1))
    save("anna", later)
    change(path, "UPDATE runs SET state = 'closed' WHERE number = 2")
    done = cuecoach("runs", "list")
    assert "it is closed as run 1\n" in done.err
    assert form(load("anna")) == form(later)


def test_it_is_one_of_the_runs_of_the_month_if_it_was_long_enough(cuecoach, path):
    later = PastRun(DAY + timedelta(1), 1800.0)
    save("anna", Knowledge(runs=(later,)))
    cut_short(path, long_s=700.0)
    cuecoach("runs", "list")
    first, second = load("anna").runs
    assert (first.day, first.duration_s, second) == (DAY, 700.0, later)
    assert first.distance_m is not None
    assert first.distance_m > 100.0


def test_a_short_trial_is_not(cuecoach, path):
    cut_short(path)
    cuecoach("runs", "list")
    assert load("anna").runs == ()


def test_a_plan_that_was_changed_since_stays_so(cuecoach, path):
    plan = start(None, "posture", DAY)
    save("anna", Knowledge(plan=plan))
    cut_short(path, before=Knowledge(plan=begin(plan, DAY)))
    changed = replace(plan, not_before=DAY + timedelta(9))
    save("anna", Knowledge(plan=changed))
    cuecoach("runs", "list")
    assert load("anna").plan == changed
    assert form(load("anna")) != form(Knowledge())


def test_a_plan_under_which_it_was_goes_on_as_after_any_run(cuecoach, path):
    plan = start(None, "posture", DAY)
    save("anna", Knowledge(plan=plan))
    learned = cut_short(path, before=Knowledge(plan=begin(plan, DAY)))
    cuecoach("runs", "list")
    assert load("anna").plan == learned.plan


def test_a_simulated_runner_is_nobody(cuecoach, path):
    put(path)
    change(path, "UPDATE runs SET state = 'recording', last_sign = 0 WHERE number = 1")
    assert cuecoach("runs", "list").err.endswith("it is closed as run 1\n")
    assert not Path("runners").exists()


def test_a_file_of_ones_own_is_not_made_in_another_folder(cuecoach, path):
    cut_short(path, runner="anna.json")
    assert cuecoach("runs", "list").err.endswith("it is closed as run 1\n")
    assert not Path("anna.json").exists()
    cut_short(path, runner="anna.json", started=STARTED + timedelta(days=1))
    save(Path("anna.json"), Knowledge())
    assert cuecoach("runs", "list").err.endswith("what it showed of you is kept\n")


def test_a_run_that_goes_on_is_left_alone(cuecoach, path):
    import os
    import time

    from cuecoach.store.alive import host

    cut_short(path)
    change(path, "UPDATE runs SET host = ?, pid = ?, last_sign = ?", (host(), os.getpid(), time.time()))
    done = cuecoach("runs", "list")
    assert done.err == ""
    assert "going on" in done.out
    assert (
        "run 1 is being recorded, so nothing was deleted; end it first" in cuecoach("runs", "delete", "1", "--yes").err
    )


def test_where_nothing_may_be_written_the_runs_can_be_seen_all_the_same(cuecoach, path, monkeypatch):
    cut_short(path)
    from cuecoach.errors import StoreError

    def refuse(store: Store) -> list[object]:
        raise StoreError("it is read-only")

    monkeypatch.setattr(Store, "close_interrupted", refuse)
    done = cuecoach("runs", "list")
    assert (done.code, done.err) == (0, "")
    assert cuecoach("runs", "show").code == 0


def test_a_runners_file_that_is_broken_costs_no_command(cuecoach, path):
    cut_short(path)
    Path("runners").mkdir()
    Path("runners/anna.json").mkdir()
    done = cuecoach("runs", "list")
    assert done.code == 0
    assert done.err.endswith("it is closed as run 1\n")
