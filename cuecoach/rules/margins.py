"""The margins of comparisons: larger than the metric wobbles by itself, and `until` on the side where `when` is mended."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from cuecoach.metrics import METRICS
from cuecoach.rules.describe import show
from cuecoach.rules.explain import leaves
from cuecoach.rules.expression import Expression
from cuecoach.rules.lexer import Problem
from cuecoach.rules.terms import (
    Absolute,
    Compared,
    Const,
    Counted,
    Extreme,
    Fact,
    Joined,
    Leaf,
    Question,
    Scaled,
    Sum,
    Term,
)  # fmt: skip
from cuecoach.units import UNITS

#: A margin of so many spreads (SD) is passed by chance in about 1 of 40 values.
SPREADS: Final = 2.0

_REFERENCES: Final = frozenset({"baseline", "start", "target"})
_FLIPPED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
#: A usual value, in catalogue units, of metrics whose wobble is known as a share.
_USUAL: Final = {
    "cadence": 170.0,
    "stance_time": 250.0,
    "vertical_oscillation": 90.0,
    "vertical_ratio": 8.0,
    "speed": 3.0,
}

#: From a margin's least to its largest value.
Range: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Bound:
    """``metric > anchor + margin``, put so that the metric stands on the left.

    `anchor` is what the margin is added to (None for plain numbers); `share` says that the margin is a part of the anchor.
    """

    metric: Leaf
    above: bool
    anchor: Term | None
    margin: Range
    share: bool
    text: str


def small_margins(expression: Expression) -> Iterator[Problem]:
    """Say where a metric is compared with `baseline`, `start` or `target` by less than it wobbles by itself."""
    for part in _comparisons(expression.question):
        bound = _bound(part)
        if bound is None or bound.anchor is None or not _is_reference(bound.anchor, bound.metric.metric):
            continue
        low, high = bound.margin
        if low != high:
            continue
        margin = high if bound.above else -high
        found = _too_small(bound, margin) if margin >= 0 else None
        if found:
            yield Problem(508, found[0], part.start, part.end, found[1], warning=True)


def wrong_side(when: Expression, until: Expression) -> Problem | None:
    """Say whether `until` would clear at once or never; only asked of one comparison of one metric each."""
    a, b = _single(when.question), _single(until.question)
    start, end = _bound(a) if a else None, _bound(b) if b else None
    if a is None or b is None or start is None or end is None or start.metric != end.metric:
        return None
    if start.above == end.above:
        way, other = ("above", "<") if start.above else ("below", ">")
        message = f"`when` and `until` both ask for `{start.metric.label}` {way} something"
        return Problem(
            509,
            message,
            b.start,
            b.end,
            f"`until` asks for the way back: `{start.metric.label} {other} …`",
            warning=True,
        )
    if start.anchor != end.anchor or start.share != end.share:
        return None
    # Between the two lines both are true: the rule would end as soon as it began.
    gap = end.margin[0] - start.margin[1] if start.above else start.margin[0] - end.margin[1]
    if gap <= 0:
        return None
    side = "below" if start.above else "above"
    message = "`until` is true already where `when` begins to be, so the rule ends at once"
    return Problem(509, message, b.start, b.end, f"put it {side} `{start.text}`", warning=True)


# ---------------------------------------------------------------- taking comparisons apart
def _comparisons(question: Question) -> Iterator[Compared]:
    match question:
        case Compared():
            if len(question.signs) == 1:
                yield question
        case Joined() | Counted():
            for operand in question.operands:
                yield from _comparisons(operand)
        case _:
            return


def _single(question: Question) -> Compared | None:
    """Return the one comparison of a question whose other parts are states that must hold too."""
    parts = question.operands if isinstance(question, Joined) and question.every else (question,)
    rest = [part for part in parts if not isinstance(part, Fact)]
    if len(rest) == 1 and isinstance(rest[0], Compared) and len(rest[0].signs) == 1:
        return rest[0]
    return None


def _bound(part: Compared) -> Bound | None:
    (left, right), (sign,) = part.operands, part.signs
    if sign not in _FLIPPED:
        return None
    # `metric - baseline > 3 deg` and `abs(metric - baseline) > 3 deg` are `metric > baseline + 3 deg`.
    for side, other, way in ((left, right, sign), (right, left, _FLIPPED[sign])):
        above = way in (">", ">=")
        difference = side.operand if isinstance(side, Absolute) and above else side
        if isinstance(difference, Sum) and isinstance(difference.left, Leaf) and isinstance(other, Const):
            metric, reference = difference.left, difference.right
            if difference.sign < 0 and metric.metric and _is_reference(reference, metric.metric):
                return Bound(metric, above, reference, (other.value, other.value), False, other.text)
        if (
            isinstance(side, Leaf)
            and side.source in ("metric", "window")
            and side.function != "slope"
            and not _measures(other)
        ):
            anchor, margin, share = _split(other)
            return Bound(side, above, anchor, margin, share, _text(other))
    return None


def _measures(term: Term) -> bool:
    return any(leaf.source in ("metric", "window", "last") for leaf in leaves(term))


def _split(term: Term) -> tuple[Term | None, Range, bool]:
    """Return what a margin is added to, the margin, and whether it is a share."""
    match term:
        case Const():
            return None, (term.value, term.value), False
        case Scaled():
            share = term.sign * term.percent.value / 100
            return term.operand, (share, share), True
        case Sum():
            low, high = _range(term.right)
            return term.left, (low, high) if term.sign > 0 else (-high, -low), False
        case _:
            return term, (0.0, 0.0), False


def _range(term: Term) -> Range:
    """Return between what a margin lies: ``max(3 deg, 2 * noise)`` is 3 deg or more."""
    if isinstance(term, Const):
        return term.value, term.value
    if isinstance(term, Extreme):
        ranges = [_range(o) for o in term.operands]
        pick = max if term.largest else min
        return pick(low for low, _ in ranges), pick(high for _, high in ranges)
    return -math.inf, math.inf


def _is_reference(term: Term, metric: str) -> bool:
    match term:
        case Leaf():
            return term.source in _REFERENCES and term.metric == metric
        case Extreme():
            return all(_is_reference(o, metric) for o in term.operands)
        case _:
            return False


def _text(term: Term) -> str:
    match term:
        case Const():
            return term.text
        case Leaf():
            return term.label
        case Scaled():
            return f"{_text(term.operand)} {'+' if term.sign > 0 else '-'} {term.percent.text}"
        case Sum():
            return f"{_text(term.left)} {'+' if term.sign > 0 else '-'} {_text(term.right)}"
        case Extreme():
            return f"{'max' if term.largest else 'min'}({', '.join(_text(o) for o in term.operands)})"
        case _:
            return "it"


# ---------------------------------------------------------------- against the sensor's own wobble
def _too_small(bound: Bound, margin: float) -> tuple[str, str] | None:
    """Return the message and the help; None when the margin is large enough, or the wobble is not known.

    Only the standard smoothing is judged: the catalogue's wobble is that of it, and a longer window wobbles less.
    """
    metric = METRICS[bound.metric.metric]
    if bound.metric.source != "metric" or not metric.noise:
        return None
    factor = UNITS[metric.unit].factor
    if bound.share and metric.low < 0:
        message = f"a share of `{metric.name}` is next to nothing near 0 {metric.unit}"
        return message, f"write it in {metric.unit}: `{SPREADS * metric.noise:g} {metric.unit}` or more"
    usual = _USUAL.get(metric.name, 0.0)
    if bound.share or (metric.noise_is_share and not margin):
        noise = metric.noise if metric.noise_is_share else metric.noise / usual if usual else 0.0
        wobble, least = f"{100 * noise:.2g} %", f"{math.ceil(1000 * SPREADS * noise) / 10:g} %"
        shown = f"{100 * margin:.2g} %"
    else:
        noise = factor * metric.noise * (usual if metric.noise_is_share else 1.0)
        wobble = show(noise, metric.unit)
        least = f"{math.ceil(round(SPREADS * noise / factor * 10, 6)) / 10:g} {metric.unit}"
        shown = show(margin, metric.unit)
    if margin >= SPREADS * noise * (1 - 1e-9):
        return None
    if not margin:
        message = f"there is no margin, and `{metric.name}` wobbles by about {wobble} by itself"
        return message, f"leave {least} or more between them"
    message = f"a margin of {shown} is less than twice the usual wobble of `{metric.name}`, about {wobble}"
    return message, f"write {least} or more"
