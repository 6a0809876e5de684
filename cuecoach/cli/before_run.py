"""What is said and asked before a run: once what this program is, every time whether it hurts (SAF-1, 2, 6)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import typer

from cuecoach.cli import questions, terminal

if TYPE_CHECKING:
    from pathlib import Path

    from cuecoach.coaching.knowledge import Knowledge
    from cuecoach.config import RunConfig

#: What is remembered as told.
DISCLAIMER: Final = "disclaimer"
HEARING: Final = "hearing"

QUESTION: Final = "Any pain right now?"
NOT_ASKED: Final = "there is no terminal, so nothing is asked about pain; `--pain 0` to `--pain 10` answers"
EASY: Final = "an easy run: no raise of the cadence, no beat that leads. Stop if the pain grows or turns sharp"
REST: Final = (
    "Pain {pain} of 10: no coached run today. Rest, or walk if that does not hurt.\n"
    "See a clinician if you limp, if it hurts at night or at rest, if something is swollen, if one spot of a bone hurts,\n"
    "or if it is not better in a few days."
)
SORE: Final = "calves {calf} of 10 sore after your last run: this one does not raise your cadence"
SORE_UNDER_PLAN: Final = (
    "calves {calf} of 10 sore after your last run: this one is easy and silent, the plan waits a day"
)


@dataclass(frozen=True, slots=True)
class Visit:
    """Who runs, and how.

    Attributes
    ----------
    runner
        A name, or a file of one's own.
    real
        A person, not a simulated runner: those are asked nothing unless under a plan.
    kept
        Whether what is learnt of the runner is kept.
    plan
        Whether the run is under the runner's plan.
    pain
        The answer, where it was given beforehand, 0 to 10.
    """

    runner: str | Path
    real: bool = True
    kept: bool = True
    plan: bool = False
    pain: int | None = None


def open_run(visit: Visit) -> Knowledge:
    """Read what is known of the runner; nothing of one who is not to be remembered.

    Raises
    ------
    UsageError
        There is no plan to run under, or the runner's file cannot be read.
    """
    from cuecoach.coaching.knowledge import Knowledge
    from cuecoach.errors import UsageError
    from cuecoach.runnerfile import load

    known = load(visit.runner, terminal.note) if visit.kept else Knowledge()
    if visit.plan and (known.plan is None or known.plan.focus is None):
        raise UsageError("there is no plan to run under; begin one with `cuecoach plan start`")
    return known


def before_run(visit: Visit, known: Knowledge, config: RunConfig) -> tuple[Knowledge, RunConfig]:
    """Tell what has to be told once, ask whether it hurts, and return what the coach is to know and how the run is set up.

    Raises
    ------
    typer.Exit
        With code 1, after plain advice: with so much pain there is no coached run.
    """
    from cuecoach.cli.plan_questions import about_last_run, on_its_day
    from cuecoach.coaching.longest_run import recent
    from cuecoach.coaching.programme import CADENCE, feel
    from cuecoach.coaching.safety import easy, is_sore, verdict

    known = replace(known, runs=recent(known.runs, questions.today()))
    if visit.real:
        known = _tell_once(known, config)
    if visit.plan:
        known = about_last_run(known)
    pain = _pain(visit)
    if pain is not None:
        if known.plan is not None and known.plan.focus is not None:
            known = replace(known, plan=feel(known.plan, pain))
        match verdict(pain):
            case "rest":
                _keep(visit, known)
                typer.echo(REST.format(pain=pain))
                raise typer.Exit(1)
            case "easy":
                terminal.note(f"pain {pain} of 10: {EASY}")
                config = easy(config)
            case "coach":
                pass
    if visit.plan and known.plan is not None and known.plan.recent is not None:
        # What the plan was told of calves it has seen to: it went back a session.
        known = replace(known, calf=None if known.calf == known.plan.recent.calf else known.calf)
    sore = is_sore(known.calf)
    if visit.plan:
        trains_cadence = known.plan is not None and known.plan.focus == CADENCE
        known = on_its_day(known, rest=sore and trains_cadence)
        if sore:
            terminal.note((SORE_UNDER_PLAN if trains_cadence else SORE).format(calf=known.calf))
    elif sore:  # the coach sees to it: so does a replay
        terminal.note(SORE.format(calf=known.calf))
    return known, config


def _tell_once(known: Knowledge, config: RunConfig) -> Knowledge:
    from cuecoach.audio.protocol import NULL_DEVICE
    from cuecoach.coaching.safety import ASK_FIRST
    from cuecoach.coaching.safety import DISCLAIMER as ABOUT_US
    from cuecoach.coaching.safety import HEARING as ABOUT_HEARING

    if DISCLAIMER not in known.told:
        for line in (*ABOUT_US, ASK_FIRST):
            typer.echo(line, err=True)
        known = replace(known, told=(*known.told, DISCLAIMER))
    if HEARING not in known.told and config.sound.device != NULL_DEVICE:
        terminal.note(ABOUT_HEARING)
        known = replace(known, told=(*known.told, HEARING))
    return known


def _pain(visit: Visit) -> int | None:
    """Return how much it hurts, None when nobody says."""
    if visit.pain is not None:
        return visit.pain
    if not visit.real and not visit.plan:
        return None
    if questions.in_terminal():
        return questions.ask(QUESTION, enter=0)
    if visit.real:
        terminal.note(NOT_ASKED)
    return None


def _keep(visit: Visit, known: Knowledge) -> None:
    from cuecoach.runnerfile import save

    if visit.kept:
        save(visit.runner, known)
