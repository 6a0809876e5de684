"""Does a device's cadence count strides (one foot) or steps (both feet)? Decided from the numbers, never while in doubt.

Specifications say strides a minute (RSC service, FIT ``cadence``), devices do as they like: some foot pods and most
treadmills send steps. Running is 130-220 steps a minute, hence 65-110 strides, so the median tells them apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Literal, TypeAlias

CadenceUnit: TypeAlias = Literal["auto", "strides", "steps"]

#: Only values at this speed or above are judged: 110 steps of a walk look like strides of a run, m/s.
RUNNING_FROM = 2.0
#: A median from here on can only be steps: as strides it would be 260 steps a minute.
STEPS_FROM = 130.0
#: A median up to here is strides: as steps it would be a slow walk.
STRIDES_TO = 115.0


def looks_like_strides(values: Sequence[float]) -> bool:
    """Whether the values of a moving runner, 1/min, can only be strides."""
    return bool(values) and median(values) <= STRIDES_TO


def looks_like_steps(values: Sequence[float]) -> bool:
    """Whether the values of a moving runner, 1/min, can only be steps."""
    return bool(values) and median(values) >= STEPS_FROM
