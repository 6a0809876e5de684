"""Can a rule speak at all? What contradicts itself, or lies where no value ever is, is told before the run."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

from cuecoach.metrics import METRICS
from cuecoach.rules.describe import show
from cuecoach.rules.terms import Compared, Const, Counted, Fact, Joined, Leaf, Negated, Question
from cuecoach.units import UNITS

#: One of these at a time; and the coach speaks in the first of them only.
_GAITS: Final = ("running", "walking", "still")
_OPPOSITE: Final = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
_FLIPPED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "=="}
#: Ways to be true that are looked at; an expression with more of them is taken on trust.
_MOST_WAYS: Final = 64


@dataclass(slots=True)
class _Span:
    """Where a value must lie; `low_open` and `high_open` say that the ends themselves do not count."""

    leaf: Leaf
    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False

    @property
    def empty(self) -> bool:
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))


@dataclass(slots=True)
class _Way:
    """What must all be so: spans by the value's name, states, and what makes it impossible."""

    spans: dict[str, _Span] = field(default_factory=lambda: dict[str, _Span]())
    states: dict[str, bool] = field(default_factory=lambda: dict[str, bool]())


def never(*questions: Question, hold_s: float = 0.0) -> str | None:
    """Return why the questions can never all be true, for `hold_s` seconds on end; None when they can, or it cannot be told."""
    ways = _ways(Joined(True, questions), wanted=True)
    if ways is None:
        return None
    reason = "it can never be true"
    for way in ways:
        why = _impossible(way, hold_s)
        if why is None:
            return None
        reason = why
    return reason


def _ways(question: Question, *, wanted: bool) -> list[list[tuple[Question, bool]]] | None:
    """Return the ways in which the question can be answered as wanted, each a list of simple parts; None for too many."""
    match question:
        case Negated():
            return _ways(question.operand, wanted=not wanted)
        case Joined() if question.every is wanted:
            out: list[list[tuple[Question, bool]]] = [[]]
            for operand in question.operands:
                more = _ways(operand, wanted=wanted)
                if more is None or len(out) * len(more) > _MOST_WAYS:
                    return None
                out = [[*way, *new] for way in out for new in more]
            return out
        case Joined():
            found = [_ways(operand, wanted=wanted) for operand in question.operands]
            known = [ways for ways in found if ways is not None]
            return [way for ways in known for way in ways] if len(known) == len(found) else None
        case Compared() if len(question.signs) > 1:
            pairs = zip(question.operands, question.signs, question.operands[1:], strict=False)
            return _ways(Joined(True, tuple(Compared((a, b), (sign,)) for a, sign, b in pairs)), wanted=wanted)
        case _:
            return [[(question, wanted)]]


def _impossible(parts: list[tuple[Question, bool]], hold_s: float) -> str | None:
    way = _Way()
    for part, wanted in parts:
        why = _add(way, part, wanted)
        if why:
            return why
    gaits = [name for name in _GAITS if way.states.get(name)]
    if len(gaits) > 1:
        return f"`{gaits[0]}` and `{gaits[1]}` are never true at once"
    if gaits and gaits[0] != "running":
        return f"the coach is silent while `{gaits[0]}` is true"
    for span in way.spans.values():
        why = _out_of_reach(span, hold_s)
        if why:
            return why
    return None


def _add(way: _Way, part: Question, wanted: bool) -> str | None:
    """Add a part to a way; return why that is impossible."""
    match part:
        case Fact():
            if way.states.setdefault(part.name, wanted) is not wanted:
                return f"`{part.name}` cannot be true and not true at once"
        case Counted():
            if wanted not in part.answers:
                return "no count of these conditions can be so"
        case Compared(operands=(left, right), signs=(sign,)):
            sign = sign if wanted else _OPPOSITE[sign]
            if isinstance(left, Const) and isinstance(right, Const):
                return (
                    None if _true(left.value, sign, right.value) else f"`{left.text} {sign} {right.text}` is never true"
                )
            if isinstance(left, Const) and sign in _FLIPPED:
                left, right, sign = right, left, _FLIPPED[sign]
            if isinstance(left, Leaf) and isinstance(right, Const) and sign in _FLIPPED:
                _narrow(way.spans.setdefault(left.label, _Span(left)), sign, right.value)
        case _:
            pass
    return None


def _true(a: float, sign: str, b: float) -> bool:
    return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b, "==": a == b, "!=": a != b}[sign]


def _narrow(span: _Span, sign: str, bound: float) -> None:
    if sign in (">", ">=", "==") and (bound, sign == ">") > (span.low, span.low_open):
        span.low, span.low_open = bound, sign == ">"
    if sign in ("<", "<=", "==") and (-bound, sign == "<") > (-span.high, span.high_open):
        span.high, span.high_open = bound, sign == "<"


def _out_of_reach(span: _Span, hold_s: float) -> str | None:
    leaf = span.leaf
    if span.empty:
        # Two bounds of one value that exclude each other.
        low, high = show(span.low, leaf.unit), show(span.high, leaf.unit)
        return f"`{leaf.label}` cannot be above {low} and below {high} at once"
    if leaf.source in ("elapsed", "distance"):
        if span.high < 0 or (span.high == 0 and span.high_open):
            return f"`{leaf.label}` is never below 0"
        if leaf.source == "elapsed" and span.high - max(0.0, span.low) < hold_s:
            return f"`for` is longer than the time in which `elapsed` fits: {show(span.high - max(0.0, span.low), 's')}"
        return None
    if leaf.source not in ("metric", "last", "window") or (
        leaf.function in ("sd", "slope") and leaf.source == "window"
    ):
        return None
    metric = METRICS[leaf.metric]
    factor = UNITS[metric.unit].factor
    low, high = metric.low * factor, metric.high * factor
    if (
        span.low > high
        or (span.low == high and span.low_open)
        or span.high < low
        or (span.high == low and span.high_open)
    ):
        return f"`{metric.name}` is only ever {metric.low:g} to {metric.high:g} {metric.unit}; other values are dropped"
    return None
