"""Resolves names and checks dimensions: the tree of an expression becomes terms that cannot go wrong later."""

from __future__ import annotations

import difflib
from typing import Final, Literal, TypeAlias, cast, get_args

from cuecoach.metrics import METRICS, OTHER_NAMES
from cuecoach.rules import dimension as dims
from cuecoach.rules.arithmetic import Arithmetician
from cuecoach.rules.context import State, WindowFunction
from cuecoach.rules.dimension import PLAIN, TIME
from cuecoach.rules.lexer import Problem
from cuecoach.rules.parser import Arithmetic, Call, Comparison, Logic, Name, Negative, Node, Not, Number
from cuecoach.rules.terms import Absolute, Compared, Const, Fact, Joined, Leaf, Minus, Negated, Question, Term
from cuecoach.units import UNITS

Reference: TypeAlias = Literal["baseline", "start", "noise", "target"]

STATES: Final[tuple[str, ...]] = get_args(State)
REFERENCES: Final[tuple[str, ...]] = get_args(Reference)
#: Functions over a window of time.
WINDOWS: Final[tuple[str, ...]] = get_args(WindowFunction)
FUNCTIONS: Final[tuple[str, ...]] = (*WINDOWS, "last", "abs", *REFERENCES)
NAMES: Final[tuple[str, ...]] = (*METRICS, *REFERENCES, "elapsed", "distance", *STATES)

#: The signals keep so much; a shorter window would hold one step or none.
SHORTEST_S, LONGEST_S = 1.0, 1800.0


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
            case _:
                before = len(self.problems)
                term = self.number(node, None)
                if term is not None and len(self.problems) == before:
                    help_text = f"compare it, for example `{self._source(node)} < {_example(term)}`"
                    self._say(206, f"`{self._source(node)}` is a number, not a yes-or-no question", node, help_text)
                return None

    def _comparison(self, node: Comparison) -> Compared | None:
        scope = _scope(node)
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
        return Compared(tuple(known), node.signs)

    # ------------------------------------------------------------ numbers
    def number(self, node: Node, scope: _Scope | None) -> Term | None:
        """Resolve what must be a number; `scope` says which metric a bare `baseline` is of."""
        match node:
            case Number():
                return self._literal(node)
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

    def _literal(self, node: Number) -> Const | None:
        if node.unit is None:
            return Const(PLAIN, None, node.value, self._source(node))
        unit = dims.measure(node.unit)
        if unit is not None:
            return Const(unit.dimension, unit.symbol, node.value * unit.factor, self._source(node))
        place = Number(node.unit_start, node.end)
        if node.unit in METRICS or node.unit in NAMES:
            help_text = f"write `{self.text[node.start : node.unit_start].strip()} * {node.unit}`"
            self._say(201, f"a sign is missing before `{node.unit}`", place, help_text)
            return None
        meant = dims.intended(node.unit)
        help_text = f"did you mean `{meant}`?" if meant else f"units are: {', '.join(UNITS)}"
        self._say(203, f"unknown unit `{node.unit}`", place, help_text)
        return None

    def _name(self, node: Name, scope: _Scope | None) -> Term | None:
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
            self._say(208, f"`{name}` is a function", node, f"write for example `{_usage(name)}`")
        else:
            self._unknown(name, node, NAMES, "name")
        return None

    def _leaf(self, source: Literal["metric", "last"] | Reference, metric: str, label: str) -> Leaf:
        self._note(metric, measured=source in ("metric", "last"))
        unit = UNITS[METRICS[metric].unit]
        return Leaf(dims.of(unit.dimension), unit.symbol, source, label, unit.factor, metric)

    def _note(self, metric: str, *, measured: bool) -> None:
        into = self.measured if measured else self.referred
        if metric not in into:
            into.append(metric)

    # ------------------------------------------------------------ functions
    def _call(self, node: Call, scope: _Scope | None) -> Term | None:
        name, arguments = node.name, node.arguments
        if name in REFERENCES or name == "last":
            metric = self._only_metric(node)
            return self._leaf(cast("Reference", name), metric, f"{name}({metric})") if metric else None
        if name in ("min", "max") and not _is_window(node):
            return self._extreme(node, scope)
        if name in WINDOWS:
            return self._window(node)
        if name == "abs":
            if len(arguments) != 1:
                self._say(208, "`abs` takes one value", node, f"write for example `{_usage(name)}`")
                return None
            operand = self.number(arguments[0], scope)
            return Absolute(operand.dimension, operand.unit, operand) if operand is not None else None
        if name in METRICS:
            self._say(208, f"`{name}` is a metric, not a function", node, f"write `{name}`, or `mean({name}, 30 s)`")
        elif name in STATES or name in ("elapsed", "distance"):
            self._say(208, f"`{name}` is not a function", node, f"write `{name}`")
        else:
            self._unknown(name, Name(node.start, node.start + len(name)), FUNCTIONS, "function")
        return None

    def _extreme(self, node: Call, scope: _Scope | None) -> Term | None:
        if len(node.arguments) < 2:
            self._say(
                208, f"`{node.name}` needs two values, or a metric and a time", node, f"write `{_usage(node.name)}`"
            )
            return None
        terms = [self.number(a, scope) for a in node.arguments]
        known = [t for t in terms if t is not None]
        return self._arithmetic.extreme(node, known) if len(known) == len(terms) else None

    def _window(self, node: Call) -> Leaf | None:
        usage = f"write for example `{_usage(node.name)}`"
        if len(node.arguments) != 2:
            self._say(208, f"`{node.name}` needs a metric and a time", node, usage)
            return None
        first, second = node.arguments
        metric = self._metric(first, node.name)
        length = second
        if not isinstance(length, Number) or length.unit not in ("s", "min", "h"):
            self._say(208, f"`{self._source(second)}` is not a length of time", second, usage)
            return None
        window_s = length.value * UNITS[length.unit].factor
        if not SHORTEST_S <= window_s <= LONGEST_S:
            self._say(208, "a window is 1 s to 30 min long", second, usage)
            return None
        if metric is None:
            return None
        self._note(metric, measured=True)
        unit = UNITS[METRICS[metric].unit]
        dimension, symbol = dims.of(unit.dimension), unit.symbol
        if node.name == "slope":
            dimension, symbol = dims.product(dimension, TIME, -1), f"{symbol}/min"
        label = f"{node.name}({metric}, {self._source(second)})"
        function = cast("WindowFunction", node.name)
        return Leaf(dimension, symbol, "window", label, unit.factor, metric, function, window_s)

    def _only_metric(self, node: Call) -> str | None:
        if len(node.arguments) != 1:
            self._say(208, f"`{node.name}` takes one metric", node, f"write for example `{_usage(node.name)}`")
            return None
        return self._metric(node.arguments[0], node.name)

    def _metric(self, node: Node, function: str) -> str | None:
        if isinstance(node, Name) and node.name in METRICS:
            return node.name
        if isinstance(node, Name) and node.name not in NAMES and node.name not in FUNCTIONS:
            self._unknown(node.name, node, tuple(METRICS), "metric")
        else:
            usage = f"write for example `{_usage(function)}`"
            self._say(208, f"`{self._source(node)}` is not a metric", node, usage)
        return None

    # ------------------------------------------------------------ saying what is wrong
    def _unknown(self, name: str, node: Node, known: tuple[str, ...], what: str) -> None:
        other = OTHER_NAMES.get(name.lower())
        meant = other if other in known else name.lower() if name.lower() in known else None
        if meant is None:
            close = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.6)
            meant = close[0] if close else None
        listed = (
            f"{what}s are: {', '.join(known)}" if what == "function" else "see the list of metrics in the documentation"
        )
        self._say(202, f"unknown {what} `{name}`", node, f"did you mean `{meant}`?" if meant else listed)

    def _source(self, node: Node) -> str:
        return self.text[node.start : node.end]

    def _say(self, number: int, message: str, node: Node, help_text: str | None, *, warning: bool = False) -> None:
        self.problems.append(Problem(number, message, node.start, max(node.end, node.start + 1), help_text, warning))


class _Scope:
    """The metrics a comparison names: those it measures, or else those it refers to by name."""

    def __init__(self, measured: dict[str, None], referred: dict[str, None], *, unsure: bool) -> None:
        self.metrics = measured or referred
        self.unsure = unsure

    @property
    def metric(self) -> str | None:
        return next(iter(self.metrics)) if len(self.metrics) == 1 else None


def _scope(node: Comparison) -> _Scope:
    measured: dict[str, None] = {}
    referred: dict[str, None] = {}
    unknown: list[str] = []

    def visit(part: Node, into: dict[str, None]) -> None:
        match part:
            case Name(name=name) if name in METRICS:
                into[name] = None
            case Name(name=name) if name not in NAMES:
                unknown.append(name)
            case Call():
                for argument in part.arguments:
                    visit(argument, referred if part.name in REFERENCES else into)
            case Arithmetic():
                visit(part.left, into)
                visit(part.right, into)
            case Negative():
                visit(part.operand, into)
            case _:
                pass

    for operand in node.operands:
        visit(operand, measured)
    return _Scope(measured, referred, unsure=bool(unknown))


def _is_window(node: Call) -> bool:
    """Whether ``min``/``max`` is meant over time: a bare metric, then a time in s, min or h (``ms`` is a stance time)."""
    match node.arguments:
        case (Name(name=name), Number(unit="s" | "min" | "h")):
            return name in METRICS
        case _:
            return False


def _usage(name: str) -> str:
    if name in REFERENCES or name == "last":
        return f"{name}(cadence)"
    if name == "abs":
        return "abs(pelvic_tilt - baseline)"
    return f"{name}(pelvic_tilt, 5 min)" if name == "slope" else f"{name}(cadence, 30 s)"


#: A likely number in each unit, for examples.
_LIKELY: Final = {
    "spm": "170",
    "m/s": "3",
    "mm": "90",
    "ms": "250",
    "bpm": "160",
    "W": "250",
    "m": "1",
    "min": "5",
    "km": "5",
}


def _example(term: Term) -> str:
    return f"{_LIKELY.get(term.unit, '3')} {term.unit}" if term.unit else "3"


def resolve(node: Node, text: str) -> tuple[Question | None, Checker]:
    """Check a parsed expression that must be a yes-or-no question; the checker holds the problems and the metrics named."""
    checker = Checker(text)
    return checker.question(node), checker
