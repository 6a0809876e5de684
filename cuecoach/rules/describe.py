"""Says in words what an expression found, and why the answer came out so."""

from __future__ import annotations

import math
from typing import Final

from cuecoach.rules import dimension as dims
from cuecoach.rules.context import Context
from cuecoach.rules.explain import answer, join, pair, value
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

#: Decimals that mean something to a runner; one where nothing is said.
_DECIMALS: Final = {"m/s": 2, "m": 2, "km": 2, "s": 0, "ms": 0, "mm": 0, "W": 0, "bpm": 0}
_OPPOSITE: Final = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


def describe(term: Question, context: Context) -> str:
    """Return what was found, in one short line: ``pelvic_tilt 14.2 deg > 11.0 deg (start 8.0 deg + 3 deg)``.

    A false comparison is shown the way it really is; of ``and`` and ``or`` only the parts that decided are shown.
    """
    match term:
        case Fact():
            known = context.state(term.name)
            return term.name if known else f"{term.name} unknown" if known is None else f"not {term.name}"
        case Negated():
            return describe(term.operand, context)
        case Compared():
            return _describe_chain(term, context)
        case Counted():
            return _describe_count(term, context)
        case Joined():
            return _describe_joined(term, context)


def _describe_joined(term: Joined, context: Context) -> str:
    answers = [answer(o, context) for o in term.operands]
    total = join(term.every, answers)
    shown = [o for o, a in zip(term.operands, answers, strict=True) if a is total]
    # Why an `or` is true, or an `and` false, one part can say; the parts of the rest belong together.
    word = " and " if term.every is total or total is False else " or "
    return word.join(describe(o, context) for o in shown)


def _describe_count(term: Counted, context: Context) -> str:
    answers = [answer(o, context) for o in term.operands]
    met = [describe(o, context) for o, a in zip(term.operands, answers, strict=True) if a]
    unknown = answers.count(None)
    text = f"{len(met)} of {len(answers)}" + (f", {unknown} unknown" if unknown else "")
    return text + (f" ({', '.join(met)})" if met else "")


def _describe_chain(term: Compared, context: Context) -> str:
    answers = [pair(term, n, context) for n in range(len(term.signs))]
    total = join(True, answers)
    if total:
        text = _side(term.operands[0], context)
        for sign, operand in zip(term.signs, term.operands[1:], strict=True):
            text += f" {sign} {_side(operand, context)}"
        return text
    n = answers.index(total)
    sign = term.signs[n] if total is None else _OPPOSITE[term.signs[n]]
    left, right = term.operands[n], term.operands[n + 1]
    finer = _look_alike(left, right, context)
    return f"{_side(left, context, finer)} {sign} {_side(right, context, finer)}"


def _look_alike(left: Term, right: Term, context: Context) -> int:
    """Return 1 where two different values would be shown as the same: one decimal more tells them apart."""
    a, b = value(left, context), value(right, context)
    return int(a != b and show(a, left.unit) == show(b, right.unit))


def _side(term: Term, context: Context, finer: int = 0) -> str:
    """Return one side of a comparison: its value, with `finer` more decimals, and where that came from."""
    term = _winner(term, context)
    if isinstance(term, Const):
        return term.text
    total = value(term, context)
    number = "unknown" if math.isnan(total) else show(total, term.unit, finer)
    return f"{term.label} {number}" if isinstance(term, Leaf) else f"{number} ({_made_of(term, context)})"


def _winner(term: Term, context: Context) -> Term:
    """Return the operand of ``min``/``max`` that counted, or the term itself."""
    while isinstance(term, Extreme):
        total = value(term, context)
        if math.isnan(total):
            return term
        term = next(o for o in term.operands if value(o, context) == total)
    return term


def _made_of(term: Term, context: Context, *, inside: bool = False) -> str:
    term = _winner(term, context)
    match term:
        case Const():
            return term.text
        case Leaf():
            found = value(term, context)
            return f"{term.label} unknown" if math.isnan(found) else f"{term.label} {show(found, term.unit)}"
        case Minus():
            return f"-{_made_of(term.operand, context, inside=True)}"
        case Absolute():
            return f"abs({_made_of(term.operand, context)})"
        case Extreme():
            parts = ", ".join(_made_of(o, context) for o in term.operands)
            return f"{'max' if term.largest else 'min'}({parts})"
        case Scaled():
            text = f"{_made_of(term.operand, context)} {'+' if term.sign > 0 else '-'} {term.percent.text}"
        case Sum():
            right = _made_of(term.right, context, inside=term.sign < 0)
            text = f"{_made_of(term.left, context)} {'+' if term.sign > 0 else '-'} {right}"
        case Product():
            left, right = (_made_of(t, context, inside=True) for t in (term.left, term.right))
            return f"{left} {'/' if term.divide else '*'} {right}"
    return f"({text})" if inside else text


def show(base: float, unit: str | None, finer: int = 0) -> str:
    """Return a value in base units as people read it, with `finer` more decimals than usual: ``11.0 deg``."""
    measure = dims.measure(unit) if unit else None
    if unit is None or measure is None:
        return f"{base:.{2 + finer}f}"
    return f"{base / measure.factor:.{_DECIMALS.get(unit, 1) + finer}f} {unit}"
