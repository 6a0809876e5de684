"""A run that this program exported, coached again: all that went into the coach, and its seconds where samples are missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from cuecoach.events import Event, ImuBlock, Place, Reading, SensorState
from cuecoach.metrics import plausible
from cuecoach.sensors.recordings.fit_fields import NATIVE_FIELDS
from cuecoach.sensors.recordings.fit_file import FitRecord
from cuecoach.sensors.recordings.fit_own import OwnContent, unsaid
from cuecoach.sensors.recordings.recording import LivedRun

#: What sensors say.
Said: TypeAlias = ImuBlock | Reading | SensorState

#: A sensor that the file does not name.
_UNKNOWN: Final[tuple[str, Place | None]] = ("fit", None)


@dataclass(frozen=True, slots=True)
class OwnRun:
    """A run out of a file.

    Attributes
    ----------
    stream
        What sensors said, in order of time.
    lived
        All that went into the coach; None when some of it is missing.
    notes
        What should be known of it.
    """

    stream: tuple[Said, ...]
    lived: LivedRun | None
    notes: list[str]


def own_run(records: Sequence[FitRecord], own: OwnContent, created: float, place: Place | None) -> OwnRun:
    """Return the run as it can be coached again.

    Parameters
    ----------
    records, own
        What the file holds.
    created
        Session time 0, s of FIT's count.
    place
        Where the sensor was worn, when the caller knows better than the file.
    """
    seconds = [(record.t - created, _values(record)) for record in records if record.t is not None]
    missing = unsaid(own.events, {name for _, values in seconds for name in values})
    inputs = own.events if place is None else [_worn(event, place) for event in own.events]
    stream: list[Said] = [event for event in inputs if isinstance(event, Said)]
    notes: list[str] = []
    lived = None
    if own.pieces.damaged:
        notes.append("Parts of what the sensors said are damaged and left out.")
    elif inputs and not missing:
        lived = LivedRun(inputs, own.asked)
    if stream:
        notes.insert(0, "It is a run of this program: what its sensors said is used as it came.")
    if missing:
        spoke = {event.source for event in stream if isinstance(event, Reading)}
        silent = [sensor for sensor in own.sensors.values() if sensor[0] not in spoke]
        source, worn = silent[0] if silent else _UNKNOWN
        for t, values in seconds:
            kept = {name: value for name, value in values.items() if name in missing and plausible(name, value)}
            if kept and t >= 0:
                stream.append(Reading(t, source, kept, place or worn))
        notes.append(
            "What was measured from raw samples is in the file once a second, smoothed; it is coached from that, "
            "so cues may come earlier or later than in the run."
        )
    return OwnRun(tuple(sorted(stream, key=lambda event: event.t)), lived, notes)


def _worn(event: Event, place: Place) -> Event:
    return replace(event, place=place) if isinstance(event, Reading | ImuBlock) else event


def _values(record: FitRecord) -> dict[str, float]:
    """Return every metric of a second, catalogue units."""
    found = {metric: record.values[name] * f for name, (metric, f) in NATIVE_FIELDS.items() if name in record.values}
    if "cadence" in record.values:
        found["cadence"] = 2.0 * (record.values["cadence"] + record.values.get("fractional_cadence", 0.0))
    if "grade" in record.values:
        found["grade"] = record.values["grade"]
    return found | record.developer
