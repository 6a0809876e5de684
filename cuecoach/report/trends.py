"""Runs side by side: one small chart for each number that is worth following."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeAlias

import numpy as np

from cuecoach.report import words
from cuecoach.report.chart import Chart, Line
from cuecoach.report.findings import Findings

#: When a run started, and its summary.
Earlier: TypeAlias = tuple[datetime, Mapping[str, float | None]]

#: No more runs than this are shown, the newest.
MOST_RUNS: Final = 20
#: Key, title, unit, factor, decimals and least height of the vertical axis.
_SHOWN: Final = (
    ("in_band", "Time in band", "percent", 100.0, 0, 20.0),
    ("cadence", "Cadence", "steps a minute", 1.0, 0, 6.0),
    ("speed", "Speed", "km/h", 3.6, 1, 1.0),
    ("pelvic_tilt_residual", "Pelvic tilt off your usual", "degrees", 1.0, 1, 3.0),
    ("pelvic_drop", "Hip drop", "degrees", 1.0, 1, 3.0),
    ("vertical_oscillation", "Bounce", "mm", 1.0, 0, 10.0),
)


def runs_shown(found: Findings, history: Sequence[Earlier]) -> list[Earlier]:
    """Return the runs before this one and this one, oldest first."""
    record = found.record
    earlier = [each for each in history if each[0].timestamp() < record.started.timestamp()]
    earlier.sort(key=lambda each: each[0].timestamp())
    return [*earlier, (record.started, found.summary)][-MOST_RUNS:]


def trend_charts(runs: Sequence[Earlier]) -> list[Chart]:
    """Return one small chart for each number that at least two runs know."""
    out: list[Chart] = []
    for key, title, unit, factor, decimals, least in _SHOWN:
        values = [summary.get(key) for _, summary in runs]
        known = [(k, factor * value) for k, value in enumerate(values) if value is not None]
        if len(known) < 2:
            continue
        t = np.arange(len(runs), dtype=np.float64)
        y = np.array([np.nan if value is None else factor * value for value in values])
        told = (
            f"{len(known)} runs: first {known[0][1]:.{decimals}f}, last {known[-1][1]:.{decimals}f}, "
            f"lowest {min(v for _, v in known):.{decimals}f}, highest {max(v for _, v in known):.{decimals}f} {unit}."
        )
        ticks = ((0.0, words.short_day(runs[0][0])), (float(len(runs) - 1), words.short_day(runs[-1][0])))
        span = (-0.02 * len(runs), 1.02 * (len(runs) - 1) + 0.02)
        line = Line(title, t, y, "dots")
        out.append(
            Chart(
                f"trend-{key.replace('_', '-')}",
                title,
                unit,
                told,
                span,
                ticks,
                (line,),
                decimals=decimals,
                least=least,
            )
        )
    return out


def trend_rows(runs: Sequence[Earlier]) -> list[tuple[str, ...]]:
    """Return the numbers of each run, the newest first."""
    cells: tuple[Callable[[Mapping[str, float | None]], str], ...] = (
        lambda s: words.distance(s.get("distance_m")),
        lambda s: words.pace(s.get("speed")),
        lambda s: words.amount("cadence", s.get("cadence")),
        lambda s: words.percent(s.get("in_band")),
        lambda s: words.count(s.get("cues"), "cue"),
    )
    return [(words.short_day(when), *(cell(summary) for cell in cells)) for when, summary in reversed(runs)]


TREND_HEAD: Final = ("Run", "Distance", "Pace", "Cadence", "In band", "Corrections")
