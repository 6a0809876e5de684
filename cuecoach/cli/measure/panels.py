"""One panel of a picture: a value of the steps over time, for people's eyes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from cuecoach.cli.measure.trace import DROP, Trace
from cuecoach.cli.measure.words import figure
from cuecoach.events import FloatArray
from cuecoach.gait.constants import MAX_STEP_S
from cuecoach.metrics import METRICS

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

#: Colours that people with any colour vision tell apart, also by their lightness in print (Okabe and Ito 2008).
LEFT: Final = "#0072B2"
RIGHT: Final = "#D55E00"
MARK: Final = "#A03070"
INK: Final = "#303438"
PALE: Final = "#8A9096"
BAND: Final = "#C9CED3"
SIDES: Final = ((-1, "left", LEFT), (1, "right", RIGHT))
#: Left is drawn through, right dashed: that holds without any colour.
_DASHES: Final = {RIGHT: (0, (4, 1.2))}

#: A line has at most so many points, at least so far apart, s; each is the median of at least so long a time, s, and of twice
#: that where only one foot's steps count.
_POINTS: Final = 300
_APART_S: Final = 1.25
POINT_S: Final = 2.5
#: A point needs so many steps: of one or two after a stop a median says little.
_LEAST_STEPS: Final = 3
#: More steps than this are a band, not dots; fewer than this are larger dots.
_DOTS: Final = 2500
_FEW: Final = 400


@dataclass(frozen=True, slots=True)
class Panel:
    """What a panel shows.

    Attributes
    ----------
    title
        Its heading, with braces for the unit.
    metric
        The value drawn as a line.
    range_
        Peak to peak within a stride, drawn as a band about the line.
    feet
        Whether left and right are drawn apart where they are known.
    least
        The axis covers at least this, in the metric's unit, so that noise is not blown up.
    angle
        Whether it rests on how the sensor sits.
    """

    title: str
    metric: str
    least: float
    range_: str | None = None
    feet: bool = False
    angle: bool = False

    @property
    def unit(self) -> str:
        """Unit of its axis."""
        return METRICS[self.metric].unit


_TILT: Final = "pelvic_tilt"
_ROLL: Final = "pelvic_obliquity"
PANELS: Final = (
    Panel("Cadence, {}", "cadence", 12.0),
    Panel("Stance time, {}", "stance_time", 40.0, feet=True),
    Panel("Vertical oscillation, {}", "vertical_oscillation", 24.0, feet=True),
    Panel("Pelvic tilt, {} (+ forward; band: range in a stride)", _TILT, 6.0, range_=f"{_TILT}_range", angle=True),
    Panel("Pelvic obliquity, {} (+ right side up)", _ROLL, 6.0, range_=f"{_ROLL}_range", angle=True),
    Panel("Pelvic drop, {}, by the foot that stands", DROP, 4.0, feet=True, angle=True),
    Panel("Trunk lean, {} (+ forward)", "trunk_lean", 6.0, angle=True),
)
#: A leg tells less; there the impact is worth a panel.
LEG_PANELS: Final = (*PANELS[:2], Panel("Impact, {}, a proxy", "impact", 2.0))


@dataclass(frozen=True, slots=True, eq=False)
class Thinned:
    """Steps put together into points: middle time, and median, 10th and 90th percentile of each, shape (p,).

    A point without a step is NaN, so that the line breaks there.
    """

    times: FloatArray
    median: FloatArray
    low: FloatArray
    high: FloatArray


def thin(t: FloatArray, values: FloatArray, span: tuple[float, float], point_s: float) -> Thinned:
    """Thin values of steps for drawing: percentiles of a window that moves along.

    Parameters
    ----------
    t, values
        Shape (n,); times rise, NaN values are left out.
    span
        Begin and end of the axis, s.
    point_s
        How long a point stands for at least, s.
    """
    apart = max((span[1] - span[0]) / _POINTS, _APART_S)
    reach = max(apart, 0.5 * point_s)
    known = np.isfinite(values)
    t, values = t[known], values[known]
    at: FloatArray = span[0] + apart * np.arange(0.5, (span[1] - span[0]) / apart)
    firsts, ends = np.searchsorted(t, at - reach), np.searchsorted(t, at + reach)
    out = np.full((3, len(at)), np.nan)
    for k, (a, b) in enumerate(zip(firsts.tolist(), ends.tolist(), strict=True)):
        if b - a >= _LEAST_STEPS:
            out[:, k] = np.percentile(values[a:b], (50, 10, 90))
    return Thinned(at, *out)


def stride_means(t: FloatArray, values: FloatArray) -> FloatArray:
    """Return each step's mean with the step before it, so that legs that differ make no zigzag; shape (n,)."""
    out = values.copy()
    if len(t) > 1:
        follows = (np.diff(t) <= MAX_STEP_S) & np.isfinite(values[:-1]) & np.isfinite(values[1:])
        out[1:][follows] = 0.5 * (values[1:] + values[:-1])[follows]
    return out


def draw_panel(axes: Axes, panel: Panel, trace: Trace, span: tuple[float, float], *, leg: bool) -> None:
    """Draw one panel; the axis of time is the caller's."""
    t, values, side = trace.ic, trace.values(panel.metric), trace.side
    known = np.isfinite(values)
    apart = panel.feet and all((known & (side == sign)).any() for sign, _, _ in SIDES)
    groups = [(known & (side == sign), name, colour) for sign, name, colour in SIDES] if apart else [(known, "", INK)]
    point_s = POINT_S * (2 if apart or leg else 1)
    shown: list[FloatArray] = []
    if panel.range_ is not None:
        shown += _rocking(axes, t, values, trace.values(panel.range_), span)
    for mine, name, colour in groups:
        whole = values[mine] if apart or leg else stride_means(t[mine], values[mine])
        line = thin(t[mine], whole, span, point_s)
        if panel.range_ is None:
            _spread(axes, t[mine], values[mine], line, colour)
            shown += [values[mine]]
        axes.plot(
            line.times,
            line.median,
            color=colour,
            linestyle=_DASHES.get(colour, "solid"),
            linewidth=1.5,
            solid_capstyle="round",
            label=name or panel.metric,
            zorder=3,
        )
    axes.set_ylim(*limits(np.concatenate(shown), panel.least))
    heading(axes, panel.title.format(panel.unit))
    name, middle = ("median", np.median) if panel.metric == "cadence" else ("mean", np.mean)
    beside(
        axes,
        [
            (f"{foot or name} {figure(float(middle(values[mine])), panel.unit)}", colour)
            for mine, foot, colour in groups
        ],
    )


def limits(values: FloatArray, least: float) -> tuple[float, float]:
    """Return an axis that shows nearly all values, and never less than `least`; outliers do not flatten the rest."""
    low, high = np.percentile(values[np.isfinite(values)], (1, 99))
    spare = 0.5 * max(least, 1.25 * (high - low))
    middle = 0.5 * (low + high)
    return float(middle - spare), float(middle + spare)


def _rocking(
    axes: Axes, t: FloatArray, middle: FloatArray, range_: FloatArray, span: tuple[float, float]
) -> list[FloatArray]:
    """Draw how far the pelvis rocks within a stride about its mean."""
    line, wide = thin(t, middle, span, POINT_S), thin(t, range_, span, POINT_S)
    low, high = line.median - 0.5 * wide.median, line.median + 0.5 * wide.median
    axes.fill_between(line.times, low, high, color=BAND, alpha=0.7, linewidth=0, label="range in a stride", zorder=1)
    return [line.median, low, high]


def _spread(axes: Axes, t: FloatArray, values: FloatArray, line: Thinned, colour: str) -> None:
    """Draw every step as a dot, or of many steps the middle four fifths."""
    if len(t) > _DOTS:
        axes.fill_between(line.times, line.low, line.high, color=colour, alpha=0.18, linewidth=0, zorder=1)
        return
    size = 5.0 if len(t) <= _FEW else 2.8
    axes.plot(t, values, ".", color=colour, markersize=size, alpha=0.4, markeredgewidth=0, zorder=2)


def heading(axes: Axes, text: str) -> None:
    """Write what a panel shows above its left end."""
    axes.set_title(text, loc="left", fontsize=9.5, color=INK, pad=5)


def beside(axes: Axes, told: list[tuple[str, str]]) -> None:
    """Write words above the right end of a panel, each in its colour."""
    from matplotlib.offsetbox import AnchoredOffsetbox, HPacker, TextArea

    words: list[Artist] = [TextArea(text, textprops={"color": colour, "fontsize": 9.5}) for text, colour in told]
    packed = HPacker(children=words, pad=0, sep=10, align="baseline")
    box = AnchoredOffsetbox(
        "lower right",
        child=packed,
        pad=0.0,
        borderpad=0.3,
        frameon=False,
        bbox_to_anchor=(1.0, 1.0),
        bbox_transform=axes.transAxes,
    )
    axes.add_artist(box)
