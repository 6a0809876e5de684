"""The moment as rules see it: best values, windows, states, baseline, target. One object, moved on by ticks."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping

from cuecoach.config import RunConfig
from cuecoach.events import Activity, ActivityChange, ImuBlock, Reading, SensorState, Step
from cuecoach.metrics import METRICS
from cuecoach.signals.activity import activity_of, credible_speed
from cuecoach.signals.baseline import Learner, Normal
from cuecoach.signals.board import Board
from cuecoach.signals.series import Series, Statistic

#: Seconds of cadence and speed that tell the activity.
ACTIVITY_WINDOW_S = 5.0
#: Faster than easy by this much for this long is a surge (COACHING.md 5, speed_reversion), m/s and s.
SURGE_SPEED, SURGE_S = 0.5, 15.0
#: After a cue on a metric it is not learnt from for this long (RULES.md, life of a rule, 7), s.
CUED_S = 40.0
#: Nobody whose own cadence reaches this is asked for more (COACHING.md CAD-3), spm.
FAST_ENOUGH = 180.0


class Signals:
    """Everything known about the runner now; fulfils `cuecoach.rules.context.Context`.

    Parameters
    ----------
    config
        The run's set-up: gates, baseline and cadence plan.
    metrics
        The metrics that anything asks for; only these are learnt.
    normals
        What earlier runs showed, by metric.
    """

    def __init__(self, config: RunConfig, metrics: Iterable[str], normals: Mapping[str, Normal] | None = None) -> None:
        self._config = config
        self._board = Board()
        known = normals or {}
        wanted = sorted({*metrics, "cadence", "speed"})
        self._learners = {name: Learner(name, config.baseline, known.get(name)) for name in wanted}
        self._cued_until: dict[str, float] = {}
        self._imu_activity: dict[str, deque[ActivityChange]] = {}
        self._surge_since: float | None = None
        self._distance: float | None = None
        self._steps: deque[Step] = deque()
        self._second = 0
        # What was asked at this tick already: hundreds of rules ask for the same few values.
        self._metrics: dict[str, float | None] = {}
        self._baselines: dict[str, float | None] = {}
        self.now = 0.0
        self.beating = False
        self.activity: Activity | None = None
        self.speed: float | None = None

    # ------------------------------------------------------------ what comes in
    def reading(self, reading: Reading) -> None:
        """Take in a reading of a pod, a watch or a file."""
        self._board.reading(reading)

    def gait(self, block: ImuBlock, steps: Iterable[Step], changes: Iterable[ActivityChange]) -> None:
        """Take in what the gait room made of a block."""
        self._board.samples(block)
        for step in steps:
            self._board.step(block.source, step)
            self._steps.append(step)
        self._imu_activity.setdefault(block.source, deque()).extend(changes)

    def sensor(self, state: SensorState) -> None:
        """Take in that a sensor went or came back."""
        self._board.sensor(state)

    def cued(self, name: str) -> None:
        """A cue on this metric was heard: do not learn from its effect."""
        self._cued_until[name] = self.now + CUED_S

    # ------------------------------------------------------------ time passes
    def advance(self, t: float, busy: Collection[str] = ()) -> None:
        """Move on to tick `t`; metrics in `busy` have a rule holding or active and are not learnt from."""
        passed, self.now = t - self.now, t
        self._board.advance(t)
        while len(self._steps) > 1 and self._steps[1].known <= t:
            self._steps.popleft()
        self._metrics.clear()
        self._baselines.clear()
        cadence = self._recent("cadence")
        stated = self._recent("speed")
        self.activity = self._from_imu() or activity_of(cadence, stated)
        self.speed = credible_speed(cadence, stated)
        if self.speed is not None:
            self._distance = (self._distance or 0.0) + self.speed * passed
        self._surge(t)
        if int(t) > self._second:
            self._second = int(t)
            if self.activity == "running":
                self._learn(t, busy)

    def _recent(self, name: str) -> float | None:
        series = self._board.best(name)
        return (
            series.statistic("median", self.now, ACTIVITY_WINDOW_S) or series.newest[1]
            if series and series.newest
            else None
        )

    def _from_imu(self) -> Activity | None:
        told: Activity | None = None
        for source, changes in self._imu_activity.items():
            while len(changes) > 1 and changes[1].known <= self.now:
                changes.popleft()
            if changes and changes[0].known <= self.now and self._board.present(source):
                told = changes[0].activity
        return told

    def _surge(self, t: float) -> None:
        easy = self._learners["speed"].normal
        if self.speed is None or easy is None or self.speed < easy.residual + SURGE_SPEED:
            self._surge_since = None
        elif self._surge_since is None:
            self._surge_since = t

    def _learn(self, t: float, busy: Collection[str]) -> None:
        speed = self.metric("speed")
        for name, learner in self._learners.items():
            value = self.metric(name)
            if value is None:
                continue
            learner.freshen(t, value, speed)
            if name not in busy and not self.beating and t >= self._cued_until.get(name, 0.0):
                learner.learn(t, value, speed)

    # ------------------------------------------------------------ what rules may ask
    def series(self, name: str) -> Series | None:
        """Return the metric's most trusted fresh series."""
        return self._board.best(name)

    def metric(self, name: str) -> float | None:
        """Return the metric under its standard smoothing, None when stale."""
        if name not in self._metrics:
            metric = METRICS[name]
            self._metrics[name] = (
                self.last(name) if metric.smoothing == "last" else self.window(metric.smoothing, name, metric.window_s)
            )
        return self._metrics[name]

    def window(self, function: Statistic, name: str, window_s: float) -> float | None:
        """Return a statistic of the metric's values in the last `window_s` seconds."""
        series = self._board.best(name)
        if series is None:
            return None
        value = series.statistic(function, self.now, window_s)
        # A sparse source may have nothing inside a short window and still be fresh.
        return series.newest[1] if value is None and function in ("median", "mean") and series.newest else value

    def last(self, name: str) -> float | None:
        """Return the newest value, unsmoothed, None when stale."""
        series = self._board.best(name)
        return series.newest[1] if series and series.newest else None

    def baseline(self, name: str) -> float | None:
        """Return the runner's own value at this speed; None until it is ready."""
        if name not in self._baselines:
            learner = self._learners.get(name)
            normal = learner.normal if learner else None
            self._baselines[name] = (
                normal.residual + learner.adjustment(self.metric("speed")) if learner and normal else None
            )
        return self._baselines[name]

    def start(self, name: str) -> float | None:
        """Return the value of this run's fresh minutes at this speed; None until they are over."""
        learner = self._learners.get(name)
        if learner is None or learner.start is None:
            return None
        return learner.start + learner.adjustment(self.metric("speed"))

    def noise(self, name: str) -> float | None:
        """Return the personal spread of the smoothed metric: the learnt one, never less than half the prior."""
        metric, learner = METRICS[name], self._learners.get(name)
        normal = learner.normal if learner else None
        prior = metric.noise
        if metric.noise_is_share:
            own = self.baseline(name)
            if own is None:
                return None
            prior *= own
        return max(normal.spread, 0.5 * prior) if normal and normal.spread else prior

    def target(self, name: str) -> float | None:
        """Return what the plan asks of the metric now: cadence only, so far."""
        if name != "cadence":
            return None
        plan = self._config.cadence
        if plan.target is not None:
            return plan.target
        own = self.baseline("cadence")
        if own is None or plan.raise_ is None:
            return own
        return max(own, min(own * (1 + plan.raise_ / 100), FAST_ENOUGH))

    def elapsed(self) -> float:
        """Seconds since the session began."""
        return self.now

    def distance(self) -> float | None:
        """Metres covered so far, None when no speed was ever known."""
        return self._distance

    def state(self, name: str) -> bool | None:
        """Whether the state holds, None when unknown."""
        match name:
            case "running" | "walking" | "still":
                return None if self.activity is None else self.activity == name
            case "surging":
                surging = self._surge_since is not None and self.now - self._surge_since >= SURGE_S / self._config.hurry
                return None if self.speed is None else surging
            case "climbing":
                grade = self.metric("grade")
                return None if grade is None else grade > self._config.gates.max_grade
            case "beating":
                return self.beating
            case _:
                return None

    def last_step(self) -> Step | None:
        """Return the newest step known now, None without a raw sensor."""
        return self._steps[0] if self._steps and self._steps[0].known <= self.now else None
