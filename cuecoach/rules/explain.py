"""Says in words what an expression found: the numbers it rests on, what was missing, and why the answer came out so.

A slow walk over the same terms that are compiled, used only when somebody asks.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from cuecoach.rules import compile as compiled
from cuecoach.rules import dimension as dims
from cuecoach.rules.context import Context
from cuecoach.rules.terms import (
    Absolute,
    Checked,
    Compared,
    Const,
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
            return _join(True, [_pair(term, n, context) for n in range(len(term.signs))])
        case Joined():
            return _join(term.every, [answer(o, context) for o in term.operands])


def _join(every: bool, answers: list[bool | None]) -> bool | None:
    if (not every) in answers:
        return not every
    return None if None in answers else every


def _pair(term: Compared, n: int, context: Context) -> bool | None:
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
        case Extreme() | Compared() | Joined():
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
        case Compared() | Joined():
            # What is unknown does not matter where the rest has decided.
            if answer(term, context) is not None:
                return []
            return _unique([m for o in term.operands for m in missing(o, context)])


def _unique(found: list[Missing]) -> list[Missing]:
    return list(dict.fromkeys(found))


def missing_text(found: list[Missing]) -> str:
    """Return what is missing for people: ``pelvic_tilt, baseline of cadence``."""
    return ", ".join(name if kind in ("metric", "state", name) else f"{kind} of {name}" for kind, name in found)


# ---------------------------------------------------------------- words
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
        case Joined():
            return _describe_joined(term, context)


def _describe_joined(term: Joined, context: Context) -> str:
    answers = [answer(o, context) for o in term.operands]
    total = _join(term.every, answers)
    shown = [o for o, a in zip(term.operands, answers, strict=True) if a is total]
    # Why an `or` is true, or an `and` false, one part can say; the parts of the rest belong together.
    word = " and " if term.every is total or total is False else " or "
    return word.join(describe(o, context) for o in shown)


def _describe_chain(term: Compared, context: Context) -> str:
    answers = [_pair(term, n, context) for n in range(len(term.signs))]
    total = _join(True, answers)
    if total:
        text = _side(term.operands[0], context)
        for sign, operand in zip(term.signs, term.operands[1:], strict=True):
            text += f" {sign} {_side(operand, context)}"
        return text
    n = answers.index(total)
    sign = term.signs[n] if total is None else _OPPOSITE[term.signs[n]]
    return f"{_side(term.operands[n], context)} {sign} {_side(term.operands[n + 1], context)}"


def _side(term: Term, context: Context) -> str:
    """Return one side of a comparison: its value, and where that came from."""
    term = _winner(term, context)
    if isinstance(term, Const | Leaf):
        return _made_of(term, context)
    total = value(term, context)
    number = "unknown" if math.isnan(total) else show(total, term.unit)
    return f"{number} ({_made_of(term, context)})"


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


def show(base: float, unit: str | None) -> str:
    """Return a value in base units as people read it: ``11.0 deg``."""
    measure = dims.measure(unit) if unit else None
    if unit is None or measure is None:
        return f"{base:.2f}"
    return f"{base / measure.factor:.{_DECIMALS.get(unit, 1)}f} {unit}"
