"""The reason of a rule with its numbers, for people: ``holding (12 of 30 s): pelvic_tilt 14.2 deg > …``."""

from __future__ import annotations

from cuecoach.rules.context import Context
from cuecoach.rules.explain import missing_text
from cuecoach.rules.rule import Rule
from cuecoach.rules.state import Phase, Reason, RuleState


def why(state: RuleState, t: float, context: Context, gate: str | None) -> str:
    """Return the reason as of the tick at `t` [s]; `gate` is what closed all rules then, None when nothing did."""
    rule, reason = state.rule, state.reason
    match reason:
        case Reason.HOLDING:
            upto = t if state.known_at is None else state.known_at
            dips = state.known_at is not None and rule.when.evaluate(context) is False
            so_far = f"holding ({upto - state.since:.0f} of {rule.hold_s:.0f} s{', in a short dip' if dips else ''})"
            return f"{so_far}: {rule.when.describe(context)}"
        case Reason.GATED:
            return f"gated: {gate or (rule.only_if.describe(context) if rule.only_if is not None else '')}"
        case Reason.NO_FRESH_DATA:
            # What it would be compared with is often missing too, and follows by itself once data comes.
            fresh = [m for m in _missing(rule, context) if m[0] in ("metric", "state", "distance")]
            return f"{reason}: {missing_text(fresh)}"
        case Reason.SENSOR_SLIPPED:
            lost = [name for kind, name in _missing(rule, context) if kind == "metric" and context.slipped(name)]
            return f"{reason}: no {', '.join(lost)} until the next calibration"
        case Reason.BASELINE_NOT_READY:
            return f"{reason}: {missing_text(_missing(rule, context))}"
        case Reason.COOLING_DOWN if state.last_heard is not None:
            return f"cooling down ({max(0.0, t - state.last_heard):.0f} of {rule.cooldown_s:.0f} s)"
        case Reason.LIMIT_REACHED:
            return f"limit reached: {'1 per episode' if not rule.repeat else rule.limit}"
        case Reason.NOT_MET | Reason.DUE:
            return f"{reason}: {_finding(rule, state.phase, context)}"
        case _:
            return str(reason)


def _finding(rule: Rule, phase: Phase, context: Context) -> str:
    """Describe what decided; in the band between `when` and `until`, that is `until`."""
    if phase is Phase.ACTIVE and rule.until is not None and rule.when.evaluate(context) is not True:
        return rule.until.describe(context)
    return rule.when.describe(context)


def _missing(rule: Rule, context: Context) -> list[tuple[str, str]]:
    for expression in (rule.only_if, rule.when, rule.until):
        found = expression.missing(context) if expression is not None else []
        if found:
            return found
    return []
