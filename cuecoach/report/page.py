"""The page of a run: one file that asks for nothing else, opens anywhere, and reads on a phone and on paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cuecoach.report import sections, words
from cuecoach.report.columns import columns
from cuecoach.report.findings import Findings, find, kept_text, next_text, verdict
from cuecoach.report.html import esc, para
from cuecoach.report.style import STYLE
from cuecoach.report.trends import Earlier
from cuecoach.runrecord import RunRecord

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_KINDS: Final = {"simulated": "A simulated runner, no person.", "imported": "Taken from a file of another program."}
_STATES: Final = {
    "interrupted": "The program ended before it could close this run. What was recorded until then is here.",
    "recording": "This run is still going on. What was recorded so far is here.",
}
_FOOT: Final = (
    "In band: cadence from 3 % below to 4 % above its target, anything else within twice your personal spread of your usual "
    "at that speed. Values are those the rules saw, smoothed over 10 to 30 seconds. Ground contact time is shown and not "
    "judged. This is a training aid, not a medical device: it measures, and says nothing about injuries or their risk."
)


def report_html(record: RunRecord, history: Sequence[Earlier] = ()) -> str:
    """Return the page of a run.

    Parameters
    ----------
    record
        The run.
    history
        Start and summary (of :func:`cuecoach.runsummary.summarise`) of other runs of the same runner; later ones are left out.

    Returns
    -------
    str
        One HTML document without script that requests nothing; the same for the same input.
    """
    found = find(record, columns(record))
    name = name_of(record)
    when = f"{words.day(record.started)}, {record.started:%H:%M}"
    body = (
        sections.form(found),
        sections.deeds_table(found),
        sections.fatigue(found),
        sections.sides(found),
        sections.silences(found),
        sections.trends(found, history),
        sections.sensors(found),
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{esc(_POLICY)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{esc(name)}, {esc(words.short_day(record.started))}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<header>\n<h1>{esc(name)}</h1>\n{para(f'{when} · {record.runner}', 'soft')}\n{_caveats(record)}"
        f"{para(verdict(found), 'verdict')}\n{_facts(found)}\n{_cards(found)}\n</header>\n"
        f"<main>\n{''.join(body)}</main>\n<footer>{para(_FOOT)}</footer>\n</body>\n</html>\n"
    )


def name_of(record: RunRecord) -> str:
    """Return the run's title, or its number."""
    return record.title or (f"Run {record.number}" if record.number else "Run")


def caveats(record: RunRecord) -> list[str]:
    """Return what has to be known of the run before anything else: that it is not whole, or no run of a person."""
    told = (_STATES.get(record.state), _KINDS.get(record.kind))
    return [text for text in told if text is not None]


def facts(found: Findings) -> list[tuple[str, str, str]]:
    """Return name, number and a small print for each number of the head."""
    s, record = found.summary, found.record
    judged = s["judged"] or 0
    beats = f"and {words.count(len(found.led), 'beat')}; " if found.led else ""
    helped = beats + (f"{s['helped'] or 0:.0f} of {judged:.0f} judged helped" if judged else "none judged")
    usual = s["cadence_normal"]
    return [
        ("Distance", words.distance(s["distance_m"]), ""),
        ("Length", words.length(record.duration_s), f"running {words.length(s['running_s'])}"),
        ("Pace", words.pace(s["speed"]), "" if s["speed"] is None else words.kmh(s["speed"])),
        ("Cadence", words.amount("cadence", s["cadence"]), f"usual {words.amount('cadence', usual)}"),
        ("In band", words.percent(s["in_band"]), f"focus: {record.focus}"),
        ("Corrections", f"{s['cues'] or 0:.0f}", helped),
        ("Beat", words.length(s["beat_s"]), words.count(s["praise"], "word of praise", "words of praise")),
    ]


def _caveats(record: RunRecord) -> str:
    return "".join(para(text, "notice") + "\n" for text in caveats(record))


def _facts(found: Findings) -> str:
    cells = (
        f"<div><dt>{esc(name)}</dt><dd>{esc(number)}{f'<small>{esc(small)}</small>' if small else ''}</dd></div>"
        for name, number, small in facts(found)
    )
    return f'<dl class="facts">{"".join(cells)}</dl>'


def _cards(found: Findings) -> str:
    kept = f'<div class="card"><h2 class="h3">Kept</h2>{para(kept_text(found))}</div>'
    ahead = f'<div class="card next"><h2 class="h3">Next focus</h2>{para(next_text(found))}</div>'
    return f'<div class="two">{kept}{ahead}</div>'
