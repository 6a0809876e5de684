"""Asking the runner how a run under a plan felt, and saying how the plan goes on; only in a terminal."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from cuecoach.cli import questions

if TYPE_CHECKING:
    from cuecoach.coaching.knowledge import Knowledge
    from cuecoach.coaching.programme_state import PlanState


def felt(plan: PlanState) -> PlanState:
    """Ask how the last run felt, and return the plan with what follows from it."""
    from cuecoach.coaching.programme import report

    return report(plan, questions.ask("Any pain, during the run or since?"), questions.ask("How sore are your calves?"))


def about_last_run(known: Knowledge) -> Knowledge:
    """Return what is known before a run; in a terminal, with the runner's word on the last one if that is still awaited."""
    plan = known.plan
    if plan is None or not plan.waiting or not questions.in_terminal():
        return known
    typer.echo("About your last run:", err=True)
    return replace(known, plan=felt(plan))


def on_its_day(known: Knowledge, *, rest: bool = False) -> Knowledge:
    """Return what is known as a run under the plan begins today; with `rest` it trains nothing, and the plan waits a day."""
    from cuecoach.coaching.programme import begin

    plan, today = known.plan, questions.today()
    if plan is None:
        return known
    if rest:
        plan = replace(plan, not_before=max(plan.not_before, today + timedelta(1)))
    return replace(known, plan=begin(plan, today))


def after_run(known: Knowledge) -> tuple[Knowledge, list[str]]:
    """Return what is known after a run, with the runner's word on it where one can be asked, and what to print."""
    from cuecoach.coaching.programme_words import TELL, next_text, result_text

    plan = known.plan
    if plan is None or plan.focus is None:
        return known, []
    if not plan.waiting:
        return known, [f"Plan: {line}" for line in next_text(plan, questions.today())]
    assert plan.recent is not None
    lines = [f"Plan: {result_text(plan.recent)}"]
    if not questions.in_terminal():
        return known, [*lines, TELL]
    plan = felt(plan)
    lines += [f"Why: {plan.why}", *next_text(plan, questions.today())]
    return replace(known, plan=plan), lines


def runner_named(text: str) -> str | Path:
    """Return a runner's name as it is; `anna.json` is a file of one's own."""
    return Path(text) if text.endswith(".json") else text
