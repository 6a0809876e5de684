"""For demonstrations: the same rules with shorter holds, so that minutes show what takes half an hour."""

from __future__ import annotations

from dataclasses import replace

from cuecoach.rules import Rule


def hurried(rule: Rule, factor: float) -> Rule:
    """Return the rule with its hold and cooldown divided by `factor`; a beat keeps its length, for legs cannot hurry."""
    if factor == 1:
        return rule
    return replace(
        rule,
        hold_s=rule.hold_s / factor,
        cooldown_s=rule.cooldown_s / factor,
    )
