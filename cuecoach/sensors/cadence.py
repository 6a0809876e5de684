"""Does a device's cadence count strides (one foot) or steps (both feet)? Decided from the numbers, never while in doubt.

Specifications say strides a minute (RSC service, FIT ``cadence``), devices do as they like: some foot pods and most
treadmills send steps. Running is 130-220 steps a minute, hence 65-110 strides, so the median tells them apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Final, Literal, TypeAlias

CadenceUnit: TypeAlias = Literal["auto", "strides", "steps"]
KnownUnit: TypeAlias = Literal["strides", "steps"]

#: Only values at this speed or above are judged: 110 steps of a walk look like strides of a run, m/s.
RUNNING_FROM = 2.0
#: A median from here on can only be steps: as strides it would be 260 steps a minute.
STEPS_FROM = 130.0
#: A median up to here is strides: as steps it would be a slow walk.
STRIDES_TO = 115.0
#: Fewer strides than these are no run: 125 steps a minute.
STRIDES_FROM = 62.5
#: Strides at most when there is no speed to compare: more could be the steps of a walk.
STRIDES_UNMEASURED = 100.0
#: Longer than any walker's step, m.
NO_WALK_M = 1.25
#: More strides than these are rare, and the steps of a start or a stop are not: they must be those of a fast runner, for
#: whom they would be steps of this length, m.
FAST_STRIDES = 107.0
FAST_M = 1.8

#: Beginnings of the names of devices that send steps against the specification; lower case.
#: Wahoo TICKR X: OpenTracks. NPE Runn, Technogym and other treadmills: TrackMyIndoorWorkout #465, qdomyos-zwift #1261.
STEPS_NAMES: Final = ("tickr x", "runn", "npe runn", "technogym", "myrun")


def looks_like_strides(values: Sequence[float]) -> bool:
    """Whether the values of a moving runner, 1/min, can only be strides."""
    return bool(values) and median(values) <= STRIDES_TO


def looks_like_steps(values: Sequence[float]) -> bool:
    """Whether the values of a moving runner, 1/min, can only be steps."""
    return bool(values) and median(values) >= STEPS_FROM


def unit_by_name(name: str) -> KnownUnit | None:
    """Return ``steps`` for a device whose name is known for it, else None."""
    words = name.strip().lower()
    # `RUNN 1234` is a treadmill's sensor, `Runner's pod` is not.
    known = any(words.startswith(first) and not words[len(first) :][:1].isalpha() for first in STEPS_NAMES)
    return "steps" if known or "treadmill" in words else None


def unit_by_numbers(raw: float, speed: float | None) -> KnownUnit | None:
    """Return what the cadence of somebody who runs or jogs can only be; None in between.

    Parameters
    ----------
    raw
        1/min, as the device says.
    speed
        m/s; None when unknown.
    """
    if raw >= STEPS_FROM:
        return "steps"
    if raw < STRIDES_FROM or raw > STRIDES_TO:
        return None
    if speed is None:
        return "strides" if raw <= STRIDES_UNMEASURED else None
    return "strides" if 60.0 * speed / raw >= (NO_WALK_M if raw <= FAST_STRIDES else FAST_M) else None


def unit_by_stride_length(raw: float, speed: float | None, stride_length: float | None) -> KnownUnit | None:
    """Return what the cadence counts when it does not count what the stride length measures; None when they agree.

    The length covered in one of the counted things is speed/cadence. Half a stated length: steps, and the length of a
    stride. Twice: strides, and the length of a step. When both are of the same kind, nothing is learnt.
    """
    if speed is None or not stride_length:
        return None
    share = speed / (raw / 60.0 * stride_length)
    if 0.4 <= share <= 0.62:
        return "steps"
    return "strides" if 1.6 <= share <= 2.5 else None
