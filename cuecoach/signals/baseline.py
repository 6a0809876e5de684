"""What is normal for this runner: values of the fresh, uncued part of the run, set off against speed.

A metric is compared at the speed it is run at: value = residual + slope * (speed - 3 m/s), with the catalogue's prior
slope. Learning never happens while a rule on the metric holds or is active, nor shortly after a cue: coaching must not
move its own goalposts.
"""

from __future__ import annotations

from dataclasses import dataclass

from cuecoach.config import Baseline
from cuecoach.metrics import METRICS
from cuecoach.signals.log import median

#: Residuals are taken relative to this speed, m/s.
REFERENCE_SPEED = 3.0
#: Residuals this far apart, s, are nearly independent (autocorrelation 0.23 at 10 s): the spread is theirs.
INDEPENDENT_S = 10
#: So many independent residuals tell a spread better than the prior does.
SPREAD_NEEDS = 18
#: SD of a normal distribution over its median absolute deviation.
MAD_TO_SD = 1.4826


@dataclass(frozen=True, slots=True)
class Normal:
    """A runner's normal: the residual at the reference speed, and the personal spread (SD)."""

    residual: float
    spread: float


class Learner:
    """Learns one metric's normal and its value in this run's fresh minutes."""

    __slots__ = ("_fresh", "_learned", "_settings", "_slope", "_start", "normal")

    def __init__(self, name: str, settings: Baseline, known: Normal | None = None) -> None:
        self._settings = settings
        self._slope = METRICS[name].per_speed
        self._learned: list[float] = []
        self._fresh: list[float] = []
        #: The normal so far: from earlier runs, or None until enough of this one has been seen.
        self.normal = known
        # Residual of the fresh minutes, None until they are over.
        self._start: float | None = None

    def learn(self, t: float, value: float, speed: float | None) -> None:
        """Take in the smoothed metric of an uncued second of running at session time `t`."""
        s = self._settings
        seconds = len(self._learned)
        if t < s.learn_from or seconds >= s.fixed_after:
            return
        self._learned.append(value - self.adjustment(speed))
        # A median is dear and moves slowly: renewed every ten seconds.
        if seconds + 1 >= s.ready_after and (self.normal is None or seconds % 10 == 0):
            self.normal = Normal(median(self._learned), self._spread())

    def freshen(self, t: float, value: float, speed: float | None) -> None:
        """Take in any second of running for the run's own start value."""
        s = self._settings
        if s.start_from <= t < s.start_to:
            self._fresh.append(value - self.adjustment(speed))
        elif self._start is None and t >= s.start_to and self._fresh:
            self._start = median(self._fresh)

    def baseline(self, speed: float | None) -> float | None:
        """Return the normal value at this speed, None until it is known."""
        return None if self.normal is None else self.normal.residual + self.adjustment(speed)

    def start(self, speed: float | None) -> float | None:
        """Return the value of the fresh minutes at this speed, None until they are over."""
        return None if self._start is None else self._start + self.adjustment(speed)

    def adjustment(self, speed: float | None) -> float:
        """Return what speed adds to the value, in the metric's unit."""
        return 0.0 if speed is None else self._slope * (speed - REFERENCE_SPEED)

    def _spread(self) -> float:
        apart = self._learned[::INDEPENDENT_S]
        if len(apart) < SPREAD_NEEDS:
            return 0.0
        middle = median(apart)
        return MAD_TO_SD * median([abs(v - middle) for v in apart])
