"""Whether an active rule wants to speak: its cooldown, its limit, and once an episode."""

from __future__ import annotations

from cuecoach.rules.context import Context
from cuecoach.rules.rule import Limit
from cuecoach.rules.state import Reason, RuleState

#: A kilometre of an unknown distance counts as so many seconds: 6 min/km, an easy run.
KM_S = 360.0
_HOUR_S = 3600.0
_KM_M = 1000.0


def decide_due(state: RuleState, t: float, context: Context) -> None:
    """Set whether an active rule is due at `t` [s], and the reason."""
    rule = state.rule
    state.due = False
    if state.pending:
        state.reason = Reason.SPOKEN
    elif state.last_heard is not None and t - state.last_heard < rule.cooldown_s:
        state.reason = Reason.COOLING_DOWN
    elif (not rule.repeat and state.spoken_in_episode) or (
        rule.limit is not None and _used_up(state, rule.limit, t, context)
    ):
        state.reason = Reason.LIMIT_REACHED
    else:
        state.reason = Reason.DUE
        state.due = True


def _used_up(state: RuleState, limit: Limit, t: float, context: Context) -> bool:
    if len(state.heard_places) < limit.count:
        return False
    then, place = state.heard_places[-limit.count]
    match limit.per:
        case "run":
            return True
        case "hour":
            return t - then < _HOUR_S
        case "km":
            here = context.distance()
            if here is None or place is None:
                return t - then < KM_S
            return here - place < _KM_M
