"""Asking the runner about pain, before a run under a plan and after it; only in a terminal."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from cuecoach.coaching.knowledge import Knowledge
    from cuecoach.coaching.programme_state import PlanState


def today() -> date:
    """Return the day it is here."""
    return datetime.now().astimezone().date()


def in_terminal() -> bool:
    """Whether someone is there to answer."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()


def ask(question: str) -> int:
    """Ask for a number from 0 to 10."""
    while True:
        answer: int = typer.prompt(f"{question} (0 none, 10 the worst)", type=int, err=True)
        if 0 <= answer <= 10:
            return answer
        typer.echo("Write a number from 0 to 10.", err=True)


def felt(plan: PlanState) -> PlanState:
    """Ask how the last run felt, and return the plan with what follows from it."""
    from cuecoach.coaching.programme import report

    return report(plan, ask("Any pain, during the run or since?"), ask("How sore are your calves?"))


def before_run(known: Knowledge) -> Knowledge:
    """Return what is known as a run under the plan begins today; in a terminal, ask what hurts first (SAF-1).

    Without a plan nothing is asked and nothing changes.
    """
    from cuecoach.coaching.programme import begin, feel

    plan = known.plan
    if plan is None or plan.focus is None:
        return known
    if in_terminal():
        if plan.waiting:
            typer.echo("About your last run:", err=True)
            plan = felt(plan)
        plan = feel(plan, ask("Any pain right now?"))
    return replace(known, plan=begin(plan, today()))


def after_run(known: Knowledge) -> tuple[Knowledge, list[str]]:
    """Return what is known after a run, with the runner's word on it where one can be asked, and what to print."""
    from cuecoach.coaching.programme_words import TELL, next_text, result_text

    plan = known.plan
    if plan is None or plan.focus is None:
        return known, []
    if not plan.waiting:
        return known, [f"Plan: {line}" for line in next_text(plan, today())]
    assert plan.recent is not None
    lines = [f"Plan: {result_text(plan.recent)}"]
    if not in_terminal():
        return known, [*lines, TELL]
    plan = felt(plan)
    lines += [f"Why: {plan.why}", *next_text(plan, today())]
    return replace(known, plan=plan), lines


def runner_named(text: str) -> str | Path:
    """Return a runner's name as it is; `anna.json` is a file of one's own."""
    return Path(text) if text.endswith(".json") else text


def open_run(runner: str | Path, *, plan: bool) -> Knowledge:
    """Read what is known of a runner as a run begins; with `plan`, the run is under the plan.

    Raises
    ------
    UsageError
        There is no plan, or the runner's file cannot be read.
    """
    from cuecoach.cli import terminal
    from cuecoach.errors import UsageError
    from cuecoach.runnerfile import load

    known = load(runner, terminal.note)
    if plan and (known.plan is None or known.plan.focus is None):
        raise UsageError("there is no plan to run under; begin one with `cuecoach plan start`")
    return before_run(known) if plan else known


def close_run(runner: str | Path, known: Knowledge, *, plan: bool) -> None:
    """Keep what is known after a run; with `plan`, ask how it felt and say how the plan goes on.

    Raises
    ------
    UsageError
        The runner's file cannot be written.
    """
    from cuecoach.runnerfile import save

    save(runner, known)  # before anything is asked: an answer may never come
    if plan:
        known, lines = after_run(known)
        for line in lines:
            typer.echo(line)
        save(runner, known)
