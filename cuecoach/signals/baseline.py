"""What is normal for this runner: values of the fresh, uncued part of the run, set off against speed.

A metric is compared at the speed it is run at: value = residual + slope * (speed - 3 m/s), with the catalogue's prior
slope. Learning never happens while a rule on the metric holds or is active, nor shortly after a cue: coaching must not
move its own goalposts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
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

    @property
    def full(self) -> bool:
        """Whether the normal is fixed: nothing more is learnt."""
        return len(self._learned) >= self._settings.fixed_after

    @property
    def settled(self) -> bool:
        """Whether the value of the fresh minutes is known."""
        return self._start is not None

    def learn(self, t: float, value: float, speed: float | None) -> bool:
        """Take in the smoothed metric of an uncued second of running at session time `t`; True when the normal was renewed."""
        s = self._settings
        seconds = len(self._learned)
        if t < s.learn_from or seconds >= s.fixed_after:
            return False
        self._learned.append(value - self.adjustment(speed))
        # A median is dear and moves slowly: renewed every ten seconds.
        if seconds + 1 < s.ready_after or not (self.normal is None or seconds % 10 == 0):
            return False
        self.normal = Normal(median(self._learned), self._spread())
        return True

    def freshen(self, t: float, value: float, speed: float | None) -> bool:
        """Take in any second of running for the run's own start value; True when that became known."""
        s = self._settings
        if s.start_from <= t < s.start_to:
            self._fresh.append(value - self.adjustment(speed))
        elif self._start is None and t >= s.start_to and self._fresh:
            self._start = median(self._fresh)
            return True
        return False

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


class Learning:
    """Every metric that is learnt, and which are left alone because coaching has moved them."""

    def __init__(self, settings: Baseline, known: Mapping[str, Normal]) -> None:
        self._settings = settings
        self._known = known
        self._learners: dict[str, Learner] = {}
        self._open: dict[str, Learner] = {}  # those that still take in values
        self._cued: set[str] = set()

    def also(self, names: Iterable[str]) -> None:
        """Learn these too, from now on; what is being learnt goes on."""
        for name in sorted(set(names).difference(self._learners)):
            self._learners[name] = self._open[name] = Learner(name, self._settings, self._known.get(name))

    def cued(self, name: str) -> None:
        """A cue on this metric was heard: what follows is its effect."""
        self._cued.add(name)

    def anew(self, name: str) -> None:
        """The metric is measured from another zero now: what was learnt of it in this run says nothing."""
        self._cued.discard(name)
        if self._learners.pop(name, None) is not None:
            self.also([name])

    def learn(
        self, t: float, metric: Callable[[str], float | None], busy: Callable[[], Collection[str]], *, led: bool
    ) -> bool:
        """Take in a second of running at `t`, s; what a rule or a beat is busy with is left alone. True when a normal moved."""
        if not self._open:
            return False
        speed, at_work, moved = metric("speed"), busy(), False
        for name, learner in list(self._open.items()):
            value = metric(name)
            if value is None:
                continue
            moved |= learner.freshen(t, value, speed)
            if name not in at_work and name not in self._cued and not led:
                moved |= learner.learn(t, value, speed)
            if learner.settled and (learner.full or name in self._cued):
                del self._open[name]  # nothing more can come of it
        return moved

    def of(self, name: str) -> Learner | None:
        """Return what is learnt of the metric, None where it is not."""
        return self._learners.get(name)

    def noise(self, name: str, own: float | None) -> float | None:
        """Return the personal spread of the smoothed metric, whose own usual value is `own`, never below half the prior."""
        metric, learner = METRICS[name], self._learners.get(name)
        normal = learner.normal if learner else None
        prior = metric.noise
        if metric.noise_is_share:
            if own is None:
                return None
            prior *= own
        return max(normal.spread, 0.5 * prior) if normal and normal.spread else prior
