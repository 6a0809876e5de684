"""A run from a watch: FIT activity records to readings with canonical names and units."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Literal

from cuecoach.errors import RecordingError
from cuecoach.events import ImuBlock, Place, Reading, SensorState
from cuecoach.fitapp import FIT_EPOCH
from cuecoach.metrics import METRICS, plausible
from cuecoach.sensors.cadence import RUNNING_FROM, STRIDES_TO, CadenceUnit, looks_like_steps
from cuecoach.sensors.recordings.csv_text import ByteSource, clock, count
from cuecoach.sensors.recordings.fit_again import Said, own_run
from cuecoach.sensors.recordings.fit_fields import NATIVE_FIELDS
from cuecoach.sensors.recordings.fit_file import FitContent, FitRecord, first_time, is_fit, read_fit
from cuecoach.sensors.recordings.fit_grade import grades
from cuecoach.sensors.recordings.fit_timeline import Timeline, make_timeline, time_of
from cuecoach.sensors.recordings.recording import LivedRun

#: An activity of a day is about 10 MB; far more than that is not one.
MAX_BYTES = 256 << 20

_SOURCE = "fit"
#: FIT profile, `date_time`: smaller numbers are s since the device woke.
_FIRST_DATE = 0x10000000


@dataclass(slots=True)
class FitRecording:
    """A decoded FIT activity; see :class:`cuecoach.sensors.recordings.recording.Recording`."""

    path: Path
    place: Place | None
    stream: Sequence[Said]
    duration_s: float
    notes: list[str] = field(default_factory=lambda: list[str]())
    #: When time 0 was; None where the device had no clock.
    started: datetime | None = None
    lived: LivedRun | None = None

    @property
    def kind(self) -> Literal["imu", "metrics"]:
        """`imu` when it holds the raw samples of one sensor."""
        raw = {event.source for event in self.stream if isinstance(event, ImuBlock)}
        return "imu" if len(raw) == 1 else "metrics"

    def events(self) -> Iterator[Said]:
        """Yield readings and samples, and `stale` and `back` around pauses, in time order."""
        return iter(self.stream)


def open_fit(path: Path, *, place: Place | None = None, cadence_unit: CadenceUnit = "auto") -> FitRecording:
    """Decode a FIT activity.

    Parameters
    ----------
    path
        A FIT file, possibly gzipped.
    place
        Where the sensor was worn, if known.
    cadence_unit
        What the file's cadence counts; ``auto`` decides from its values.

    Raises
    ------
    RecordingError
        Nothing in it can be coached.
    """
    data, packed_cut_off = _read(path)
    content = read_fit(data)
    content.cut_off = content.cut_off or packed_cut_off
    if content.own.app is not None and content.created is not None and (content.own.events or content.records):
        return _open_own(path, content, content.created, place)
    line = make_timeline(content.records, content.sessions, content.timer)
    if not line.records:
        raise RecordingError(f"`{path}` {_why_nothing(content, line)}")
    start = time_of(line.records[0])
    duration = time_of(line.records[-1]) - start
    notes = list(line.notes)
    if line.skipped:
        notes.append(f"Time 0 is {clock(line.skipped)} into the file, where running starts.")
    if line.pauses:
        paused = sum(b - a for a, b in line.pauses)
        notes.append(f"{count(len(line.pauses), 'pause')}, {clock(paused)} in all; time runs on in them.")
    readings = _readings(line.records, start, place, cadence_unit, notes)
    if not readings:
        raise RecordingError(f"`{path}` has records but none of the values that are coached; was a sensor paired?")
    notes += _wrong(content, duration)
    states = _pause_states([(a - start, b - start) for a, b in line.pauses])
    stream = sorted([*readings, *states], key=_order)
    return FitRecording(path, place, tuple(stream), duration, notes, started=_date(start))


def begun(path: Path) -> datetime | None:
    """Return when a FIT activity was begun, without decoding all of it; None when it does not say.

    Raises
    ------
    RecordingError
        The file cannot be read, or is no FIT file.
    """
    t = first_time(_read(path)[0])
    return None if t is None else _date(t)


def _open_own(path: Path, content: FitContent, created: float, place: Place | None) -> FitRecording:
    """Take what this program wrote as it is, in the time of its run."""
    run = own_run(content.records, content.own, created, place)
    if not run.stream:
        raise RecordingError(f"`{path}` has records but none of the values that are coached; export the run again")
    duration = run.stream[-1].t
    notes = [*run.notes, *_wrong(content, duration)]
    return FitRecording(path, place, run.stream, duration, notes, started=_date(created), lived=run.lived)


def _wrong(content: FitContent, duration: float) -> list[str]:
    if content.cut_off:
        return [f"The file is cut off at {clock(duration)}; what is there is used."]
    if content.damaged:
        return [f"The file is damaged (read up to {clock(duration)}): {content.damaged}."]
    return []


def _date(t: float) -> datetime | None:
    """Return the calendar time of s of FIT's count; below a limit of the profile it only counts from when the device woke."""
    return datetime.fromtimestamp(t + FIT_EPOCH, UTC) if t >= _FIRST_DATE else None


def _read(path: Path) -> tuple[bytes, bool]:
    with ByteSource(path) as source:
        data = source.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise RecordingError(f"`{path}` is larger than any activity ({MAX_BYTES >> 20} MB); is it the right file?")
        if not is_fit(data):
            raise RecordingError(f"`{path}` is not a FIT file, or is cut off in its header; export it again")
        return data, source.cut_off


def _why_nothing(content: FitContent, line: Timeline) -> str:
    if line.other_sports:
        return f"has no running, only {', '.join(line.other_sports)}; give a running activity"
    if content.file_type not in (None, "activity"):
        return f"is a FIT file of the kind {content.file_type}, not an activity; give a recorded run"
    if content.cut_off:
        return "is cut off before its first record; copy or export it again"
    if content.damaged:
        return f"cannot be decoded: {content.damaged}; copy or export it again"
    return "has no records; give a recorded run"


def _readings(
    records: Sequence[FitRecord], start: float, place: Place | None, cadence_unit: CadenceUnit, notes: list[str]
) -> list[Reading]:
    raw = [_raw_cadence(r.values) for r in records]
    raw_developer = [r.developer.get("cadence") for r in records]
    native = _cadence_factor(raw, records, cadence_unit)
    developer = _cadence_factor(raw_developer, records, cadence_unit)
    dropped: Counter[str] = Counter()
    readings: list[Reading] = []
    for i, (record, grade) in enumerate(zip(records, grades(records), strict=True)):
        # What an app or pod wrote comes first, so that the watch's own fields win.
        candidates = [(name, value) for name, value in record.developer.items() if name != "cadence"]
        candidates += _cadence(raw_developer[i], developer) + _native(record.values) + _cadence(raw[i], native)
        if grade is not None:
            candidates.append(("grade", grade))
        values: dict[str, float] = {}
        for name, value in candidates:
            if plausible(name, value):
                values[name] = value
            elif value != 0:  # many devices write 0 for "none"
                dropped[name] += 1
        if values:
            readings.append(Reading(time_of(record) - start, _SOURCE, values, place))
    if any(raw):
        notes.append(_cadence_note(_running_median(raw, records), native, cadence_unit))
    else:
        notes.append(_cadence_note(_running_median(raw_developer, records), developer, cadence_unit))
    notes += [_dropped_note(name, n) for name, n in dropped.items()]
    return readings


def _native(values: Mapping[str, float]) -> list[tuple[str, float]]:
    return [(metric, values[name] * factor) for name, (metric, factor) in NATIVE_FIELDS.items() if name in values]


def _raw_cadence(values: Mapping[str, float]) -> float | None:
    cadence = values.get("cadence")
    return values.get("cadence256") if cadence is None else cadence + values.get("fractional_cadence", 0.0)


def _cadence(raw: float | None, factor: float | None) -> list[tuple[str, float]]:
    return [("cadence", raw * factor)] if raw is not None and factor is not None else []


def _running_median(raw: Sequence[float | None], records: Sequence[FitRecord]) -> float | None:
    """Return the median cadence of the moving runner as written; of all values above 0 when no speed tells who moves."""
    seen = [(c, _speed(r)) for c, r in zip(raw, records, strict=True) if c]
    moving = [c for c, speed in seen if speed is not None and speed >= RUNNING_FROM] or [c for c, _ in seen]
    return median(moving) if moving else None


def _speed(record: FitRecord) -> float | None:
    return record.values.get("enhanced_speed", record.values.get("speed", record.developer.get("speed")))


def _cadence_factor(
    raw: Sequence[float | None], records: Sequence[FitRecord], cadence_unit: CadenceUnit
) -> float | None:
    """Return the factor to steps a minute, None without any cadence."""
    middle = _running_median(raw, records)
    if middle is None:
        return None
    if cadence_unit != "auto":
        return 2.0 if cadence_unit == "strides" else 1.0
    return 1.0 if looks_like_steps([middle]) else 2.0


def _cadence_note(middle: float | None, factor: float | None, cadence_unit: CadenceUnit) -> str:
    if middle is None or factor is None:
        return "There is no cadence in the file; cues that need it stay silent."
    told = (
        f"strides a minute (median {middle:.0f}), doubled" if factor == 2.0 else f"steps a minute (median {middle:.0f})"
    )
    if cadence_unit != "auto":
        return f"Cadence is read as {told}, as asked."
    if factor == 2.0 and middle > STRIDES_TO:
        return f"Cadence is read as {told}; if these are steps already, replay it with `--cadence-unit steps`."
    return f"Cadence is read as {told}."


def _dropped_note(name: str, n: int) -> str:
    m = METRICS[name]
    return f"{count(n, f'value of {name}', f'values of {name}')} outside {m.low:g} to {m.high:g} {m.unit} left out."


def _pause_states(pauses: Sequence[tuple[float, float]]) -> list[SensorState]:
    states: list[SensorState] = []
    for stop, go in pauses:
        states.append(SensorState(stop, _SOURCE, "stale", "paused"))
        states.append(SensorState(go, _SOURCE, "back", "going on"))
    return states


def _order(event: Reading | SensorState) -> tuple[float, int]:
    """Order by time; at one moment `back` comes before the readings, `stale` after them."""
    if isinstance(event, Reading):
        return event.t, 1
    return event.t, 0 if event.state == "back" else 2
