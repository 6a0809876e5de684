"""The board: which sensor's value counts for each metric now, after plausibility and staleness."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

import numpy as np

from cuecoach.events import ImuBlock, Reading, SensorState, Step
from cuecoach.metrics import METRICS, plausible
from cuecoach.signals.series import Series

#: A raw inertial stream is trusted before what a pod or watch has computed.
RANK_GAIT, RANK_READING = 0, 1
#: Without samples for so long, an inertial sensor's metrics are unknown, s (SENSORS.md 1.3).
IMU_STALE_S = 1.0


class Board:
    """All series by metric and source.

    Attributes
    ----------
    dropped
        How many values per metric lay outside the plausible range.
    """

    def __init__(self) -> None:
        self._ranked: dict[str, list[tuple[int, str, Series]]] = {}
        self._every: list[Series] = []
        self._imu: dict[str, _Presence] = {}
        self._muted: set[str] = set()
        self.dropped: dict[str, int] = {}
        self.now = 0.0

    def reading(self, reading: Reading) -> None:
        """Take in what a pod, a watch or a file states."""
        self._put(reading.source, RANK_READING, reading.t, reading.values)

    def step(self, source: str, step: Step) -> None:
        """Take in a step that the gait room found."""
        self._put(source, RANK_GAIT, step.known, step.values)

    def samples(self, block: ImuBlock) -> None:
        """Note when an inertial sensor was there at all."""
        self._imu.setdefault(block.source, _Presence()).add(block.times)

    def sensor(self, state: SensorState) -> None:
        """A stale or lost sensor is muted at once, whatever it said last."""
        if state.state in ("stale", "lost", "ended"):
            self._muted.add(state.source)
        elif state.state in ("back", "streaming"):
            self._muted.discard(state.source)

    def advance(self, now: float) -> None:
        """Release everything known by `now`."""
        self.now = now
        for series in self._every:
            series.advance(now)
        for presence in self._imu.values():
            presence.advance(now)

    def best(self, name: str) -> Series | None:
        """Return the most trusted series of the metric that is fresh now."""
        stale_s = METRICS[name].stale_s
        for rank, source, series in self._ranked.get(name, ()):
            if source in self._muted or not series.fresh(self.now, stale_s):
                continue
            if rank == RANK_GAIT and not self._imu[source].present(self.now):
                continue
            return series
        return None

    def present(self, source: str) -> bool:
        """Whether the inertial sensor `source` is sending samples now."""
        return source not in self._muted and source in self._imu and self._imu[source].present(self.now)

    def _put(self, source: str, rank: int, t: float, values: Mapping[str, float]) -> None:
        for name, value in values.items():
            if name not in METRICS:
                continue
            if not plausible(name, value):
                self.dropped[name] = self.dropped.get(name, 0) + 1
                continue
            self._series(name, source, rank).add(t, value)

    def _series(self, name: str, source: str, rank: int) -> Series:
        ranked = self._ranked.setdefault(name, [])
        for _, known, series in ranked:
            if known == source:
                return series
        series = Series()
        ranked.append((rank, source, series))
        ranked.sort(key=lambda entry: entry[:2])
        self._every.append(series)
        return series


class _Presence:
    """When samples were there: spans between gaps, released as time passes."""

    __slots__ = ("_last", "_spans")

    def __init__(self) -> None:
        self._spans: deque[tuple[float, float]] = deque()
        self._last = -np.inf

    def add(self, times: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
        breaks = np.flatnonzero(np.diff(times) > IMU_STALE_S)
        first = 0
        for cut in [*breaks.tolist(), len(times) - 1]:
            self._spans.append((float(times[first]), float(times[cut])))
            first = cut + 1

    def advance(self, now: float) -> None:
        while self._spans and self._spans[0][0] <= now:
            first, last = self._spans.popleft()
            if last > now:  # still inside: keep the rest for later
                self._last = now
                self._spans.appendleft((first, last))
                return
            self._last = last

    def present(self, now: float) -> bool:
        return now - self._last <= IMU_STALE_S
