"""What happens on a simulated run: named phases that change speed, form, the ground and the sensor."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

from cuecoach.errors import UsageError
from cuecoach.sensors.simulator.person import Person

#: m/s. Slower than this the simulated person walks; slower than `STILL_SPEED` they stand.
WALK_SPEED = 1.9
STILL_SPEED = 0.3


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of the run.

    Faults are levels that hold while nobody corrects them; they are reached in a straight line over `ramp_s` from what
    held before.

    Attributes
    ----------
    name
        For people and tests.
    duration_s
        How long it lasts, s.
    speed
        Speed aimed at, m/s: below 0.3 the person stands, below 1.9 they walk, else they run.
    fade
        Share by which cadence sinks (0.06: 6 % below natural).
    slouch
        Forward tilt of the pelvis on top of the fresh value, deg.
    drop_left, drop_right
        Extra drop of the swing-side hip while that foot stands, deg.
    bounce
        Share of extra vertical oscillation.
    ramp_s
        Time over which the four faults reach their levels, s.
    fatigue_per_min
        Rise of fatigue (0 fresh, 1 spent) a minute; below 0 to recover.
    grade
        Slope of the ground, %.
    sensor_lost
        Whether the sensor is out of reach for the whole phase.
    """

    name: str
    duration_s: float
    speed: float
    fade: float = 0.0
    slouch: float = 0.0
    drop_left: float = 0.0
    drop_right: float = 0.0
    bounce: float = 0.0
    ramp_s: float = 10.0
    fatigue_per_min: float = 0.0
    grade: float = 0.0
    sensor_lost: bool = False

    def __post_init__(self) -> None:
        if not (math.isfinite(self.duration_s) and self.duration_s > 0):
            raise UsageError(f"phase `{self.name}` lasts {self.duration_s} s; give it a time above 0")
        if not 0 <= self.speed <= 7:
            raise UsageError(f"phase `{self.name}` has a speed of {self.speed} m/s; the simulated runner does 0 to 7")


@dataclass(frozen=True)
class Story:
    """A named run.

    Attributes
    ----------
    name, about
        One word, and one line for people.
    phases
        In order, at least one.
    person
        Who runs it.
    """

    name: str
    about: str
    phases: tuple[Phase, ...]
    person: Person = field(default_factory=Person)

    def __post_init__(self) -> None:
        if not self.phases:
            raise UsageError(f"story `{self.name}` has no phase; give it at least one")

    @cached_property
    def starts(self) -> tuple[float, ...]:
        """Start of each phase, s."""
        return (0.0, *accumulate(p.duration_s for p in self.phases[:-1]))

    @cached_property
    def duration_s(self) -> float:
        """Length of the whole run, s."""
        return math.fsum(p.duration_s for p in self.phases)

    def index_at(self, t: float) -> int:
        """Return the index of the phase at time `t`, s; the last one afterwards."""
        return max(bisect_right(self.starts, t) - 1, 0)

    def at(self, t: float) -> Phase:
        """Return the phase at time `t`, s."""
        return self.phases[self.index_at(t)]

    def start(self, name: str) -> float:
        """Return when the first phase called `name` starts, s.

        Raises
        ------
        UsageError
            When the story has no such phase.
        """
        for phase, start in zip(self.phases, self.starts, strict=True):
            if phase.name == name:
                return start
        raise UsageError(f"story `{self.name}` has no phase `{name}`; it has {', '.join(p.name for p in self.phases)}")

    def losses(self) -> list[tuple[float, float]]:
        """Return the stretches without sensor as (start, end), s; neighbouring phases are one stretch."""
        out: list[tuple[float, float]] = []
        for phase, start in zip(self.phases, self.starts, strict=True):
            if not phase.sensor_lost:
                continue
            end = start + phase.duration_s
            if out and math.isclose(out[-1][1], start):
                out[-1] = (out[-1][0], end)
            else:
                out.append((start, end))
        return out
