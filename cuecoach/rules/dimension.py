"""What kind of quantity a value is: angles compare with angles, and a change per minute is not an angle."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Final, TypeAlias

from cuecoach.units import SPELLINGS, UNITS

#: Base dimensions with their powers, sorted; a plain number has none. Speed is length per time, so that
#: ``distance / elapsed`` may be compared with ``3 m/s``.
Dimension: TypeAlias = tuple[tuple[str, int], ...]

PLAIN: Final[Dimension] = ()
PERCENT: Final[Dimension] = (("percent", 1),)
TIME: Final[Dimension] = (("time", 1),)
LENGTH: Final[Dimension] = (("length", 1),)
SPEED: Final[Dimension] = (("length", 1), ("time", -1))

_ARTICLES: Final = {"angle": "an", "acceleration": "an", "percent": "a"}
#: Times that may stand below the line of a unit: ``deg/min``.
_RATES: Final = ("s", "min", "h")


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit as an expression may write it: ``value * factor`` is in base units of `dimension`."""

    symbol: str
    dimension: Dimension
    factor: float


def of(name: str) -> Dimension:
    """Return the dimension a unit of :data:`cuecoach.units.UNITS` names."""
    return SPEED if name == "speed" else ((name, 1),)


def product(a: Dimension, b: Dimension, power: int = 1) -> Dimension:
    """Return the dimension of a · b, or of a / b with ``power=-1``."""
    powers = dict(a)
    for name, n in b:
        powers[name] = powers.get(name, 0) + power * n
    return tuple(sorted((name, n) for name, n in powers.items() if n))


def measure(symbol: str) -> Measure | None:
    """Return the unit written `symbol`: one of the table, or one of it per ``s``, ``min`` or ``h``; None if there is none."""
    unit = UNITS.get(symbol)
    if unit:
        return Measure(symbol, of(unit.dimension), unit.factor)
    top, slash, bottom = symbol.partition("/")
    if slash and top in UNITS and bottom in _RATES:
        dimension = product(of(UNITS[top].dimension), TIME, -1)
        return Measure(symbol, dimension, UNITS[top].factor / UNITS[bottom].factor)
    return None


def intended(symbol: str) -> str | None:
    """Return the unit a wrong spelling stands for, None when it cannot be told."""
    if symbol in SPELLINGS:
        return SPELLINGS[symbol]
    lower = symbol.lower()
    if lower in SPELLINGS:
        return SPELLINGS[lower]
    same = next((u for u in UNITS if u.lower() == lower), None)
    if same is None and len(lower) > 2:
        # Three letters and more: `degs`, `secnds`. Among shorter ones nearly everything is near to something.
        close = difflib.get_close_matches(lower, [*UNITS, *SPELLINGS], n=1, cutoff=0.75)
        same = SPELLINGS.get(close[0], close[0]) if close else None
    return same


def words(dimension: Dimension) -> str:
    """Return it for people: ``an angle``, ``a plain number``, ``an angle per time``."""
    if dimension == PLAIN:
        return "a plain number"
    if dimension == SPEED:
        return "a speed"
    if dimension == PERCENT:
        return "a percentage"
    top = " times ".join(_power(name, n) for name, n in dimension if n > 0) or "one"
    bottom = " and ".join(_power(name, -n) for name, n in dimension if n < 0)
    article = _ARTICLES.get(top.split()[0], "a")
    return f"{article} {top}" + (f" per {bottom}" if bottom else "")


def _power(name: str, n: int) -> str:
    return name if n == 1 else f"{name} to the power {n}"
