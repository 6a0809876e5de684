"""The picture of a run: what was done and measured over time, and the contacts on the raw signal in a zoom."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from cuecoach.cli.measure.measuring import LEGS, Measured
from cuecoach.cli.measure.panels import (
    INK,
    LEFT,
    LEG_PANELS,
    MARK,
    PALE,
    PANELS,
    RIGHT,
    SIDES,
    Panel,
    beside,
    draw_panel,
    heading,
)
from cuecoach.cli.measure.trace import Trace
from cuecoach.cli.measure.words import ZERO, length
from cuecoach.cli.measure.zoom import Zoom
from cuecoach.events import Activity
from cuecoach.timeline import clock

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDTH_IN: Final = 9.0
_PANEL_IN: Final = 0.95
_ZOOM_IN: Final = 1.5
_BAND_IN: Final = 0.16
_GAP_IN: Final = 0.42
_TOP_IN: Final = 0.78
_BOTTOM_IN: Final = 0.55
_LEFT, _RIGHT = 0.07, 0.975
#: Distances of ticks on an axis of time, s.
_TICKS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)
_QUIET: Final[dict[Activity, str]] = {"running": "#BFD3E6", "walking": "#EBD9B4", "still": "#E3E3E3"}


def draw(
    name: str, done: Measured, trace: Trace, activity: Sequence[tuple[float, Activity | None]], zoom: Zoom | None
) -> Figure:
    """Draw a run.

    Parameters
    ----------
    name
        Of the recording, for the title.
    done, trace
        What was measured, of the run and of each step.
    activity
        Since when which activity, s; None where it is unknown.
    zoom
        A stretch of raw signal; None leaves that panel out.

    Returns
    -------
    matplotlib.figure.Figure
        Panels that have nothing to show are left out.
    """
    panels = [p for p in (LEG_PANELS if done.place in LEGS else PANELS) if np.isfinite(trace.values(p.metric)).any()]
    span = (done.whole.t_start, max(done.whole.t_end, done.whole.t_start + 1.0))
    heights = [_BAND_IN, *(_PANEL_IN for _ in panels)]
    tall = _TOP_IN + sum(heights) + _GAP_IN * len(panels) + _BOTTOM_IN
    if zoom is not None:
        tall += _ZOOM_IN + _GAP_IN + 0.35
    figure = Figure(figsize=(_WIDTH_IN, tall), facecolor="white")
    _title(figure, name, done, tall)

    top = tall - _TOP_IN
    axes: list[Axes] = []
    for height in heights:
        axes.append(
            figure.add_axes(
                (_LEFT, (top - height) / tall, _RIGHT - _LEFT, height / tall), sharex=axes[0] if axes else None
            )
        )
        top -= height + _GAP_IN
    _draw_activity(axes[0], activity, span)
    for ax, panel in zip(axes[1:], panels, strict=True):
        draw_panel(ax, panel, trace, span, leg=done.place in LEGS)
        _tidy(ax)
        if panel.angle:
            _mark(ax, done, labelled=panel is next(p for p in panels if p.angle))
    _time_axis(axes, span)
    if zoom is not None:
        ax = figure.add_axes((_LEFT, _BOTTOM_IN / tall, _RIGHT - _LEFT, _ZOOM_IN / tall))
        _draw_zoom(ax, zoom, trace)
    figure.text(_LEFT, 0.1 / tall, _caption(done, panels), fontsize=7.5, color=PALE, va="bottom")
    return figure


def _caption(done: Measured, panels: Sequence[Panel]) -> str:
    """Say how to read it, as far as it is there."""
    if not panels:
        return "Without running there are no steps to measure."
    told = [
        "Lines are medians of a few seconds. Dots are steps; where there are many, a band holds four fifths of them."
    ]
    if any(panel.angle for panel in panels) and done.alignments:
        told.append("The angles are zero over the shaded time.")
    return " ".join(told)


def _title(figure: Figure, name: str, done: Measured, tall: float) -> None:
    rate = f"{done.sampling_rate_hz:g} Hz" if done.sampling_rate_hz else "rate unknown"
    steps = f"{done.whole.steps} running steps"
    told = "  ·  ".join((done.place, rate, length(done.duration_s), steps))
    figure.text(_LEFT, 1 - 0.2 / tall, name, fontsize=13, weight="bold", color=INK, va="top")
    figure.text(_LEFT, 1 - 0.48 / tall, told, fontsize=9.5, color=INK, va="top")


def _tidy(ax: Axes) -> None:
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(PALE)
    ax.tick_params(colors=INK, labelsize=8.5, length=3, color=PALE)
    ax.yaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 5, 10], min_n_ticks=2))
    ax.grid(axis="y", color="#E9EBED", linewidth=0.7)
    ax.set_axisbelow(True)


def _time_axis(axes: Sequence[Axes], span: tuple[float, float]) -> None:
    every = next((s for s in _TICKS if (span[1] - span[0]) / s <= 10), _TICKS[-1])
    first = np.ceil(span[0] / every) * every
    for ax in axes:
        ax.set_xlim(*span)
        ax.xaxis.set_major_locator(FixedLocator(np.arange(first, span[1] + 0.5, every).tolist()))
        ax.xaxis.set_major_formatter(FuncFormatter(_clock))
        ax.tick_params(axis="x", labelbottom=ax is axes[-1])


def _clock(t: float, _position: int | None = None) -> str:
    return clock(round(t))


def _seconds(t: float, _position: int | None = None) -> str:
    return f"{t:.1f} s"


def _draw_activity(ax: Axes, activity: Sequence[tuple[float, Activity | None]], span: tuple[float, float]) -> None:
    """Draw a quiet band of what was done."""
    ax.set_ylim(0, 1)
    ax.yaxis.set_visible(False)
    ax.spines[:].set_visible(False)
    ax.tick_params(colors=INK, labelsize=8.5, length=0)
    for i, (since, name) in enumerate(activity):
        until = activity[i + 1][0] if i + 1 < len(activity) else span[1]
        if name is not None:
            ax.axvspan(since, until, color=_QUIET[name], linewidth=0)
    done = {name for _, name in activity}
    beside(ax, [words for name, colour in _QUIET.items() if name in done for words in (("■", colour), (name, INK))])


def _mark(ax: Axes, done: Measured, *, labelled: bool) -> None:
    """Mark where the zero of the angles comes from, and where the sensor moved."""
    for alignment in done.alignments:
        ax.axvspan(alignment.since, alignment.until, color=MARK, alpha=0.15, linewidth=0.8, zorder=0)
        if labelled:
            _label(ax, alignment.since, f"zero: {ZERO[alignment.reference]}")
    for slip in done.slips:
        ax.axvline(slip.at, color=MARK, linewidth=1.0, linestyle=(0, (4, 2)), zorder=4)
        if labelled:
            _label(ax, slip.at, "sensor slipped")


def _label(ax: Axes, t: float, text: str) -> None:
    late = t > 0.5 * sum(ax.get_xlim())
    ax.annotate(
        text,
        (t, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(-3 if late else 3, -2),
        textcoords="offset points",
        ha="right" if late else "left",
        va="top",
        fontsize=7.5,
        color=MARK,
        bbox={"facecolor": "white", "alpha": 0.8, "edgecolor": "none", "pad": 0.8},
        zorder=5,
    )


def _draw_zoom(ax: Axes, zoom: Zoom, trace: Trace) -> None:
    """Draw the raw signal, with the time the foot is on the ground shaded."""
    begin, end = float(zoom.times[0]), float(zoom.times[-1])
    zero = math.floor(begin)
    ax.plot(zoom.times - zero, zoom.signal, color=INK, linewidth=1.0, zorder=2, label="signal")
    ic, tc, side = trace.ic, trace.tc, trace.side
    near = (ic >= begin) & (ic <= end)

    def contact(t: float, marker: str, colour: str) -> None:
        height = np.interp(t, zoom.times, zoom.signal)
        ax.plot(t - zero, height, marker, color=colour, markersize=6, clip_on=False, zorder=3)

    for i in np.flatnonzero(near).tolist():
        colour = LEFT if side[i] < 0 else RIGHT if side[i] > 0 else PALE
        contact(ic[i], "^", colour)
        if tc[i] <= end:
            ax.axvspan(ic[i] - zero, tc[i] - zero, color=colour, alpha=0.13, linewidth=0, zorder=0)
            contact(tc[i], "v", colour)
    _tidy(ax)
    ax.set_xlim(begin - zero, end - zero)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=9, steps=[1, 2, 5, 10], prune="upper"))
    ax.xaxis.set_major_formatter(FuncFormatter(_seconds))
    what = "Vertical acceleration" if zoom.upright else "Acceleration"
    heading(ax, f"{what} in the middle of the run, from {clock(zero)} on, g")
    feet = [(name, colour) for sign, name, colour in SIDES if (near & (side == sign)).any()]
    ends = [("▼ last contact", INK)] if np.isfinite(tc[near]).any() else []
    beside(ax, [("▲ first contact", INK), *ends, *feet])
