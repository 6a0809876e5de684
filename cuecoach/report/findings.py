"""What a run comes down to: one sentence, one thing kept, one next focus, and whether the cues did something."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cuecoach.report import words
from cuecoach.report.chance import around_mean
from cuecoach.report.columns import Columns
from cuecoach.report.deeds import Deed, deeds
from cuecoach.report.standing import Drift, Standing, drift, standings
from cuecoach.runrecord import RunRecord
from cuecoach.runsummary import SUMMED, summarise

#: Something is kept from this share in band on; something is worth work from this share beyond it on.
KEPT_SHARE: Final = 0.7
NEXT_SHARE: Final = 0.1
#: So many judged cues tell something of cues in general.
_ENOUGH_CUES: Final = 3
_TOO_MUCH: Final = {
    "cadence": "slower than its band",
    "pelvic_tilt": "further forward than usual",
    "pelvic_drop": "larger than usual",
    "vertical_oscillation": "higher than usual",
    "stance_time_balance": "further from your usual than it wobbles",
}
#: What a gate is called where the runner is told of it.
GATES: Final = {
    "no sensor says you are running": "no data",
    "the sensor was gone and has just come back": "sensor just back",
    "race: only safety speaks": "race",
    "slower than the set minimum": "slow",
}


@dataclass(frozen=True, slots=True)
class Silence:
    """How often and how long the coach was kept silent, s, and for what reason."""

    reason: str
    times: int
    seconds: float


@dataclass(frozen=True)
class Findings:
    """Everything a report says of a run, before it is put into words or drawn."""

    record: RunRecord
    columns: Columns
    summary: Mapping[str, float | None]
    deeds: tuple[Deed, ...]
    standings: tuple[Standing, ...]
    drifts: tuple[Drift, ...]
    silences: tuple[Silence, ...]
    kept: Standing | None
    next: Standing | None

    @property
    def cues(self) -> list[Deed]:
        """The corrections that were spoken."""
        return [deed for deed in self.deeds if deed.kind == "cue"]

    @property
    def led(self) -> list[Deed]:
        """The beats that a rule asked for: corrections too."""
        return [deed for deed in self.deeds if deed.kind == "beat" and deed.rule is not None]

    def standing(self, metric: str) -> Standing | None:
        """Return how the metric stood, None where that is unknown."""
        return next((s for s in self.standings if s.metric == metric), None)


def find(record: RunRecord, columns: Columns) -> Findings:
    """Look at a run.

    Kept is what was in band for the greatest share of the running, if that is 70 % or more. Next is, of the others, what was
    longest on the faulty side of its band, if that is a tenth of the running or more; else what was cued most.
    """
    done = tuple(deeds(record, columns))
    stood = tuple(standings(columns))
    kept = max((s for s in stood if s.near >= KEPT_SHARE), key=lambda s: (s.near, -s.faulty), default=None)
    return Findings(
        record,
        columns,
        summarise(record),
        done,
        stood,
        tuple(drift(columns, metric) for metric in ("cadence", *SUMMED)),
        tuple(_silences(columns)),
        kept,
        _next([s for s in stood if s is not kept], done),
    )


def _next(others: Sequence[Standing], done: Sequence[Deed]) -> Standing | None:
    worst = max(others, key=lambda s: s.faulty, default=None)
    if worst is not None and worst.faulty >= NEXT_SHARE:
        return worst
    cued = {s.metric: cues_on(s.metric, done) for s in others}
    return max((s for s in others if cued[s.metric]), key=lambda s: cued[s.metric], default=None)


def cues_on(metric: str, done: Sequence[Deed]) -> int:
    """Return how many corrections were about the metric, beats that a rule asked for among them."""
    return sum(_corrects(deed) and deed.metric == metric for deed in done)


def _corrects(deed: Deed) -> bool:
    return deed.kind == "cue" or (deed.kind == "beat" and deed.rule is not None)


def verdict(found: Findings) -> str:
    """Say in one sentence how it went."""
    if not found.record.seconds:
        return "Nothing is known of this run."
    if not found.summary["running_s"]:
        return "No running was seen."
    spoken = _corrected(found)
    judged, helped = found.summary["judged"] or 0, found.summary["helped"] or 0
    if judged:
        several = f"{helped:.0f} of the {judged:.0f} corrections that could be judged helped"
        one = f"the one that could be judged {'helped' if helped else 'did not help'}"
        spoken += f", and {one if judged == 1 else several}"
    cadence = found.standing("cadence")
    if cadence is not None:
        band = "in its band" if cadence.targeted else "near your usual"
        return f"Cadence was {band} for {words.percent(cadence.near)} of the running; {spoken}."
    if found.kept is not None:
        share = words.percent(found.kept.near)
        return f"{words.title(found.kept.metric)} was near your usual for {share} of the running; {spoken}."
    return f"{spoken[:1].upper()}{spoken[1:]}; what is usual for you is not known yet."


def _corrected(found: Findings) -> str:
    cues, beats = len(found.cues), len(found.led)
    if not cues and not beats:
        return "the coach had nothing to correct"
    told = [f"spoke {words.count(cues, 'correction')}"] if cues else []
    told += [f"laid {words.count(beats, 'beat')} under your feet"] if beats else []
    return f"the coach {' and '.join(told)}"


def kept_text(found: Findings) -> str:
    """Say what was kept."""
    kept = found.kept
    if kept is None:
        if not found.standings:
            return "Not known: too little running with a known band."
        best = max(found.standings, key=lambda s: s.near)
        nearest = f"{words.label(best.metric)} came nearest, with {words.percent(best.near)}"
        return f"Nothing stayed in band for {words.percent(KEPT_SHARE)} of the running; {nearest}."
    band = "in the band around its target" if kept.targeted else "within your usual range"
    told = f"{words.title(kept.metric)}: {words.percent(kept.near)} of the running {band}"
    change = next((d for d in found.drifts if d.metric == kept.metric), None)
    if change is not None and change.change is not None and not change.clear:
        told += ", and no clear drift from the first third to the last"
    return told + "."


def next_text(found: Findings) -> str:
    """Say what to work on next."""
    ahead = found.next
    if ahead is None:
        return "Nothing stood out: the same again is fine." if found.standings else "Not known yet."
    cues = cues_on(ahead.metric, found.deeds)
    told = f"{words.title(ahead.metric)}: {_TOO_MUCH[ahead.metric]} for {words.percent(ahead.faulty)} of the running"
    return told + (f", with {words.count(cues, 'correction')}." if cues else ", without a correction.")


def beyond(deed: Deed) -> float | None:
    """Return which share of the fault went beyond what goes by itself."""
    return None if deed.response is None else deed.response.share - deed.response.by_itself


def effect_text(deed: Deed) -> str:
    """Say what a cue changed beyond what goes by itself, and how sure that is."""
    answer = deed.response
    if answer is None:
        return "not judged"
    share = answer.share - answer.by_itself
    told = f"{_signed(share)} of the fault ({words.percent(answer.share)} went, {words.percent(answer.by_itself)} by itself)"
    if answer.before is None or answer.after is None or deed.wobble is None:
        return f"{told}; how sure is unknown"
    if abs(answer.after - answer.before) <= deed.wobble:
        return f"{told}; may be chance"
    return told


def overall(found: Findings) -> str:
    """Say what words did on average, and what beats did; nothing where too few were judged."""
    told = (_average(found.cues, "cues"), _average(found.led, "beats, judged while they lead or soon after,"))
    return " ".join(text for text in told if text)


def _average(corrections: Sequence[Deed], name: str) -> str:
    known = [share for share in map(beyond, corrections) if share is not None]
    if len(known) < _ENOUGH_CUES:
        return ""
    mean, around = statistics.mean(known), around_mean(known)
    share = f"{_signed(mean)} ± {words.percent(around)} of the fault"
    told = f"Over {len(known)} {name} {share} went beyond what goes by itself"
    return told + ("." if abs(mean) > around else ": that may be chance.")


def _signed(share: float) -> str:
    return ("+" if share > 0 else "") + words.percent(share)


def gate_name(gate: str) -> str:
    """Return a short name of what kept the coach silent."""
    return GATES.get(gate, gate)


def _silences(columns: Columns) -> list[Silence]:
    """Return what kept the coach silent, the longest first."""
    spans: dict[str, list[float]] = {}
    for since, until, gate in columns.stretches(second.gate for second in columns.seconds):
        spans.setdefault(gate_name(gate), []).append(until - since)
    out = [Silence(reason, len(lengths), math.fsum(lengths)) for reason, lengths in spans.items()]
    return sorted(out, key=lambda silence: -silence.seconds)
