"""Which focus a plan is for: suggested, begun and ended; one at a time, and no two new ones in a fortnight (PRG-3)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

from cuecoach.coaching.programme import CADENCE
from cuecoach.coaching.programme_state import Earlier, PlanState
from cuecoach.coaching.programme_table import FOCUS_DAYS
from cuecoach.errors import UsageError
from cuecoach.signals.normals import ANY, REFERENCE_SPEED, Normals, merged

#: What is best learnt first, as far as anyone knows.
ORDER: Final = (CADENCE, "posture", "hips", "bounce")
#: Below the first, a quicker cadence is advised; from the second on it is refused, spm at easy pace (CAD-3).
SLOW_STEPS: Final = 170.0
FAST_STEPS: Final = 180.0


def suggest(own_cadence: float | None, done: Collection[str] = ()) -> tuple[str, str] | None:
    """Return the focus to begin with and why, None when all are done.

    Parameters
    ----------
    own_cadence
        The runner's cadence at easy pace, spm; None when it is not known.
    done
        Foci that need not come again.
    """
    for focus in ORDER:
        if focus in done or (focus == CADENCE and own_cadence is not None and own_cadence >= SLOW_STEPS):
            continue
        if focus != CADENCE:
            return focus, f"{focus} is next in the usual order: {', '.join(ORDER)}"
        known = "" if own_cadence is None else f", and yours is {own_cadence:.0f} spm at easy pace"
        return focus, f"cadence is best shown to be trainable by sound{known}"
    return None


def start(plan: PlanState | None, focus: str, today: date, own_cadence: float | None = None) -> PlanState:
    """Begin a plan.

    Raises
    ------
    UsageError
        There is a plan already, the focus cannot be trained, the runner's steps are quick enough, or the last new focus is
        less than a fortnight old.
    """
    if focus not in ORDER:
        raise UsageError(f"`{focus}` has no plan; use one of {', '.join(ORDER)}")
    if plan is not None and plan.focus is not None and not plan.done:
        raise UsageError(f"a plan for {plan.focus} is on; end it first with `cuecoach plan stop`")
    if focus == CADENCE and own_cadence is not None and own_cadence >= FAST_STEPS:
        raise UsageError(
            f"your own cadence is {own_cadence:.0f} spm, and nobody above {FAST_STEPS:.0f} is asked for more; "
            "choose another focus, such as `cuecoach plan start posture`"
        )
    earlier = _past(plan, today)
    others = [each.begun for each in earlier if each.focus != focus]
    allowed = max(others) + timedelta(FOCUS_DAYS) if others else today
    if today < allowed:
        raise UsageError(f"two new foci in a fortnight are too many; begin with {focus} on {allowed} or later")
    why = f"the plan for {focus} begins with session 1"
    if plan is not None and plan.probes and plan.focus != focus:
        why += f"; what you keep of {plan.focus} is not asked any more"
    return PlanState(focus, today, today, hurts=plan is not None and plan.hurts, earlier=earlier, why=why)


def stop(plan: PlanState, today: date) -> PlanState:
    """End a plan; what was done is kept on record."""
    why = "there is no plan" if plan.focus is None else f"the plan for {plan.focus} was stopped"
    return PlanState(None, today, today, hurts=plan.hurts, earlier=_past(plan, today), why=why)


def _past(plan: PlanState | None, today: date) -> tuple[Earlier, ...]:
    if plan is None:
        return ()
    if plan.focus is None or not plan.results:  # what no run was spent on was not begun
        return plan.earlier
    return (*plan.earlier, Earlier(plan.focus, plan.begun, today, plan.done))


def finished_foci(plan: PlanState | None) -> frozenset[str]:
    """Return the foci whose eight sessions are done, and the one that is on."""
    if plan is None:
        return frozenset()
    before = {each.focus for each in plan.earlier if each.finished}
    return frozenset(before if plan.focus is None else {*before, plan.focus})


def easy_cadence(normals: Normals) -> float | None:
    """Return the runner's own cadence at easy pace, spm; None while it is not known."""
    slope = normals.slope(CADENCE)
    cadence, speed = (
        None if known is None else merged(known.recent, each)
        for known, each in ((normals.of(CADENCE, ANY), slope), (normals.of("speed", ANY), 0.0))
    )
    if cadence is None:
        return None
    easy = REFERENCE_SPEED if speed is None else speed.residual
    return cadence.residual + slope * (easy - REFERENCE_SPEED)
