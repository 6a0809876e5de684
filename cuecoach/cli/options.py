"""Reading options that several commands share."""

from __future__ import annotations

from typing import get_args

from cuecoach.errors import UsageError
from cuecoach.events import Place
from cuecoach.units import parse_quantity


def parse_place(text: str | None) -> Place | None:
    """Return the sensor's place.

    Raises
    ------
    UsageError
        Naming the places there are.
    """
    places: tuple[Place, ...] = get_args(Place)
    for place in places:
        if text == place:
            return place
    if text is None:
        return None
    raise UsageError(f"`{text}` is not a place of a sensor; use one of {', '.join(places)}")


def parse_duration(text: str | None) -> float | None:
    """Return a duration in seconds: ``90 s``, ``5 min``."""
    return None if text is None else parse_quantity(text, "time", example="5 min")
