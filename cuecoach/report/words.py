"""How a report writes numbers, names and times for people."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from cuecoach.metrics import METRICS
from cuecoach.units import clock

#: What a report calls a metric, in the middle of a sentence.
LABELS: Final[dict[str, str]] = {
    "cadence": "cadence",
    "speed": "speed",
    "pelvic_tilt": "pelvic tilt",
    "pelvic_drop": "hip drop",
    "pelvic_drop_left": "hip drop on the left foot",
    "pelvic_drop_right": "hip drop on the right foot",
    "vertical_oscillation": "bounce",
    "stance_time": "ground contact time",
    "stance_time_balance": "ground time on the left foot",
}
#: Decimals that mean something to a runner.
_DECIMALS: Final = {"spm": 0, "ms": 0, "mm": 0, "W": 0, "bpm": 0, "m/s": 2, "m": 2}
_SIGNS: Final = {"deg": "°", "%": " %"}
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_YEAR = "January, February, March, April, May, June, July, August, September, October, November, December"
_MONTHS: Final = tuple(_YEAR.split(", "))
_NAMES = re.compile(r"\b(" + "|".join(sorted(METRICS, key=len, reverse=True)) + r")\b")
UNKNOWN: Final = "unknown"


def label(metric: str) -> str:
    """Return what people call the metric."""
    return LABELS.get(metric, metric.replace("_", " "))


def title(metric: str) -> str:
    """Return the label as the beginning of a sentence."""
    words = label(metric)
    return words[:1].upper() + words[1:]


def decimals(metric: str) -> int:
    """Return how many decimals of the metric mean something."""
    return _DECIMALS.get(METRICS[metric].unit, 1) if metric in METRICS else 1


def unit(metric: str) -> str:
    """Return the unit as it follows a number: ``" spm"``, ``"°"``."""
    symbol = METRICS[metric].unit if metric in METRICS else ""
    return _SIGNS.get(symbol, f" {symbol}" if symbol else "")


def bare(metric: str, value: float | None, *, extra: int = 0) -> str:
    """Return the number without its unit; `extra` decimals more."""
    return UNKNOWN if value is None else _minus(f"{value:.{decimals(metric) + extra}f}")


def amount(metric: str, value: float | None) -> str:
    """Return the value with its unit: ``168 spm``, ``12.3°``."""
    return UNKNOWN if value is None else bare(metric, value) + unit(metric)


def change(metric: str, value: float | None, around: float | None = None) -> str:
    """Return a difference with its sign, and half the width of its 95 % interval: ``−1.4° ± 0.8``."""
    if value is None:
        return UNKNOWN
    digits = max(decimals(metric), 1)
    told = _minus(f"{value:+.{digits}f}") + unit(metric)
    return told if around is None else f"{told} ± {around:.{digits}f}"


def percent(share: float | None) -> str:
    """Return a share, 0 to 1, as percent; some is never rounded to none or all."""
    if share is None:
        return UNKNOWN
    whole = round(100 * share)
    if whole >= 100 and share < 1:
        whole = 99
    elif whole == 0 and share > 0:
        whole = 1
    return _minus(f"{whole} %")


def pace(speed: float | None) -> str:
    """Return a speed in m/s as minutes a kilometre, ``5:57 /km``; unknown below walking pace."""
    if speed is None or speed < 0.3:
        return UNKNOWN
    whole = round(1000 / speed)
    return f"{whole // 60}:{whole % 60:02d} /km"


def kmh(speed: float | None) -> str:
    """Return a speed in m/s as km/h."""
    return UNKNOWN if speed is None else f"{3.6 * speed:.1f} km/h"


def distance(metres: float | None) -> str:
    """Return a distance as people say it."""
    if metres is None:
        return UNKNOWN
    return f"{metres:.0f} m" if metres < 1000 else f"{metres / 1000:.2f} km"


def length(seconds: float | None) -> str:
    """Return a length of time: ``27:10 min``, ``1:02:03 h``."""
    if seconds is None:
        return UNKNOWN
    whole = round(seconds)
    return clock(whole) + (" h" if whole >= 3600 else " min")


def count(number: float | None, one: str, many: str | None = None) -> str:
    """Return ``1 cue``, ``3 cues``, ``no cues``."""
    several = many or f"{one}s"
    if number is None:
        return f"{UNKNOWN} {several}"
    return f"{number:.0f} {one}" if number == 1 else f"{f'{number:.0f}' if number else 'no'} {several}"


def day(when: datetime) -> str:
    """Return a date in full, the same on every machine: ``Tuesday 24 November 2026``."""
    return f"{_DAYS[when.weekday()]} {when.day} {_MONTHS[when.month - 1]} {when.year}"


def short_day(when: datetime) -> str:
    """Return ``24 Nov 2026``."""
    return f"{when.day} {_MONTHS[when.month - 1][:3]} {when.year}"


def plain(why: str) -> str:
    """Return a reason with the names of metrics and units as people say them."""
    told = re.sub(r"(?<=\d) deg\b", "°", _NAMES.sub(lambda found: label(found[0]), why))
    return re.sub(r"(?<= )-(?= ?\d)", "−", told.replace(">=", "≥").replace("<=", "≤"))


def _minus(text: str) -> str:
    """Write a true minus sign, and none before a zero."""
    if text.startswith("-") and not text.strip("-0. %"):
        text = text[1:]
    return text.replace("-", "−")
