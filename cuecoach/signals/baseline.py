"""What is normal for this runner: values of the fresh, uncued part of the run among those of earlier runs.

A metric is compared at the speed it is run at: value = residual + slope * (speed - 3 m/s) + what the ground's slope adds.
The slope is the catalogue's prior until enough of the runner's own is known. Learning never
happens while a rule on the metric holds or is active, nor shortly after a cue: coaching must not move its own goalposts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Final

from cuecoach.config import Baseline
from cuecoach.metrics import METRICS
from cuecoach.signals.log import median
from cuecoach.signals.normals import (
    PER_GRADE,
    REFERENCE_SPEED,
    VOTES,
    Known,
    Normal,
    Normals,
    RunNormal,
    key_of,
    merged,
)
from cuecoach.signals.slopes import pairs_of

#: Residuals this far apart, s, are nearly independent (autocorrelation 0.23 at 10 s): the spread is theirs.
INDEPENDENT_S: Final = 10
#: So many independent residuals tell a spread better than the prior does.
SPREAD_NEEDS: Final = 18
#: SD of a normal distribution over its median absolute deviation.
MAD_TO_SD: Final = 1.4826
#: Whose slope against speed is the runner's own, once enough is known.
OWN_SLOPE: Final = frozenset({"cadence"})


class Learner:
    """Learns one metric's normal and its value in this run's fresh minutes."""

    __slots__ = (
        "_fresh",
        "_grade",
        "_known",
        "_learned",
        "_pairs",
        "_settings",
        "_slope",
        "_speeds",
        "_start",
        "normal",
    )

    def __init__(self, name: str, settings: Baseline, known: Known | None = None, slope: float | None = None) -> None:
        self._settings = settings
        self._slope = METRICS[name].per_speed if slope is None else slope
        self._grade = PER_GRADE.get(name, 0.0)
        self._known = () if known is None else known.recent
        self._learned: list[float] = []
        self._fresh: list[float] = []
        self._speeds: list[float] = []
        # Values on the flat beside those speeds, where the slope is to be the runner's own.
        self._pairs: list[float] | None = [] if name in OWN_SLOPE else None
        #: The normal so far: from earlier runs, or None until enough of this one has been seen.
        self.normal: Normal | None = merged(self._known, self._slope)
        # Residual of the fresh minutes, None until they are over.
        self._start: float | None = None

    @property
    def full(self) -> bool:
        """Whether the normal is fixed: nothing more is learnt."""
        return len(self._learned) >= self._settings.fixed_after

    @property
    def settled(self) -> bool:
        """Whether the value of the fresh minutes is known."""
        return self._start is not None

    def learn(self, t: float, value: float, speed: float | None, grade: float | None = None) -> bool:
        """Take in the smoothed metric of an uncued second of running at session time `t`; True when the normal was renewed."""
        s = self._settings
        seconds = len(self._learned)
        if t < s.learn_from or seconds >= s.fixed_after:
            return False
        self._learned.append(value - self.adjustment(speed, grade))
        if speed is not None:
            self._speeds.append(speed)
            if self._pairs is not None:
                self._pairs.append(value - self.adjustment(None, grade))
        # A median is dear and moves slowly: renewed every ten seconds.
        if seconds + 1 < s.ready_after or not (self.normal is None or seconds % 10 == 0):
            return False
        self.normal = merged((*self._known[1 - VOTES :], self._run()), self._slope)
        return True

    def freshen(self, t: float, value: float, speed: float | None, grade: float | None = None) -> bool:
        """Take in any second of running for the run's own start value; True when that became known."""
        s = self._settings
        if s.start_from <= t < s.start_to:
            self._fresh.append(value - self.adjustment(speed, grade))
        elif self._start is None and t >= s.start_to and self._fresh:
            self._start = median(self._fresh)
            return True
        return False

    def baseline(self, speed: float | None, grade: float | None = None) -> float | None:
        """Return the normal value at this speed and slope of the ground, None until it is known."""
        return None if self.normal is None else self.normal.residual + self.adjustment(speed, grade)

    def start(self, speed: float | None, grade: float | None = None) -> float | None:
        """Return the value of the fresh minutes at this speed and slope, None until they are over."""
        return None if self._start is None else self._start + self.adjustment(speed, grade)

    def adjustment(self, speed: float | None, grade: float | None = None) -> float:
        """Return what speed and the ground's slope add to the value, in the metric's unit."""
        added = 0.0 if speed is None else self._slope * (speed - REFERENCE_SPEED)
        return added if grade is None else added + self._grade * grade

    def summary(self) -> RunNormal | None:
        """Return what this run showed, for the runs to come; None when it is too little."""
        if not self._learned or len(self._learned) < self._settings.ready_after:
            return None
        return self._run()

    def _run(self) -> RunNormal:
        middle = median(self._speeds) if self._speeds else REFERENCE_SPEED
        whole = self._pairs is not None and len(self._pairs) == len(self._learned)
        return RunNormal(
            median(self._learned),
            self._spread(),
            len(self._learned),
            self._slope,
            middle,
            pairs_of(self._speeds, self._pairs) if whole and self._pairs is not None else None,
        )

    def _spread(self) -> float:
        apart = self._learned[::INDEPENDENT_S]
        if len(apart) < SPREAD_NEEDS:
            return 0.0
        middle = median(apart)
        return MAD_TO_SD * median([abs(v - middle) for v in apart])


class Learning:
    """Every metric that is learnt, and which are left alone because coaching has moved them.

    Parameters
    ----------
    settings
        Which part of the run tells.
    normals
        What earlier runs showed.
    origin
        Where a metric comes from now, as in :func:`cuecoach.signals.normals.key_of`.
    """

    def __init__(self, settings: Baseline, normals: Normals, origin: Callable[[str], str]) -> None:
        self._settings = settings
        self._normals = normals
        self._origin = origin
        self._names: list[str] = []
        self._learners: dict[str, Learner] = {}
        self._done: set[str] = set()  # keys of which nothing more can come
        self._cued: set[str] = set()

    def also(self, names: Iterable[str]) -> None:
        """Learn these too, from now on; what is being learnt goes on."""
        self._names = sorted({*self._names, *names})

    def cued(self, name: str) -> None:
        """A cue on this metric was heard: what follows is its effect."""
        self._cued.add(name)

    def anew(self, name: str) -> None:
        """The metric is measured from another zero now: what was learnt of it in this run says nothing."""
        self._cued.discard(name)
        for key in [key for key in self._learners if key.partition("@")[0] == name]:
            del self._learners[key]
            self._done.discard(key)

    def learn(
        self, t: float, metric: Callable[[str], float | None], busy: Callable[[], Collection[str]], *, led: bool
    ) -> bool:
        """Take in a second of running at `t`, s; what a rule or a beat is busy with is left alone. True when a normal moved."""
        speed, grade, at_work, moved = metric("speed"), metric("grade"), busy(), False
        for name in self._names:
            key = key_of(name, self._origin(name))
            if key in self._done:
                continue
            value = metric(name)
            if value is None:
                continue
            learner = self._learner(name)
            moved |= learner.freshen(t, value, speed, grade)
            if name not in at_work and name not in self._cued and not led:
                moved |= learner.learn(t, value, speed, grade)
            if learner.settled and (learner.full or name in self._cued):
                self._done.add(key)
        return moved

    def of(self, name: str) -> Learner | None:
        """Return what is learnt of the metric from where it comes now, None where it is not."""
        return self._learner(name) if name in self._names else None

    def summaries(self) -> dict[str, RunNormal]:
        """Return what this run showed, by key."""
        return {key: found for key in sorted(self._learners) if (found := self._learners[key].summary()) is not None}

    def _learner(self, name: str) -> Learner:
        key = key_of(name, self._origin(name))
        learner = self._learners.get(key)
        if learner is None:
            known = self._normals.of(name, self._origin(name))
            learner = Learner(name, self._settings, known, self._normals.slope(name))
            if not key.endswith("@"):  # where it comes from is known
                self._learners[key] = learner
        return learner

    def noise(self, name: str, own: float | None) -> float | None:
        """Return the personal spread of the smoothed metric, whose own usual value is `own`, never below half the prior."""
        metric, learner = METRICS[name], self.of(name)
        normal = learner.normal if learner else None
        prior = metric.noise
        if metric.noise_is_share:
            if own is None:
                return None
            prior *= own
        return max(normal.spread, 0.5 * prior) if normal and normal.spread else prior
