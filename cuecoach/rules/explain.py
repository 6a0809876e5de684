"""What an expression found: the numbers it rests on, its answer, and what was missing.

A slow walk over the same terms that are compiled, used only when somebody asks.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from cuecoach.rules import compile as compiled
from cuecoach.rules.context import Context
from cuecoach.rules.terms import (
    Absolute,
    Checked,
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

#: What was missing: its kind (a source, or ``state``) and the name of the metric or state.
Missing = tuple[str, str]


# ---------------------------------------------------------------- values
def value(term: Term, context: Context) -> float:
    """Return a term's value in base units, NaN when unknown."""
    match term:
        case Const():
            return term.value
        case Leaf():
            found = compiled.ask(term, context)
            return math.nan if found is None else found * term.factor
        case Minus():
            return -value(term.operand, context)
        case Sum():
            return value(term.left, context) + term.sign * value(term.right, context)
        case Scaled():
            return value(term.operand, context) * term.factor
        case Product():
            left, right = value(term.left, context), value(term.right, context)
            if not term.divide:
                return left * right * term.factor
            return left / right * term.factor if right else math.nan
        case Absolute():
            return abs(value(term.operand, context))
        case Extreme():
            known = [v for v in (value(o, context) for o in term.operands) if not math.isnan(v)]
            return (max(known) if term.largest else min(known)) if known else math.nan


def answer(term: Question, context: Context) -> bool | None:
    """Return the answer, None when unknown."""
    match term:
        case Fact():
            return context.state(term.name)
        case Negated():
            inner = answer(term.operand, context)
            return None if inner is None else not inner
        case Compared():
            return join(True, [pair(term, n, context) for n in range(len(term.signs))])
        case Counted():
            return term.answer([answer(o, context) for o in term.operands])
        case Joined():
            return join(term.every, [answer(o, context) for o in term.operands])


def join(every: bool, answers: list[bool | None]) -> bool | None:
    """Return the answer of `and` (`every`) or `or` over answers, None when unknown."""
    if (not every) in answers:
        return not every
    return None if None in answers else every


def pair(term: Compared, n: int, context: Context) -> bool | None:
    """Return the answer of the n-th comparison of a chain, None when unknown."""
    a, b = value(term.operands[n], context), value(term.operands[n + 1], context)
    if math.isnan(a) or math.isnan(b):
        return None
    return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b, "==": a == b, "!=": a != b}[term.signs[n]]


def leaves(term: Checked) -> Iterator[Leaf]:
    """Every value an expression asks for, in the order it is written."""
    match term:
        case Leaf():
            yield term
        case Minus() | Scaled() | Absolute() | Negated():
            yield from leaves(term.operand)
        case Sum() | Product():
            yield from leaves(term.left)
            yield from leaves(term.right)
        case Extreme() | Compared() | Counted() | Joined():
            for operand in term.operands:
                yield from leaves(operand)
        case Const() | Fact():
            return


def missing(term: Checked, context: Context) -> list[Missing]:
    """Return what makes the term unknown; empty when it is known."""
    match term:
        case Const():
            return []
        case Leaf():
            kind = "metric" if term.source in ("window", "last") else term.source
            return [(kind, term.metric or term.source)] if compiled.ask(term, context) is None else []
        case Fact():
            return [("state", term.name)] if context.state(term.name) is None else []
        case Minus() | Scaled() | Absolute() | Negated():
            return missing(term.operand, context)
        case Sum() | Product():
            return _unique(missing(term.left, context) + missing(term.right, context))
        case Extreme():
            found = [missing(o, context) for o in term.operands]
            return _unique([m for part in found for m in part]) if all(found) else []
        case Compared() | Counted() | Joined():
            # What is unknown does not matter where the rest has decided.
            if answer(term, context) is not None:
                return []
            return _unique([m for o in term.operands for m in missing(o, context)])


def _unique(found: list[Missing]) -> list[Missing]:
    return list(dict.fromkeys(found))


def missing_text(found: list[Missing]) -> str:
    """Return what is missing for people: ``pelvic_tilt, baseline of cadence``."""
    return ", ".join(name if kind in ("metric", "state", name) else f"{kind} of {name}" for kind, name in found)
