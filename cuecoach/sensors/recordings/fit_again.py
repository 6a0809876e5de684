"""A run that this program exported, coached again: its readings as they came, and its seconds where a raw sensor measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cuecoach.events import Place, Reading, SensorState
from cuecoach.metrics import plausible
from cuecoach.sensors.recordings.fit_fields import NATIVE_FIELDS
from cuecoach.sensors.recordings.fit_file import FitRecord
from cuecoach.sensors.recordings.fit_own import OwnContent, unsaid

#: A sensor that the file does not name.
_UNKNOWN: Final[tuple[str, Place | None]] = ("fit", None)


def own_stream(
    records: Sequence[FitRecord], own: OwnContent, created: float, place: Place | None
) -> tuple[tuple[Reading | SensorState, ...], list[str]]:
    """Return the events of the run, in order of time, and what should be known of them.

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
    stream: list[Reading | SensorState] = []
    for event in own.in_order():
        if place is not None and isinstance(event, Reading):
            stream.append(Reading(event.t, event.source, event.values, place))
        else:
            stream.append(event)
    notes = ["It is a run of this program: its sensors' readings are used as they came."] if stream else []
    if missing:
        spoke = {event.source for event in own.events if isinstance(event, Reading)}
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
    return tuple(sorted(stream, key=lambda event: event.t)), notes


def _values(record: FitRecord) -> dict[str, float]:
    """Return every metric of a second, catalogue units."""
    found = {metric: record.values[name] * f for name, (metric, f) in NATIVE_FIELDS.items() if name in record.values}
    if "cadence" in record.values:
        found["cadence"] = 2.0 * (record.values["cadence"] + record.values.get("fractional_cadence", 0.0))
    if "grade" in record.values:
        found["grade"] = record.values["grade"]
    return found | record.developer
