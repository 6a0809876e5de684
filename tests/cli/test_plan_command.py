"""`cuecoach plan`, as typed, and the questions about pain around a run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from cuecoach.cli import plan_questions, questions
from cuecoach.cli.after_run import LiveRun, close_run
from cuecoach.cli.before_run import Visit, before_run, open_run
from cuecoach.cli.plan import app
from cuecoach.coach import Coach
from cuecoach.coaching.knowledge import Knowledge
from cuecoach.coaching.programme import conclude, lesson
from cuecoach.coaching.programme_state import PlanState, RunResult
from cuecoach.config import RunConfig
from cuecoach.errors import UsageError
from cuecoach.offline import Replay
from cuecoach.runnerfile import load, save
from cuecoach.signals.normals import Normal, Normals

MONDAY = date(2026, 11, 2)


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CUECOACH_RUNNERS", str(tmp_path))
    monkeypatch.setattr(questions, "today", lambda: MONDAY)


def plan(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def kept(runner: str = "default") -> PlanState:
    found = load(runner).plan
    assert found is not None
    return found


def ran(session: int = 1, share: float = 0.8) -> None:
    """Put a session into the runner's file, as a run does."""
    known = load("default")
    assert known.plan is not None
    result = RunResult(MONDAY, "cadence", "session", session, 1800.0, 600.0, 600.0 * share)
    save("default", replace(known, plan=conclude(replace(known.plan, session=session), result)))


def test_a_plan_begins_says_why_and_what_comes_first():
    done = plan("start")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0] == ("The plan for cadence begins with session 1: cadence is best shown to be trainable by sound")
    assert lines[1] == "Session 1 of 8: 15 minutes, cues the whole time, +5 %. Any day from today"
    assert "clinician" in done.stdout
    assert "not a medical device" in done.stdout
    assert kept().focus == "cadence"


def test_who_has_quick_steps_begins_with_posture():
    save("default", Knowledge(normals=Normals.fixed({"cadence": Normal(176, 1.5), "speed": Normal(3.0, 0.1)})))
    assert "posture is next in the usual order" in plan("start").stdout
    assert kept().focus == "posture"


def test_nobody_above_180_is_asked_for_more():
    save("default", Knowledge(normals=Normals.fixed({"cadence": Normal(183, 1.5)})))
    done = plan("start", "cadence")
    assert isinstance(done.exception, UsageError)
    assert "183 spm" in str(done.exception)


@pytest.mark.parametrize("command", [["report", "--pain", "0", "--calf", "0"], ["stop"]])
def test_without_a_plan_there_is_nothing_to_report_or_stop(command):
    done = plan(*command)
    assert isinstance(done.exception, UsageError)
    assert "there is no plan" in str(done.exception)


@pytest.mark.parametrize("command", ["status", "next"])
def test_without_a_plan_the_way_to_one_is_told(command):
    assert plan(command).stdout.strip() == "There is no plan; begin one with `cuecoach plan start`"
    assert json.loads(plan(command, "--json").stdout) is None


def test_after_a_session_the_report_decides_and_names_the_next_day():
    plan("start", "cadence")
    ran(2)
    assert "cuecoach plan report" in plan("next").stdout
    done = plan("report", "--pain", "1", "--calf", "0")
    lines = done.stdout.splitlines()
    assert lines[0] == "80 % of the time in band: on to session 3"
    assert lines[1] == "Session 3 of 8: 21 minutes, cues the whole time, +7.5 %. Go on Wednesday or later"
    assert plan("next").stdout.splitlines() == lines[1:]
    assert (kept().session, kept().results[0].pain) == (3, 1)


def test_the_status_names_every_run():
    plan("start", "cadence")
    ran(1, 0.4)
    plan("report", "--pain", "0", "--calf", "0")
    text = plan("status").stdout
    assert "2026-11-02  session 1: 30 minutes, 40 % in band, pain 0 of 10, calves 0 of 10" in text
    assert "Why: 40 % of the time in band, less than 50 %: once more session 1" in text


def test_pain_delays_the_plan():
    plan("start", "cadence")
    done = plan("report", "--pain", "4", "--calf", "0")
    assert "see a clinician" in done.stdout
    assert "First let the pain pass" in plan("next").stdout


def test_a_report_without_numbers_needs_a_terminal():
    plan("start", "cadence")
    assert "both numbers are needed" in str(plan("report", "--pain", "1").exception)


def test_in_a_terminal_missing_numbers_are_asked_for(monkeypatch: pytest.MonkeyPatch):
    plan("start", "cadence")
    monkeypatch.setattr(questions, "in_terminal", lambda: True)
    done = CliRunner().invoke(app, ["report"], input="12\n5\n0\n")
    assert "Write a number from 0 to 10" in done.output
    assert kept().hurts


def test_a_plan_ends_and_a_new_focus_waits_for_its_fortnight():
    plan("start", "cadence")
    ran()
    assert "The plan for cadence was stopped" in plan("stop").stdout
    assert "2026-11-16" in str(plan("start", "posture").exception)
    assert "Before: cadence, 2026-11-02 to 2026-11-02, given up" in plan("status").stdout


def test_as_json_the_plan_comes_with_what_is_next():
    data = json.loads(plan("start", "cadence", "--json").stdout)
    assert data["next"] == {
        "kind": "session",
        "session": 1,
        "minutes": 15,
        "window_percent": 100,
        "raise_percent": 5.0,
        "not_before": "2026-11-02",
        "text": "Session 1 of 8: 15 minutes, cues the whole time, +5 %. Any day from today. Different words are tried",
    }
    again = json.loads(plan("status", "--json").stdout)
    assert again == data
    del again["next"]
    assert PlanState.from_json(again) == kept()


def test_another_runner_has_a_plan_of_their_own(tmp_path: Path):
    plan("start", "cadence", "--runner", "ada")
    assert load("default").plan is None
    plan("start", "hips", "--runner", str(tmp_path / "ben.json"))
    assert kept("ada").focus == "cadence"
    assert json.loads((tmp_path / "ben.json").read_text())["plan"]["focus"] == "hips"


# ---------------------------------------------------------------- around a run
@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Let someone answer with these numbers; return the questions."""

    def give(*numbers: int) -> list[str]:
        left: Iterator[int] = iter(numbers)
        asked: list[str] = []

        def ask(question: str, *, enter: int | None = None) -> int:
            asked.append(question)
            return next(left)

        monkeypatch.setattr(questions, "in_terminal", lambda: True)
        monkeypatch.setattr(questions, "ask", ask)
        return asked

    return give


UNDER_PLAN = Visit("default", plan=True)


def begin(visit: Visit = UNDER_PLAN) -> PlanState:
    known, _ = before_run(visit, open_run(visit), RunConfig())
    assert known.plan is not None
    return known.plan


def close(known: Knowledge, visit: Visit = UNDER_PLAN, duration_s: float = 1800.0) -> Knowledge:
    return close_run(visit, LiveRun(known, known, RunConfig(), Replay(duration_s=duration_s)))


def test_without_a_plan_nothing_is_asked_of_one(answers):
    asked, known = answers(), Knowledge()
    assert plan_questions.about_last_run(known) is known
    assert plan_questions.on_its_day(known) is known
    assert plan_questions.after_run(known) == (known, [])
    assert asked == []


def test_before_a_run_pain_makes_it_an_easy_one(answers):
    plan("start", "cadence")
    asked = answers(3)
    found = begin()
    assert (found.today, found.hurts, asked) == (MONDAY, True, ["Any pain right now?"])


def test_before_a_run_the_answers_about_the_last_one_are_made_up_for(answers):
    plan("start", "cadence")
    ran(1, 0.9)
    asked = answers(0, 0, 0)
    found = begin()
    assert (found.session, found.waiting, len(asked)) == (2, False, 3)


def test_after_a_run_the_answers_decide_at_once(answers):
    plan("start", "cadence")
    ran(1, 0.9)
    answers(0, 4)
    known, lines = plan_questions.after_run(load("default"))
    assert known.plan is not None
    assert (known.plan.waiting, known.plan.session) == (False, 1)
    assert lines[0] == "Plan: 2026-11-02  session 1: 30 minutes, 90 % in band"
    assert lines[1] == "Why: calves 4 of 10 sore: once more session 1"


def test_where_nobody_can_answer_the_way_to_do_so_is_told():
    plan("start", "cadence")
    ran()
    known, lines = plan_questions.after_run(load("default"))
    assert known.plan is not None
    assert known.plan.waiting
    assert "cuecoach plan report" in lines[-1]


def test_after_an_easy_run_what_is_next_is_told():
    plan("start", "cadence")
    known = load("default")
    assert known.plan is not None
    later = replace(known, plan=replace(known.plan, session=2, not_before=MONDAY + timedelta(1)))
    _, lines = plan_questions.after_run(later)
    assert lines[0] == "Plan: Session 2 of 8: 18 minutes, cues the whole time, +5 %. Go tomorrow or later"


def test_a_run_under_a_plan_needs_one():
    with pytest.raises(UsageError, match="begin one with `cuecoach plan start`"):
        open_run(UNDER_PLAN)
    assert open_run(Visit("default")) == Knowledge()


def test_a_run_without_the_plan_leaves_it_at_rest(capsys: pytest.CaptureFixture[str]):
    plan("start", "cadence")
    close(open_run(Visit("default")), Visit("default"))
    assert (kept().today, capsys.readouterr().out) == (None, "")


def test_what_a_run_showed_is_kept_even_when_nobody_answers(monkeypatch: pytest.MonkeyPatch):
    plan("start", "cadence")
    ran(1, 0.9)
    known = load("default")
    save("default", Knowledge())

    def gone(question: str, *, enter: int | None = None) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(questions, "in_terminal", lambda: True)
    monkeypatch.setattr(questions, "ask", gone)
    with pytest.raises(KeyboardInterrupt):
        close(known)
    assert kept().waiting


def test_under_a_plan_a_run_begins_on_its_day_and_ends_with_what_is_next(answers, capsys: pytest.CaptureFixture[str]):
    plan("start", "cadence")
    asked = answers(0)
    assert begin().today == MONDAY
    ran(1, 0.9)
    asked_after = answers(0, 0)
    close(load("default"))
    assert "Session 2 of 8" in capsys.readouterr().out
    assert kept().session == 2
    assert (len(asked), len(asked_after)) == (1, 2)


def test_calves_that_the_plan_was_told_of_hold_the_next_run_without_it_and_not_the_plan(answers):
    plan("start", "cadence")
    ran(2, 0.9)
    answers(0, 4)
    close(load("default"))
    assert load("default").calf == 4
    answers(0, 0)
    assert before_run(Visit("default"), open_run(Visit("default")), RunConfig())[0].calf == 4
    known, _ = before_run(UNDER_PLAN, open_run(UNDER_PLAN), RunConfig())
    assert known.calf is None
    assert known.plan is not None
    assert (known.plan.session, known.plan.not_before) == (1, MONDAY + timedelta(2))


def test_calves_sore_after_a_run_without_the_plan_make_its_next_run_an_easy_one(answers):
    plan("start", "cadence")
    save("default", replace(load("default"), calf=5))
    answers(0)
    known, _ = before_run(UNDER_PLAN, open_run(UNDER_PLAN), RunConfig())
    assert known.plan is not None
    found = lesson(known.plan, MONDAY)
    assert found is not None
    assert found.kind == "easy"
    assert Coach(RunConfig(), [], knowledge=known).config.cadence.raise_ == 0.0


def test_much_pain_is_kept_for_the_plan_and_ends_the_matter(answers, capsys: pytest.CaptureFixture[str]):
    plan("start", "cadence")
    answers(6)
    with pytest.raises(typer.Exit):
        begin()
    assert kept().hurts
    assert "Pain 6 of 10: no coached run today" in capsys.readouterr().out


def test_a_report_on_calves_counts_for_runs_without_the_plan_too():
    plan("start", "cadence")
    plan("report", "--pain", "0", "--calf", "4")
    assert load("default").calf == 4
    plan("report", "--pain", "0", "--calf", "1")
    assert load("default").calf == 1
