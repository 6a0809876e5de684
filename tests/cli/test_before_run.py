"""What is told and asked before a run: once what this is, every time whether it hurts, and never of a simulated runner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import typer

from cuecoach.cli import questions
from cuecoach.cli.before_run import Visit, before_run, open_run
from cuecoach.coaching.knowledge import Knowledge
from cuecoach.coaching.longest_run import PastRun
from cuecoach.config import RunConfig
from cuecoach.runnerfile import load

MONDAY = date(2026, 11, 2)
ME = Visit("me")
SIMULATED = Visit("me", real=False, kept=False)
TOLD = Knowledge(told=("disclaimer", "hearing"))


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CUECOACH_RUNNERS", str(tmp_path))
    monkeypatch.setattr(questions, "today", lambda: MONDAY)
    monkeypatch.setattr(questions, "in_terminal", lambda: False)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Let someone type these lines; return what was asked."""

    def give(*lines: str) -> list[str]:
        left, asked = iter(lines), list[str]()

        def prompt(text: str, **more: object) -> int:
            asked.append(text)
            line = next(left)
            return int(line) if line else int(str(more["default"]))

        monkeypatch.setattr(questions, "in_terminal", lambda: True)
        monkeypatch.setattr(typer, "prompt", prompt)
        return asked

    return give


# ---------------------------------------------------------------- told once
def test_at_the_first_run_it_is_said_what_this_is_who_should_ask_and_how_to_hear(capsys: pytest.CaptureFixture[str]):
    known, _ = before_run(ME, Knowledge(), RunConfig())
    told = capsys.readouterr()
    assert told.out == ""
    for word in ("not a medical device", "Stop if it hurts.", "clinician", "under 16", "one earphone"):
        assert told.err.count(word) == 1
    assert known.told == ("disclaimer", "hearing")
    before_run(ME, known, RunConfig())
    assert "medical" not in capsys.readouterr().err


def test_what_nobody_hears_is_no_danger_to_hearing(capsys: pytest.CaptureFixture[str]):
    silent = RunConfig.model_validate({"sound": {"device": "null"}})
    known, _ = before_run(ME, Knowledge(), silent)
    assert known.told == ("disclaimer",)
    before_run(ME, known, RunConfig())
    told = capsys.readouterr().err
    assert told.count("one earphone") == 1


# ---------------------------------------------------------------- asked
def test_nothing_is_told_or_asked_of_a_simulated_runner(answers, capsys: pytest.CaptureFixture[str]):
    asked = answers()
    assert before_run(SIMULATED, Knowledge(), RunConfig()) == (Knowledge(), RunConfig())
    assert (asked, capsys.readouterr().err) == ([], "")


def test_the_enter_key_is_no_pain(answers):
    asked = answers("")
    assert before_run(ME, TOLD, RunConfig()) == (TOLD, RunConfig())
    assert asked == ["Any pain right now? (0 none, 10 the worst)"]


def test_what_is_no_number_of_the_scale_is_asked_for_again(answers):
    asked = answers("11", "-1", "2")
    before_run(ME, TOLD, RunConfig())
    assert len(asked) == 3


def test_without_a_terminal_nothing_is_asked_and_one_line_says_so(capsys: pytest.CaptureFixture[str]):
    assert before_run(ME, TOLD, RunConfig()) == (TOLD, RunConfig())
    told = capsys.readouterr().err
    assert told.startswith("note: there is no terminal, so nothing is asked about pain")
    assert "`--pain 0`" in told
    assert told.count("\n") == 1


def test_an_answer_given_beforehand_is_not_asked_for(answers, capsys: pytest.CaptureFixture[str]):
    asked = answers()
    before_run(replace(ME, pain=1), TOLD, RunConfig())
    assert (asked, capsys.readouterr().err) == ([], "")


def test_with_some_pain_the_run_is_an_easy_one(answers, capsys: pytest.CaptureFixture[str]):
    answers("3")
    _, config = before_run(ME, TOLD, RunConfig())
    assert (config.cadence.raise_, config.metronome) == (0.0, "off")
    assert capsys.readouterr().err.startswith("note: pain 3 of 10: an easy run")


def test_with_more_there_is_none_and_what_was_told_is_kept(answers, capsys: pytest.CaptureFixture[str]):
    answers("4")
    with pytest.raises(typer.Exit) as ended:
        before_run(ME, Knowledge(), RunConfig())
    assert ended.value.exit_code == 1
    said = capsys.readouterr().out
    assert said.startswith("Pain 4 of 10: no coached run today.")
    assert "clinician" in said
    assert load("me").told == ("disclaimer", "hearing")


# ---------------------------------------------------------------- what the last runs left
def test_sore_calves_are_named_and_the_coach_is_to_know_of_them(capsys: pytest.CaptureFixture[str]):
    known, _ = before_run(replace(ME, pain=0), replace(TOLD, calf=4), RunConfig())
    assert known.calf == 4
    assert capsys.readouterr().err == (
        "note: calves 4 of 10 sore after your last run: this one does not raise your cadence\n"
    )


def test_calves_that_were_fine_are_not_spoken_of(capsys: pytest.CaptureFixture[str]):
    before_run(replace(ME, pain=0), replace(TOLD, calf=2), RunConfig())
    assert capsys.readouterr().err == ""


def test_runs_of_long_ago_are_forgotten():
    runs = tuple(PastRun(MONDAY - timedelta(days), 1800.0) for days in (40, 20))
    known, _ = before_run(replace(ME, pain=0), replace(TOLD, runs=runs), RunConfig())
    assert known.runs == runs[1:]


def test_who_is_not_remembered_is_a_new_one():
    assert open_run(SIMULATED) == Knowledge()


# ---------------------------------------------------------------- as typed
def test_with_pain_a_run_does_not_begin(cuecoach, files):
    done = cuecoach("run", "mute.yaml", "--sensor", "sim", "--audio", "off", "--for", "1 s", "--pain", "5")
    assert done.code == 1
    assert done.out.startswith("Pain 5 of 10: no coached run today.")
    assert "in 0:0" not in done.out


def test_pain_has_a_scale(refused):
    assert "`--pain`: Input should be less than or equal to 10" in refused("run", "--pain", "11")
