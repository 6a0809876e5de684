"""Resolves names and checks dimensions: the tree of an expression becomes terms that cannot go wrong later."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, cast

from cuecoach.metrics import METRICS
from cuecoach.rules import dimension as dims
from cuecoach.rules.arithmetic import Arithmetician
from cuecoach.rules.context import State, WindowFunction
from cuecoach.rules.counting import Counting
from cuecoach.rules.dimension import TIME
from cuecoach.rules.lexer import Problem
from cuecoach.rules.scope import Scope, is_window, scope_of
from cuecoach.rules.terms import Absolute, Compared, Const, Fact, Joined, Leaf, Minus, Negated, Question, Term
from cuecoach.rules.tree import Arithmetic, Call, Comparison, Logic, Name, Negative, Node, Not, Number
from cuecoach.rules.vocabulary import (
    FUNCTIONS,
    LONGEST_S,
    NAMES,
    REFERENCES,
    SHORTEST_S,
    STATES,
    WINDOWS,
    Reference,
    example,
    instead,
    usage,
)
from cuecoach.units import UNITS

__all__ = ["FUNCTIONS", "NAMES", "REFERENCES", "STATES", "WINDOWS", "Checker", "resolve"]


class Checker:
    """One expression's check; `problems` collects all that is wrong, so that one run shows everything.

    A part that cannot be resolved becomes None, and nothing more is said about what contains it.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.problems: list[Problem] = []
        #: Metrics in the order they are first named, those measured now before those only referred to.
        self.measured: list[str] = []
        self.referred: list[str] = []
        #: States that are named.
        self.states: set[State] = set()
        self._arithmetic = Arithmetician(text, self.problems)

    # ------------------------------------------------------------ yes-or-no questions
    def question(self, node: Node) -> Question | None:
        """Resolve what must be answered with yes or no."""
        match node:
            case Logic():
                parts = [self.question(o) for o in node.operands]
                known = tuple(p for p in parts if p is not None)
                return Joined(node.word == "and", known) if len(known) == len(parts) else None
            case Not():
                operand = self.question(node.operand)
                return Negated(operand) if operand is not None else None
            case Comparison():
                return self._comparison(node)
            case Name(name=name) if name in STATES:
                state = cast("State", name)
                self.states.add(state)
                return Fact(state)
            case Call(name="count"):
                self._say(
                    206, "`count` gives a number, not yes or no", node, f"compare it: `{self._source(node)} >= 2`"
                )
                return None
            case _:
                before = len(self.problems)
                term = self.number(node, None)
                if term is not None and len(self.problems) == before:
                    help_text = f"compare it, for example `{self._source(node)} < {example(term)}`"
                    self._say(206, f"`{self._source(node)}` is a number, not a yes-or-no question", node, help_text)
                return None

    def _comparison(self, node: Comparison) -> Question | None:
        if any(isinstance(o, Call) and o.name == "count" for o in node.operands):
            return Counting(self.text, self.problems, self.question).comparison(node)
        scope = scope_of(node)
        terms = [self.number(o, scope) for o in node.operands]
        if any(t is None for t in terms):
            return None
        known = [t for t in terms if t is not None]
        for n, sign in enumerate(node.signs):
            pair = self._arithmetic.comparable(known[n], known[n + 1], node.operands[n], node.operands[n + 1])
            if pair is None:
                return None
            known[n], known[n + 1] = pair
            if sign in ("==", "!=") and not all(isinstance(t, Const) for t in pair):
                message = "measured values are almost never exactly equal"
                self._say(506, message, node, "use `<`, `>` or a range `a < x < b`", warning=True)
        return Compared(tuple(known), node.signs, node.start, node.end)

    # ------------------------------------------------------------ numbers
    def number(self, node: Node, scope: Scope | None) -> Term | None:
        """Resolve what must be a number; `scope` says which metric a bare `baseline` is of."""
        match node:
            case Number():
                return self._arithmetic.literal(node)
            case Name():
                return self._name(node, scope)
            case Call():
                return self._call(node, scope)
            case Negative():
                operand = self.number(node.operand, scope)
                if isinstance(operand, Const):
                    return Const(operand.dimension, operand.unit, -operand.value, self._source(node))
                return Minus(operand.dimension, operand.unit, operand) if operand is not None else None
            case Arithmetic():
                left, right = self.number(node.left, scope), self.number(node.right, scope)
                if left is None or right is None:
                    return None
                return self._arithmetic.combine(node, left, right)
            case Comparison() | Logic() | Not():
                self.question(node)
                self._say(206, f"`{self._source(node)}` is yes or no; it cannot be calculated with", node, None)
                return None

    def _name(self, node: Name, scope: Scope | None) -> Term | None:
        name = node.name
        if name in METRICS:
            return self._leaf("metric", name, name)
        if name in REFERENCES:
            metric = scope.metric if scope else None
            if metric is None and scope is not None and scope.unsure:
                return None  # a misspelt metric stands beside it, and that is said already
            if metric is None:
                several = scope is not None and len(scope.metrics) > 1
                why = "the comparison names several metrics" if several else "the comparison names no metric"
                some = next(iter(scope.metrics), "cadence") if scope else "cadence"
                self._say(207, f"`{name}` of which metric? {why}", node, f"write for example `{name}({some})`")
                return None
            return self._leaf(cast("Reference", name), metric, name)
        if name == "elapsed":
            return Leaf(TIME, "min", "elapsed", "elapsed")
        if name == "distance":
            return Leaf(dims.LENGTH, "km", "distance", "distance")
        if name in STATES:
            self._say(206, f"`{name}` is yes or no; it cannot be compared", node, f"write `{name}` or `not {name}`")
        elif name in FUNCTIONS:
            self._say(208, f"`{name}` is a function", node, f"write for example `{usage(name)}`")
        else:
            self._unknown(name, node, NAMES, "name")
        return None

    def _leaf(self, source: Literal["metric", "last", "window"] | Reference, metric: str, label: str) -> Leaf:
        into = self.measured if source in ("metric", "last", "window") else self.referred
        if metric not in into:
            into.append(metric)
        unit = UNITS[METRICS[metric].unit]
        return Leaf(dims.of(unit.dimension), unit.symbol, source, label, unit.factor, metric)

    # ------------------------------------------------------------ functions
    def _call(self, node: Call, scope: Scope | None) -> Term | None:
        name, arguments = node.name, node.arguments
        if name in REFERENCES or name == "last":
            metric = self._only_metric(node)
            return self._leaf(cast("Reference", name), metric, f"{name}({metric})") if metric else None
        if name in ("min", "max") and not is_window(node):
            return self._extreme(node, scope)
        if name in WINDOWS:
            return self._window(node)
        if name == "abs":
            if len(arguments) != 1:
                self._say(208, "`abs` takes one value", node, f"write for example `{usage(name)}`")
                return None
            operand = self.number(arguments[0], scope)
            return Absolute(operand.dimension, operand.unit, operand) if operand is not None else None
        if name == "count":
            self._say(
                208, "`count` can only be compared with a number", node, "write for example `count(a, b, c) >= 2`"
            )
        elif name in METRICS:
            self._say(208, f"`{name}` is a metric, not a function", node, f"write `{name}`, or `mean({name}, 30 s)`")
        elif name in STATES or name in ("elapsed", "distance"):
            self._say(208, f"`{name}` is not a function", node, f"write `{name}`")
        else:
            self._unknown(name, Name(node.start, node.start + len(name)), FUNCTIONS, "function")
        return None

    def _extreme(self, node: Call, scope: Scope | None) -> Term | None:
        if len(node.arguments) < 2:
            self._say(
                208, f"`{node.name}` needs two values, or a metric and a time", node, f"write `{usage(node.name)}`"
            )
            return None
        terms = [self.number(a, scope) for a in node.arguments]
        known = [t for t in terms if t is not None]
        return self._arithmetic.extreme(node, known) if len(known) == len(terms) else None

    def _window(self, node: Call) -> Leaf | None:
        mend = f"write for example `{usage(node.name)}`"
        if len(node.arguments) != 2:
            self._say(208, f"`{node.name}` needs a metric and a time", node, mend)
            return None
        first, second = node.arguments
        metric = self._metric(first, node.name)
        length = second
        if not isinstance(length, Number) or length.unit not in ("s", "min", "h"):
            self._say(208, f"`{self._source(second)}` is not a length of time", second, mend)
            return None
        window_s = length.value * UNITS[length.unit].factor
        if not SHORTEST_S <= window_s <= LONGEST_S:
            self._say(208, "a window is 1 s to 30 min long", second, mend)
            return None
        if metric is None:
            return None
        leaf = self._leaf("window", metric, f"{node.name}({metric}, {self._source(second)})")
        dimension, symbol = leaf.dimension, leaf.unit
        if node.name == "slope":
            dimension, symbol = dims.product(dimension, TIME, -1), f"{symbol}/min"
        function = cast("WindowFunction", node.name)
        return replace(leaf, dimension=dimension, unit=symbol, function=function, window_s=window_s)

    def _only_metric(self, node: Call) -> str | None:
        if len(node.arguments) != 1:
            self._say(208, f"`{node.name}` takes one metric", node, f"write for example `{usage(node.name)}`")
            return None
        return self._metric(node.arguments[0], node.name)

    def _metric(self, node: Node, function: str) -> str | None:
        if isinstance(node, Name) and node.name in METRICS:
            return node.name
        if isinstance(node, Name) and node.name not in NAMES and node.name not in FUNCTIONS:
            self._unknown(node.name, node, tuple(METRICS), "metric")
        else:
            self._say(208, f"`{self._source(node)}` is not a metric", node, f"write for example `{usage(function)}`")
        return None

    # ------------------------------------------------------------ saying what is wrong
    def _unknown(self, name: str, node: Node, known: tuple[str, ...], what: str) -> None:
        self._say(202, f"unknown {what} `{name}`", node, instead(name, known, what))

    def _source(self, node: Node) -> str:
        return self.text[node.start : node.end]

    def _say(self, number: int, message: str, node: Node, help_text: str | None, *, warning: bool = False) -> None:
        self.problems.append(Problem(number, message, node.start, max(node.end, node.start + 1), help_text, warning))


def resolve(node: Node, text: str) -> tuple[Question | None, Checker]:
    """Check a parsed expression that must be a yes-or-no question; the checker holds the problems and the metrics named."""
    checker = Checker(text)
    return checker.question(node), checker
