"""What a chart holds, whoever draws it: lines, bands, shaded stretches and marks over time."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np

from cuecoach.events import FloatArray
from cuecoach.units import clock

#: How a line looks: what was measured, what is usual, what was asked, or one side of the body.
Look: TypeAlias = Literal["value", "normal", "target", "left", "right", "dots"]
MarkKind: TypeAlias = Literal["cue", "praise", "beat"]
ShadeKind: TypeAlias = Literal["gate", "beat"]
#: A tick of an axis: where, and what it says.
Tick: TypeAlias = tuple[float, str]

#: Distances of ticks on an axis of time, s.
_STEPS_S: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800)
#: Labels of an hour and more are wider.
_MOST_TICKS, _MOST_LONG_TICKS = 7, 6


@dataclass(frozen=True, slots=True)
class Line:
    """Values over time, shape (n,) each; NaN is a hole."""

    name: str
    t: FloatArray
    y: FloatArray
    look: Look = "value"


@dataclass(frozen=True, slots=True)
class Band:
    """An area between two lines, shape (n,) each; NaN is a hole."""

    name: str
    t: FloatArray
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, slots=True)
class Shade:
    """A stretch of time behind everything, with its name."""

    since: float
    until: float
    name: str
    kind: ShadeKind = "gate"


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment: `name` says what it is, `reason` why."""

    t: float
    name: str
    reason: str
    kind: MarkKind = "cue"


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart.

    Attributes
    ----------
    key
        A short word, unique on its page and fit for a file name.
    title, unit
        What is drawn, and in what.
    summary
        What it shows in a sentence, with its numbers, for those who do not see it.
    span
        The ends of the horizontal axis.
    ticks
        Of the horizontal axis.
    decimals
        Of the vertical axis, at least.
    least
        The vertical axis is no shorter than this, so that wobble does not look like news.
    """

    key: str
    title: str
    unit: str
    summary: str
    span: tuple[float, float]
    ticks: tuple[Tick, ...]
    lines: tuple[Line, ...] = ()
    bands: tuple[Band, ...] = ()
    shades: tuple[Shade, ...] = ()
    marks: tuple[Mark, ...] = ()
    decimals: int = 0
    least: float = 1.0

    @property
    def limits(self) -> tuple[float, float]:
        """The ends of the vertical axis: everything fits, with a little air."""
        drawn: list[FloatArray] = [line.y for line in self.lines]
        for band in self.bands:
            drawn += [band.low, band.high]
        known = np.concatenate([y[np.isfinite(y)] for y in drawn]) if drawn else np.empty(0)
        if not known.size:
            return 0.0, self.least
        low, high = float(known.min()), float(known.max())
        more = max(self.least - (high - low), 0.06 * (high - low)) / 2
        return low - more, high + more

    @property
    def levels(self) -> tuple[Tick, ...]:
        """Three to eight round values of the vertical axis."""
        low, high = self.limits
        step = _round_step(low, high)
        digits = max(0, -math.floor(math.log10(step) + 1e-9))
        first, last = math.ceil(low / step), math.floor(high / step)
        return tuple((k * step, f"{k * step:.{digits}f}".replace("-", "−")) for k in range(first, last + 1))

    @property
    def empty(self) -> bool:
        """Whether nothing that was measured is there to draw."""
        looks = ("normal", "target")
        return not any(np.isfinite(line.y).any() for line in self.lines if line.look not in looks)


def time_ticks(span: tuple[float, float]) -> tuple[Tick, ...]:
    """Return at most seven round times in the span, written as people read them."""
    length = span[1] - span[0]
    most = _MOST_TICKS if span[1] < 3600 else _MOST_LONG_TICKS
    step = next((s for s in _STEPS_S if length / s < most), _STEPS_S[-1])
    first, last = math.ceil(span[0] / step), math.floor(span[1] / step)
    return tuple((float(k * step), clock(k * step)) for k in range(first, last + 1))


def where(t: float, span: tuple[float, float]) -> float:
    """Return where `t` lies in the span: 0 at its begin, 1 at its end, never outside."""
    return min(1.0, max(0.0, (t - span[0]) / (span[1] - span[0])))


def within(shades: Iterable[Shade], kind: ShadeKind) -> float:
    """Return how long the shades of a kind last together, s."""
    return math.fsum(shade.until - shade.since for shade in shades if shade.kind == kind)


def _round_step(low: float, high: float) -> float:
    """Return the largest step, 1, 2 or 5 times a power of ten, of which three values lie within."""
    power = 10.0 ** math.ceil(math.log10(high - low))
    steps = (power * k / scale for scale in (1, 10, 100) for k in (5, 2, 1))
    return next(step for step in steps if math.floor(high / step) - math.ceil(low / step) >= 2)
