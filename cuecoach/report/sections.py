"""The parts of the page below its head."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from cuecoach.events import Note
from cuecoach.report import words
from cuecoach.report.columns import mean
from cuecoach.report.deeds import Deed, withheld
from cuecoach.report.drawings import charts
from cuecoach.report.findings import Findings, cues_on, effect_text, overall
from cuecoach.report.html import esc, para, section, table
from cuecoach.report.standing import Drift
from cuecoach.report.svg import figure
from cuecoach.report.trends import TREND_HEAD, Earlier, runs_shown, trend_charts, trend_rows
from cuecoach.units import clock

#: More notes than this are folded away.
_FEW_NOTES: Final = 8
_SPOKEN: Final = {"cue": "", "praise": "praise", "notice": "notice", "beat": ""}


def form(found: Findings) -> str:
    """Return the share in band of each part of form, and the charts."""
    drawn = [figure(chart) for chart in charts(found)]
    if not drawn:
        return section("form", "Form over time", para("Nothing was measured that could be drawn."))
    unknown = [words.label(m) for m in ("pelvic_tilt", "pelvic_drop", "vertical_oscillation") if not _known(found, m)]
    missing = f"Unknown in this run: {', '.join(unknown)}." if unknown else ""
    how = "Only running is drawn. Grey: the coach was kept silent, with the reason where there is room."
    return section("form", "Form over time", _bands(found), para(f"{how} {missing}".strip(), "soft"), *drawn)


def _known(found: Findings, metric: str) -> bool:
    return bool(np.isfinite(found.columns.values(metric)).any())


def _bands(found: Findings) -> str:
    rows = [
        (
            words.title(s.metric),
            words.percent(s.near),
            words.percent(s.faulty),
            f"{s.known_s / 60:.0f} min",
            str(cues_on(s.metric, found.deeds)),
        )
        for s in found.standings
    ]
    if not rows:
        return para("Too little is known of what is usual for you to say what was in band.")
    head = ("What", "In band", "Beyond, on the side that is a fault", "Judged over", "Corrections")
    return table("Share of the running in band", head, rows)


def deeds_table(found: Findings) -> str:
    """Return what the coach did, why, and what it changed."""
    if not found.deeds:
        return section("cues", "What the coach said", para("Nothing: no correction, no praise, no beat."))
    rows = [(clock(deed.at), _words(deed), _why(deed), _change(deed), _effect(deed)) for deed in found.deeds]
    head = ("Time", "Heard", "Why", "Before → after", "Beyond what goes by itself")
    ids = [f"c{k}" for k in range(len(rows))]
    told = [para(overall(found)) if overall(found) else ""]
    without = withheld(found.record)
    if without:
        went = sum(r.share for r in without) / len(without)
        times = words.count(len(without), "time")
        told.append(
            para(f"A due cue was withheld {times}, to see: {words.percent(went)} of the fault went without a word.")
        )
    how = "± is the half of a 95 % interval, from how much the value wobbles by itself."
    return section("cues", "What the coach said", *told, table("What was heard, in order. " + how, head, rows, ids=ids))


def _words(deed: Deed) -> str:
    kind = _SPOKEN[deed.kind]
    said = deed.words if deed.kind == "beat" else f"“{deed.words}”"
    if deed.kind == "beat" and deed.until is not None:
        said += f", for {words.length(deed.until - deed.at)}"
    return f"{said} ({kind})" if kind else said


def _why(deed: Deed) -> str:
    return words.plain(deed.why) or ("" if deed.kind != "cue" else "the next step of a drill, or no reason noted")


def _change(deed: Deed) -> str:
    answer = deed.response
    if answer is None:
        return ""
    before, after = words.bare(answer.metric, answer.before), words.amount(answer.metric, answer.after)
    if answer.before is None or answer.after is None:
        return f"{before} → {after}"
    return f"{before} → {after} ({words.change(answer.metric, answer.after - answer.before, deed.wobble)})"


def _effect(deed: Deed) -> str:
    return effect_text(deed) if deed.response is not None or deed.kind == "cue" else ""


def fatigue(found: Findings) -> str:
    """Return first against last third, with the effect of speed taken out."""
    known = [drift for drift in found.drifts if drift.change is not None]
    if not known:
        why = "Unknown: it takes three minutes of running with a known usual in the first third and in the last."
        return section("fatigue", "First third against last", para(why))
    rows = [
        (
            words.title(drift.metric),
            words.change(drift.metric, drift.first),
            words.change(drift.metric, drift.last),
            words.change(drift.metric, drift.change, drift.around),
            _read(drift),
        )
        for drift in known
    ]
    head = ("What", "First third", "Last third", "Change", "Clear of chance?")
    told = (
        "Distance from your usual at the speed of the moment, so a slower end does not count. "
        "What cues changed is in it; cadence is taken only from time without a beat."
    )
    return section("fatigue", "First third against last", table(told, head, rows))


def _read(drift: Drift) -> str:
    if drift.change is None or not drift.clear:
        return "no clear change"
    return "more" if drift.change > 0 else "less"


def sides(found: Findings) -> str:
    """Return left against right."""
    columns = found.columns
    left, right = mean(columns.values("pelvic_drop_left")), mean(columns.values("pelvic_drop_right"))
    balance = mean(columns.values("stance_time_balance"))
    rows: list[tuple[str, ...]] = []
    if left is not None and right is not None:
        apart = words.change("pelvic_drop", left - right)
        rows.append(("Hip drop", words.amount("pelvic_drop", left), words.amount("pelvic_drop", right), apart))
    if balance is not None:
        share = words.amount("stance_time_balance", 100 - balance)
        apart = words.change("stance_time_balance", 2 * balance - 100)
        rows.append(("Share of ground time", words.amount("stance_time_balance", balance), share, apart))
    if not rows:
        return section("sides", "Left and right", para("Unknown: no sensor of this run told the feet apart."))
    how = "Means while that foot stands. Nobody is quite even, and which side to work on cannot be told from this."
    return section("sides", "Left and right", table(how, ("What", "Left", "Right", "Left − right"), rows))


def silences(found: Findings) -> str:
    """Return when and why the coach was kept silent."""
    if not found.silences:
        return ""
    rows = [(s.reason, str(s.times), words.length(s.seconds)) for s in found.silences]
    told = "When the coach was kept silent, whatever your form was"
    return section("silent", "Kept silent", table(told, ("Reason", "Times", "Together"), rows))


def sensors(found: Findings) -> str:
    """Return the sensors, and what should be known about them."""
    record = found.record
    rows = [(s.source, s.place or words.UNKNOWN, s.about or words.UNKNOWN) for s in record.sensors]
    worn = table("Worn in this run", ("Sensor", "Place", "What it is"), rows) if rows else para("No sensor was noted.")
    notes = [action for action in record.actions if isinstance(action, Note)]
    items = "".join(f"<li>{esc(clock(note.t))} {esc(note.text)}</li>" for note in notes)
    opened = " open" if len(notes) <= _FEW_NOTES else ""
    told = f'<details{opened}><summary>Notes ({len(notes)})</summary><ul class="plain">{items}</ul></details>'
    return section("sensors", "Sensors and notes", worn, told if notes else "")


def trends(found: Findings, history: Sequence[Earlier]) -> str:
    """Return runs side by side; nothing for the first run."""
    runs = runs_shown(found, history)
    if len(runs) < 2:
        return ""
    drawn = "".join(figure(chart, small=True) for chart in trend_charts(runs))
    listed = table("The newest first", TREND_HEAD, trend_rows(runs))
    held = f"<details><summary>The numbers of {len(runs)} runs</summary>{listed}</details>"
    return section("trends", "Over your runs", f'<div class="multiples">{drawn}</div>' if drawn else "", held)
