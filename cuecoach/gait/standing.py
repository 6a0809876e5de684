"""Quiet standing: the pose that angles can refer to, and the bias of the gyroscope."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from cuecoach.events import FloatArray, Reference
from cuecoach.gait.constants import (
    GRID_S,
    LONG_QUIET_S,
    QUIET_ACC,
    QUIET_BIN,
    QUIET_GYR,
    QUIET_S,
    STANDING_BEFORE_S,
    TALL_WITHIN_S,
)
from cuecoach.gait.trail import Trail

#: Pieces in a quiet stretch that gives a pose, and in one that gives the bias.
_SHORT = round(QUIET_S / GRID_S) // QUIET_BIN
_LONG = round(LONG_QUIET_S / GRID_S) // QUIET_BIN
_TALL_WITHIN = round(TALL_WITHIN_S / GRID_S)
_BEFORE = round(STANDING_BEFORE_S / GRID_S)


@dataclass(frozen=True, slots=True, eq=False)
class Quiet:
    """A stretch without movement, grid indices `since` < k <= `until`, with its means.

    Attributes
    ----------
    acc, gyr
        Mean acceleration, m/s², and angular rate, deg/s, in the sensor frame, shape (3,) each.
    """

    since: int
    until: int
    acc: FloatArray
    gyr: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """What had been quiet up to grid index `at`: the last 3 s and the last 5 s, or None."""

    at: int
    short: Quiet | None
    long: Quiet | None


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """A pose that angles may refer to, and what it is called."""

    reference: Reference
    pose: Quiet


class QuietStanding:
    """Finds quiet stretches in pieces of half a second, and keeps those that a run may refer to.

    Parameters
    ----------
    first
        Grid index of the first sample it is to look at.
    """

    def __init__(self, first: int = 1) -> None:
        #: End of the last piece looked at; pieces lie at multiples, so that the cut into blocks does not matter.
        self._upto = -(-(first - 1) // QUIET_BIN) * QUIET_BIN
        # per piece: sums of acceleration (3), of angular rate (3), and of their squares (2)
        self._pieces: deque[FloatArray] = deque(maxlen=_LONG)
        self._long: deque[Quiet] = deque(maxlen=_SHORT + 2)
        self._short: Quiet | None = None  # up to the last piece
        self._last: Quiet | None = None
        self._tall: Quiet | None = None

    def push(self, raw: Trail, upto: int) -> list[Moment]:
        """Look at the trail of raw samples up to grid index `upto`; its rows are acceleration and angular rate."""
        count = (upto - self._upto) // QUIET_BIN
        if count <= 0:
            return []
        begin = self._upto + 1
        self._upto += count * QUIET_BIN
        x = raw.rows(0, 6, begin, self._upto + 1).reshape(6, count, QUIET_BIN)
        sums = np.add.reduce(x, axis=2)
        squares = np.add.reduce(x * x, axis=2)
        table = np.concatenate((sums, (squares[0] + squares[1] + squares[2])[None], squares[3:].sum(axis=0)[None]))
        return [self._piece(begin - 1 + (i + 1) * QUIET_BIN, table[:, i]) for i in range(count)]

    def candidates(self, at: int) -> list[Standing]:
        """Poses that a run which was noticed at grid index `at` may refer to, the better one first."""
        found: list[Standing] = []
        if self._tall is not None and at - self._tall.until <= _BEFORE:
            found.append(Standing("standing tall", self._tall))
        if self._last is not None and self._last is not self._tall and at - self._last.until <= _BEFORE:
            found.append(Standing("standing", self._last))
        return found

    def bias(self) -> FloatArray | None:
        """Mean angular rate of the last long quiet, else of the last one, deg/s, shape (3,); it may be of any age."""
        quiet = self._long[-1] if self._long else self._last
        return None if quiet is None else quiet.gyr

    def _piece(self, at: int, sums: FloatArray) -> Moment:
        self._pieces.append(sums.copy())
        short = self._quiet(at, _SHORT)
        long = None if short is None else self._quiet(at, _LONG)
        before, self._short = self._short, short
        if short is not None:
            # the last piece may hold the beginning of the movement that ends the quiet
            pose = self._last = short if before is None else before
            if any(0 <= pose.since - quiet.until <= _TALL_WITHIN for quiet in self._long):
                self._tall = pose
        if long is not None:
            self._long.append(long)
        return Moment(at, short, long)

    def _quiet(self, at: int, pieces: int) -> Quiet | None:
        if len(self._pieces) < pieces:
            return None
        n = pieces * QUIET_BIN
        mean = sum(list(self._pieces)[-pieces:], np.zeros(8)) / n
        acc, gyr = mean[:3], mean[3:6]
        if not mean[6] - acc @ acc < QUIET_ACC**2 or not mean[7] - gyr @ gyr < QUIET_GYR**2:
            return None
        return Quiet(at - n, at, acc, gyr)
