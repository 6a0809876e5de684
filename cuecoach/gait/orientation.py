"""Orientation of the sensor by VQF, started when the bias of the gyroscope is known."""

from __future__ import annotations

import numpy as np
from vqf import VQF

from cuecoach.events import FloatArray
from cuecoach.gait.constants import GRID_S, HISTORY_S, REBIAS_SIGMA, SETTLE_S, TAU_ACC_S
from cuecoach.gait.trail import Trail
from cuecoach.gait.vertical import dot

#: Rows of `Orientation.raw`.
ACC, GYR, RAW_ROWS = 0, 3, 6
#: Rows of `Orientation.pose`: unit quaternion sensor → earth, earth's vertical in the sensor frame, acceleration along it
#: in m/s².
QUAT, UP, RISING, POSE_ROWS = 0, 4, 7, 8

_RAD = np.pi / 180.0
#: Samples that may wait for their orientation, fewer than the raw ones kept.
_PENDING = 200


class Orientation:
    """Keeps raw samples and, once begun, the orientation of the sensor.

    VQF: Laidig & Seel 2023, Information Fusion 91, 187-204. Its own bias estimate is limited to a
    few deg/s; what the sensor has beyond that must be taken off first.
    """

    def __init__(self, keep: int) -> None:
        self.raw = Trail(RAW_ROWS, max(keep, round(HISTORY_S / GRID_S) + 1))
        self._keep = keep
        self._filter: VQF | None = None
        self._bias = np.zeros((3, 1))
        self.pose: Trail | None = None
        #: First grid index with a settled pose.
        self.settled = 0

    def push(self, acc: FloatArray, gyr: FloatArray) -> None:
        """Take acceleration and angular rate, shape (3, n) each."""
        self.raw.extend(acc, gyr)
        if self.pose is not None and self.raw.stop - self.pose.stop > _PENDING:
            self.catch_up()

    def catch_up(self) -> None:
        """Bring the poses up to the newest sample; put off until someone asks, since the call costs more than the samples."""
        if self.pose is not None and self.pose.stop < self.raw.stop:
            self._update(self.pose.stop)

    def begin(self, bias: FloatArray, at: int) -> None:
        """Start with a bias, shape (3,), deg/s, known with grid index `at`; catches up on the past."""
        first = max(1, at - round(HISTORY_S / GRID_S))
        self._filter = VQF(GRID_S, tauAcc=TAU_ACC_S)
        self._bias = bias[:, None].copy()
        self.pose = Trail(POSE_ROWS, self._keep, first)
        self.settled = max(at, first + round(SETTLE_S / GRID_S))
        self._update(first)

    def rebias(self, bias: FloatArray) -> None:
        """Take off another bias, shape (3,), deg/s, from the next sample on; the orientation goes on."""
        if self._filter is None:
            return
        self.catch_up()
        self._bias = bias[:, None].copy()
        self._filter.setBiasEstimate(np.zeros(3), REBIAS_SIGMA * _RAD)

    def _update(self, first: int) -> None:
        assert self._filter is not None
        assert self.pose is not None
        acc = self.raw.rows(ACC, GYR, first, self.raw.stop)
        gyr = (self.raw.rows(GYR, RAW_ROWS, first, self.raw.stop) - self._bias) * _RAD
        result = self._filter.updateBatch(np.ascontiguousarray(gyr.T), np.ascontiguousarray(acc.T))
        quat: FloatArray = result["quat6D"].T
        up = _vertical(quat)
        self.pose.extend(quat, up, dot(up, acc))


def _vertical(quat: FloatArray) -> FloatArray:
    """The earth's vertical in the sensor frame, shape (3, n), from quaternions of shape (4, n)."""
    w, x, y, z = quat
    up = np.empty((3, quat.shape[1]))
    np.subtract(x * z, w * y, out=up[0])
    np.add(y * z, w * x, out=up[1])
    np.subtract(0.5, x * x + y * y, out=up[2])
    up *= 2.0
    return up
