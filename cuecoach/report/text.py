"""A run in some lines of terminal text."""

from __future__ import annotations

from typing import Final

from cuecoach.report import words
from cuecoach.report.columns import columns
from cuecoach.report.findings import Findings, effect_text, find, kept_text, next_text, overall, verdict
from cuecoach.report.page import caveats, facts, name_of
from cuecoach.runrecord import RunRecord
from cuecoach.units import clock

#: More corrections than this are counted only; the page has them all.
_MOST_CUES: Final = 8


def report_text(record: RunRecord) -> list[str]:
    """Return the report of a run as lines of plain text, about 25 of them."""
    found = find(record, columns(record))
    lines = [f"{name_of(record)}, {words.day(record.started)}, {record.started:%H:%M}, {record.runner}"]
    lines += [*caveats(record), verdict(found), ""]
    lines += [f"{label + ':':20}{number}{f'  ({small})' if small else ''}" for label, number, small in facts(found)]
    lines += ["", f"{'Kept:':20}{kept_text(found)}", f"{'Next focus:':20}{next_text(found)}"]
    lines += [*_bands(found), *_cues(found), *_drift(found)]
    return lines


def _bands(found: Findings) -> list[str]:
    told = ", ".join(f"{words.label(s.metric)} {words.percent(s.near)}" for s in found.standings)
    return [f"{'In band, each:':20}{told}"] if told else []


def _cues(found: Findings) -> list[str]:
    cues = found.cues
    out = [""] if cues else []
    for deed in cues[:_MOST_CUES]:
        out.append(f"{clock(deed.at):>8}  “{deed.words}”: {words.plain(deed.why) or 'no reason noted'}")
        if deed.response is not None:
            out.append(f"{'':10}{effect_text(deed)}")
    if len(cues) > _MOST_CUES:
        out.append(f"{'':10}and {len(cues) - _MOST_CUES} more")
    average = overall(found)
    return [*out, average] if average else out


def _drift(found: Findings) -> list[str]:
    clear = [
        f"{words.label(drift.metric)} {words.change(drift.metric, drift.change, drift.around)}"
        for drift in found.drifts
        if drift.clear
    ]
    if clear:
        return ["", f"First third to last, speed taken out: {', '.join(clear)}"]
    known = any(drift.change is not None for drift in found.drifts)
    return ["", "First third to last: " + ("no clear change" if known else "unknown, too little running")]
