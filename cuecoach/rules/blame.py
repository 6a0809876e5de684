"""Which kind of thing is missing when an answer is unknown: fresh data, or what it is compared with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from cuecoach.rules.compile import DATA, REFERENCE, asker, question
from cuecoach.rules.context import Context
from cuecoach.rules.terms import (
    Absolute,
    Compared,
    Const,
    Counted,
    Extreme,
    Fact,
    Joined,
    Leaf,
    Minus,
    Negated,
    Product,
    Question,
    Scaled,
    Sum,
    Term,
)

Blame: TypeAlias = Callable[[Context], int]

_DATA_SOURCES: Final = frozenset({"metric", "window", "last", "elapsed", "distance"})


def blame(term: Term | Question) -> Blame:
    """Return the function that says what kind of thing is missing: `DATA`, else `REFERENCE`, else 0."""
    match term:
        case Const():
            return lambda _: 0
        case Leaf():
            ask_it = asker(term)
            bit = DATA if term.source in _DATA_SOURCES else REFERENCE
            return lambda c: 0 if ask_it(c) is not None else bit
        case Fact(name=name):
            return lambda c: DATA if c.state(name) is None else 0
        case Minus() | Scaled() | Absolute() | Negated():
            return blame(term.operand)
        case Sum() | Product():
            return _either(blame(term.left), blame(term.right))
        case Compared(operands=(left, right)):
            return _either(blame(left), blame(right))
        case Extreme():
            parts = [blame(o) for o in term.operands]

            def skipping(c: Context) -> int:
                worst = 0
                for part in parts:
                    kind = part(c)
                    if not kind:
                        return 0
                    if worst != DATA:
                        worst = kind
                return worst

            return skipping
        case Compared() | Counted() | Joined():
            known, together = question(term), _together([blame(o) for o in term.operands])
            return lambda c: 0 if known(c) is not None else together(c)


def _either(f: Blame, g: Blame) -> Blame:
    def either(c: Context) -> int:
        first = f(c)
        if first == DATA:
            return DATA
        return g(c) or first

    return either


def _together(parts: list[Blame]) -> Blame:
    blamed = parts[0]
    for part in parts[1:]:
        blamed = _either(blamed, part)
    return blamed
