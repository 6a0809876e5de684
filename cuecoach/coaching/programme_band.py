"""Whether the form that a plan trains is as it should be at this moment."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from cuecoach.coaching.programme import CADENCE
from cuecoach.rules import Rule
from cuecoach.rules.context import Context

#: A cadence is in band from so far below the target to so far above it, as shares (CAD-4).
BELOW: Final = 0.03
ABOVE: Final = 0.04


def in_band(focus: str, rules: Iterable[Rule], context: Context) -> bool | None:
    """Return whether form is in band, None when that cannot be told.

    For cadence that is a band about the target; for anything else, that no fault is seen which a rule of the focus answers to.
    """
    if focus == CADENCE:
        value, target = context.metric(CADENCE), context.target(CADENCE)
        if value is None or target is None:
            return None
        return target * (1 - BELOW) <= value <= target * (1 + ABOVE)
    known = False
    for rule in rules:
        if rule.only_if is not None and rule.only_if.evaluate(context) is not True:
            continue
        fault = rule.when.evaluate(context)
        if fault is True:
            return False
        known = known or fault is False
    return True if known else None
