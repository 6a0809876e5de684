"""Whether a rule asks of a sensor only what it can tell: an absolute threshold needs one that is exact.

What a rule needs follows from its expression: a metric compared with its baseline, start or target, with its own past or with
its sister on the other side is relative; compared with a plain number it is absolute (docs/science.md, SEN-1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Protocol

from cuecoach.rules import Rule
from cuecoach.rules.explain import leaves
from cuecoach.rules.rule import PRIORITIES
from cuecoach.rules.terms import Compared, Counted, Fact, Joined, Negated, Question
from cuecoach.signals.trust import LOGGED, Trust

_MEASURED: Final = frozenset({"metric", "window", "last"})
_OWN: Final = frozenset({"baseline", "start", "target"})
_CHANGES: Final = frozenset({"slope", "sd"})
#: Names of one thing, as a whole and by side.
_FAMILY: Final[Mapping[str, str]] = MappingProxyType(
    {"pelvic_drop_left": "pelvic_drop", "pelvic_drop_right": "pelvic_drop"}
)
_NONE: Final = frozenset[str]()


class Trusts(Protocol):
    """What knows how far each metric is to be trusted now."""

    def trust(self, name: str) -> Trust:
        """Return the class of a metric's source."""
        ...


@dataclass(frozen=True, slots=True)
class Claims:
    """What an expression asks of sensors: metrics held against plain numbers, and against the runner's own.

    `logged` are metrics that are never cued and that it cannot be true without.
    """

    absolute: frozenset[str] = _NONE
    relative: frozenset[str] = _NONE
    logged: frozenset[str] = _NONE


def claims_of_rule(rule: Rule) -> Claims:
    """Return what a rule asks of sensors; one that asks about pain needs no exact one."""
    return Claims() if rule.priority >= PRIORITIES["urgent"] else claims_of(rule.when.question)


def distrust(claims: Claims, signals: Trusts) -> str | None:
    """Return why the sensors of this moment cannot carry a rule with these claims, None when they can."""
    for name in sorted(claims.logged):
        return f"{name} is only logged, never cued by itself"
    for name in sorted(claims.absolute):
        if signals.trust(name) != "A":
            return f"this sensor's {name} can only be compared with itself"
    return None


def claims_of(question: Question, *, turned: bool = False) -> Claims:
    """Return what a question asks of sensors; `turned` when it stands under a `not`."""
    match question:
        case Fact():
            return Claims()
        case Negated():
            return claims_of(question.operand, turned=not turned)
        case Compared():
            return _compared(question)
        case Counted():
            parts = [claims_of(part, turned=turned) for part in question.operands]
            alone = len(question.answers) < 2 or question.answers[1] != question.answers[0]
            return _either(parts, logged=alone)
        case Joined():
            parts = [claims_of(part, turned=turned) for part in question.operands]
            return _together(parts) if question.every != turned else _either(parts, logged=True)


def _compared(question: Compared) -> Claims:
    found = list(leaves(question))
    measured = [leaf for leaf in found if leaf.source in _MEASURED]
    names = frozenset(leaf.metric for leaf in measured)
    changes = any(leaf.source == "window" and leaf.function in _CHANGES for leaf in measured)
    own = any(leaf.source in _OWN for leaf in found) or len(measured) > 1 or changes
    return Claims(_NONE if own else names, names if own else _NONE, names & LOGGED)


def _together(parts: list[Claims]) -> Claims:
    """All must be so: a plain number beside a comparison with the runner's own only narrows it."""
    relative = _NONE.union(*(part.relative for part in parts))
    absolute = _NONE.union(*(part.absolute for part in parts))
    carried = any(not part.logged and (part.relative or part.absolute) for part in parts)
    logged = _NONE if carried else _NONE.union(*(part.logged for part in parts))
    own = {_FAMILY.get(name, name) for name in relative}
    absolute = frozenset(name for name in absolute if _FAMILY.get(name, name) not in own)
    return Claims(absolute, relative, logged)


def _either(parts: list[Claims], *, logged: bool) -> Claims:
    """Each may be enough."""
    relative = frozenset(name for part in parts for name in part.relative)
    absolute = frozenset(name for part in parts for name in part.absolute)
    free = any(not part.logged for part in parts)
    every = frozenset(name for part in parts for name in part.logged)
    return Claims(absolute, relative - absolute, every if logged or not free else _NONE)
