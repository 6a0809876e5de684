"""Times as tests write and show them: ``50 s``, ``1:20``, ``2 min``, ``1 min 30 s``."""

from __future__ import annotations

import re
from typing import Final

from cuecoach.errors import UsageError
from cuecoach.events import TICK_S
from cuecoach.units import parse_quantity

_CLOCK = re.compile(r"(?:([0-9]{1,2}):)?([0-9]{1,3}):([0-9]{2}(?:\.[0-9]{1,2})?)")
_MINUTES = re.compile(r"([0-9]+ *min) +([0-9.]+ *s)")
_EXAMPLE: Final = "50 s"


def read_length(text: str) -> float:
    """Read a time as seconds.

    Parameters
    ----------
    text
        ``50 s``, ``2 min``, ``1 min 30 s``, ``1:20`` (minutes and seconds) or ``1:02:03``.

    Raises
    ------
    UsageError
        With what to write.
    """
    text = text.strip()
    clock = _CLOCK.fullmatch(text)
    if clock:
        hours, minutes, seconds = int(clock[1] or 0), int(clock[2]), float(clock[3])
        if seconds >= 60 or (clock[1] and minutes >= 60):
            raise UsageError(f"`{text}` has a part of 60 or more; write for example `1:20`")
        return hours * 3600 + minutes * 60 + seconds
    both = _MINUTES.fullmatch(text)
    seconds = sum(parse_quantity(part, "time", example=_EXAMPLE) for part in (both.groups() if both else (text,)))
    if seconds < 0:
        raise UsageError(f"`{text}` is before the test; write for example `{_EXAMPLE}`")
    return seconds


def show_length(seconds: float) -> str:
    """Return a time as a test would write it: ``50 s``, ``1:20``, ``1:02:03``."""
    quarter = round(seconds / TICK_S) * TICK_S
    if quarter < 60:
        return f"{quarter:g} s"
    minutes, rest = divmod(quarter, 60)
    tail = f"{rest:02.0f}" if rest == int(rest) else f"{rest:05.2f}"
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours}:{minutes:02d}:{tail}" if hours else f"{minutes}:{tail}"
