"""The charts of a run as picture files, drawn by matplotlib where it is installed."""

from __future__ import annotations

import io
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cuecoach.errors import UsageError
from cuecoach.report.chart import Chart, Line
from cuecoach.report.columns import columns
from cuecoach.report.drawings import charts
from cuecoach.report.findings import find
from cuecoach.report.thin import pieces
from cuecoach.runrecord import RunRecord
from cuecoach.wholefile import write_whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Kinds of pictures: pixels, and lines twice.
KINDS: Final = ("png", "svg", "pdf")

_SIZE_IN: Final = (9.0, 3.0)
_DPI: Final = 160
_INK, _PALE, _GRID = "#17212b", "#4c5a67", "#e6eaee"
#: Colours that people with any colour vision tell apart, also by their lightness; sides differ by their dashes too.
_COLOURS: Final = {"value": "#0a5ea8", "left": "#0072B2", "right": "#a3470a", "normal": "#5b6873", "target": "#1d7044"}
_DASHES: Final[dict[str, Any]] = {"normal": (0, (5, 4)), "right": (0, (4, 1.2))}
_SHADES: Final = {"gate": "#e9ecf0", "beat": "#fbe3b5"}
_MARKS: Final = {"cue": ("v", "#b3340b"), "praise": ("o", "#1d7044"), "beat": ("s", "#8a5a00")}


def write_figures(record: RunRecord, folder: Path, kind: str = "png") -> list[Path]:
    """Draw each chart of a run into a file of its own; a file that is there is replaced.

    Parameters
    ----------
    record
        The run.
    folder
        Where to; it is made. Files are called ``cadence.png`` and so on, by the chart.
    kind
        Pixels (png) or lines (svg, pdf).

    Returns
    -------
    list of Path
        The files, in the order of the page; none for a run of which nothing is known.

    Raises
    ------
    UsageError
        Another kind, no matplotlib, or a file that cannot be written.
    """
    if kind not in KINDS:
        raise UsageError(f"`{kind}` is no kind of picture that can be drawn; use png, svg or pdf")
    if find_spec("matplotlib") is None:
        raise UsageError("pictures need matplotlib; install it with `pip install 'cuecoach[report]'`")
    done: list[Path] = []
    for chart in charts(find(record, columns(record))):
        path = folder / f"{chart.key}.{kind}"
        try:
            write_whole(path, _draw(chart, kind), durable=False)
        except OSError as error:
            why = error.strerror or str(error)
            raise UsageError(f"`{path}` cannot be written: {why}; name a folder you may write to") from None
        done.append(path)
    return done


def _draw(chart: Chart, kind: str) -> bytes:
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import FixedLocator

    figure = Figure(figsize=_SIZE_IN, facecolor="white")
    FigureCanvasAgg(figure)
    ax = figure.add_axes((0.07, 0.12, 0.91, 0.68))
    ax.set_title(f"{chart.title}, {chart.unit}", loc="left", fontsize=11, weight="bold", color=_INK, pad=24)
    _fill(ax, chart)
    ax.set_xlim(*chart.span)
    ax.set_ylim(*chart.limits)
    ax.xaxis.set_major_locator(FixedLocator([t for t, _ in chart.ticks]))
    ax.set_xticklabels([text for _, text in chart.ticks])
    ax.yaxis.set_major_locator(FixedLocator([value for value, _ in chart.levels]))
    ax.set_yticklabels([text for _, text in chart.levels])
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.spines["bottom"].set_color(_PALE)
    ax.tick_params(colors=_INK, labelsize=9, length=3, color=_PALE)
    ax.grid(axis="y", color=_GRID, linewidth=0.7)
    ax.set_axisbelow(True)
    handles, names = ax.get_legend_handles_labels()
    if len(names) > 1:
        ax.legend(
            handles, names, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=len(names), fontsize=7.2, frameon=False,
            borderpad=0, handlelength=1.4, columnspacing=1.0, handletextpad=0.4, labelcolor=_PALE,
        )  # fmt: skip
    file = io.BytesIO()
    # text stays text, and the same run gives the same file
    settings: dict[Any, Any] = {"svg.fonttype": "none", "svg.hashsalt": "cuecoach", "pdf.fonttype": 42}
    undated: dict[str, None] | None = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind)
    with mpl.rc_context(settings):
        figure.savefig(file, format=kind, dpi=_DPI, metadata=undated)
    return file.getvalue()


def _fill(ax: Axes, chart: Chart) -> None:
    named: set[str] = set()

    def once(name: str) -> str:
        """Name each kind of thing once in the legend."""
        first = "" if name in named else name
        named.add(name)
        return first or "_"

    for shade in chart.shades:
        name = once("beat" if shade.kind == "beat" else "coach silent")
        ax.axvspan(shade.since, shade.until, color=_SHADES[shade.kind], linewidth=0, zorder=0, label=name)
    for band in chart.bands:
        for piece in pieces(band.t, band.low, band.high):
            ax.fill_between(
                band.t[piece], band.low[piece], band.high[piece], color="#cfe3d6", linewidth=0, zorder=1,
                label=once(band.name),
            )  # fmt: skip
    for line in chart.lines:
        _line(ax, line, once)
    top = chart.limits[1]
    for mark in chart.marks:
        shape, colour = _MARKS[mark.kind]
        ax.axvline(mark.t, color=colour, linewidth=0.7, linestyle=(0, (2, 3)), zorder=3)
        name = once({"cue": "correction", "praise": "praise"}.get(mark.kind, "beat begins"))
        ax.plot(mark.t, top, shape, color=colour, markersize=6, clip_on=False, zorder=4, label=name, linestyle="none")


def _line(ax: Axes, line: Line, once: Callable[[str], str]) -> None:
    for piece in pieces(line.t, line.y):
        ax.plot(
            line.t[piece], line.y[piece], color=_COLOURS.get(line.look, _COLOURS["value"]), linewidth=1.3,
            linestyle=_DASHES.get(line.look, "-"), zorder=2, label=once(line.name),
        )  # fmt: skip
