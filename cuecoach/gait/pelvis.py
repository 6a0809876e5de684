"""How the sensor sits on the body, and the angles of the pelvis from its orientation."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cuecoach.events import FloatArray
from cuecoach.gait.constants import GRID_S, MOUNT_CLEAR
from cuecoach.gait.orientation import ACC, GYR, QUAT, RAW_ROWS, RISING, UP, Orientation

_DEG = 180.0 / np.pi

#: Rows of the trail of angles, deg.
TILT, OBLIQUITY, ROTATION, ANGLE_ROWS = range(4)


@dataclass(frozen=True, slots=True, eq=False)
class Mount:
    """The body's axes (x forward, y left, z up in the reference pose) in the sensor frame, shape (3,) each, unit length."""

    x: FloatArray
    y: FloatArray
    z: FloatArray


def stand(x: FloatArray, up: FloatArray) -> Mount | None:
    """The mount whose forward axis is `x` made level to the vertical `up`; None when they are nearly the same."""
    up = _unit(up)
    level = x - float(x @ up) * up
    if float(level @ level) < 0.25 * float(x @ x):
        return None
    level = _unit(level)
    return Mount(x=level, y=_cross(up, level), z=up)


def within(a: FloatArray, b: FloatArray, degrees: float) -> bool:
    """Whether two directions, shape (3,) each, are less than an angle apart."""
    return float(a @ b) > math.cos(math.radians(degrees)) * math.sqrt(float(a @ a) * float(b @ b))


def running_vertical(motion: Orientation, a: int, b: int) -> FloatArray:
    """Mean of the earth's vertical in the sensor frame, shape (3,), unit length, over whole strides a <= k < b."""
    assert motion.pose is not None
    ux, uy, uz = motion.pose.rows(UP, RISING, a, b)
    return _unit(np.array([ux.mean(), uy.mean(), uz.mean()]))


def find_forward(motion: Orientation, ic: list[int], bias: FloatArray, up: FloatArray) -> FloatArray | None:
    """Find which way the sensor faces from whole strides of running.

    About the vertical, what repeats from step to step (fore-aft acceleration, pitch) is told from what alternates (lateral
    acceleration, roll) by the symmetric part of their correlation at a lag of one step; forward is where acceleration follows
    vertical velocity: a runner brakes while sinking.

    Parameters
    ----------
    motion
        Raw samples and poses that reach back to the first contact.
    ic
        Grid indices of initial contacts; an even number of steps.
    bias
        Of the gyroscope, shape (3,), deg/s.
    up
        The vertical of the reference pose in the sensor frame, shape (3,), unit length.

    Returns
    -------
    ndarray or None
        The forward axis in the sensor frame, shape (3,); None when fore-aft and lateral cannot be told apart.
    """
    assert motion.pose is not None
    a, b = ic[0], ic[-1]
    lag = round((b - a) / (len(ic) - 1))
    aside = np.zeros(3)
    aside[int(np.argmin(np.abs(up)))] = 1.0
    e1 = _unit(_cross(up, aside))
    e2 = _cross(up, e1)

    acc = motion.raw.rows(ACC, GYR, a, b)
    gyr = motion.raw.rows(GYR, RAW_ROWS, a, b) - bias[:, None]
    push = np.stack((_along(e1, acc), _along(e2, acc)))
    push -= push.mean(axis=1, keepdims=True)
    # the pitch axis turned back by a right angle is the forward axis
    pitch = np.stack((_along(e2, gyr), -_along(e1, gyr)))
    pitch -= pitch.mean(axis=1, keepdims=True)
    repeats = _repeats(push, lag) + _repeats(pitch, lag)
    difference, cross = float(repeats[0, 0] - repeats[1, 1]), float(repeats[0, 1] + repeats[1, 0])
    if math.hypot(difference, cross) < MOUNT_CLEAR:
        return None
    yaw = 0.5 * math.atan2(cross, difference)
    x = math.cos(yaw) * e1 + math.sin(yaw) * e2
    rising = motion.pose[RISING, a, b]
    speed = np.cumsum(rising - rising.mean()) * GRID_S
    forward = math.cos(yaw) * push[0] + math.sin(yaw) * push[1]
    return -x if float(np.sum(forward * (speed - speed.mean()))) < 0 else x


def angles(pose: FloatArray, mount: Mount) -> FloatArray:
    """Tilt (+ anterior), obliquity (+ right side up) and heading (+ right side forward), shape (3, n), deg.

    Tilt and obliquity need only the vertical in the sensor frame, so the heading's drift cannot leak into them. The heading is
    not unwrapped.
    """
    w, qx, qy, qz, ux, uy, uz = pose[QUAT:RISING]
    x, y = mount.x.tolist(), mount.y.tolist()
    # the forward axis in the earth's frame: a quaternion (w, q) turns v into v + w t + q × t, where t = 2 q × v
    tx = qy * (2.0 * x[2]) - qz * (2.0 * x[1])
    ty = qz * (2.0 * x[0]) - qx * (2.0 * x[2])
    tz = qx * (2.0 * x[1]) - qy * (2.0 * x[0])
    ahead = w * tx + (qy * tz - qz * ty) + x[0]
    left = w * ty + (qz * tx - qx * tz) + x[1]
    out = np.empty((ANGLE_ROWS, len(w)))
    out[TILT] = -(ux * x[0] + uy * x[1] + uz * x[2])
    out[OBLIQUITY] = -(ux * y[0] + uy * y[1] + uz * y[2])
    sines = out[:ROTATION]
    np.maximum(sines, -1.0, out=sines)
    np.minimum(sines, 1.0, out=sines)
    np.arcsin(sines, out=sines)
    np.arctan2(left, ahead, out=out[ROTATION])
    out *= _DEG
    return out


class Unwrap:
    """Heading without jumps of 360 deg, with carried state."""

    def __init__(self) -> None:
        self._last: float | None = None
        self._turns = 0.0

    def push(self, heading: FloatArray) -> FloatArray:
        """Take headings, shape (n,), deg; gives them continued."""
        before = heading[0] if self._last is None else self._last
        jump = heading - np.concatenate(([before], heading[:-1]))
        self._last = float(heading[-1])
        if np.maximum.reduce(np.abs(jump)) <= 180.0:
            return heading + 360.0 * self._turns
        turns = self._turns + np.add.accumulate((jump < -180.0).astype(np.float64) - (jump > 180.0))
        self._turns = float(turns[-1])
        return heading + 360.0 * turns


def _unit(v: FloatArray) -> FloatArray:
    return v / math.sqrt(float(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]))


def _cross(a: FloatArray, b: FloatArray) -> FloatArray:
    return np.array([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]])


def _along(axis: FloatArray, v: FloatArray) -> FloatArray:
    return axis[0] * v[0] + axis[1] * v[1] + axis[2] * v[2]


def _repeats(v: FloatArray, lag: int) -> FloatArray:
    """Correlation of the rows of `v`, shape (2, n), with themselves one step later, as a share of their variance."""
    early, late = v[:, :-lag], v[:, lag:]
    power = float(np.sum(v * v)) * early.shape[1] / v.shape[1]
    m = np.array([[np.sum(late[i] * early[j]) for j in range(2)] for i in range(2)])
    return 0.5 * (m + m.T) / max(power, 1e-12)
