"""The vertical acceleration of a sensor worn anyhow, and the filtered forms of it that events are read from."""

from __future__ import annotations

import numpy as np

from cuecoach.events import FloatArray
from cuecoach.gait.constants import CYCLE_BOX, EVENT_BOX, GRAVITY_S, GRID_S
from cuecoach.gait.filters import GrowingMean, RunningMean
from cuecoach.gait.trail import Trail
from cuecoach.units import STANDARD_GRAVITY

#: Rows of the trail that :class:`Vertical` fills.
VERTICAL, EVENT, HORIZONTAL2, ROWS = range(4)


def dot(a: FloatArray, b: FloatArray) -> FloatArray:
    """Scalar products of vectors of shape (3, n), shape (n,)."""
    return np.add.reduce(a * b, axis=0)


class Vertical:
    """Vertical acceleration along the mean acceleration of the last strides.

    No gyroscope is needed: over whole strides the mean acceleration of a body that neither takes off nor sinks is gravity.
    Dividing by its length also takes out the scale error of the sensor (5-12 % on the belts of SisFall).

    On a leg, swinging adds its own mean, so there the direction is used and not the length.

    Rows of `trail`: the vertical in g; the same filtered for events (delay EVENT_DELAY); the squared horizontal in g².
    """

    def __init__(self, keep: int, *, leg: bool = False) -> None:
        self.trail = Trail(ROWS, keep)
        self._leg = leg
        self._gravity = GrowingMean(round(GRAVITY_S / GRID_S))
        self._event = tuple(RunningMean(EVENT_BOX) for _ in range(3))
        self._cycle = RunningMean(CYCLE_BOX)

    def push(self, acc: FloatArray) -> FloatArray:
        """Take acceleration, shape (3, n); returns the vertical filtered for cycles (delay CYCLE_DELAY), shape (n,), g."""
        mean = self._gravity.push(acc)
        scale2 = dot(mean, mean) + 1e-12
        if self._leg:
            mean = mean * (STANDARD_GRAVITY / np.sqrt(scale2))
            scale2 = np.full(acc.shape[1], STANDARD_GRAVITY**2)
        vertical = dot(acc, mean) / scale2
        event = vertical - 1.0  # small numbers, so that running sums stay sharp for days
        for box in self._event:
            event = box.push(event)
        self.trail.extend(vertical, event + 1.0, dot(acc, acc) / scale2 - vertical * vertical)
        return self._cycle.push(event) + 1.0
