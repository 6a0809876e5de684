"""Reading options that several commands share."""

from __future__ import annotations

import os
from pathlib import Path
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
    """Return a duration in seconds: ``90 s``, ``5 min``.

    Raises
    ------
    UsageError
        It is no duration, or not above 0.
    """
    if text is None:
        return None
    seconds = parse_quantity(text, "time", example="5 min")
    if seconds <= 0.0:
        raise UsageError(f"`{text}` is no time to run; write for example --for '5 min'")
    return seconds


def parse_tempo(text: str) -> float:
    """Return steps per minute: ``170`` or ``170 spm``.

    Raises
    ------
    UsageError
        It is no tempo.
    """
    try:
        return float(text)
    except ValueError:
        return parse_quantity(text, "cadence", example="170 spm")


def check_sound_file(path: Path) -> None:
    """Make sure now that a sound can be written there later; nothing is left of the try.

    Raises
    ------
    SoundError
        Another suffix, a folder that is not there, or no right to write.
    UsageError
        The file is there and write-protected.
    """
    from cuecoach.audio.files import FileSink

    FileSink(path).discard()
    if path.exists() and not os.access(path, os.W_OK):
        raise UsageError(f"{path} is write-protected; choose another name, or allow writing to it")
