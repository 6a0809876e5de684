"""The parts of an expression, asked one by one: is it so, on which numbers, and by how much."""

from __future__ import annotations

import math
from dataclasses import dataclass

from cuecoach.rules import Context, Expression, describe, explain
from cuecoach.rules.check import resolve
from cuecoach.rules.parser import parse
from cuecoach.rules.terms import Compared, Question
from cuecoach.rules.tree import Logic, to_text


@dataclass(frozen=True, slots=True)
class Part:
    """One of the questions that ``and`` or ``or`` joins; an expression without them is one part.

    `text` is how it is written, `unit` that of its margin (None where there is none).
    """

    text: str
    unit: str | None
    _question: Question

    def answer(self, context: Context) -> bool | None:
        """Return the answer, None when unknown."""
        return explain.answer(self._question, context)

    def describe(self, context: Context) -> str:
        """Return the finding with its numbers."""
        return describe.describe(self._question, context)

    def margin(self, context: Context) -> float | None:
        """Return by how much it is so (negative: is not), in base units; None when unknown, or when it is no comparison."""
        if not isinstance(self._question, Compared):
            return None
        values = [explain.value(operand, context) for operand in self._question.operands]
        found = [_by(sign, a, b) for sign, a, b in zip(self._question.signs, values, values[1:], strict=False)]
        return None if any(math.isnan(m) for m in found) else min(found)

    def show(self, margin: float) -> str:
        """Return the size of a margin as people read it: ``1.6 spm``."""
        return describe.show(abs(margin), self.unit)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one part of a setting came to: its answer (None: unknown), its numbers, and by how much, in base units."""

    setting: str
    text: str
    answer: bool | None
    found: str
    margin: float | None
    shown_margin: str


def findings(setting: str, expression: Expression | None, context: Context) -> tuple[Finding, ...]:
    """Return what each part of a rule's setting came to; nothing for a setting that the rule does not have."""
    if expression is None:
        return ()
    found: list[Finding] = []
    for part in parts_of(expression):
        margin = part.margin(context)
        shown = "" if margin is None else part.show(margin)
        found.append(Finding(setting, part.text, part.answer(context), part.describe(context), margin, shown))
    return tuple(found)


def parts_of(expression: Expression) -> tuple[Part, ...]:
    """Return the parts of an expression, in the order they are written.

    Examples
    --------
    >>> from cuecoach.rules import compile_expression
    >>> [part.text for part in parts_of(compile_expression("running and elapsed > 5 min"))]
    ['running', 'elapsed > 5 min']
    """
    tree = expression.tree or parse(expression.text)
    nodes = tree.operands if isinstance(tree, Logic) else (tree,)
    found: list[Part] = []
    for node in nodes:
        question, _ = resolve(node, expression.text)
        if question is None:  # it compiled as a whole, so every part of it does
            continue
        unit = None
        if isinstance(question, Compared):
            unit = next((operand.unit for operand in question.operands if operand.unit), None)
        found.append(Part(to_text(node), unit, question))
    return tuple(found)


def _by(sign: str, a: float, b: float) -> float:
    match sign:
        case "<" | "<=":
            return b - a
        case ">" | ">=":
            return a - b
        case "==":
            return -abs(a - b)
        case _:
            return abs(a - b)
