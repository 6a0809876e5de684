"""What may be added, multiplied and compared with what, and how a percentage acts."""

from __future__ import annotations

import math
import re

from cuecoach.metrics import METRICS
from cuecoach.rules import dimension as dims
from cuecoach.rules.dimension import PERCENT, PLAIN, Dimension
from cuecoach.rules.lexer import Problem
from cuecoach.rules.terms import Const, Extreme, Product, Scaled, Sum, Term
from cuecoach.rules.tree import Arithmetic, Call, Node, Number
from cuecoach.rules.vocabulary import NAMES
from cuecoach.units import UNITS

_DECIMALS = re.compile(r",([0-9]+)")


class Arithmetician:
    """Puts two terms together, or says why they do not fit and what to write.

    Parameters
    ----------
    text
        The expression, for quoting.
    problems
        Where problems are added.
    """

    def __init__(self, text: str, problems: list[Problem]) -> None:
        self._text = text
        self._problems = problems

    def literal(self, node: Number) -> Const | None:
        """Return the constant of a number in base units, None with a problem said."""
        if node.unit is None:
            return Const(PLAIN, None, node.value, self._source(node))
        unit = dims.measure(node.unit)
        if unit is not None:
            return Const(unit.dimension, unit.symbol, node.value * unit.factor, self._source(node))
        place = Number(node.unit_start, node.end)
        if node.unit in METRICS or node.unit in NAMES:
            help_text = f"write `{self._text[node.start : node.unit_start].strip()} * {node.unit}`"
            self._say(201, f"a sign is missing before `{node.unit}`", place, help_text)
            return None
        intended = dims.intended(node.unit)
        help_text = f"did you mean `{intended}`?" if intended else f"units are: {', '.join(UNITS)}"
        self._say(203, f"unknown unit `{node.unit}`", place, help_text)
        return None

    def combine(self, node: Arithmetic, left: Term, right: Term) -> Term | None:
        """Return the term of ``left sign right``, None with a problem said."""
        term = self._product(node, left, right) if node.sign in "*/" else self._sum(node, left, right)
        if term is not None and isinstance(left, Const) and isinstance(right, Const):
            value = _fold(term)
            return Const(term.dimension, term.unit, value, self._source(node))
        return term

    def comparable(self, a: Term, b: Term, left: Node, right: Node) -> tuple[Term, Term] | None:
        """Return both terms, ready to compare; a share written in percent fits a ratio (``cadence / baseline < 95 %``)."""
        if a.dimension == PLAIN and isinstance(b, Const) and b.dimension == PERCENT and not isinstance(a, Const):
            return a, Const(PLAIN, None, b.value / 100, b.text)
        if b.dimension == PLAIN and isinstance(a, Const) and a.dimension == PERCENT and not isinstance(b, Const):
            return Const(PLAIN, None, a.value / 100, a.text), b
        return (a, b) if self._same(a, b, left, right, "compared") else None

    def extreme(self, node: Call, terms: list[Term]) -> Term | None:
        """Return ``min(…)`` or ``max(…)`` of terms of one dimension."""
        for n in range(1, len(terms)):
            if not self._same(terms[0], terms[n], node.arguments[0], node.arguments[n], "compared"):
                return None
        unit = next((t.unit for t in terms if not isinstance(t, Const)), terms[0].unit)
        return Extreme(terms[0].dimension, unit, node.name == "max", tuple(terms))

    def _sum(self, node: Arithmetic, left: Term, right: Term) -> Term | None:
        sign = 1 if node.sign == "+" else -1
        if (
            isinstance(right, Const)
            and right.dimension == PERCENT
            and not (isinstance(left, Const) and left.dimension == PERCENT)
        ):
            if left.dimension == PERCENT:
                here, there = self._source(node.left), self._source(node.right)
                message = f"`{node.sign} {there}` scales `{here}`; it does not add points"
                self._say(
                    505, message, node.right, f"for points compare a difference: `x - {here} > {there}`", warning=True
                )
            return Scaled(left.dimension, left.unit, left, right, sign)
        if isinstance(left, Const) and left.dimension == PERCENT and right.dimension != PERCENT:
            help_text = f"write `{self._source(node.right)} + {left.text}` to scale it"
            self._say(205, f"`{left.text}` has nothing before it to scale", node.left, help_text)
            return None
        verb = "added" if sign > 0 else "subtracted"
        if not self._same(left, right, node.left, node.right, verb):
            return None
        unit = left.unit if not isinstance(left, Const) else right.unit
        return Sum(left.dimension, unit, left, right, sign)

    def _product(self, node: Arithmetic, left: Term, right: Term) -> Term | None:
        divide = node.sign == "/"
        if divide and isinstance(right, Const) and right.value == 0:
            self._say(205, "this divides by zero", node.right, None)
            return None
        a, b, factor = left.dimension, right.dimension, 1.0
        # A percentage of something is a share of it: 95 % * baseline. A plain multiple of a percentage stays one.
        if divide:
            if b == PERCENT and a != PERCENT:
                b, factor = PLAIN, 100.0
        elif a == PERCENT and b != PLAIN:
            a, factor = PLAIN, 0.01
        elif b == PERCENT and a != PLAIN:
            b, factor = PLAIN, 0.01
        dimension = dims.product(a, b, -1 if divide else 1)
        unit = _unit_of(dimension, left, right)
        return Product(dimension, unit, left, right, divide, factor)

    def _same(self, a: Term, b: Term, left: Node, right: Node, verb: str) -> bool:
        if a.dimension == b.dimension:
            return True
        for bare, node, other, partner in ((a, left, b, right), (b, right, a, left)):
            if bare.dimension == PLAIN and isinstance(bare, Const):
                unit = other.unit or "…"
                message = f"`{bare.text}` needs a unit: `{self._source(partner)}` is {dims.words(other.dimension)}"
                mend = f"write `{bare.text} {unit}`"
                # `max(2,5 deg)`: a comma with no space after it was meant as a point.
                decimals = _DECIMALS.match(self._text, node.end)
                if decimals:
                    mend = f"write `{bare.text} {unit}`, or `{bare.text}.{decimals[1]} {unit}` if the comma is a decimal point"
                self._say(204, message, node, mend)
                return False
        one, two = self._source(left), self._source(right)
        message = f"`{one}` is {dims.words(a.dimension)}, `{two}` is {dims.words(b.dimension)}; they cannot be {verb}"
        wanted = a.unit if isinstance(b, Const) else b.unit if isinstance(a, Const) else None
        self._say(205, message, right, f"write a number in `{wanted}`" if wanted else None)
        return False

    def _source(self, node: Node) -> str:
        return self._text[node.start : node.end]

    def _say(self, number: int, message: str, node: Node, help_text: str | None, *, warning: bool = False) -> None:
        self._problems.append(Problem(number, message, node.start, max(node.end, node.start + 1), help_text, warning))


def _unit_of(dimension: Dimension, *terms: Term) -> str | None:
    for term in terms:
        if term.dimension == dimension and term.unit:
            return term.unit
    return "m/s" if dimension == dims.SPEED else None


def _fold(term: Term) -> float:
    match term:
        case Sum(left=Const(value=a), right=Const(value=b)):
            return a + term.sign * b
        case Scaled(operand=Const(value=a)):
            return a * term.factor
        case Product(left=Const(value=a), right=Const(value=b)):
            if not term.divide:
                return a * b * term.factor
            return a / b * term.factor if b else math.nan
        case _:
            return math.nan
