"""Where a driver takes its events from: a recording or a runner that listens, both asked tick by tick."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Protocol

from cuecoach.events import Action, Event, ImuBlock


class Feed(Protocol):
    """A source of events that is asked for everything up to a moment."""

    def advance(self, until: float) -> Iterable[Event]:
        """Return the events after the last call and up to `until`, in order."""
        ...

    def hear(self, action: Action) -> None:
        """Let the source know what is heard; a recording does not mind."""
        ...

    @property
    def duration_s(self) -> float:
        """When the last event comes, s; infinite until that is known."""
        ...


class RecordedFeed:
    """A recording's events, handed out as time passes.

    A block is handed out as soon as its first sample is due: what it holds beyond is kept by the coach until then, so the
    size of blocks does not matter.
    """

    def __init__(self, events: Iterator[Event]) -> None:
        self._events = events
        self._next = next(events, None)
        self._last_t = 0.0

    def advance(self, until: float) -> Iterator[Event]:
        """Yield the events that begin at or before `until`."""
        while self._next is not None and _begins(self._next) <= until:
            event, self._next = self._next, None
            self._last_t = max(self._last_t, _ends(event))
            yield event
            self._next = next(self._events, None)

    def hear(self, action: Action) -> None:
        """What is past does not listen."""

    @property
    def duration_s(self) -> float:
        """When the last event or sample is, s; infinite until the recording has been read to its end."""
        return math.inf if self._next is not None else self._last_t


def _begins(event: Event) -> float:
    return float(event.times[0]) if isinstance(event, ImuBlock) else event.t


def _ends(event: Event) -> float:
    return float(event.times[-1]) if isinstance(event, ImuBlock) else event.t
