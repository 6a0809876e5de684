"""What went into the coach, out of the pieces that a FIT file holds of it; anybody may have written them, so all is checked."""

from __future__ import annotations

import math
from collections.abc import Container, Mapping
from dataclasses import replace
from typing import Any, Final, cast, get_args, get_type_hints

from cuecoach.errors import StoreError
from cuecoach.events import AudioEvent, Battery, Control, Event, Gap, ImuBlock, LifeState, Place, Reading, SensorState
from cuecoach.fitapp import LAST
from cuecoach.metrics import METRICS
from cuecoach.packing import unpack_events

_PLACES: Final = frozenset(get_args(Place))
_STATES: Final = frozenset(get_args(LifeState))
_COMMANDS: Final = frozenset(get_args(get_type_hints(Control)["command"]))
_FATES: Final = frozenset(get_args(get_type_hints(AudioEvent)["kind"]))
#: A run of months would be a mistake in the file, s.
MAX_T: Final = 30 * 86_400.0


class Pieces:
    """Puts batches together from their pieces.

    Attributes
    ----------
    damaged
        How many batches were lost.
    """

    def __init__(self) -> None:
        self._batch = bytearray()
        self.damaged = 0

    @property
    def unfinished(self) -> bool:
        """Whether the last batch has no end."""
        return bool(self._batch)

    def take(self, piece: bytes) -> list[Event]:
        """Take a piece and return the events of the batch that it ends; of other pieces, and of a damaged batch, none."""
        self._batch += piece[1:]
        if piece[:1] != bytes((LAST,)):
            return []
        whole, self._batch = bytes(self._batch), bytearray()
        try:
            events = unpack_events(whole)
        except StoreError:
            self.damaged += 1
            return []
        return [event for told in events if (event := sensible(told)) is not None]


def sensible(event: Event) -> Event | None:
    """Return the event with what makes sense of it; None when nothing does, though it came in the form of an event."""
    # What a file says is of any type, whatever the fields of its events are declared as.
    told: Any = event
    if not _is_time(told.t):
        return None
    match event:
        case Reading():
            if not _is_sensor(told) or not isinstance(told.values, Mapping) or not isinstance(told.raw, Mapping):
                return None
            values = _numbers(told.values)
            known = {name: value for name, value in values.items() if name in METRICS}
            return replace(event, values=known, raw=_numbers(told.raw))
        case ImuBlock():
            return event if _is_sensor(told) and _has_sense(event) else None
        case SensorState():
            fine = isinstance(told.source, str) and _is_one_of(told.state, _STATES) and isinstance(told.text, str)
        case Battery():
            fine = isinstance(told.source, str) and _is_number(told.percent)
        case Gap():
            lost = told.lost is None or isinstance(told.lost, int)
            fine = isinstance(told.source, str) and _is_time(told.since) and _is_time(told.until) and lost
        case AudioEvent():
            fine = _is_one_of(told.kind, _FATES) and isinstance(told.id, int)
        case Control():
            fine = _is_one_of(told.command, _COMMANDS) and (told.for_s is None or _is_time(told.for_s))
        case _:
            fine = True
    return event if fine else None


def _is_sensor(told: Any) -> bool:
    return isinstance(told.source, str) and (told.place is None or _is_one_of(told.place, _PLACES))


def _is_one_of(value: object, words: Container[str]) -> bool:
    return isinstance(value, str) and value in words


def _has_sense(block: ImuBlock) -> bool:
    """Whether times increase, from the start of the run to when the block came, and nothing is infinite."""
    times = block.times
    if not len(times):
        return True
    numbers = times.sum() + block.acc.sum() + (0.0 if block.gyr is None else block.gyr.sum())
    ordered = bool((times[1:] > times[:-1]).all()) and times[0] >= 0 and times[-1] <= block.t
    return ordered and block.place in _PLACES and math.isfinite(numbers)


def _is_number(value: object) -> bool:
    if isinstance(value, int):
        return not isinstance(value, bool) and abs(value) < 2**53
    return isinstance(value, float) and math.isfinite(value)


def _is_time(value: object) -> bool:
    return _is_number(value) and 0 <= cast("float", value) <= MAX_T


def _numbers(told: Mapping[object, object]) -> dict[str, float]:
    return {str(name): float(cast("float", value)) for name, value in told.items() if _is_number(value)}
