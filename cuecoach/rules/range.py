"""Between which bounds a term stays while the values it measures stay within theirs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import Final, TypeAlias

from cuecoach.metrics import METRICS
from cuecoach.rules.compile import number
from cuecoach.rules.context import Context
from cuecoach.rules.explain import leaves
from cuecoach.rules.terms import Absolute, Const, Extreme, Leaf, Minus, Product, Scaled, Sum, Term

#: Lowest and highest value, base units; NaN when there is no saying.
Range: TypeAlias = tuple[float, float]
#: What tells a value from others: a metric and its window, or time.
Key: TypeAlias = tuple[str, float]
#: From the bounds of all that moves in it, in catalogue units.
Ranging: TypeAlias = Callable[[Context, Mapping[Key, Range]], Range]

#: What moves by itself; all else is what that is compared with.
MOVING: Final = frozenset({"metric", "window", "last", "elapsed", "distance"})
_OPEN: Final[Range] = (math.nan, math.nan)


def key_of(leaf: Leaf) -> Key:
    """Return what a median, or the time, is known by; medians over the same window are the same."""
    window_s = METRICS[leaf.metric].window_s if leaf.source == "metric" else leaf.window_s
    return leaf.metric or leaf.source, window_s


def range_of(term: Term) -> Ranging:
    """Return the function that gives a term's bounds.

    Every operation of floating point numbers rounds monotonically, so the bounds are exact: no value within the bounds of the
    leaves gives a result outside of them.
    """
    if not any(leaf.source in MOVING for leaf in leaves(term)):
        return _still(term)
    match term:
        case Const(value=value):
            return lambda _, __: (value, value)
        case Leaf():
            return _leaf(term)
        case Minus():
            f = range_of(term.operand)
            return lambda c, moving: _negative(f(c, moving))
        case Sum():
            return _sum(term)
        case Scaled(factor=factor):
            f = range_of(term.operand)
            return lambda c, moving: _corners(v * factor for v in f(c, moving))
        case Product():
            return _product(term)
        case Absolute():
            f = range_of(term.operand)
            return lambda c, moving: _size(f(c, moving))
        case Extreme():
            return _extreme(term)


def _still(term: Term) -> Ranging:
    value = number(term)

    def still(c: Context, _: Mapping[Key, Range]) -> Range:
        it = value(c)
        return it, it

    return still


def _leaf(term: Leaf) -> Ranging:
    key, factor = key_of(term), term.factor

    def leaf(_: Context, moving: Mapping[Key, Range]) -> Range:
        low, high = moving[key]
        return low * factor, high * factor

    return leaf


def _sum(term: Sum) -> Ranging:
    f, g = range_of(term.left), range_of(term.right)
    if term.sign > 0:
        return lambda c, moving: _added(f(c, moving), g(c, moving))
    return lambda c, moving: _added(f(c, moving), _negative(g(c, moving)))


def _product(term: Product) -> Ranging:
    f, g, factor = range_of(term.left), range_of(term.right), term.factor
    if not term.divide:
        return lambda c, moving: _corners(a * b * factor for a in f(c, moving) for b in g(c, moving))

    def quotient(c: Context, moving: Mapping[Key, Range]) -> Range:
        low, high = g(c, moving)
        if not (low > 0 or high < 0):
            return _OPEN
        return _corners(a / b * factor for a in f(c, moving) for b in (low, high))

    return quotient


def _extreme(term: Extreme) -> Ranging:
    parts = [(number(operand), range_of(operand)) for operand in term.operands]
    pick = max if term.largest else min

    def extreme(c: Context, moving: Mapping[Key, Range]) -> Range:
        # What is unknown is left out, as it is from the value itself; what may become unknown leaves all open.
        known = [part(c, moving) for value, part in parts if not math.isnan(value(c))]
        if not known or any(map(math.isnan, chain.from_iterable(known))):
            return _OPEN
        return pick(low for low, _ in known), pick(high for _, high in known)

    return extreme


def _added(a: Range, b: Range) -> Range:
    return a[0] + b[0], a[1] + b[1]


def _corners(values: Iterable[float]) -> Range:
    """Return the bounds of a product from its values at the bounds of its factors."""
    found = list(values)
    return _OPEN if any(map(math.isnan, found)) else (min(found), max(found))


def _negative(bounds: Range) -> Range:
    return -bounds[1], -bounds[0]


def _size(bounds: Range) -> Range:
    low, high = bounds
    if low >= 0:
        return bounds
    return _negative(bounds) if high <= 0 else (0.0, max(-low, high))
