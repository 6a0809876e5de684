"""The board: which sensor's value counts for each metric now, after plausibility and staleness."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping

import numpy as np

from cuecoach.events import ImuBlock, Reading, SensorState, Step
from cuecoach.metrics import LIMITS, METRICS
from cuecoach.signals.log import Log
from cuecoach.signals.presence import Presence
from cuecoach.signals.trust import imu_origin, reading_origin, worn_at
from cuecoach.signals.zeros import ANGLES

#: A raw inertial stream is trusted before what a pod or watch has computed.
RANK_GAIT, RANK_READING = 0, 1


class Board:
    """What every source has said, the most trusted first.

    Parameters
    ----------
    sources
        The place whose sensor goes first for a metric, where there is a wish.

    Attributes
    ----------
    dropped
        How many values per metric lay outside the plausible range.
    slipped
        Inertial sensors that moved on the body: their angles do not count.
    heard
        How many messages have been released so far, of the source that says most.
    """

    def __init__(self, sources: Mapping[str, str] | None = None) -> None:
        self._wished = sources or {}
        self._logs: list[tuple[int, str, Log]] = []
        self._main: dict[tuple[int, str], Log] = {}
        self._imu: dict[str, Presence] = {}
        self._muted: set[str] = set()
        self._tells: set[str] = set()  # sources that tell their own life
        # The angles of an inertial sensor by their zero: from when on it holds, and the log of those values.
        self._zeros: dict[str, deque[tuple[float, Log]]] = {}
        self.dropped: dict[str, int] = {}
        self.slipped: set[str] = set()
        self.heard = 0
        self._let_go = 0  # logs of angles whose zero is past
        self.now = 0.0

    def reading(self, reading: Reading) -> None:
        """Take in what a pod, a watch or a file states."""
        self._log(RANK_READING, reading.source, reading_origin(reading.place)).add(
            reading.t, self._plausible(reading.values)
        )

    def step(self, source: str, step: Step) -> None:
        """Take in a step that the gait room found; its angles are kept by their zero, so that no window mixes two."""
        values = self._plausible(step.values)
        angles = {name: values.pop(name) for name in ANGLES if name in values}
        self._log(RANK_GAIT, source, self._imu[source].origin).add(step.known, values)
        if angles:
            zeros = self._zeros.get(source) or self.turn(source, -np.inf)
            next((log for since, log in reversed(zeros) if since <= step.known), zeros[0][1]).add(step.known, angles)

    def turn(self, source: str, known: float) -> deque[tuple[float, Log]]:
        """From `known` on, s, the angles of this source have another zero: those before are let go then."""
        zeros = self._zeros.setdefault(source, deque())
        zeros.append((known, self._new_log(RANK_GAIT, source, self._imu[source].origin)))
        return zeros

    def samples(self, block: ImuBlock) -> None:
        """Note when an inertial sensor was there at all."""
        presence = self._imu.get(block.source)
        if presence is None:
            presence = self._imu[block.source] = Presence(imu_origin(block.place))
        presence.add(block.times)

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
        most = 0
        for _, _, log in self._logs:
            if log.waits_for <= now:
                most = max(most, log.advance(now))
        self.heard += most
        news = most > 0
        for presence in self._imu.values():
            presence.advance(now)
        for zeros in self._zeros.values():
            while len(zeros) > 1 and zeros[1][0] <= now:
                _, old = zeros.popleft()
                self._logs = [entry for entry in self._logs if entry[2] is not old]
                self._let_go += 1
                news = True
        return news

    def choose(self, name: str) -> tuple[Log | None, float]:
        """Return the most trusted source whose value of the metric is fresh now, and until when it is."""
        for rank, source, log in self._in_order(name):
            if rank == RANK_GAIT and source in self.slipped and name in ANGLES:
                continue
            until = self._fresh_until(rank, source, log, name)
            if self.now <= until:
                return log, until
        return None, math.inf

    def _in_order(self, name: str) -> list[tuple[int, str, Log]]:
        """Every log, that of the wished place first."""
        wished = self._wished.get(name)
        return self._logs if wished is None else sorted(self._logs, key=lambda e: worn_at(e[2].origin) != wished)

    def rate_of(self, log: Log) -> float | None:
        """Return the rate of the raw samples behind a log, Hz; None where there are none, or too few so far."""
        sources = [source for rank, source, each in self._logs if each is log and rank == RANK_GAIT]
        return self._imu[sources[0]].rate if sources else None

    def back_at(self, name: str) -> float:
        """Return when a sensor that tells the metric last came back from a dropout, s; long past where none did."""
        back = [-math.inf]
        for rank, source, log in self._logs:
            if log.newest(name) is not None:
                # Steps end with every walk: only the samples tell whether the sensor was gone.
                back.append(self._imu[source].back_at if rank == RANK_GAIT else log.back_at)
        return max(back)

    def lost_by_slip(self, name: str) -> bool:
        """Whether the metric would be known had its sensor not moved on the body."""
        return (
            bool(self.slipped)
            and name in ANGLES
            and self.choose(name)[0] is None
            and any(
                source in self.slipped and self.now <= self._fresh_until(rank, source, log, name)
                for rank, source, log in self._logs
            )
        )

    def _fresh_until(self, rank: int, source: str, log: Log, name: str) -> float:
        """Return until when a source's newest value of the metric is fresh, s; in the past for one that is not."""
        until = log.fresh_until(name, METRICS[name].stale_s)
        if self.now > until or source in self._muted:
            return -math.inf
        if rank == RANK_GAIT and source not in self._tells:
            until = min(until, self._imu[source].present_until)
        return until

    def sure_until(self, name: str, log: Log | None) -> float:
        """Return until when the log that counts for the metric now goes on to do so, whatever is heard; a past time if unsure.

        That nobody has ever told the metric is sure until another voice joins in.
        """
        told_by = [entry for entry in self._logs if entry[2].newest(name) is not None]
        if not told_by:
            return math.inf
        if log is None or len(told_by) > 1:
            return -math.inf
        until = log.fresh_at_least(name, METRICS[name].stale_s)
        rank, source, _ = told_by[0]
        if rank == RANK_GAIT and source not in self._tells:
            until = min(until, self._imu[source].present_until)
        return until

    def tells(self, name: str) -> bool:
        """Whether any source has told the metric."""
        return any(log.newest(name) is not None for _, _, log in self._logs)

    @property
    def voices(self) -> tuple[int, int]:
        """Two numbers; others when a source joined in for a metric, or its log was let go."""
        return self._let_go, sum(log.told for _, _, log in self._logs)

    def present(self, source: str) -> bool:
        """Whether the inertial sensor `source` is sending samples now."""
        if source in self._muted or source not in self._imu:
            return False
        return source in self._tells or self.now <= self._imu[source].present_until

    def _plausible(self, values: Mapping[str, float]) -> dict[str, float]:
        kept: dict[str, float] = {}
        for name, value in values.items():
            if name in LIMITS:
                low, high = LIMITS[name]
                if low <= value <= high:
                    kept[name] = value
                else:
                    self.dropped[name] = self.dropped.get(name, 0) + 1
        return kept

    def _log(self, rank: int, source: str, origin: str) -> Log:
        """Return the log of all that this source says but angles of a zero."""
        log = self._main.get((rank, source))
        if log is None:
            log = self._main[rank, source] = self._new_log(rank, source, origin)
        return log

    def _new_log(self, rank: int, source: str, origin: str) -> Log:
        log = Log(origin)
        self._logs.append((rank, source, log))
        self._logs.sort(key=lambda entry: entry[:2])
        return log
