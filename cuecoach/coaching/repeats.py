"""When a cue is said again: at once after its cooldown when the fault is as bad as ever, later when it is nearly mended."""

from __future__ import annotations

from cuecoach.coaching.supposing import nearest_end, nearest_fault
from cuecoach.rules import Context, Rule, RuleState
from cuecoach.rules.rule import PRIORITIES


class Repeats:
    """Lets the next cue of an episode wait for longer, the less is left of the fault (docs/science.md, CUE-7).

    With r the share of the way that is left, from where `when` begins to count a fault to where it ends, the next cue comes
    2 - r cooldowns after the last; never sooner than one cooldown.
    """

    def __init__(self) -> None:
        # What was left, by rule, at a version of the moment: finding it takes a search.
        self._left: dict[str, tuple[int, float | None]] = {}

    def waits(self, t: float, state: RuleState, context: Context) -> str | None:
        """Return why a due rule waits for longer than its cooldown, None when it does not."""
        rule = state.rule
        if state.last_heard is None or not state.spoken_in_episode or rule.priority >= PRIORITIES["urgent"]:
            return None
        since = t - state.last_heard
        if since >= 2 * rule.cooldown_s or rule.until is None or rule.when.evaluate(context) is not False:
            return None
        known = self._left.get(rule.id)
        if known is None or known[0] != context.version:
            known = self._left[rule.id] = context.version, _left(rule, context)
        if known[1] is None or since >= (2 - known[1]) * rule.cooldown_s:
            return None
        return f"nearly mended ({100 * known[1]:.0f} % is left): it may go by itself"


def _left(rule: Rule, context: Context) -> float | None:
    """Return the share of the fault that is left, 0 to 1; None where no value of its metric tells."""
    metric = rule.metric
    value = None if metric is None else context.metric(metric)
    if metric is None or value is None:
        return None
    end, begin = nearest_end(rule, metric, value, context), nearest_fault(rule, metric, value, context)
    if end is None or begin is None or begin == end:
        return None
    return min(1.0, max(0.0, (value - end) / (begin - end)))
