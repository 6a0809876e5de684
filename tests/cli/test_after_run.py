"""What a run leaves: itself, for what is usual, and after a quicker beat the question whether calves are sore."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from cuecoach.cli import questions
from cuecoach.cli.after_run import LiveRun, close_run, quickened
from cuecoach.cli.before_run import Visit
from cuecoach.coaching.knowledge import Knowledge
from cuecoach.coaching.longest_run import PastRun
from cuecoach.coaching.safety import unraised
from cuecoach.config import RunConfig
from cuecoach.events import Action, Beat
from cuecoach.offline import Replay
from cuecoach.runnerfile import load

MONDAY = date(2026, 11, 2)
ME = Visit("me")
BEAT = Beat(60.0, 60.5, 1, "steps", 168.0)


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CUECOACH_RUNNERS", str(tmp_path))
    monkeypatch.setattr(questions, "today", lambda: MONDAY)
    monkeypatch.setattr(questions, "in_terminal", lambda: False)


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch):
    """Let someone answer so; return the questions."""

    def give(number: int) -> list[str]:
        asked: list[str] = []

        def ask(question: str, *, enter: int | None = None) -> int:
            assert enter == 0
            asked.append(question)
            return number

        monkeypatch.setattr(questions, "in_terminal", lambda: True)
        monkeypatch.setattr(questions, "ask", ask)
        return asked

    return give


def ran(
    *actions: Action, known: Knowledge | None = None, config: RunConfig | None = None, duration_s: float = 1800.0
) -> LiveRun:
    known = known or Knowledge()
    done = Replay(actions=list(actions), duration_s=duration_s)
    return LiveRun(known, known, config or RunConfig(), done, distance_m=5000.0)


def test_the_run_is_kept_with_those_of_the_last_month():
    old, new = PastRun(MONDAY - timedelta(31), 900.0), PastRun(MONDAY - timedelta(2), 900.0)
    close_run(ME, ran(known=Knowledge(runs=(old, new))))
    assert load("me").runs == (new, PastRun(MONDAY, 1800.0, 5000.0))


def test_a_short_trial_is_not():
    close_run(ME, ran(duration_s=60.0))
    assert load("me").runs == ()


def test_nothing_is_kept_of_one_who_is_not_to_be_remembered(tmp_path: Path):
    close_run(Visit("me", real=False, kept=False), ran(BEAT))
    assert list(tmp_path.iterdir()) == []


def test_a_simulated_run_that_is_kept_is_no_run_of_the_person_and_asks_nothing(answer):
    asked = answer(5)
    close_run(Visit("me", real=False), ran(BEAT))
    assert (asked, load("me").runs, load("me").calf) == ([], (), None)


def test_after_a_quicker_beat_calves_are_asked_about(answer, capsys: pytest.CaptureFixture[str]):
    asked = answer(3)
    close_run(ME, ran(BEAT))
    assert (asked, load("me").calf) == (["Calf or Achilles soreness?"], 3)
    assert capsys.readouterr().out == "Calves 3 of 10 sore: your next run does not raise your cadence.\n"


def test_calves_that_are_fine_are_kept_without_a_word(answer, capsys: pytest.CaptureFixture[str]):
    answer(0)
    close_run(ME, ran(BEAT))
    assert (load("me").calf, capsys.readouterr().out) == (0, "")


@pytest.mark.parametrize(
    ("actions", "config"),
    [
        ((), RunConfig()),
        ((BEAT,), unraised(RunConfig())),
        ((BEAT,), RunConfig.model_validate({"metronome": "follow"})),
    ],
)
def test_a_run_without_quicker_steps_asks_nothing(answer, actions: tuple[Action, ...], config: RunConfig):
    asked, run = answer(5), ran(*actions, config=config)
    assert not quickened(run)
    close_run(ME, run)
    assert (asked, load("me").calf) == ([], None)


def test_a_fixed_target_counts_as_a_raise():
    assert quickened(ran(BEAT, config=RunConfig.model_validate({"cadence": {"target": "180 spm"}})))


def test_while_calves_are_sore_they_are_asked_about_again(answer):
    asked = answer(1)
    close_run(ME, ran(known=Knowledge(calf=4)))
    assert (len(asked), load("me").calf) == (1, 1)


@pytest.mark.parametrize(("duration_s", "left"), [(1800.0, None), (120.0, 4)])
def test_where_nobody_can_say_that_it_is_over_one_whole_run_ends_it(duration_s: float, left: int | None):
    close_run(ME, ran(known=Knowledge(calf=4), duration_s=duration_s))
    assert load("me").calf == left
