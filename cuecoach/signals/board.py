"""The board: which sensor's value counts for each metric now, after plausibility and staleness."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping

import numpy as np

from cuecoach.events import FloatArray, ImuBlock, Reading, SensorState, Step
from cuecoach.metrics import LIMITS, METRICS
from cuecoach.signals.log import Log

#: A raw inertial stream is trusted before what a pod or watch has computed.
RANK_GAIT, RANK_READING = 0, 1
#: Without samples for so long, the metrics of a recorded inertial sensor are unknown, s. A live one says itself when it is
#: stale: some send their samples by the second.
IMU_STALE_S = 1.0


class Board:
    """What every source has said, the most trusted first.

    Attributes
    ----------
    dropped
        How many values per metric lay outside the plausible range.
    """

    def __init__(self) -> None:
        self._logs: list[tuple[int, str, Log]] = []
        self._imu: dict[str, _Presence] = {}
        self._muted: set[str] = set()
        self._tells: set[str] = set()  # sources that tell their own life
        self.dropped: dict[str, int] = {}
        self.now = 0.0

    def reading(self, reading: Reading) -> None:
        """Take in what a pod, a watch or a file states."""
        self._put(RANK_READING, reading.source, reading.t, reading.values)

    def step(self, source: str, step: Step) -> None:
        """Take in a step that the gait room found."""
        self._put(RANK_GAIT, source, step.known, step.values)

    def samples(self, block: ImuBlock) -> None:
        """Note when an inertial sensor was there at all."""
        self._imu.setdefault(block.source, _Presence()).add(block.times)

    def sensor(self, state: SensorState) -> None:
        """A stale or lost sensor is muted at once, whatever it said last."""
        if state.state in ("stale", "lost", "ended"):
            self._muted.add(state.source)
        elif state.state in ("back", "streaming"):
            self._muted.discard(state.source)
            self._tells.add(state.source)

    def advance(self, now: float) -> bool:
        """Release everything known by `now`; True if there was anything new."""
        self.now = now
        news = False
        for _, _, log in self._logs:
            news |= log.advance(now)
        for presence in self._imu.values():
            presence.advance(now)
        return news

    def choose(self, name: str) -> tuple[Log | None, float]:
        """Return the most trusted source whose value of the metric is fresh now, and until when it is."""
        stale_s = METRICS[name].stale_s
        for rank, source, log in self._logs:
            until = log.fresh_until(name, stale_s)
            if self.now > until or source in self._muted:
                continue
            if rank == RANK_GAIT and source not in self._tells:
                until = min(until, self._imu[source].present_until)
                if self.now > until:
                    continue
            return log, until
        return None, math.inf

    def present(self, source: str) -> bool:
        """Whether the inertial sensor `source` is sending samples now."""
        if source in self._muted or source not in self._imu:
            return False
        return source in self._tells or self.now <= self._imu[source].present_until

    def _put(self, rank: int, source: str, t: float, values: Mapping[str, float]) -> None:
        kept: dict[str, float] = {}
        for name, value in values.items():
            if name in LIMITS:
                low, high = LIMITS[name]
                if low <= value <= high:
                    kept[name] = value
                else:
                    self.dropped[name] = self.dropped.get(name, 0) + 1
        self._log(rank, source).add(t, kept)

    def _log(self, rank: int, source: str) -> Log:
        for known_rank, known, log in self._logs:
            if known == source and known_rank == rank:
                return log
        log = Log()
        self._logs.append((rank, source, log))
        self._logs.sort(key=lambda entry: entry[:2])
        return log


class _Presence:
    """When samples were there: spans between gaps, released as time passes."""

    __slots__ = ("_last", "_spans")

    def __init__(self) -> None:
        self._spans: deque[tuple[float, float]] = deque()
        self._last = -np.inf

    def add(self, times: FloatArray) -> None:
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

    @property
    def present_until(self) -> float:
        """Until when the sensor counts as there, as far as is known, s."""
        now_inside = self._spans and self._spans[0][0] <= self._last
        return (self._spans[0][1] if now_inside else self._last) + IMU_STALE_S
