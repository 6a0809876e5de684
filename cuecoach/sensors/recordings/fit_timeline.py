"""Which records of a FIT file are coached: put in time order, of the right sport, and without the pauses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Final

from cuecoach.sensors.recordings.csv_text import count
from cuecoach.sensors.recordings.fit_file import FitRecord, FitSession, TimerEvent

#: A record this far from the middle of the file has a broken clock, s.
_MAX_OFF_S = 2 * 86_400.0

#: Sports (FIT profile names) whose cadence is not that of steps, or that are no exercise: never coached as a run.
NOT_A_RUN: Final = frozenset(
    {
        "alpine_skiing",
        "basketball",
        "boating",
        "cross_country_skiing",
        "cycling",
        "diving",
        "driving",
        "e_biking",
        "fishing",
        "flying",
        "golf",
        "hang_gliding",
        "horseback_riding",
        "ice_skating",
        "inline_skating",
        "kayaking",
        "kitesurfing",
        "motorcycling",
        "paddling",
        "rafting",
        "rowing",
        "sailing",
        "sky_diving",
        "snowboarding",
        "snowmobiling",
        "stand_up_paddleboarding",
        "surfing",
        "swimming",
        "tennis",
        "transition",
        "wakeboarding",
        "water_skiing",
        "wheelchair_push_run",
        "wheelchair_push_walk",
        "windsurfing",
    }
)


@dataclass(slots=True)
class Timeline:
    """The records to coach.

    Attributes
    ----------
    records
        Times strictly increasing, s of FIT's count.
    pauses
        From the stop to the next start, only such as have records on both sides; in order, apart from each other.
    skipped
        Seconds in the file before the first of the records (another sport).
    notes
        Plain sentences about what was left out.
    other_sports
        When nothing is left: the sports that the file holds.
    """

    records: list[FitRecord] = field(default_factory=lambda: list[FitRecord]())
    pauses: list[tuple[float, float]] = field(default_factory=lambda: list[tuple[float, float]]())
    skipped: float = 0.0
    notes: list[str] = field(default_factory=lambda: list[str]())
    other_sports: list[str] = field(default_factory=lambda: list[str]())


def make_timeline(
    records: Sequence[FitRecord], sessions: Sequence[FitSession], timer: Sequence[TimerEvent]
) -> Timeline:
    """Choose the records to coach.

    Parameters
    ----------
    records, sessions, timer
        In file order, as :func:`~cuecoach.sensors.recordings.fit_file.read_fit` gives them.
    """
    line = Timeline()
    ordered = _in_order(records, line.notes)
    if not ordered:
        return line
    kept = _of_the_sport(ordered, sessions, line)
    breaks = _sport_breaks(ordered, kept)
    wanted = [record for record, keep in zip(ordered, kept, strict=True) if keep]
    stops = _pauses(timer)
    line.records = [r for t, r in wanted if not any(a < t < b for a, b in stops)]
    dropped = len(wanted) - len(line.records)
    if dropped:
        line.notes.append(f"{count(dropped, 'record')} from while the watch was stopped left out.")
    if line.records:
        first, last = time_of(line.records[0]), time_of(line.records[-1])
        line.skipped = first - ordered[0][0]
        line.pauses = _merge([(a, b) for a, b in (*stops, *breaks) if first <= a < b <= last])
    return line


def time_of(record: FitRecord) -> float:
    """Return the time of a record that is known to have one."""
    assert record.t is not None
    return record.t


def _in_order(records: Sequence[FitRecord], notes: list[str]) -> list[tuple[float, FitRecord]]:
    timed = [(r.t, r) for r in records if r.t is not None]
    middle = median(t for t, _ in timed) if timed else 0.0
    ordered: list[tuple[float, FitRecord]] = []
    lost = len(records) - len(timed)
    merged = 0
    for t, record in timed:
        if abs(t - middle) > _MAX_OFF_S or (ordered and t < ordered[-1][0]):
            lost += 1
        elif ordered and t == ordered[-1][0]:
            merged += 1
            ordered[-1][1].values.update(record.values)
            ordered[-1][1].developer.update(record.developer)
        else:
            ordered.append((t, record))
    if lost:
        notes.append(f"{count(lost, 'record')} without a time, or with a time that runs backwards, left out.")
    if merged:
        notes.append(f"{count(merged, 'record')} with the same time as the one before joined to it.")
    return ordered


def _of_the_sport(
    ordered: Sequence[tuple[float, FitRecord]], sessions: Sequence[FitSession], line: Timeline
) -> list[bool]:
    """Return which records are running; without any running, those of other sports on foot."""
    sports = [_sport_at(t, record, sessions) for t, record in ordered]
    present = [sport for sport in dict.fromkeys(sports) if sport is not None]
    if "running" in present:
        keep = [sport in ("running", None) for sport in sports]
        left = {sport: sports.count(sport) for sport in present if sport != "running"}
        if left:
            told = ", ".join(f"{_words(sport)} ({count(n, 'record')})" for sport, n in left.items())
            line.notes.append(f"Only running is coached; left out: {told}.")
        return keep
    keep = [sport not in NOT_A_RUN for sport in sports]
    on_foot = [_words(sport) for sport in present if sport not in NOT_A_RUN]
    if not any(keep):
        line.other_sports = [_words(sport) for sport in present]
    elif on_foot:
        line.notes.append(f"There is no running session, only {', '.join(on_foot)}; it is used as if it were a run.")
    else:
        line.notes.append("The file does not say which sport it is; it is used as a run.")
    return keep


def _sport_at(t: float, record: FitRecord, sessions: Sequence[FitSession]) -> str | None:
    inside = [s.sport for s in sessions if s.start <= t <= s.end]
    # Where two sessions meet, the second, if running, has it; a record outside all of them has the sport announced before it.
    if "running" in inside:
        return "running"
    return inside[-1] if inside else record.sport


def _sport_breaks(ordered: Sequence[tuple[float, FitRecord]], kept: Sequence[bool]) -> list[tuple[float, float]]:
    """Return from the last kept to the next kept record wherever some between them are left out."""
    breaks: list[tuple[float, float]] = []
    last: int | None = None
    for i, keep in enumerate(kept):
        if keep:
            if last is not None and i - last > 1:
                breaks.append((ordered[last][0], ordered[i][0]))
            last = i
    return breaks


def _pauses(timer: Sequence[TimerEvent]) -> list[tuple[float, float]]:
    """Return stop-start pairs. A stop with no start behind it ends the run, or its start was lost: neither is a pause."""
    pauses: list[tuple[float, float]] = []
    stopped: float | None = None
    for event in sorted(timer, key=lambda e: e.t):
        if not event.running:
            stopped = event.t if stopped is None else stopped
        elif stopped is not None:
            if event.t > stopped:
                pauses.append((stopped, event.t))
            stopped = None
    return pauses


def _merge(spans: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    merged: list[tuple[float, float]] = []
    for a, b in sorted(spans):
        if merged and a <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(b, merged[-1][1]))
        else:
            merged.append((a, b))
    return merged


def _words(sport: str) -> str:
    return f"sport {sport}" if sport.isdigit() else sport.replace("_", " ")
