"""What one rule makes of one answer: it holds, forgives a dip, is active, is mended, or waits for data that is missing."""

from __future__ import annotations

from typing import Final

from cuecoach.rules.compile import DATA
from cuecoach.rules.context import Context
from cuecoach.rules.due import decide_due
from cuecoach.rules.expression import Expression
from cuecoach.rules.state import Phase, Reason, RuleState

#: Missing data freezes a hold for so long; then it starts anew. s
FREEZE_S: Final = 2.0
#: A hold forgives a dip between `until` and `when` of so long at most, s
DIP_S: Final = 3.0
#: and all its dips together up to this share of `for`. What was true for five sixths of the time has lasted, and noise
#: that only visits the far side of a threshold has not.
DIPS_SHARE: Final = 0.2


def hold(state: RuleState, t: float, context: Context) -> None:
    """`when` is true at `t` [s]: begin to hold, go on, or become active. Time in dips and without data does not count."""
    if state.phase is Phase.RESTING:
        state.phase, state.since, state.dips_s = Phase.HOLDING, t, 0.0
    elif state.known_at is not None:
        state.since += t - state.known_at
    state.known_at = None
    state.reason = Reason.HOLDING
    if t - state.since >= state.rule.hold_s:
        state.phase, state.since = Phase.ACTIVE, t
        state.episode += 1
        state.spoken_in_episode = 0
        decide_due(state, t, context)


def forgives(state: RuleState, t: float, before: float) -> bool:
    """Whether a hold outlasts that `when` is false at `t` [s] and `until` is too; `before` is the last tick.

    The dip is measured from the last moment that `when` was true, so data missing in the midst of it makes it no shorter.
    """
    if state.known_at is None:
        state.known_at = before
    state.dips_s += t - before
    return t - state.known_at <= DIP_S and state.dips_s <= DIPS_SHARE * state.rule.hold_s


def fall_short(state: RuleState, t: float) -> None:
    """`when` is false at `t` [s], and that is not forgiven."""
    state.rest(t)
    state.reason = Reason.NOT_MET


def go_on(state: RuleState, still: bool | None, t: float, before: float, context: Context) -> bool:
    """Bring an active rule to `t` [s]: `still` is whether its fault is there. Return True when it was mended."""
    if still is None:
        miss(state, state.rule.until or state.rule.when, t, before, context)
    elif still:
        state.known_at = None
        decide_due(state, t, context)
    else:
        fall_short(state, t)
    return still is False


def miss(state: RuleState, expression: Expression, t: float, before: float, context: Context) -> None:
    """Say what is missing at `t` [s]. A hold or an episode waits for it a moment, and says nothing meanwhile."""
    state.due = False
    if state.phase is not Phase.RESTING:
        if state.known_at is None:
            state.known_at = before
        if t - state.known_at <= FREEZE_S:
            return
        state.rest(t)
    if expression.blame(context) != DATA:
        state.reason = Reason.BASELINE_NOT_READY
    elif any(map(context.slipped, expression.metrics)):
        state.reason = Reason.SENSOR_SLIPPED
    else:
        state.reason = Reason.NO_FRESH_DATA
