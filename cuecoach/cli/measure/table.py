"""The answer for people: what the sensor told, means of the run, left against right, and how it went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from cuecoach.cli import terminal
from cuecoach.cli.measure.words import about_the_sensor, figure, headline
from cuecoach.gait.leftright import ASYMMETRY, COMPARED
from cuecoach.gait.summary import WINDOW_S, Window
from cuecoach.metrics import METRICS
from cuecoach.timeline import clock

if TYPE_CHECKING:
    from rich.console import Console

    from cuecoach.cli.measure.measuring import Measured, News

#: What a line holds, with headings that fit beside each other on 80 columns; the summary and the files hold all.
_PER_ROW: Final = {
    "cadence": "cadence",
    "stance_time": "stance",
    "vertical_oscillation": "bounce",
    "pelvic_tilt": "tilt",
    "pelvic_obliquity_range": "hips",
    "pelvic_drop": "drop",
    "trunk_lean": "lean",
}
#: More lines than this nobody reads: then each stands for a longer time, s.
_MOST_ROWS: Final = 60
_ROW_S: Final = (WINDOW_S, 60.0, 300.0, 1800.0, 7200.0)


class Rows:
    """Windows put together, so that there are never many, however long the recording."""

    def __init__(self) -> None:
        self.rows: list[Window] = []
        self._finest = 0

    def add(self, window: Window) -> None:
        """Take the next window."""
        row_s = _ROW_S[self._finest]
        begin = self.rows[0].t_start if self.rows else window.t_start
        # by the middle of a window: its start may be off by a rounding
        row = (window.t_start + 0.5 * WINDOW_S - begin) // row_s
        if self.rows and (self.rows[-1].t_start + 0.5 * WINDOW_S - begin) // row_s == row:
            self.rows[-1].merge(window)
            return
        self.rows.append(_copy(window))
        if len(self.rows) > _MOST_ROWS and self._finest + 1 < len(_ROW_S):
            self._finest += 1
            fine, self.rows = self.rows, []
            for old in fine:
                self.add(old)


def _copy(window: Window) -> Window:
    out = Window(window.t_start, window.t_end)
    out.merge(window)
    return out


class Table:
    """Gathers lines and prints them at the end."""

    def __init__(self) -> None:
        self._rows = Rows()

    def add(self, news: News) -> None:
        """Keep the windows that are complete."""
        for window in news.windows:
            self._rows.add(window)

    def finish(self, done: Measured) -> None:
        """Print all."""
        console = terminal.open_console()
        console.print(headline(done))
        for line in about_the_sensor(done):
            console.print(line)
        if not done.whole.steps:
            return
        means = done.whole.values
        console.print()
        _print_means(console, means)
        _print_sides(console, done)
        console.print()
        _print_rows(console, self._rows.rows, [name for name in _PER_ROW if means[name] is not None])


def _print_means(console: Console, means: dict[str, float | None]) -> None:
    from rich.table import Table as Grid

    grid = Grid(box=None, pad_edge=False, show_header=False)
    grid.add_column()
    grid.add_column(justify="right")
    for name, value in means.items():
        if value is not None:
            metric = METRICS[name]
            grid.add_row(name, figure(value, metric.unit), metric.unit, metric.help)
    console.print(grid)


def _print_sides(console: Console, done: Measured) -> None:
    from rich.table import Table as Grid

    pairs = done.sides.pairs()
    if not pairs:
        return
    grid = Grid(box=None, pad_edge=False, header_style="dim")
    grid.add_column("")
    for heading in ("left", "right"):
        grid.add_column(heading, justify="right")
    grid.add_column()
    grid.add_column("asymmetry", justify="right")
    for name, pair in pairs.items():
        unit = COMPARED[name]
        share = "" if pair.asymmetry is None else f"{figure(pair.asymmetry, '%')} %"
        grid.add_row(name, figure(pair.left, unit), figure(pair.right, unit), unit, share)
    steps = done.sides.steps
    grid.add_row("steps", str(steps["left"]), str(steps["right"]), "", "")
    console.print()
    console.print(grid)
    console.print(f"asymmetry: {ASYMMETRY}", style="dim")


def _print_rows(console: Console, rows: Sequence[Window], shown: Sequence[str]) -> None:
    from rich.table import Table as Grid

    grid = Grid(box=None, pad_edge=False, header_style="dim")
    grid.add_column("from", justify="right")
    grid.add_column("activity")
    grid.add_column("steps", justify="right")
    for name in shown:
        grid.add_column(f"{_PER_ROW[name]} {METRICS[name].unit}", justify="right")
    for row in rows:
        values = row.values
        cells = [figure(values[name], METRICS[name].unit) for name in shown]
        grid.add_row(clock(row.t_start), row.activity or "unknown", str(row.steps), *cells)
    console.print(grid)
