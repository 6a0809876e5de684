"""What differs between two sets of rules, as far as a run minds: which are new, which changed, which are gone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from cuecoach.rules.rule import Rule

#: More names than these are counted, not listed.
_NAMED = 6


@dataclass(frozen=True, slots=True)
class Changes:
    """The ids of the rules that differ, each group in the order of its files.

    Attributes
    ----------
    changed
        Any setting is another; to stand on another line of the file is no change.
    new, gone
        In the later set only, in the earlier only.
    """

    changed: tuple[str, ...]
    new: tuple[str, ...]
    gone: tuple[str, ...]

    def __str__(self) -> str:
        groups = (("changed", self.changed), ("new", self.new), ("gone", self.gone))
        words = [f"{name} {what}" for what, names in groups for name in names]
        if len(words) > _NAMED:
            words[_NAMED - 1 :] = [f"{len(words) - _NAMED + 1} more"]
        return ", ".join(words) or "no rule is different"


def find_changes(before: Iterable[Rule], after: Iterable[Rule]) -> Changes:
    """Return what became of the rules that may speak."""
    old = {rule.id: _placeless(rule) for rule in before if rule.enabled}
    new = {rule.id: _placeless(rule) for rule in after if rule.enabled}
    return Changes(
        changed=tuple(name for name, rule in new.items() if name in old and old[name] != rule),
        new=tuple(name for name in new if name not in old),
        gone=tuple(name for name in old if name not in new),
    )


def same_life(one: Rule, other: Rule) -> bool:
    """Whether both are at the same point of their life on the same ticks: when, for, until and only_if are alike."""
    return (one.when, one.hold_s, one.until, one.only_if) == (other.when, other.hold_s, other.until, other.only_if)


def _placeless(rule: Rule) -> Rule:
    return replace(rule, path="", line=0)
