"""Who `coaching.py` coaches: simulated runners and what goes wrong with them; and the naive coach it is compared with."""

import sys
from collections import deque
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from cuecoach.events import Action, Event, Reading, Say, Tick
from cuecoach.sensors.interpreter import Interpreter
from cuecoach.sensors.message import Stated
from cuecoach.sensors.simulator import Fatigue, Gait, Person, Phase, Response, Scatter, SimulatedRunner, Story, Truth

#: Kinds of runners, in turn. The last few of all wear a raw sensor, and every second one of those slips.
KINDS = (
    *("responder", "slow", "responder", "non-responder", "responder", "tired", "responder", "noisy", "responder"),
    *("wrong unit", "responder", "slow", "responder", "non-responder", "responder", "tired", "slow", "noisy"),
    *("non-responder", "wrong unit"),
)
#: Good form is looked at between these, s: the warm-up is over, and no fault has begun.
GOOD = (300.0, 780.0)
#: Field of a phase, metric, and the smoothing of it in s, by rule.
FAULTS = {
    "run-tall": ("slouch", "pelvic_tilt", 10),
    "low-cadence": ("fade", "cadence", 10),
    "level-hips": ("drop_left", "pelvic_drop", 20),
    "bounce": ("bounce", "vertical_oscillation", 10),
}
#: The naive coach leaves so much between its words, s.
NAIVE_GAP = 60.0
#: Rules that answer the same fault, where it is as great as the key's.
ALSO = {"run-tall": "tall-at-speed", "level-hips": "hips-at-speed"}
#: The naive coach knows one number for everybody: the population's usual value with the same margin.
NAIVE = {
    "run-tall": ("pelvic_tilt", 7.0, "Run tall"),
    "low-cadence": ("cadence", 161.0, "Quick light steps"),
    "level-hips": ("pelvic_drop", 5.5, "Keep your belt level"),
    "bounce": ("vertical_oscillation", 99.0, "Glide, don't bounce"),
}


@dataclass(frozen=True)
class Subject:
    """One runner, and where their faults are scripted: rule, start and end, s."""

    seed: int
    kind: str
    story: Story
    faults: tuple[tuple[str, float, float], ...]
    raw: bool = False

    def body(self) -> "SimulatedRunner | WrongUnit":
        """Return the runner at the start."""
        runner = SimulatedRunner(self.story, seed=self.seed, output="imu" if self.raw else "metrics")
        return WrongUnit(runner, strides=self.seed // 10 % 2 == 0) if self.kind == "wrong unit" else runner


class WrongUnit:
    """A runner whose pod sends strides or steps, and says not which: the interpreter of live sensors must tell."""

    def __init__(self, runner: SimulatedRunner, *, strides: bool) -> None:
        self._runner, self._share = runner, 0.5 if strides else 1.0
        self._interpreter = Interpreter(runner.source, "sacrum")
        self.duration_s = runner.duration_s
        self.hear = runner.hear

    def advance(self, until: float) -> list[Event]:
        """Return what is made of the pod's messages."""
        out: list[Event] = []
        for event in self._runner.advance(until):
            if isinstance(event, Reading) and "cadence" in event.values:
                sent = {k: v for k, v in event.values.items() if k not in ("cadence", "step_length")}
                out += self._interpreter.take(event.t, Stated(sent, event.values["cadence"] * self._share))
            else:
                out.append(event)
        return out

    @property
    def truth(self) -> Truth:
        """What really happened."""
        return self._runner.truth


def someone(seed: int, kind: str) -> Person:
    """Return a person of a kind."""
    rng = np.random.default_rng([11, seed])
    response = {
        "slow": Response(delay_s=(8.0, 14.0), settle_s=25.0, beat_settle_s=8.0),
        "non-responder": Response(probability=0.0, follows_beat=False),
    }.get(kind, Response(probability=0.9))
    scatter, s = Scatter(), Scatter()
    if kind == "noisy":
        names = ("cadence", "stance_time", "vertical_oscillation", "pelvic_tilt", "pelvic_drop", "speed")
        scatter = replace(s, **{name: 1.5 * getattr(s, name) for name in names})
    gait = Gait(
        speed=float(rng.uniform(2.5, 3.1)),
        cadence=float(np.clip(rng.normal(166, 7), 150, 182)),
        vertical_oscillation=float(np.clip(rng.normal(92, 10), 70, 115)),
        pelvic_tilt=float(rng.normal(4, 3)),
        pelvic_drop_left=float(rng.uniform(3.3, 4.7)),
        pelvic_drop_right=float(rng.uniform(3.3, 4.7)),
    )
    fatigue = Fatigue(cadence=-0.06, pelvic_tilt=6.0, pelvic_drop=2.0) if kind == "tired" else Fatigue()
    return Person(gait=gait, response=replace(response, beat_error_s=0.025), scatter=scatter, fatigue=fatigue)


def margin(rule: str, person: Person) -> float:
    """Return by how much the true value must be worse than usual for the rule, degrees or share."""
    s = person.scatter
    return {
        "run-tall": max(3.0, 2 * s.pelvic_tilt),
        "low-cadence": 0.03,
        "level-hips": max(1.5, 2 * s.pelvic_drop),
        "bounce": 0.08,
    }[rule]


def subject(seed: int, runners: int) -> Subject:
    """Return runner number `seed` of `runners`."""
    raw_from = runners - max(2, runners // 33)
    kind = KINDS[seed % len(KINDS)]
    if seed >= raw_from:
        return _raw(seed, "slipping" if (seed - raw_from) % 2 else "responder")
    person, rng = someone(seed, kind), np.random.default_rng([12, seed])
    v = person.gait.speed
    begin = (Phase("stiff", 100, v, slouch=6.0), Phase("good", GOOD[1] - 100, v))
    if kind == "tired":
        phases = (*begin, Phase("tiring", 640, v, fatigue_per_min=0.1))
        faults = tuple((rule, GOOD[1], 1420.0) for rule in ("run-tall", "low-cadence", "level-hips"))
        return Subject(seed, kind, Story("lab", "", phases, person), faults)
    first, second = (str(rule) for rule in rng.permutation(list(FAULTS))[:2])
    a, b = (
        {FAULTS[rule][0]: float(rng.uniform(1.4, 2.2)) * margin(rule, person) + _lift(rule, person)}
        for rule in (first, second)
    )
    phases = (
        *begin,
        Phase("first", 200, v, ramp_s=15, **a),
        Phase("walk", 25, 1.4, ramp_s=5, **a),
        Phase("on", 25, v, ramp_s=5, **a),
        Phase("better", 150, v),
        Phase("gone", 12, v, sensor_lost=True, **b),
        Phase("second", 188, v, **b),
        Phase("faster", 40, v + 0.6, **b),
    )
    faults = ((first, 780.0, 1030.0), (second, 1180.0, 1420.0))
    return Subject(seed, kind, Story("lab", "", phases, person), faults)


def _lift(rule: str, person: Person) -> float:
    """Return what a drop of the left hip needs to be the greater one, and above the rule's 5 deg, at the margin."""
    if rule != "level-hips":
        return 0.0
    g = person.gait
    worst = max(g.pelvic_drop_left, g.pelvic_drop_right)
    return max(worst, 5.0 - margin(rule, person)) - g.pelvic_drop_left


def _raw(seed: int, kind: str) -> Subject:
    person = someone(seed, kind)
    v = person.gait.speed
    begin = (Phase("stand", 9, 0.0), Phase("good", GOOD[1] - 9, v))
    if kind == "slipping":
        story = Story("slip", "", (*begin, Phase("slipped", 180, v, slip=(4.0, 7.0, 0.0))), person)
        return Subject(seed, kind, story, (), raw=True)
    story = Story("raw", "", (*begin, Phase("slouch", 180, v, slouch=5.5, ramp_s=15)), person)
    return Subject(seed, kind, story, (("run-tall", GOOD[1], GOOD[1] + 180),), raw=True)


class NaiveCoach:
    """One number for everybody, a word a minute at most, no baseline, no gates, no caps, no check whether it helped."""

    def __init__(self) -> None:
        self._values: dict[str, deque[float]] = {}
        self._last, self._id = -NAIVE_GAP, 0

    def handle(self, event: Event) -> list[Action]:
        """Answer an event, as `Coach.handle` does."""
        if isinstance(event, Reading):
            for name, value in event.values.items():
                self._values.setdefault(name, deque(maxlen=10)).append(value)
        if not isinstance(event, Tick) or event.t - self._last < NAIVE_GAP:
            return []
        for rule, (metric, limit, words) in NAIVE.items():
            seen = self._values.get(metric)
            if seen and (np.median(seen) < limit if metric == "cadence" else np.median(seen) > limit):
                self._last, self._id = event.t, self._id + 1
                return [Say(event.t, event.t, self._id, rule, words, 1.0)]
        return []
