"""The developer fields of an export: pelvis, targets and cues, for which the profile has no field of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from itertools import count
from typing import Final

from cuecoach import fitapp
from cuecoach.events import Place
from cuecoach.metrics import METRICS
from cuecoach.runrecord import RunRecord, Second, WornSensor
from cuecoach.store.export import fit_profile as profile
from cuecoach.store.export.figures import HeardCue, joined, metrics_of
from cuecoach.store.export.fit_bytes import BASE_TYPES, Field, FitFile, Row, TypeName, Value, text_field

#: Our index among the apps of a file.
_APP: Final = 0


class AppFields:
    """Declares the developer fields that a run needs, and makes rows of them.

    Parameters
    ----------
    record
        The run.
    heard
        Name and place of each sensor that said something.
    cues, together
        The cues, and those of each second.

    Attributes
    ----------
    sensors
        Number in the file -> name in the run and place, from 1.
    """

    def __init__(
        self,
        record: RunRecord,
        heard: Sequence[tuple[str, Place | None]],
        cues: Sequence[HeardCue],
        together: Iterable[Sequence[HeardCue]],
    ) -> None:
        self._numbers = count()
        self._fields: list[tuple[str, str, Field]] = []
        self.sensors = _sensors(record.sensors, heard)
        places = [place or "" for _, place in self.sensors.values()]
        self._source = self._text(fitapp.SOURCE_FIELD, [source for source, _ in self.sensors.values()])
        self._place = self._text(fitapp.PLACE_FIELD, places)
        # Of each second: what the profile has no field for.
        more = [name for name in metrics_of(record) if name not in profile.RECORD_FIELDS and name != "cadence"]
        self._metrics = {name: self._metric(name) for name in more}
        targets = any(second.target is not None for second in record.seconds)
        beats = any(second.beat is not None for second in record.seconds)
        self._target = self._new(fitapp.TARGET_FIELD, "float64", "spm") if targets else None
        self._beat = self._new(fitapp.BEAT_FIELD, "float64", "spm") if beats else None
        groups = [[cue] for cue in cues] + [list(group) for group in together]
        said = [joined(cue.say.text for cue in group) for group in groups]
        rules = [joined(cue.say.rule for cue in group) for group in groups]
        self._cue = self._text(fitapp.CUE_FIELD, said) if cues else None
        self._rule = self._text(fitapp.RULE_FIELD, rules) if cues else None
        self._kind = self._text(fitapp.KIND_FIELD, ["notice"]) if cues else None
        self._time = self._new(fitapp.TIME_FIELD, "float64", "s") if cues else None

    def _new(self, name: str, kind: TypeName, unit: str) -> Field:
        made = Field(next(self._numbers), kind, app=_APP)
        self._fields.append((name, unit, made))
        return made

    def _text(self, name: str, texts: Sequence[str]) -> Field:
        made = text_field(next(self._numbers), texts, _APP)
        self._fields.append((name, "", made))
        return made

    def _metric(self, name: str) -> Field:
        return self._new(name, "float64", METRICS[name].unit)

    def describe(self, file: FitFile) -> None:
        """Write whose fields these are, and each one's name, type and unit."""
        application = Field(1, "byte", size=len(fitapp.APPLICATION_ID))
        file.add(
            profile.DEVELOPER_DATA_ID,
            [
                (application, fitapp.APPLICATION_ID),
                (Field(3, "uint8"), _APP),
                (Field(4, "uint32"), fitapp.APPLICATION_VERSION),
            ],
        )
        for name, unit, made in self._fields:
            row: list[tuple[Field, Value]] = [
                (Field(0, "uint8"), _APP),
                (Field(1, "uint8"), made.number),
                (Field(2, "uint8"), BASE_TYPES[made.kind].number),
                (text_field(3, [name]), name),
            ]
            if unit:
                row.append((text_field(8, [unit]), unit))
            file.add(profile.FIELD_DESCRIPTION, row)

    def sensor(self, source: str, place: Place | None) -> Row:
        """Return the fields of a sensor."""
        return [(self._source, source), (self._place, place or "")]

    def second(self, second: Second) -> list[tuple[Field, Value]]:
        """Return the fields of a second."""
        row: list[tuple[Field, Value]] = [(made, second.values.get(name)) for name, made in self._metrics.items()]
        if self._target is not None:
            row.append((self._target, second.target))
        if self._beat is not None:
            row.append((self._beat, second.beat))
        return row

    def second_cues(self, text: str, rule: str) -> Row:
        """Return the fields of a second in which something was said."""
        return [(made, value) for made, value in ((self._cue, text), (self._rule, rule)) if made is not None]

    def cue(self, cue: HeardCue) -> Row:
        """Return the fields of a cue's own message."""
        values = (self._cue, cue.say.text), (self._rule, cue.say.rule), (self._kind, cue.say.kind), (self._time, cue.at)
        return [(made, value) for made, value in values if made is not None]


def _sensors(
    known: Sequence[WornSensor], heard: Sequence[tuple[str, Place | None]]
) -> dict[int, tuple[str, Place | None]]:
    """Number the sensors: those the run knows, then whoever else said something."""
    sensors: dict[tuple[str, Place | None], None] = {(sensor.source, sensor.place): None for sensor in known}
    for source, place in heard:
        if place is not None or all(source != other for other, _ in sensors):
            sensors[source, place] = None
    return dict(enumerate(sensors, start=1))


def version_number() -> int:
    """Return this program's version as one number: 100 for each major, 1 for each minor."""
    try:
        major, minor = [*version("cuecoach").split("."), "0"][:2]
        return int(major) * 100 + int(minor)
    except (PackageNotFoundError, ValueError):
        return 0
