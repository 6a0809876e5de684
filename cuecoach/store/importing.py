"""A whole run at once: from a file of another program, or from one that was coached faster than time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final

from cuecoach.events import Action, Event
from cuecoach.runrecord import Second, WornSensor
from cuecoach.store.heads import NewRun
from cuecoach.store.transaction import transaction
from cuecoach.store.writer import Did, Thing, Worn, add, begin, finish, pack

if TYPE_CHECKING:
    from cuecoach.store.writer import RulesToJson

#: A stretch ends after this time, s, or after so many events: enough to pack well, little to hold.
STRETCH_S: Final = 10.0
STRETCH_EVENTS: Final = 2_000


def enter_whole(
    connection: sqlite3.Connection,
    new: NewRun,
    rules_to_json: RulesToJson,
    *,
    events: Iterable[Event],
    actions: Iterable[Action],
    seconds: Iterable[Second],
    sensors: Sequence[WornSensor],
    duration_s: float,
    summary: Mapping[str, float | None],
    knowledge: object | None,
) -> int:
    """Enter a run that is over, all of it or nothing, and return its number; `events` are read as they are written."""
    with transaction(connection):
        number = begin(connection, new, "closed")
        add(connection, number, pack((Worn(tuple(sensors)),), rules_to_json))
        for things in stretches(events, seconds):
            add(connection, number, pack(things, rules_to_json))
        # Last, because they may be made while the events are drawn.
        left = iter(actions)
        while some := tuple(islice(left, STRETCH_EVENTS)):
            add(connection, number, pack((Did(some),), rules_to_json))
        finish(connection, number, duration_s=duration_s, summary=summary, knowledge=knowledge)
    return number


def stretches(events: Iterable[Event], seconds: Iterable[Second]) -> Iterator[list[Thing]]:
    """Yield events in their order, a few seconds at a time, each with the seconds of its time; the last has what is left."""
    things: list[Thing] = []
    begun = 0.0
    waiting = iter(seconds)
    second = next(waiting, None)
    for event in events:
        if things and (event.t - begun >= STRETCH_S or len(things) >= STRETCH_EVENTS):
            while second is not None and second.t < event.t:
                things.append(second)
                second = next(waiting, None)
            yield things
            things = []
        if not things:
            begun = event.t
        things.append(event)
    if second is not None:
        things += (second, *waiting)
    if things:
        yield things
