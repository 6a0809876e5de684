"""What earlier runs showed to be normal for a runner: by sensor and metric, the last ten runs, outvoting a bad one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from cuecoach.events import Vector
from cuecoach.metrics import METRICS
from cuecoach.signals.slopes import Pairs, own_slope

#: Residuals are taken relative to this speed, m/s.
REFERENCE_SPEED: Final = 3.0
#: Values of the body itself, the same from whichever sensor. All others are compared with those of the same kind of sensor at
#: the same place.
SHARED: Final = frozenset({"cadence", "speed", "grade", "step_length", "stride_length", "heart_rate"})
#: What a slope of the ground adds, unit per %, where it is known (docs/science.md, SEN-6; one public run).
PER_GRADE: Final[Mapping[str, float]] = MappingProxyType(
    {"cadence": 0.2, "stance_time": -0.7, "vertical_oscillation": -0.8}
)
#: Angles whose value is all from their zero; a drop is within a step.
FROM_ZERO: Final = frozenset({"pelvic_tilt", "pelvic_obliquity", "trunk_lean"})
#: So many runs are kept, and so many of them have a vote.
KEPT: Final = 10
VOTES: Final = 5
#: A normal that holds for whichever sensor there is.
ANY: Final = "any"

_NOTHING: Mapping[str, Known] = MappingProxyType({})
_NO_POSES: Mapping[str, tuple[Vector, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Normal:
    """A runner's normal: the residual at the reference speed, and the personal spread (SD); 0 while that is not known."""

    residual: float
    spread: float


@dataclass(frozen=True, slots=True)
class RunNormal:
    """What one run showed of one metric.

    Attributes
    ----------
    residual, spread
        As in `Normal`, on the flat.
    seconds
        Of uncued running that it rests on: its weight among other runs.
    slope
        What a m/s was taken to add when it was found.
    speed
        Mean speed, m/s; the reference speed where none was known.
    pairs
        Speeds and values, for the runner's own slope; only where one is learnt.
    """

    residual: float
    spread: float
    seconds: int
    slope: float = 0.0
    speed: float = REFERENCE_SPEED
    pairs: Pairs | None = None

    def under(self, slope: float) -> float:
        """Return the residual had a m/s been taken to add `slope`."""
        return self.residual - (slope - self.slope) * (self.speed - REFERENCE_SPEED)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one metric from one kind of sensor: the last runs, newest last, and how many there ever were."""

    recent: tuple[RunNormal, ...]
    runs: int
    minutes: float

    def and_run(self, run: RunNormal) -> Known:
        """Return what is known after one more run."""
        return Known((*self.recent, run)[-KEPT:], self.runs + 1, round(self.minutes + run.seconds / 60, 2))


@dataclass(frozen=True, slots=True)
class Normals:
    """Everything known of what is normal for one runner.

    Attributes
    ----------
    known
        By key, see :func:`key_of`.
    poses
        The vertical in the sensor's frame in standing poses, by place, newest last: how the sensor usually hangs.
    """

    known: Mapping[str, Known] = field(default_factory=lambda: _NOTHING)
    poses: Mapping[str, tuple[Vector, ...]] = field(default_factory=lambda: _NO_POSES)

    @classmethod
    def fixed(cls, normals: Mapping[str, Normal]) -> Normals:
        """Return normals by metric name that hold for whichever sensor there is, as of one long run."""
        return cls(
            {
                key_of(name, ANY): Known(
                    (RunNormal(normal.residual, normal.spread, 600, METRICS[name].per_speed),), runs=1, minutes=10.0
                )
                for name, normal in normals.items()
            }
        )

    def of(self, name: str, origin: str) -> Known | None:
        """Return what is known of a metric from that kind of sensor, None when nothing is."""
        return self.known.get(key_of(name, origin)) or self.known.get(key_of(name, ANY))

    def slope(self, name: str) -> float:
        """Return what a m/s adds to the metric: the runner's own where enough is known of it, else the prior."""
        prior = METRICS[name].per_speed
        if name != "cadence":
            return prior
        known = self.of(name, ANY)
        return prior if known is None else own_slope([run.pairs for run in known.recent], prior)

    def and_run(self, runs: Mapping[str, RunNormal], poses: Mapping[str, Vector]) -> Normals:
        """Return what is known after one more run, whose normals are given by key and standing poses by place."""
        known, stood = dict(self.known), dict(self.poses)
        for key, run in runs.items():
            if comparable(key):
                known[key] = known.get(key, Known((), 0, 0.0)).and_run(run)
        for place, up in poses.items():
            stood[place] = (*stood.get(place, ()), up)[-VOTES:]
        return replace(self, known=known, poses=stood)


def key_of(name: str, origin: str) -> str:
    """Return under which key a metric is kept: its name, and for all but the shared ones where it comes from."""
    return name if name in SHARED else f"{name}@{origin}"


def comparable(key: str) -> bool:
    """Whether values under a key mean the same in another run: an angle does only when measured from a standing pose."""
    name, _, origin = key.partition("@")
    return name not in FROM_ZERO or origin == ANY or origin.endswith("/imu")


def merged(runs: Iterable[RunNormal], slope: float) -> Normal | None:
    """Return the normal that the newest runs agree on: the middle by their length, so that one bad run is outvoted."""
    voting = list(runs)[-VOTES:]
    if not voting:
        return None
    spreads = [(run.spread, run.seconds) for run in voting if run.spread > 0]
    return Normal(
        weighted_median([(run.under(slope), run.seconds) for run in voting]),
        weighted_median(spreads) if spreads else 0.0,
    )


def weighted_median(values: Iterable[tuple[float, float]]) -> float:
    """Return the value with half of the weight on either side; between two, their mean. Pairs of (value, weight > 0)."""
    ordered = sorted(values)
    half, below = 0.5 * sum(weight for _, weight in ordered), 0.0
    for n, (value, weight) in enumerate(ordered):
        below += weight
        if below == half and n + 1 < len(ordered):
            return 0.5 * (value + ordered[n + 1][0])
        if below > half:
            return value
    return ordered[-1][0]
