"""A chart for the page: curves as SVG that stretches, words as HTML that keeps its size, marks that a keyboard reaches."""

from __future__ import annotations

from typing import Final

from cuecoach.events import FloatArray
from cuecoach.report.chart import Band, Chart, Line, Mark, where
from cuecoach.report.html import esc
from cuecoach.report.thin import envelope, pieces, thin

#: The drawing's own units; it is stretched to the width of the page.
_WIDE, _TALL = 1000.0, 200.0
#: Parts of the span a line and a band are thinned to.
_LINE_PARTS, _BAND_PARTS = 500, 150
#: A shade is named on the chart when it takes this share of it; on a phone it takes more.
_ROOM_FOR_NAME, _ROOM_ON_PHONE = 0.08, 0.2
_MARK_NAMES: Final = {"cue": "correction", "praise": "praise", "beat": "beat"}
#: Marks nearer than this share of the width stand in two rows.
_NEAR: Final = 0.035


def figure(chart: Chart, *, small: bool = False) -> str:
    """Return the chart as a `figure`; everything it shows is said in words too."""
    name = f"{chart.title}, {chart.unit}" if chart.unit else chart.title
    parts = [f'<figure class="chart{" small" if small else ""}" id="fig-{chart.key}">']
    parts.append(f"<figcaption>{esc(name)}</figcaption>{_legend(chart)}")
    parts.append(f'<div class="plot{" marked" if chart.marks else ""}">')
    parts.append(
        f'<svg role="img" aria-labelledby="t-{chart.key} d-{chart.key}" viewBox="0 0 {_WIDE:g} {_TALL:g}" '
        f'preserveAspectRatio="none"><title id="t-{chart.key}">{esc(name)}</title>'
        f'<desc id="d-{chart.key}">{esc(chart.summary)}</desc>'
    )
    parts += _drawing(chart)
    parts.append("</svg>")
    parts += _axes(chart)
    parts += _marks(chart)
    parts.append("</div></figure>")
    return "".join(parts)


def _drawing(chart: Chart) -> list[str]:
    low, high = chart.limits

    def x(t: FloatArray | float) -> FloatArray | float:
        return (t - chart.span[0]) / (chart.span[1] - chart.span[0]) * _WIDE

    def y(value: FloatArray | float) -> FloatArray | float:
        return (high - value) / (high - low) * _TALL

    behind: list[str] = []
    before: list[str] = []
    for shade in chart.shades:
        left, right = where(shade.since, chart.span) * _WIDE, where(shade.until, chart.span) * _WIDE
        box = f'x="{left:.1f}" y="0" width="{max(right - left, 1.0):.1f}" height="{_TALL:g}"'
        (behind if shade.kind == "gate" else before).append(f'<rect class="{shade.kind}" {box}/>')
    out = behind
    out += [f'<path class="grid" d="M0 {y(value):.1f}H{_WIDE:g}"/>' for value, _ in chart.levels]
    for band in chart.bands:
        for piece in pieces(band.t, band.low, band.high):
            t, floor, ceiling = envelope(band.t[piece], band.low[piece], band.high[piece], chart.span, _BAND_PARTS)
            there, back = _points(x(t), y(floor)), _points(x(t[::-1]), y(ceiling[::-1]))
            out.append(f'<path class="band" d="M{there}L{back}Z"/>')
    out += before
    for line in chart.lines:
        if line.look == "dots":
            known = [(a, b) for a, b in zip(line.t.tolist(), line.y.tolist(), strict=True) if b == b]
            joined = " ".join(f"{x(a):.1f} {y(b):.1f}" for a, b in known)
            out.append(f'<path class="thread" d="M{joined}"/>' if len(known) > 1 else "")
            dots = "".join(f"M{x(a):.1f} {y(b):.1f}h0" for a, b in known)
            out.append(f'<path class="dots" d="{dots}"/>' if known else "")
            continue
        for piece in pieces(line.t, line.y):
            t, value = thin(line.t[piece], line.y[piece], chart.span, _LINE_PARTS)
            out.append(f'<path class="{line.look}" d="M{_points(x(t), y(value))}"/>')
    out += [f'<path class="at {m.kind}" d="M{where(m.t, chart.span) * _WIDE:.1f} 0V{_TALL:g}"/>' for m in chart.marks]
    return out


def _points(x: FloatArray | float, y: FloatArray | float) -> str:
    return " ".join(f"{a:.1f} {b:.1f}" for a, b in zip(x.tolist(), y.tolist(), strict=True))  # type: ignore[union-attr]


def _axes(chart: Chart) -> list[str]:
    low, high = chart.limits
    out: list[str] = []
    for value, text in chart.levels:
        out.append(f'<span class="y" aria-hidden="true" style="top:{(high - value) / (high - low):.2%}">{text}</span>')
    for t, text in chart.ticks:
        share = where(t, chart.span)
        edge = " last" if share > 0.97 else ""
        out.append(f'<span class="x{edge}" aria-hidden="true" style="left:{share:.2%}">{esc(text)}</span>')
    for shade in chart.shades:
        left, right = where(shade.since, chart.span), where(shade.until, chart.span)
        if right - left >= _ROOM_FOR_NAME:
            place = f"left:{left:.2%};width:{right - left:.2%}"
            tight = "" if right - left >= _ROOM_ON_PHONE else " tight"
            out.append(f'<span class="name{tight}" aria-hidden="true" style="{place}">{esc(shade.name)}</span>')
    return out


def _marks(chart: Chart) -> list[str]:
    out: list[str] = []
    before, row = -1.0, 0
    for k, mark in enumerate(chart.marks):
        share = where(mark.t, chart.span)
        row = 1 - row if share - before < _NEAR else 0
        before = share
        out.append(_mark(mark, f"m-{chart.key}-{k}", share, row))
    return out


def _mark(mark: Mark, key: str, share: float, row: int) -> str:
    return (
        f'<button type="button" class="mark {mark.kind} row{row}" style="left:{share:.2%}" '
        f'aria-label="{esc(mark.name)}" aria-describedby="{key}"></button>'
        f'<span class="tip" role="tooltip" id="{key}" style="--x:{share:.2%}"><b>{esc(mark.name)}</b> '
        f"{esc(mark.reason)}</span>"
    )


def _legend(chart: Chart) -> str:
    """Return what each line, area and mark stands for."""
    said: dict[str, str] = {}
    drawn: tuple[Line | Band, ...] = (*chart.lines, *chart.bands)
    for each in drawn:
        said.setdefault(each.look if isinstance(each, Line) else "band", each.name)
    if any(shade.kind == "beat" for shade in chart.shades):
        said["beat"] = "beat"
    if any(shade.kind == "gate" for shade in chart.shades):
        said["gate"] = "coach silent"
    marked = {mark.kind for mark in chart.marks} - {"beat"}
    said |= {kind: name for kind, name in _MARK_NAMES.items() if kind in marked}
    if len(said) < 2:
        return ""
    return '<ul class="key">' + "".join(f'<li class="k-{k}">{esc(name)}</li>' for k, name in said.items()) + "</ul>"
