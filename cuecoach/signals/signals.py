"""The moment as rules see it: best values, windows, states, baseline, target. One object, moved on by ticks."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable
from typing import Literal, TypeAlias

from cuecoach.config import RunConfig
from cuecoach.events import Activity, ActivityChange, Alignment, ImuBlock, Reading, SensorState, Slip, Step
from cuecoach.metrics import METRICS
from cuecoach.signals.activity import SURGE_S, Surge, ToldActivity, activity_of, credible_speed
from cuecoach.signals.baseline import Learning
from cuecoach.signals.board import Board
from cuecoach.signals.choice import Choice
from cuecoach.signals.derived import Derived
from cuecoach.signals.lasting import Lasting
from cuecoach.signals.log import Statistic
from cuecoach.signals.normals import Normals
from cuecoach.signals.poses import Poses
from cuecoach.signals.trust import Trust, trust
from cuecoach.signals.turning import Turning
from cuecoach.signals.zeros import Moved, Zeroed, Zeros

#: Seconds of cadence and speed that tell the activity.
ACTIVITY_WINDOW_S = 5.0
#: Nobody whose own cadence reaches this is asked for more (docs/science.md, CAD-3), spm.
FAST_ENOUGH = 180.0


_Question: TypeAlias = str | tuple[Statistic, str, float]


class Signals:
    """Everything known about the runner now; fulfils `cuecoach.rules.context.Context`.

    Parameters
    ----------
    config
        The run's set-up: gates, baseline and cadence plan.
    metrics
        The metrics that anything asks for; only these are learnt.
    normals
        What earlier runs showed.
    """

    def __init__(self, config: RunConfig, metrics: Iterable[str], normals: Normals | None = None) -> None:
        self._config = config
        self._normals = normals or Normals()
        self._board = Board(config.sources)
        self._derived = Derived()
        self._choice = Choice(self._board, self._derived)
        self._zeros = Zeros()
        #: What became of the zeros of angles at this tick.
        self.news: list[Zeroed | Moved] = []
        self._origins: dict[str, str] = {}
        self._learning = Learning(config.baseline, self._normals, self.origin)
        self._poses = Poses(self._normals)
        #: Sensors that hang otherwise than they usually do, as told at this tick: source and by how much, deg.
        self.odd_poses: list[tuple[str, float]] = []
        self._told = ToldActivity()
        self._surge = Surge()
        self._distance: float | None = None
        self._steps: deque[Step] = deque()
        self._turning = Turning()
        self._second = 0
        # Hundreds of rules ask for the same few values, tick after tick. These answers hold until something is heard,
        self._answers: dict[_Question, float | None] = {}
        # these until a metric comes from elsewhere,
        self._from: dict[str, str] = {}
        # and these until speed or slope is another too, or something was learnt.
        self._baselines: dict[str, float | None] = {}
        self._starts: dict[str, float | None] = {}
        self._states: tuple[object, ...] = ()
        #: Another number whenever any answer but `elapsed` and `distance` may differ from the one before.
        self.version = 0
        #: How long answers hold; None before time passes, and where answers do not come from sensors.
        self.lasting: Lasting | None = None
        self._lasting = Lasting(self._board, self._choice)
        self.learn_also({*metrics, "cadence", "speed"})
        self.now = 0.0
        self.beating = False
        #: A beat pulls the runner somewhere: what is measured now is not the runner's own.
        self.led = False
        #: By how much less than the plan asks, a share, since the runner lost the beat.
        self.eased = 0.0
        self.activity: Activity | None = None
        self.speed: float | None = None
        # What the runner does by the pace alone, and the version of the moment that this is of.
        self._pace: Activity | None = None
        self._pace_of = -1

    def learn_also(self, metrics: Iterable[str]) -> None:
        """Learn these too, from now on: something new asks for them. What is being learnt goes on."""
        self._learning.also(metrics)
        self._compare_anew()

    # ------------------------------------------------------------ what comes in
    def reading(self, reading: Reading) -> None:
        """Take in a reading of a pod, a watch or a file."""
        self._board.reading(reading)

    def gait(
        self,
        block: ImuBlock,
        steps: Iterable[Step],
        changes: Iterable[ActivityChange],
        alignments: Iterable[Alignment] = (),
        slips: Iterable[Slip] = (),
    ) -> None:
        """Take in what the gait room made of a block."""
        self._board.samples(block)
        for known in self._zeros.add(block.source, block.place, alignments, slips):
            self._board.turn(block.source, known)
        for step in steps:
            self._board.step(block.source, step)
            self._steps.append(step)
            self._turning.add(step)
        self._told.add(block.source, changes)

    def sensor(self, state: SensorState) -> None:
        """Take in that a sensor went or came back."""
        self._board.sensor(state)
        self._choice.upset()

    def cued(self, name: str) -> None:
        """A cue on this metric was heard: from now on this run shows its effect, so it is not learnt from."""
        self._learning.cued(name)

    def asked(self, name: str, t: float, way: int) -> None:
        """A cue began at `t` that asks for more (1), less (-1) or either (0) of the metric: a sudden change is no slip then."""
        self._zeros.asked(name, t, way)

    # ------------------------------------------------------------ time passes
    def advance(self, t: float, busy: Callable[[], Collection[str]] = tuple) -> None:
        """Move on to tick `t`; `busy` tells the metrics that a rule holds or is active on: they are not learnt from."""
        passed, self.now = t - self.now, t
        news, lasting = self._board.advance(t), self._lasting
        if self._turn(t):
            self._choice.upset()
        lasting.advance(t)
        if self._choice.advance(t, news=news):
            self._chosen_anew()
        elif news:
            self._heard()
        while len(self._steps) > 1 and self._steps[1].known <= t:
            self._steps.popleft()
        self._look_at_pace(t)
        if self.speed is not None:
            self._distance = (self._distance or 0.0) + self.speed * passed
        states = (self.activity, self.surging, self.beating, self.eased, self.metric("speed"), self.metric("grade"))
        if states != self._states:
            self._states = states
            self._compare_anew()
        if int(t) > self._second:
            self._second = int(t)
            self._zeros.look(t, self.last("speed"), self.last("grade"))
            if self._derived.add(t, self.last):
                self._heard()
                lasting.derive()
                if self._choice.derive():
                    self._chosen_anew()
            if self.activity == "running" and self._learning.learn(t, self.metric, busy, led=self.led):
                self._compare_anew()
        self.lasting = lasting

    def _look_at_pace(self, t: float) -> None:
        """Find what the runner does, and how fast; only what raw sensors tell of it changes with time alone."""
        if self._pace_of != self.version:
            self._pace_of = self.version
            speed = self.window("median", "speed", ACTIVITY_WINDOW_S)
            cadence = self.window("median", "cadence", ACTIVITY_WINDOW_S)
            self._pace = activity_of(cadence, speed)
            self.speed = credible_speed(cadence, speed)
            easy = self._learning.of("speed")
            self._surge.look(t, self.speed, None if easy is None or easy.normal is None else easy.normal.residual)
        self.activity = self._told.at(t, self._board.present) or self._pace

    def _turn(self, t: float) -> bool:
        """Take in new zeros and slips; True if there were any."""
        self.news, self.odd_poses = self._zeros.release(t), []
        for each in self.news:
            if isinstance(each, Zeroed):
                self._board.slipped.discard(each.source)
                off = self._poses.stood(self._zeros.place(each.source), each.alignment)
                if off is not None:
                    self.odd_poses.append((each.source, off))
                for name in each.relearn:
                    self._learning.anew(name)
            elif each.doubt is None:
                self._board.slipped.add(each.source)
        return bool(self.news)

    def _heard(self) -> None:
        """Something was heard: what is measured must be asked again."""
        self.version += 1
        self._answers.clear()

    def _compare_anew(self) -> None:
        """What values are compared with has moved."""
        self.version += 1
        self._baselines.clear()
        self._starts.clear()
        self._lasting.renew()

    def _chosen_anew(self) -> None:
        """A metric comes from elsewhere, or from nowhere: no answer holds."""
        self._heard()
        self._from.clear()
        self._compare_anew()

    @property
    def surging(self) -> bool | None:
        """Whether the runner has been faster than easy for a while; None when the speed is unknown."""
        if self.speed is None:
            return None
        return self._surge.lasts(self.now) >= SURGE_S / self._config.hurry

    # ------------------------------------------------------------ what rules may ask
    def metric(self, name: str) -> float | None:
        """Return the metric under its standard smoothing, None when stale."""
        answers = self._answers
        if name not in answers:
            metric = METRICS[name]
            function: Statistic | Literal["last"] = metric.smoothing
            answers[name] = self._find(function, name, metric.window_s)
        return answers[name]

    def window(self, function: Statistic, name: str, window_s: float) -> float | None:
        """Return a statistic of the metric over the `window_s` seconds before its newest value, None when stale."""
        question = (function, name, window_s)
        if question not in self._answers:
            self._answers[question] = self._find(function, name, window_s)
        return self._answers[question]

    def last(self, name: str) -> float | None:
        """Return the newest value, unsmoothed, None when stale."""
        return self._find("last", name, 0.0)

    def _find(self, function: Statistic | Literal["last"], name: str, window_s: float) -> float | None:
        log = self._choice.of(name)
        if log is None:
            return None
        return log.newest(name) if function == "last" else log.statistic(function, name, window_s)

    def slipped(self, name: str) -> bool:
        """Whether the metric is unknown because its sensor moved on the body."""
        return self._board.lost_by_slip(name)

    def origin(self, name: str) -> str:
        """Return where the metric comes from, or last came from: place and kind of sensor, and a zero of running."""
        known = self._from.get(name)
        if known is None:
            known = self._from[name] = self._find_origin(name)
        return known

    def _find_origin(self, name: str) -> str:
        log = self._choice.of(name)
        if log is not None and not log.origin and name == "vertical_ratio":
            log = self._choice.of("vertical_oscillation")  # it follows from bounce, and differs as that does
        if log is not None and log.origin:
            self._origins[name] = self._zeros.origin_of(name, log.origin)
        return self._origins.get(name, "")

    def trust(self, name: str) -> Trust:
        """Return how far the metric is to be trusted, by where it comes from now."""
        log = self._choice.of(name)
        return trust(name, self.origin(name), None if log is None else self._board.rate_of(log))

    @property
    def back_at(self) -> float:
        """When a sensor that tells steps last came back from a dropout, s."""
        return self._board.back_at("cadence")

    def turning(self) -> float | None:
        """Return how fast the runner turns, deg/s, + to the left; None where no raw sensor tells."""
        return self._turning.at(self.now)

    def learned(self) -> Normals:
        """Return what is known of the runner's normals with what this run showed so far."""
        return self._normals.and_run(self._learning.summaries(), self._poses.stood_in)

    def baseline(self, name: str) -> float | None:
        """Return the runner's own value at this speed; None until it is ready."""
        if name not in self._baselines:
            learner = self._learning.of(name)
            self._baselines[name] = (
                None if learner is None else learner.baseline(self.metric("speed"), self.metric("grade"))
            )
        return self._baselines[name]

    def start(self, name: str) -> float | None:
        """Return the value of this run's fresh minutes at this speed; None until they are over."""
        if name not in self._starts:
            learner = self._learning.of(name)
            self._starts[name] = None if learner is None else learner.start(self.metric("speed"), self.metric("grade"))
        return self._starts[name]

    def noise(self, name: str) -> float | None:
        """Return the personal spread of the smoothed metric: the learnt one, never less than half the prior."""
        return self._learning.noise(name, self.baseline(name) if METRICS[name].noise_is_share else None)

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
        return max(own, min(own * (1 + max(plan.raise_ / 100 - self.eased, 0.0)), FAST_ENOUGH))

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
                return self.surging
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
