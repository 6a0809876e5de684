"""The fading programme: which run comes next, and what follows from the last one. Every decision says why (PRG-1 to 3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from cuecoach.coaching.programme_state import PlanState, Probe, RunResult
from cuecoach.coaching.programme_table import (
    BOOSTER,
    EASY,
    LAST,
    PROBE,
    PROBE_DAYS,
    REMINDED,
    REST_DAYS,
    SESSIONS,
    UPKEEP,
    Lesson,
)
from cuecoach.errors import UsageError

CADENCE: Final = "cadence"
#: Shares of the time that counts in band: from the first on a session is done, below the second it was too much.
ENOUGH: Final = 0.7
TOO_LITTLE: Final = 0.5
#: Pain above this stops the training; a calf this sore takes a session back (of 10).
MOST_PAIN: Final = 2
SORE_CALF: Final = 3
#: From this on, see someone about it (SAF-1).
BAD_PAIN: Final = 4
#: So much of a session must have been run for the next one to come.
RAN_ENOUGH: Final = 2 / 3


# ---------------------------------------------------------------- before a run
def lesson(plan: PlanState, today: date) -> Lesson | None:
    """Return what a run on this day is for, None when there is no plan."""
    if plan.focus is None:
        return None
    found = _lesson(_settled(plan), today)
    return found if plan.focus == CADENCE else replace(found, raise_percent=None)


def _lesson(plan: PlanState, today: date) -> Lesson:
    trains = not plan.done or plan.booster
    if plan.hurts or (trains and today < plan.not_before):
        return EASY
    if not plan.done:
        return SESSIONS[plan.session - 1]
    if plan.booster:
        return BOOSTER
    if any(probe.due <= today for probe in plan.probes):
        return PROBE
    return REMINDED if plan.reminder else UPKEEP


def begin(plan: PlanState, today: date) -> PlanState:
    """Return the plan of a run that begins now: a result still waiting for the runner's word is judged without it."""
    return replace(_settled(plan), today=today)


def _settled(plan: PlanState) -> PlanState:
    return _judge(plan) if plan.waiting else plan


# ---------------------------------------------------------------- after a run
def conclude(plan: PlanState, result: RunResult | None) -> PlanState:
    """Return the plan after a run; what follows from its result is decided when the runner has said how it felt."""
    if result is None:
        return replace(plan, today=None)
    return replace(
        plan,
        today=None,
        waiting=True,
        not_before=result.day + timedelta(REST_DAYS),
        results=(*plan.results, result),
    )


def report(plan: PlanState, pain: int, calf: int) -> PlanState:
    """Take in how the runner feels, 0 to 10 each, and decide how the plan goes on.

    Raises
    ------
    UsageError
        A number is not 0 to 10.
    """
    _check("calf", calf)
    felt = feel(plan, pain)
    last = plan.recent
    if not plan.waiting or last is None:
        return felt
    return _judge(replace(felt, results=(*plan.results[:-1], replace(last, pain=pain, calf=calf))))


def feel(plan: PlanState, pain: int) -> PlanState:
    """Take in what hurts now, 0 to 10, before a run or between runs: pain stops the training, its end lets it go on.

    Raises
    ------
    UsageError
        The number is not 0 to 10.
    """
    _check("pain", pain)
    if pain > MOST_PAIN:
        return replace(plan, hurts=True, why=_about_pain(pain))
    return replace(plan, hurts=False, why="nothing hurts any more: the plan goes on") if plan.hurts else plan


def _check(name: str, value: int) -> None:
    if not 0 <= value <= 10:
        raise UsageError(f"`{value}` is not a number for {name}; 0 is none, 10 the worst you can think of")


def _about_pain(pain: int) -> str:
    if pain >= BAD_PAIN:
        return f"pain {pain} of 10: no coached run until it is 2 or less; rest, and see a clinician if it stays"
    return f"pain {pain} of 10: run easy, no coached run until it is 2 or less"


def _judge(plan: PlanState) -> PlanState:
    """Decide from the last result."""
    plan, result = replace(plan, waiting=False), plan.results[-1]
    plan = _judge_probe(plan, result) if result.kind == "probe" else _judge_session(plan, result)
    if result.pain is not None and result.pain > MOST_PAIN:
        return replace(plan, why=f"{plan.why}; {_about_pain(result.pain)}")
    return plan


def _judge_session(plan: PlanState, result: RunResult) -> PlanState:
    steps, because = _steps(result)
    if result.kind == "booster":
        done = steps > 0
        return replace(plan, booster=not done, why=f"{because}: {'the booster was enough' if done else 'once more'}")
    session = max(1, result.number + steps)
    if session <= LAST:
        what = {-1: "back to", 0: "once more", 1: "on to"}[steps if session != result.number else 0]
        return replace(plan, session=session, why=f"{because}: {what} session {session}")
    probes = tuple(Probe(days, result.day + timedelta(days)) for days in PROBE_DAYS)
    return replace(plan, session=session, probes=probes, why=f"{because}: all {LAST} sessions are done")


def _steps(result: RunResult) -> tuple[int, str]:
    """Return how many sessions on (-1, 0 or 1), and because of what."""
    share, planned_s = result.share, _planned_s(result)
    alone = " without help" if result.alone else ""
    if result.calf is not None and result.calf >= SORE_CALF:
        return -1, f"calves {result.calf} of 10 sore"
    if share is None:
        return 0, f"too little was measured{alone} to tell"
    in_band = f"{100 * share:.0f} % of the time{alone} in band"
    if share < TOO_LITTLE:
        return -1, f"{in_band}, less than {100 * TOO_LITTLE:.0f} %"
    if result.pain is None:
        return 0, "you did not say how it felt"
    if result.pain > MOST_PAIN:
        return 0, f"pain {result.pain} of 10"
    if share < ENOUGH:
        return 0, f"{in_band}, less than {100 * ENOUGH:.0f} %"
    if result.ran_s < RAN_ENOUGH * planned_s:
        return 0, f"{result.ran_s / 60:.0f} of {planned_s / 60:.0f} minutes were run"
    return 1, in_band


def _planned_s(result: RunResult) -> float:
    return (BOOSTER if result.kind == "booster" else SESSIONS[result.number - 1]).seconds


def _judge_probe(plan: PlanState, result: RunResult) -> PlanState:
    kept, recalled = result.share, result.recall
    if kept is None or (recalled is None and kept < ENOUGH):
        return replace(plan, why="too little was measured to tell what was kept: the same once more")
    # Those whose day has passed too are answered by this one.
    left = tuple(probe for probe in plan.probes if probe.due > result.day)
    plan = replace(plan, probes=left)
    without = f"{100 * kept:.0f} % in band without a word"
    if kept >= ENOUGH:
        return replace(plan, reminder=False, booster=False, why=f"{without}: it is yours")
    assert recalled is not None
    reminded = f"{100 * recalled:.0f} % after your words"
    if recalled >= ENOUGH:
        why = f"{without}, {reminded}: that is how it usually is, so you hear them once early in each run"
        return replace(plan, reminder=True, booster=False, why=why)
    return replace(plan, booster=True, why=f"{without}, {reminded}: a booster is next")
