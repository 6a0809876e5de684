"""The values of one step, from its contacts and the motion between them."""

from __future__ import annotations

import math

import numpy as np

from cuecoach.events import FloatArray, Side
from cuecoach.gait.activity import clip
from cuecoach.gait.constants import CADENCE_STEPS, GRID_S, MAX_STEP_S, SIDE_PUSH, SIDE_RISE_DEG
from cuecoach.gait.contacts import Contact
from cuecoach.gait.orientation import ACC, GYR, Orientation
from cuecoach.gait.pelvis import ANGLE_ROWS, OBLIQUITY, ROTATION, TILT, Mount
from cuecoach.gait.sides import SideVote
from cuecoach.gait.trail import Trail
from cuecoach.gait.vertical import STANDARD_GRAVITY
from cuecoach.metrics import METRICS

_PLAUSIBLE = {name: (metric.low, metric.high) for name, metric in METRICS.items()}
_RAMP = np.arange(round(2 * MAX_STEP_S / GRID_S) + 2, dtype=np.float64)


def put(values: dict[str, float], name: str, value: float) -> None:
    """Keep a value that the catalogue holds plausible; an implausible one is unknown."""
    low, high = _PLAUSIBLE[name]
    if low <= value <= high:
        values[name] = value


def span(x: FloatArray) -> float:
    """Largest minus smallest."""
    return float(np.maximum.reduce(x) - np.minimum.reduce(x))


def timing(series: list[Contact], tc: float | None, *, leg: bool) -> dict[str, float]:
    """Cadence, stance time, flight time and duty factor of the last contact of `series`.

    Parameters
    ----------
    series
        Contacts that follow each other, oldest first; on a leg one a stride.
    tc
        Terminal contact of the last one, grid index, or None.
    leg
        Whether the contacts are those of one leg.
    """
    values: dict[str, float] = {}
    contact = series[-1]
    back = min(len(series) - 1, CADENCE_STEPS // 2 if leg else CADENCE_STEPS)
    if not leg:
        back -= back % 2
    step_s = None
    if back:
        step_s = (contact.ic - series[-1 - back].ic) * GRID_S / (2 * back if leg else back)
        put(values, "cadence", 60.0 / step_s)
    if tc is not None:
        stance_s = (tc - contact.ic) * GRID_S
        put(values, "stance_time", 1000.0 * stance_s)
        if step_s is not None and "stance_time" in values:
            put(values, "duty_factor", 100.0 * stance_s / (2.0 * step_s))
    before = series[-2].tc if len(series) > 1 and not leg else None
    if before is not None:
        put(values, "flight_time", 1000.0 * GRID_S * (contact.ic - before))
    return values


def bounce(rising: FloatArray, middle: int) -> float | None:
    """Vertical oscillation of the first step of a stride, mm.

    It is the last whole step of the foot whose contact ends the stride; the step of that contact itself ends too late.

    Double integration with the drift of the stride removed: acceleration, then velocity, get zero mean over it.

    Parameters
    ----------
    rising
        Vertical acceleration over a stride, shape (n,); of any scale and with gravity, since its mean is gravity.
    middle
        Where the first step ends.
    """
    n = len(rising)
    if n < 4 or middle < 3:
        return None
    mean = float(np.add.reduce(rising)) / n
    if mean <= 0:
        return None
    speed = np.add.accumulate(rising - mean)
    speed -= float(np.add.reduce(speed)) / n
    height = np.add.accumulate(speed)[: middle + 1]
    value = span(height) * GRID_S * GRID_S * 1000.0 * STANDARD_GRAVITY / mean
    metric = METRICS["vertical_oscillation"]
    return value if metric.low <= value <= metric.high else None


class PelvisValues:
    """Angles of the pelvis per step and stride, and which foot it is."""

    def __init__(self) -> None:
        self._side = SideVote()
        self._before: Contact | None = None
        self._drop: dict[Side, float] = {}

    def add(
        self,
        values: dict[str, float],
        series: list[Contact],
        tc: float | None,
        angles: Trail,
        motion: Orientation,
        mount: Mount,
        *,
        torso: bool,
    ) -> Side | None:
        """Put the angles of the stride that ends with the last contact into `values`; returns the side of that contact.

        Ranges are those of the last stride; the mean tilt is that of the last step, from contact to contact.
        """
        contact = series[-1]
        if len(series) < 2 or series[-2] is not self._before:
            self._side.reset()
        self._before = contact
        ic = int(contact.ic)
        middle = ic + round(0.5 * (tc - contact.ic)) if tc is not None else ic + 12
        middle = min(middle, contact.at)
        if ic < angles.first or middle - ic < 4:
            return None

        if len(series) >= 3:
            a, step = int(series[-3].ic), int(series[-2].ic)
            if a >= angles.first:
                lean = angles[TILT, step, ic]
                put(values, "trunk_lean" if torso else "pelvic_tilt", float(np.add.reduce(lean)) / len(lean))
                if not torso:
                    stride = angles.rows(0, ANGLE_ROWS, a, ic).copy()
                    n = ic - a
                    # a bend in the road and the drift of the heading turn evenly
                    turn = stride[ROTATION]
                    turn -= _RAMP[:n] * (float(turn[-1] - turn[0]) / (n - 1))
                    ranges = (np.maximum.reduce(stride, axis=1) - np.minimum.reduce(stride, axis=1)).tolist()
                    put(values, "pelvic_tilt_range", ranges[TILT])
                    put(values, "pelvic_obliquity_range", ranges[OBLIQUITY])
                    put(values, "pelvic_rotation_range", ranges[ROTATION])

        obliquity = angles[OBLIQUITY, ic, middle + 1]
        last = contact.at if tc is None else min(round(tc), contact.at)
        risen = angles.at(OBLIQUITY, last) - angles.at(OBLIQUITY, ic + (last - ic) * 3 // 10)
        ax, ay, az = np.add.reduce(motion.raw.rows(ACC, GYR, ic, ic + 6), axis=1).tolist()
        yx, yy, yz = mount.y.tolist()
        push = (yx * ax + yy * ay + yz * az) / 6 + STANDARD_GRAVITY * math.sin(math.radians(float(obliquity[0])))
        side = self._side.step(0.75 * clip(risen / SIDE_RISE_DEG, 1.0) - 0.25 * clip(push / SIDE_PUSH, 1.0))
        if side is not None and not torso:
            drop = float(obliquity[0] - obliquity.min()) if side == "left" else float(obliquity.max() - obliquity[0])
            put(values, "pelvic_drop_left" if side == "left" else "pelvic_drop_right", drop)
            self._drop[side] = drop
            if len(self._drop) == 2:
                put(values, "pelvic_drop", max(self._drop.values()))
        return side
