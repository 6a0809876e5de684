"""How far a sensor's values are to be trusted: exactly, only compared with themselves, or not at all.

The classes of docs/science.md, SEN-1: A for what was validated, B for what is repeatable and biased by the device, C for what
is only logged.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from cuecoach.events import Place

Trust: TypeAlias = Literal["A", "B", "C"]

#: Raw samples at less than this, Hz, tell times and angles of a step too coarsely; 100 Hz as clocks of sensors drift.
EXACT_RATE_HZ: Final = 95.0
#: Told by devices each in its own way: bounce 98 mm at one is 70 mm at another (Smith 2022), no angle of a pod met its
#: criteria of validity (Ruiz-Malagon 2023).
BIASED: Final = frozenset(
    {
        "vertical_oscillation",
        "vertical_ratio",
        "stance_time_balance",
        "flight_time",
        "duty_factor",
        "pelvic_tilt",
        "pelvic_tilt_range",
        "pelvic_obliquity",
        "pelvic_obliquity_range",
        "pelvic_rotation_range",
        "pelvic_drop",
        "pelvic_drop_left",
        "pelvic_drop_right",
    }
)
#: Proxies wherever they come from: no wearable measures them (Pairot de Fontenay 2020).
PROXIES: Final = frozenset({"braking", "impact"})
#: Says nothing about economy (Van Hooren 2024) and is within its own error: never a cue of its own.
LOGGED: Final = frozenset({"stance_time"})


def trust(metric: str, origin: str, rate: float | None) -> Trust:
    """Return how far a metric is to be trusted.

    Parameters
    ----------
    metric
        Its name.
    origin
        Where it comes from: ``sacrum/imu``, ``foot/pod``, ``watch``; empty for a value without a sensor.
    rate
        Of the raw samples behind it, Hz; None where it is not known.
    """
    if metric in LOGGED:
        return "C"
    if metric in PROXIES:
        return "B"
    if metric not in BIASED or not origin:
        return "A"
    return "A" if "/imu" in origin and (rate is None or rate >= EXACT_RATE_HZ) else "B"


def imu_origin(place: Place) -> str:
    """Return the origin of raw samples."""
    return f"{place}/imu"


def reading_origin(place: Place | None) -> str:
    """Return the origin of values that a device has computed; one without a place is a watch."""
    return "watch" if place is None else f"{place}/pod"


def worn_at(origin: str) -> str:
    """Return the place of an origin, ``watch`` for one without."""
    return origin.partition("/")[0]
