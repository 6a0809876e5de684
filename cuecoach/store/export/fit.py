"""A run as a FIT activity: what watches and training sites read, and beside it all that is needed to coach it again."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final

from cuecoach.events import Event
from cuecoach.fitapp import FIT_EPOCH
from cuecoach.runrecord import RunRecord
from cuecoach.store.export import fit_profile as profile
from cuecoach.store.export.figures import (
    by_second,
    distance_of,
    heard_cues,
    joined,
    mean_of,
    mean_speed,
    metrics_of,
    most_of,
    values_of,
    whole_start,
)
from cuecoach.store.export.fit_app import AppFields, version_number
from cuecoach.store.export.fit_bytes import Field, FitFile, Row, Value, text_field
from cuecoach.store.export.fit_inputs import PackedInputs, pack_inputs, write_batch, write_phrases

#: A name of this program and of what it is not told.
_PROGRAM: Final = "cuecoach"


def fit_bytes(record: RunRecord, inputs: Iterable[Event] = ()) -> bytes:
    """Return the run as a FIT file.

    Parameters
    ----------
    record
        The run: its seconds become the `record` messages.
    inputs
        What went into the coach, in its order: a replay of the file then coaches exactly the same.

    Returns
    -------
    bytes
        Times are whole seconds from the second in which the run began; unknown values are the profile's "invalid".
    """
    return _Writer(record, pack_inputs(inputs)).data()


class _Writer:
    def __init__(self, record: RunRecord, inputs: PackedInputs) -> None:
        self._record = record
        self._inputs = inputs
        self._file = FitFile()
        self._start = round(whole_start(record).timestamp()) - FIT_EPOCH
        self._cues = heard_cues(record.actions)
        self._by_second = by_second(self._cues, record.seconds)
        self._app = AppFields(record, inputs.sensors, self._cues, self._by_second.values())

    def data(self) -> bytes:
        self._head()
        self._app.describe(self._file)
        self._sensors()
        self._event(0, profile.EVENT_TIMER, profile.START)
        if self._inputs.batches:
            write_phrases(self._file, self._record.actions)
        self._stream()
        end = self._record.duration_s
        self._event(end, profile.EVENT_TIMER, profile.STOP_ALL)
        self._totals(profile.LAP, 1)
        self._totals(profile.SESSION, 0)
        self._activity(end)
        return self._file.data()

    def _at(self, t: float) -> int:
        """Return FIT's count of seconds for session time `t`."""
        return self._start + math.floor(t)

    def _head(self) -> None:
        self._file.add(
            profile.FILE_ID,
            [
                (Field(0, "enum"), profile.ACTIVITY_FILE),
                (Field(1, "uint16"), profile.DEVELOPMENT),
                (Field(2, "uint16"), 0),
                (Field(4, "uint32"), self._start),
                (text_field(8, [_PROGRAM]), _PROGRAM),
            ],
        )
        self._file.add(profile.FILE_CREATOR, [(Field(0, "uint16"), version_number())])

    def _sensors(self) -> None:
        creator: Row = [
            (profile.TIMESTAMP, self._at(0)),
            (Field(0, "uint8"), 0),
            (Field(2, "uint16"), profile.DEVELOPMENT),
            (Field(5, "uint16", 1), version_number()),
            (text_field(27, [_PROGRAM]), _PROGRAM),
        ]
        self._file.add(profile.DEVICE_INFO, creator)
        about = {sensor.source: sensor.about for sensor in self._record.sensors}
        for number, (source, place) in self._app.sensors.items():
            told = about.get(source, "")
            self._file.add(
                profile.DEVICE_INFO,
                [
                    (profile.TIMESTAMP, self._at(0)),
                    (Field(0, "uint8"), number),
                    (Field(18, "enum"), profile.WAIST_MID_BACK if place == "sacrum" else None),
                    (text_field(19, [source]), source),
                    (text_field(27, [told]), told),
                    *self._app.sensor(source, place),
                ],
            )

    def _event(self, t: float, event: int, kind: int, more: Row = ()) -> None:
        self._file.add(
            profile.EVENT,
            [(profile.TIMESTAMP, self._at(t)), (Field(0, "enum"), event), (Field(1, "enum"), kind), *more],
        )

    def _stream(self) -> None:
        """Write seconds, cues and what went into the coach, in order of time."""
        timed: list[tuple[float, int, int]] = [(second.t, 1, i) for i, second in enumerate(self._record.seconds)]
        timed += [(cue.at, 2, i) for i, cue in enumerate(self._cues)]
        timed += [(t, 0, i) for i, (t, _) in enumerate(self._inputs.batches)]
        names = metrics_of(self._record)
        native = [(name, f) for name, f in profile.RECORD_FIELDS.items() if name in names]
        has_distance = distance_of(self._record) is not None
        for _, kind, i in sorted(timed):
            match kind:
                case 0:
                    t, batch = self._inputs.batches[i]
                    write_batch(self._file, self._at(t), batch)
                case 1:
                    self._second(i, native, cadence="cadence" in names, distance=has_distance)
                case _:
                    self._event(self._cues[i].at, profile.EVENT_MARKER, profile.MARKER, self._app.cue(self._cues[i]))

    def _second(self, i: int, native: Sequence[tuple[str, Field]], *, cadence: bool, distance: bool) -> None:
        second = self._record.seconds[i]
        row: list[tuple[Field, Value]] = [(profile.TIMESTAMP, self._at(second.t))]
        if distance:
            row.append((profile.DISTANCE, second.distance))
        if cadence:
            row += _strides((profile.CADENCE, profile.FRACTIONAL_CADENCE), second.values.get("cadence"))
        row += [(f, second.values.get(name)) for name, f in native]
        row += self._app.second(second)
        cues = self._by_second.get(i)
        if cues:
            row += self._app.second_cues(joined(c.say.text for c in cues), joined(c.say.rule for c in cues))
        self._file.add(profile.RECORD, row)

    def _totals(self, message: int, which: int) -> None:
        """Write the lap (`which` 1) or the session (0); both are the whole run."""
        record = self._record
        lap = message == profile.LAP
        length = (Field(7, "uint32", 1000), Field(8, "uint32", 1000))
        row: list[tuple[Field, Value]] = [
            (profile.MESSAGE_INDEX, 0),
            (profile.TIMESTAMP, self._at(record.duration_s)),
            (Field(0, "enum"), profile.EVENT_LAP if lap else profile.EVENT_SESSION),
            (Field(1, "enum"), profile.STOP),
            (Field(2, "uint32"), self._start),
            (length[0], record.duration_s),
            (length[1], record.duration_s),
            (Field(9, "uint32", 100), distance_of(record)),
            (profile.MEAN_SPEED[which], mean_speed(record)),
            (Field(25 if lap else 5, "enum"), profile.RUNNING),
            (Field(39 if lap else 6, "enum"), 0),
        ]
        if lap:
            row.append((Field(24, "enum"), profile.SESSION_END))
        else:
            row += [(Field(25, "uint16"), 0), (Field(26, "uint16"), 1), (Field(28, "enum"), 0)]
        cadences = values_of(record, "cadence")
        if cadences:
            row += _strides(profile.MEAN_CADENCE[which], mean_of(record, "cadence"))
            row += _strides(profile.MOST_CADENCE[which], max(cadences))
            row.append((profile.STRIDES[which], sum(cadences) / 120.0))
        row += [(f[which], mean_of(record, name)) for name, f in profile.MEANS.items() if values_of(record, name)]
        row += [(f[which], most_of(record, name)) for name, f in profile.LARGEST.items() if values_of(record, name)]
        self._file.add(message, row)

    def _activity(self, end: float) -> None:
        offset = self._record.started.utcoffset() or timedelta()
        self._file.add(
            profile.ACTIVITY,
            [
                (profile.TIMESTAMP, self._at(end)),
                (Field(0, "uint32", 1000), end),
                (Field(1, "uint16"), 1),
                (Field(2, "enum"), 0),
                (Field(3, "enum"), profile.EVENT_ACTIVITY),
                (Field(4, "enum"), profile.STOP),
                (Field(5, "uint32"), self._at(end) + round(offset.total_seconds())),
            ],
        )


def _strides(fields: tuple[Field, Field], cadence: float | None) -> list[tuple[Field, Value]]:
    """Return steps a minute as strides a minute, the whole and the rest in 128ths."""
    whole, rest = fields
    if cadence is None or not math.isfinite(cadence):
        return [(whole, None), (rest, None)]
    raw = round(cadence / 2.0 * 128)
    return [(whole, raw // 128), (rest, raw % 128 / 128)]
