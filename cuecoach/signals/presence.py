"""When samples of an inertial sensor were there, and how fast they come."""

from __future__ import annotations

from collections import deque
from typing import Final

import numpy as np

from cuecoach.events import FloatArray
from cuecoach.signals.log import DROPOUT_S

#: Without samples for so long, the metrics of a recorded inertial sensor are unknown, s. A live one says itself when it is
#: stale: some send their samples by the second.
IMU_STALE_S: Final = 1.0
#: So many of the first samples tell the rate.
RATE_FROM: Final = 200


class Presence:
    """Spans between gaps, released as time passes; the same however the stream was cut into blocks.

    Attributes
    ----------
    origin
        Place and kind of the sensor.
    rate
        Of the samples, Hz; None until it is known.
    back_at
        When the sensor last came back from a dropout, s.
    """

    __slots__ = ("_first", "_last", "_spans", "back_at", "origin", "rate")

    def __init__(self, origin: str) -> None:
        self._spans: deque[tuple[float, float]] = deque()
        self._last = -np.inf
        self._first: list[float] = []
        self.origin = origin
        self.rate: float | None = None
        self.back_at = -np.inf

    def add(self, times: FloatArray) -> None:
        """Take in sample times, shape (n,), s, increasing."""
        breaks = np.flatnonzero(np.diff(times) > IMU_STALE_S)
        first = 0
        for cut in [*breaks.tolist(), len(times) - 1]:
            self._spans.append((float(times[first]), float(times[cut])))
            first = cut + 1
        if self.rate is None:
            self._first += times[: RATE_FROM - len(self._first)].tolist()
            if len(self._first) == RATE_FROM:
                between = float(np.median(np.diff(self._first)))
                self.rate = 1.0 / between if between > 0 else None
                self._first = []

    def advance(self, now: float) -> None:
        """Release what was there by `now`, s."""
        spans = self._spans
        if spans and spans[0][0] <= self._last and now < spans[0][1]:  # still inside: so it is at most ticks
            self._last = now
            return
        while spans and spans[0][0] <= now:
            first, last = spans.popleft()
            if np.isfinite(self._last) and first - self._last > DROPOUT_S:
                self.back_at = first
            if last > now:  # still inside: keep the rest for later
                self._last = now
                spans.appendleft((first, last))
                return
            self._last = last

    @property
    def present_until(self) -> float:
        """Until when the sensor counts as there, as far as is known, s."""
        now_inside = self._spans and self._spans[0][0] <= self._last
        return (self._spans[0][1] if now_inside else self._last) + IMU_STALE_S
