"""What is kept and asked after a run: the run itself, how a plan goes on, and whether calves are sore (SAF-4)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import typer

from cuecoach.cli import questions

if TYPE_CHECKING:
    from cuecoach.cli.before_run import Visit
    from cuecoach.coaching.knowledge import Knowledge
    from cuecoach.config import RunConfig
    from cuecoach.offline import Replay

QUESTION: Final = "Calf or Achilles soreness?"
HELD: Final = "Calves {calf} of 10 sore: your next run does not raise your cadence."


@dataclass(frozen=True, slots=True)
class LiveRun:
    """A live run that is over.

    Attributes
    ----------
    before, after
        What was known of the runner as it began, and what is known now.
    config
        How it was set up in the end: under a plan, and with what pain or soreness left of it.
    done
        Everything the coach did, and for how long.
    distance_m
        How far the runner came, m; None where no speed was known.
    """

    before: Knowledge
    after: Knowledge
    config: RunConfig
    done: Replay
    distance_m: float | None = None


def close_run(visit: Visit, run: LiveRun) -> Knowledge:
    """Keep what is known after a run, ask what is to be asked, and say how a plan goes on; return what was kept.

    Raises
    ------
    UsageError
        The runner's file cannot be written.
    """
    from cuecoach.coaching.longest_run import PastRun, with_run
    from cuecoach.runnerfile import save

    known = run.after
    if not visit.kept:
        return known
    if visit.real:
        past = PastRun(questions.today(), run.done.duration_s, run.distance_m)
        known = replace(known, runs=with_run(known.runs, past))
    save(visit.runner, known)  # before anything is asked: an answer may never come
    asked = known
    if visit.plan:
        from cuecoach.cli.plan_questions import after_run

        asked, lines = after_run(known)
        for line in lines:
            typer.echo(line)
    if visit.real:
        asked = _about_calves(visit, run, asked, already=asked.plan != known.plan)
    if asked != known:
        save(visit.runner, asked)
    return asked


def _about_calves(visit: Visit, run: LiveRun, known: Knowledge, *, already: bool) -> Knowledge:
    """Return what is known with the runner's word on calves, after a run that asked more of them, or while they are sore."""
    from cuecoach.coaching.longest_run import LEAST_RUN_S
    from cuecoach.coaching.safety import is_sore

    if already:  # for the plan, just now
        assert known.plan is not None
        assert known.plan.recent is not None
        return replace(known, calf=known.plan.recent.calf)
    held = is_sore(run.before.calf)
    if not held and not quickened(run):
        return known
    if questions.in_terminal():
        calf = questions.ask(QUESTION, enter=0)
        if is_sore(calf):
            typer.echo(HELD.format(calf=calf))
        return replace(known, calf=calf)
    # Where nobody can say that it is over, one whole run without a raise ends it.
    over = held and run.done.duration_s >= LEAST_RUN_S
    return replace(known, calf=None) if over else known


def quickened(run: LiveRun) -> bool:
    """Whether a beat was heard that was to lead to more steps a minute than the runner's own."""
    from cuecoach.coaching.safety import raises
    from cuecoach.events import Beat

    return raises(run.config) and any(isinstance(action, Beat) for action in run.done.actions)
