"""What this program itself put into a FIT file: all that went into the coach, so that the run can be coached again."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final, cast, get_args

import fitdecode

from cuecoach import fitapp
from cuecoach.events import Event, ImuBlock, Place, Reading
from cuecoach.sensors.recordings.fit_inputs import MAX_T, Pieces

_PLACES: Final = frozenset(get_args(Place))
#: Metrics that the coach makes from others by itself: in the seconds of a run, but not from any sensor.
_MADE_FROM_OTHERS: Final = frozenset({"step_length", "stride_length", "vertical_ratio"})
#: Metrics that every pod and watch has; a run without readings of it was measured by a raw sensor.
_POD: Final = "cadence"


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
        What went into the coach, in its order.
    asked
        Number of each phrase that the coach asked for, and when it was to begin, s.
    pieces
        What is put together from pieces.
    """

    app: int | None = None
    sensors: dict[int, tuple[str, Place | None]] = field(default_factory=lambda: dict[int, tuple[str, Place | None]]())
    events: list[Event] = field(default_factory=lambda: list[Event]())
    asked: dict[int, float] = field(default_factory=lambda: dict[int, float]())
    pieces: Pieces = field(default_factory=Pieces)

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

    def piece(self, message: fitdecode.FitDataMessage) -> None:
        """Take in a piece of what went into the coach."""
        told = _by_number(message).get(0)
        if self.app is None or not isinstance(told, tuple):
            return
        try:
            piece = bytes(cast("tuple[int, ...]", told))
        except (TypeError, ValueError):  # no bytes: its definition was damaged
            return
        self.events += self.pieces.take(piece)

    def phrase(self, message: fitdecode.FitDataMessage) -> None:
        """Take in a phrase that the coach asked for."""
        told = _by_number(message)
        number, at = told.get(0), told.get(1)
        if self.app is not None and isinstance(number, int) and isinstance(at, float) and 0 <= at <= MAX_T:
            self.asked[number] = at


def unsaid(events: Iterable[Event], known: Collection[str]) -> frozenset[str]:
    """Return which of the metrics known of the seconds no sensor gives, and no coach makes by itself: a raw sensor's."""
    said: set[str] = set()
    for event in events:
        if isinstance(event, ImuBlock):
            return frozenset()  # its samples are there
        if isinstance(event, Reading):
            said.update(event.values)
    missing = frozenset(known) - said
    return missing if _POD not in said else missing - _MADE_FROM_OTHERS


def _by_number(message: fitdecode.FitDataMessage) -> dict[int, object]:
    """Return the fields of a message that no profile knows, by their numbers."""
    return {data.def_num: data.value for data in message.fields}
