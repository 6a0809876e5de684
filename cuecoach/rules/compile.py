"""Turns checked terms into closures: no name is looked up and no unit converted while running, and no code is generated.

Numbers are floats in base units with NaN for unknown, so arithmetic carries it along by itself; answers are True, False or
None.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from operator import methodcaller
from typing import TypeAlias

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

Numeric: TypeAlias = Callable[[Context], float]
Answer: TypeAlias = Callable[[Context], "bool | None"]

#: What is missing: fresh data; or, with all data there, what it is compared with.
DATA, REFERENCE = 1, 2
_NAN = math.nan


# ---------------------------------------------------------------- numbers
def number(term: Term) -> Numeric:
    """Return the function that gives a term's value."""
    match term:
        case Const(value=value):
            return lambda _: value
        case Leaf():
            return _leaf(term)
        case Minus():
            f = number(term.operand)
            return lambda c: -f(c)
        case Sum():
            return _sum(term)
        case Scaled(factor=factor):
            f = number(term.operand)
            return lambda c: f(c) * factor
        case Product():
            return _product(term)
        case Absolute():
            f = number(term.operand)
            return lambda c: abs(f(c))
        case Extreme():
            return _extreme(term)


def _leaf(term: Leaf) -> Numeric:
    ask, factor = asker(term), term.factor
    if factor == 1.0:

        def plain(c: Context) -> float:
            value = ask(c)
            return _NAN if value is None else value

        return plain

    def scaled(c: Context) -> float:
        value = ask(c)
        return _NAN if value is None else value * factor

    return scaled


def asker(term: Leaf) -> Callable[[Context], float | None]:
    """Return the function that asks the context, in catalogue units."""
    # methodcaller rather than a lambda: one Python frame less for every value of every rule on every tick.
    match term.source:
        case "window":
            return methodcaller("window", term.function, term.metric, term.window_s)
        case "elapsed" | "distance":
            return methodcaller(term.source)
        case _:
            return methodcaller(term.source, term.metric)


def ask(term: Leaf, context: Context) -> float | None:
    """Ask the context for one value, in catalogue units."""
    return asker(term)(context)


def _sum(term: Sum) -> Numeric:
    f, g = number(term.left), number(term.right)
    if isinstance(term.right, Const):
        add = term.sign * term.right.value
        return lambda c: f(c) + add
    if term.sign > 0:
        return lambda c: f(c) + g(c)
    return lambda c: f(c) - g(c)


def _product(term: Product) -> Numeric:
    f, g, factor = number(term.left), number(term.right), term.factor
    if not term.divide:
        return lambda c: f(c) * g(c) * factor

    def quotient(c: Context) -> float:
        below = g(c)
        return f(c) / below * factor if below else _NAN

    return quotient


def _extreme(term: Extreme) -> Numeric:
    parts = tuple(number(o) for o in term.operands)
    if len(parts) == 2:
        f, g = parts
        if term.largest:

            def larger(c: Context) -> float:
                a, b = f(c), g(c)
                return a if a >= b or b != b else b

            return larger

        def smaller(c: Context) -> float:
            a, b = f(c), g(c)
            return a if a <= b or b != b else b

        return smaller

    pick = max if term.largest else min

    def extreme(c: Context) -> float:
        values = [v for v in (p(c) for p in parts) if v == v]
        return pick(values) if values else _NAN

    return extreme


# ---------------------------------------------------------------- questions
def question(term: Question) -> Answer:
    """Return the function that answers: True, False, or None for unknown (Kleene's three values)."""
    match term:
        case Fact(name=name):
            return methodcaller("state", name)
        case Negated():
            f = question(term.operand)

            def negated(c: Context) -> bool | None:
                value = f(c)
                return None if value is None else not value

            return negated
        case Compared():
            pairs = [
                _pair(a, sign, b) for a, sign, b in zip(term.operands, term.signs, term.operands[1:], strict=False)
            ]
            return pairs[0] if len(pairs) == 1 else _every(pairs)
        case Counted(operands=operands):
            conditions, decide = [question(o) for o in operands], term.answer
            return lambda c: decide([ask(c) for ask in conditions])
        case Joined():
            parts = [question(o) for o in term.operands]
            return _every(parts) if term.every else _some(parts)


def _pair(left: Term, sign: str, right: Term) -> Answer:
    if sign in (">", ">="):
        left, right, sign = right, left, "<" if sign == ">" else "<="
    f, g = number(left), number(right)
    match sign:
        case "<":

            def below(c: Context) -> bool | None:
                a, b = f(c), g(c)
                return True if a < b else False if a >= b else None

            return below
        case "<=":

            def at_most(c: Context) -> bool | None:
                a, b = f(c), g(c)
                return True if a <= b else False if a > b else None

            return at_most
        case _:
            wanted = sign == "=="

            def equal(c: Context) -> bool | None:
                a, b = f(c), g(c)
                return None if a != a or b != b else (a == b) is wanted

            return equal


def _every(parts: list[Answer]) -> Answer:
    if len(parts) == 2:
        first, second = parts

        def both(c: Context) -> bool | None:
            a = first(c)
            if a is False:
                return False
            b = second(c)
            return a if b is True else b if b is False or a is True else None

        return both

    def every(c: Context) -> bool | None:
        answer: bool | None = True
        for part in parts:
            value = part(c)
            if value is False:
                return False
            if value is None:
                answer = None
        return answer

    return every


def _some(parts: list[Answer]) -> Answer:
    def some(c: Context) -> bool | None:
        answer: bool | None = False
        for part in parts:
            value = part(c)
            if value is True:
                return True
            if value is None:
                answer = None
        return answer

    return some
