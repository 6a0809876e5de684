"""Which fields of a FIT record are which metric, and in which unit: native fields, and those of apps and pods."""

from __future__ import annotations

import re
from typing import Final

from cuecoach.metrics import METRICS

#: Native field -> metric and factor to the catalogue's unit (FIT profile: speed m/s, step length and bounce mm, times ms).
#: Cadence is missing here: its unit must be found out first.
NATIVE_FIELDS: Final[dict[str, tuple[str, float]]] = {
    # Before `enhanced_speed`, which then wins: it has more room in the file, so it does not overflow.
    "speed": ("speed", 1.0),
    **{
        m.fit_field: (m.name, 0.001 if m.name == "step_length" else 1.0)
        for m in METRICS.values()
        if m.fit_field is not None and m.name != "cadence"
    },
}

#: What is read from a record; positions never are. A stated `grade` counts in files of this program only: who else states it
#: does not say over which piece of way.
RECORD_FIELDS: Final[frozenset[str]] = frozenset(
    {
        *NATIVE_FIELDS,
        "cadence",
        "fractional_cadence",
        "cadence256",
        "distance",
        "enhanced_altitude",
        "altitude",
        "grade",
    }
)

#: Units as apps write them -> canonical unit of a table below and factor to it.
_UNITS: Final[dict[str, tuple[str, float]]] = {
    "mm": ("mm", 1.0),
    "millimeters": ("mm", 1.0),
    "millimetres": ("mm", 1.0),
    "cm": ("mm", 10.0),
    "centimeters": ("mm", 10.0),
    "centimetres": ("mm", 10.0),
    "m": ("mm", 1000.0),
    "meters": ("mm", 1000.0),
    "metres": ("mm", 1000.0),
    "ms": ("ms", 1.0),
    "msec": ("ms", 1.0),
    "milliseconds": ("ms", 1.0),
    "s": ("ms", 1000.0),
    "seconds": ("ms", 1000.0),
    "m/s": ("m/s", 1.0),
    "km/h": ("m/s", 1 / 3.6),
    "kph": ("m/s", 1 / 3.6),
    "w": ("W", 1.0),
    "watt": ("W", 1.0),
    "watts": ("W", 1.0),
    "bpm": ("bpm", 1.0),
    "%": ("%", 1.0),
    "percent": ("%", 1.0),
    "rpm": ("1/min", 1.0),
    "spm": ("1/min", 1.0),
    "steps/min": ("1/min", 1.0),
    "strides/min": ("1/min", 1.0),
    "strides_per_min": ("1/min", 1.0),
    "": ("", 1.0),
}

#: Name as apps write it -> metric, the canonical unit its values must come in, and factor from that to the catalogue's.
#: "Stride Length" is missing on purpose: some mean one step by it. So is "Form Power": a part, not the power.
_NAMES: Final[dict[str, tuple[str, str, float]]] = {
    "cadence": ("cadence", "1/min", 1.0),
    "running_cadence": ("cadence", "1/min", 1.0),
    "step_rate": ("cadence", "1/min", 1.0),
    "power": ("power", "W", 1.0),
    "run_power": ("power", "W", 1.0),
    "running_power": ("power", "W", 1.0),
    "speed": ("speed", "m/s", 1.0),
    "heart_rate": ("heart_rate", "bpm", 1.0),
    "vertical_oscillation": ("vertical_oscillation", "mm", 1.0),
    "vertical_ratio": ("vertical_ratio", "%", 1.0),
    "ground_time": ("stance_time", "ms", 1.0),
    "ground_contact_time": ("stance_time", "ms", 1.0),
    "contact_time": ("stance_time", "ms", 1.0),
    "stance_time": ("stance_time", "ms", 1.0),
    "gct": ("stance_time", "ms", 1.0),
    "stance_time_balance": ("stance_time_balance", "%", 1.0),
    "step_length": ("step_length", "mm", 0.001),
}

#: Quantities whose unit an app may leave out without leaving doubt.
_UNIT_MAY_MISS: Final[frozenset[str]] = frozenset({"cadence", "power", "heart_rate"})


def developer_key(name: str | None, units: str | None) -> tuple[str, str]:
    """Return name and unit of a developer field as :data:`DEVELOPER_FIELDS` spells them."""
    return re.sub(r"[\s_-]+", "_", (name or "").strip().lower()), (units or "").strip().lower()


def _table() -> dict[tuple[str, str], tuple[str, float]]:
    table: dict[tuple[str, str], tuple[str, float]] = {}
    for name, (metric, wanted, to_catalogue) in _NAMES.items():
        for unit, (canonical, factor) in _UNITS.items():
            if canonical == wanted or (unit == "" and metric in _UNIT_MAY_MISS):
                table[name, unit] = (metric, factor * to_catalogue)
    return table


#: Name and unit of a developer field -> metric and factor to the catalogue's unit; a field in a strange unit is not used.
DEVELOPER_FIELDS: Final[dict[tuple[str, str], tuple[str, float]]] = _table()
