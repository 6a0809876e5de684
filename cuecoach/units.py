"""Dimensions and units of the rule language, the configs and the catalogue, and session time as people read it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from cuecoach.errors import UsageError


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit people write: `value * factor` is the value in the base unit of its `dimension`."""

    symbol: str
    dimension: str
    factor: float = 1.0


#: Base units are the ones with factor 1. The catalogue keeps some metrics in the units of the field (stance time in ms, bounce
#: in mm); an expression converts both sides to base units before it compares.
UNITS: Final[dict[str, Unit]] = {
    u.symbol: u
    for u in (
        Unit("deg", "angle"),
        Unit("s", "time"),
        Unit("min", "time", 60.0),
        Unit("h", "time", 3600.0),
        Unit("ms", "time", 0.001),
        Unit("spm", "cadence"),
        Unit("%", "percent"),
        Unit("m/s", "speed"),
        Unit("km/h", "speed", 1 / 3.6),
        Unit("m", "length"),
        Unit("km", "length", 1000.0),
        Unit("mm", "length", 0.001),
        Unit("cm", "length", 0.01),
        Unit("g", "acceleration"),
        Unit("W", "power"),
        Unit("bpm", "heart rate"),
        Unit("dB", "level"),
    )
}

#: What a person may type for a unit, for did-you-mean and for one plain correction.
SPELLINGS: Final[dict[str, str]] = {
    "°": "deg",
    "degree": "deg",
    "degrees": "deg",
    "sec": "s",
    "secs": "s",
    "second": "s",
    "seconds": "s",
    "mins": "min",
    "minute": "min",
    "minutes": "min",
    "hour": "h",
    "hours": "h",
    "percent": "%",
    "kmh": "km/h",
    "kph": "km/h",
    "mps": "m/s",
    "steps/min": "spm",
    "meters": "m",
    "metres": "m",
    "watts": "W",
    "db": "dB",
}

#: Standard gravity, m/s² (ISO 80000-3): one g.
STANDARD_GRAVITY: Final = 9.80665

_QUANTITY = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+))\s*([^\d\s].*?)?\s*$")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit, as written: ``5 min`` is Quantity(5, min) and 300 in base units."""

    number: float
    unit: Unit | None

    @property
    def dimension(self) -> str | None:
        """The dimension, None for a bare number."""
        return self.unit.dimension if self.unit else None

    @property
    def base(self) -> float:
        """The value in the base unit of its dimension."""
        return self.number * self.unit.factor if self.unit else self.number


def find_unit(text: str) -> Unit | None:
    """Return the unit written `text`, or None. Only canonical spellings count."""
    return UNITS.get(text)


def parse_quantity(text: str, dimension: str, *, example: str) -> float:
    """Read ``"5 min"`` as base units of `dimension`.

    Parameters
    ----------
    text
        What the person wrote.
    dimension
        The dimension it must have.
    example
        A right answer, shown in the error.

    Returns
    -------
    float
        The value in the base unit: 300.0 for ``"5 min"`` and the dimension ``"time"``.

    Raises
    ------
    UsageError
        One sentence that says what to write.
    """
    found = _QUANTITY.match(text)
    if not found:
        raise UsageError(f"`{text}` is not a number with a unit; write for example `{example}`")
    number, symbol = float(found[1]), found[2]
    if symbol is None:
        wanted = next(u.symbol for u in UNITS.values() if u.dimension == dimension)
        raise UsageError(f"`{text}` has no unit; write for example `{found[1]} {wanted}`")
    unit = find_unit(symbol)
    if unit is None:
        known = ", ".join(u.symbol for u in UNITS.values() if u.dimension == dimension)
        hint = f"did you mean `{SPELLINGS[symbol]}`?" if symbol in SPELLINGS else f"use {known}"
        raise UsageError(f"`{symbol}` is not a unit here; {hint}")
    if unit.dimension != dimension:
        raise UsageError(f"`{text}` is a {unit.dimension}, not a {dimension}; write for example `{example}`")
    return number * unit.factor


def clock(t: float) -> str:
    """Return session time as people read it: ``12:30``, ``1:02:03``."""
    whole = int(t)
    hours, minutes, seconds = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
