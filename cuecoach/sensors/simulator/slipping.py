"""A sensor that turns on the body in the middle of a run: a loose clip, a waistband that rides up."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from cuecoach.events import FloatArray
from cuecoach.sensors.simulator.turning import rotation

#: Three components of a vector at n times, shape (n,) each.
Components: TypeAlias = tuple[FloatArray, ...]


@dataclass(frozen=True, slots=True)
class SensorSlip:
    """From `start` on, s, the sensor turns on the pelvis within `lasts_s`, and stays turned.

    `turn` is roll, pitch, yaw in deg about the axes of the pelvis (ahead, left, up), yaw first: from then on the sensor tells
    a tilt that is greater by about the pitch, and an obliquity that is smaller by about the roll.
    """

    start: float
    lasts_s: float
    turn: tuple[float, float, float]

    def through(self, times: FloatArray, felt: Components, turned: Components) -> tuple[Components, Components]:
        """Return acceleration and angular rate (deg/s) at `times` as the slipped sensor has them, axes as before the slip.

        Written out component by component, so that a sample is the same whatever samples are asked for with it; before the slip
        every number is what it was.
        """
        axis, angle = self._about()
        u = np.clip((times - self.start) / self.lasts_s, 0.0, 1.0)
        theta = angle * u**3 * (10.0 + u * (6.0 * u - 15.0))
        rate = math.degrees(angle) * 30.0 * u**2 * (1.0 - u) ** 2 / self.lasts_s
        felt, turned = _turned_back(axis, theta, felt), _turned_back(axis, theta, turned)
        return felt, tuple(w + a * rate for w, a in zip(turned, axis, strict=True))

    def _about(self) -> tuple[tuple[float, float, float], float]:
        """Return the one axis, of length 1, and the angle about it, rad, that the three turns amount to."""
        m = rotation(self.turn)
        x, y, z = m[2][1] - m[1][2], m[0][2] - m[2][0], m[1][0] - m[0][1]
        twice_sine = math.sqrt(x * x + y * y + z * z)
        angle = math.atan2(twice_sine, m[0][0] + m[1][1] + m[2][2] - 1.0)
        return (x / twice_sine, y / twice_sine, z / twice_sine), angle


def _turned_back(axis: tuple[float, float, float], theta: FloatArray, v: Components) -> Components:
    """Return `v` in axes that are turned by `theta`, rad, about `axis`."""
    (ux, uy, uz), (x, y, z) = axis, v
    cosine, sine = np.cos(theta), np.sin(theta)
    along = (ux * x + uy * y + uz * z) * (1.0 - cosine)
    return (
        x * cosine - (uy * z - uz * y) * sine + ux * along,
        y * cosine - (uz * x - ux * z) * sine + uy * along,
        z * cosine - (ux * y - uy * x) * sine + uz * along,
    )
