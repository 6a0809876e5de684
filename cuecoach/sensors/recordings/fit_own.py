"""What this program itself put into a FIT file: the readings as they came, so that the run is coached again just the same."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final, cast, get_args

import fitdecode

from cuecoach import fitapp
from cuecoach.events import LifeState, Place, Reading, SensorState
from cuecoach.metrics import METRICS

_PLACES: Final = frozenset(get_args(Place))
_STATES: Final = frozenset(get_args(LifeState))
#: Metrics that the coach makes from others by itself: in the seconds of a run, but not from any sensor.
_MADE_FROM_OTHERS: Final = frozenset({"step_length", "stride_length", "vertical_ratio"})
#: Metrics that every pod and watch has; a run without readings of it was measured by a raw sensor.
_POD: Final = "cadence"
#: A run of months would be a mistake in the file, s.
_MAX_T: Final = 30 * 86_400.0


@dataclass(slots=True)
class OwnContent:
    """What was found of ours.

    Attributes
    ----------
    app
        Our index among the apps of the file; None in a file of somebody else.
    sensors
        Number in the file -> name in the run and place.
    events
        Readings and states of sensors with their exact session time, in file order.
    """

    app: int | None = None
    sensors: dict[int, tuple[str, Place | None]] = field(default_factory=lambda: dict[int, tuple[str, Place | None]]())
    events: list[Reading | SensorState] = field(default_factory=lambda: list[Reading | SensorState]())

    def begin(self, message: fitdecode.FitDataMessage) -> None:
        """Take in whose developer fields follow."""
        told = {data.name: data.value for data in message.fields}
        app, written = told.get("application_id"), told.get("application_version")
        number = told.get("developer_data_index")
        if isinstance(app, tuple) and isinstance(number, int) and all(isinstance(byte, int) for byte in app):
            ours = bytes(byte & 0xFF for byte in app) == fitapp.APPLICATION_ID
            if ours and written == fitapp.APPLICATION_VERSION:
                self.app = number

    def fields(self, message: fitdecode.FitDataMessage) -> dict[str, object]:
        """Return our developer fields of a message, by name, as far as they are known."""
        found: dict[str, object] = {}
        if self.app is None:
            return found
        for data in message.fields:
            made = data.field_def
            if made is not None and made.is_dev and made.dev_data_index == self.app and data.value is not None:
                found[data.name] = data.value
        return found

    def sensor(self, message: fitdecode.FitDataMessage, number: object) -> None:
        """Take in a sensor's name and place."""
        told = self.fields(message)
        source, place = told.get(fitapp.SOURCE_FIELD), told.get(fitapp.PLACE_FIELD)
        if isinstance(number, int) and isinstance(source, str):
            self.sensors[number] = (source, cast("Place", place) if place in _PLACES else None)

    def said(self, message: fitdecode.FitDataMessage) -> None:
        """Take in a reading or a state of a sensor; what makes no sense is left out."""
        told = self.fields(message)
        t, number = told.get(fitapp.TIME_FIELD), told.get(fitapp.SENSOR_FIELD)
        if not isinstance(t, float) or not 0 <= t <= _MAX_T or not isinstance(number, int):
            return
        source, place = self.sensors.get(number, (f"sensor {number}", None))
        if message.global_mesg_num == fitapp.READING_MESSAGE:
            self.events.append(Reading(t, source, _metrics(told), place))
            return
        state, text = told.get(fitapp.STATE_FIELD), told.get(fitapp.STATE_TEXT_FIELD)
        if state in _STATES:
            self.events.append(SensorState(t, source, cast("LifeState", state), text if isinstance(text, str) else ""))

    def in_order(self) -> list[Reading | SensorState]:
        """Return the events in order of time, those of one moment as they came."""
        return sorted(self.events, key=lambda event: event.t)


def unsaid(events: Iterable[Reading | SensorState], known: Collection[str]) -> frozenset[str]:
    """Return which of the metrics known of the seconds no reading gives, and no coach makes by itself: a raw sensor's."""
    said = {name for event in events if isinstance(event, Reading) for name in event.values}
    missing = frozenset(known) - said
    return missing if _POD not in said else missing - _MADE_FROM_OTHERS


def _metrics(told: dict[str, object]) -> dict[str, float]:
    return {
        name: float(value)
        for name, value in told.items()
        if name in METRICS and isinstance(value, int | float) and math.isfinite(value)
    }
