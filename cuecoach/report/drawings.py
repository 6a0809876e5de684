"""The charts of a run."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from cuecoach.events import FloatArray
from cuecoach.report import words
from cuecoach.report.chart import Band, Chart, Line, Mark, Shade, time_ticks
from cuecoach.report.columns import mean
from cuecoach.report.deeds import Deed
from cuecoach.report.findings import Findings, cues_on, effect_text, gate_name
from cuecoach.runsummary import SPREADS
from cuecoach.units import clock

#: The vertical axis is no shorter than this, catalogue units: what a runner would call a difference.
_LEAST: Final = {
    "cadence": 12.0,
    "speed": 0.6,
    "pelvic_tilt": 6.0,
    "pelvic_drop": 4.0,
    "vertical_oscillation": 15.0,
    "stance_time": 30.0,
    "stance_time_balance": 3.0,
}
#: Shorter stretches of silence would only be streaks, as a share of the run.
_LEAST_SHADE: Final = 0.004
_UNITS: Final = {"deg": "degrees", "%": "percent", "spm": "steps a minute", "m/s": "km/h"}


def charts(found: Findings) -> list[Chart]:
    """Return the charts of what is known, in the order of the page."""
    every = [_metric(found, name) for name in ("cadence", "pelvic_tilt", "pelvic_drop", "vertical_oscillation")]
    every += [_sides(found), _metric(found, "stance_time_balance"), _metric(found, "stance_time"), _speed(found)]
    drawn = [chart for chart in every if not chart.empty]
    return _with_other_marks(drawn, found)


def _span(found: Findings) -> tuple[float, float]:
    last = found.record.seconds[-1].t if found.record.seconds else 0.0
    return 0.0, max(found.record.duration_s, last, 1.0)


def _metric(found: Findings, name: str) -> Chart:
    """Draw a metric against its normal; the cadence against its target."""
    columns, span = found.columns, _span(found)
    value, usual = columns.values(name), columns.normal(name)
    targeted = name == "cadence" and bool(np.isfinite(columns.target).any())
    low, high = columns.band(name)
    lines = [Line(words.label(name), columns.t, value)]
    if targeted:
        lines.insert(0, Line("target", columns.t, columns.target, "target"))
    if np.isfinite(usual).any():
        lines.insert(0, Line("your usual at this speed", columns.t, usual, "normal"))
    band = Band("in band: target −3 % to +4 %" if targeted else f"usual ± {SPREADS:g} spreads", columns.t, low, high)
    shades = _gates(found, span)
    if name == "cadence":
        shades += _beats(found, span)
    return Chart(
        name,
        words.title(name),
        _unit(name),
        _summary(found, name, value),
        span,
        time_ticks(span),
        tuple(lines),
        (band,) if np.isfinite(low).any() else (),
        tuple(shades),
        tuple(_mark(deed) for deed in found.deeds if deed.metric == name and deed.kind != "notice"),
        words.decimals(name),
        _LEAST[name],
    )


def _sides(found: Findings) -> Chart:
    columns, span = found.columns, _span(found)
    left, right = columns.values("pelvic_drop_left"), columns.values("pelvic_drop_right")
    if not (np.isfinite(left).any() and np.isfinite(right).any()):
        left = right = np.full(columns.t.size, np.nan)
    told = (
        f"On average the hip dropped by {words.amount('pelvic_drop', mean(left))} on the left foot and "
        f"{words.amount('pelvic_drop', mean(right))} on the right."
    )
    lines = (Line("on the left foot", columns.t, left, "left"), Line("on the right foot", columns.t, right, "right"))
    shades = tuple(_gates(found, span))
    name = "Hip drop, left and right"
    return Chart("sides", name, "degrees", told, span, time_ticks(span), lines, (), shades, (), 1, 4.0)


def _speed(found: Findings) -> Chart:
    columns, span = found.columns, _span(found)
    speed = columns.values("speed")
    told = f"On average {words.kmh(mean(speed))}, that is {words.pace(mean(speed))}."
    lines = (Line("speed", columns.t, 3.6 * speed),)
    return Chart(
        "speed", "Speed", "km/h", told, span, time_ticks(span), lines, (), tuple(_gates(found, span)), (), 1, 2.0
    )


def _summary(found: Findings, name: str, value: FloatArray) -> str:
    known = value[np.isfinite(value)]
    if not known.size:
        return "Unknown in this run."
    told = (
        f"On average {words.amount(name, float(known.mean()))} while running, "
        f"from {words.amount(name, float(known.min()))} to {words.amount(name, float(known.max()))}"
    )
    stood = found.standing(name)
    if stood is not None:
        told += f"; in band for {words.percent(stood.near)} of the time it could be judged"
    cues = cues_on(name, found.deeds)
    return f"{told}; {words.count(cues, 'correction')}."


def _gates(found: Findings, span: tuple[float, float]) -> list[Shade]:
    columns = found.columns
    spans = columns.stretches(second.gate for second in columns.seconds)
    least = _LEAST_SHADE * (span[1] - span[0])
    return [Shade(since, until, gate_name(gate)) for since, until, gate in spans if until - since >= least]


def _beats(found: Findings, span: tuple[float, float]) -> list[Shade]:
    columns = found.columns
    if np.isfinite(columns.beat).any():
        spans = columns.stretches(None if second.beat is None else "beat" for second in columns.seconds)
        return [Shade(since, until, "beat", "beat") for since, until, _ in spans]
    return [Shade(d.at, d.until or span[1], "beat", "beat") for d in found.deeds if d.kind == "beat"]


def _mark(deed: Deed) -> Mark:
    kind = "cue" if deed.kind == "notice" else deed.kind
    words_said = deed.words if deed.kind == "beat" else f"“{deed.words}”"
    reason = words.plain(deed.why) or "No reason was noted."
    if deed.response is not None:
        reason = f"{reason}. After it: {effect_text(deed)}"
    return Mark(deed.at, f"{clock(deed.at)} {words_said}", reason, kind)


def _with_other_marks(drawn: list[Chart], found: Findings) -> list[Chart]:
    """Put what belongs to no chart on the first one."""
    if not drawn:
        return drawn
    keys = {chart.key for chart in drawn}
    others = [_mark(d) for d in found.deeds if d.kind != "notice" and d.metric not in keys]
    first = drawn[0]
    marks = tuple(sorted((*first.marks, *others), key=lambda mark: mark.t))
    return [replace(first, marks=marks), *drawn[1:]]


def _unit(name: str) -> str:
    symbol = words.unit(name).strip()
    return _UNITS.get({"°": "deg"}.get(symbol, symbol), symbol)
