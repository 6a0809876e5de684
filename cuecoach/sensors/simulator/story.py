"""What happens on a simulated run: named phases that change speed, form, the ground and the sensor."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

from cuecoach.errors import UsageError
from cuecoach.sensors.simulator.person import Person
from cuecoach.sensors.simulator.slipping import SensorSlip

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
    stoop
        Forward tilt of the pelvis while standing, deg, against standing tall; a change of it takes a second or so.
    slip
        An inertial sensor turns on the pelvis as the phase begins: roll, pitch, yaw, deg, as in
        :class:`~cuecoach.sensors.simulator.slipping.SensorSlip`. Finished metrics know nothing of it.
    slip_s
        How long that takes, s.
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
    stoop: float = 0.0
    slip: tuple[float, float, float] | None = None
    slip_s: float = 0.3

    def __post_init__(self) -> None:
        if not (math.isfinite(self.duration_s) and self.duration_s > 0):
            raise UsageError(f"phase `{self.name}` lasts {self.duration_s} s; give it a time above 0")
        if not 0 <= self.speed <= 7:
            raise UsageError(f"phase `{self.name}` has a speed of {self.speed} m/s; the simulated runner does 0 to 7")
        if not -20 <= self.stoop <= 20:
            raise UsageError(
                f"phase `{self.name}` has a stoop of {self.stoop} deg; the simulated runner does -20 to 20"
            )
        if self.slip is not None:
            if not (all(abs(a) <= 45 for a in self.slip) and any(self.slip)):
                raise UsageError(f"phase `{self.name}` has the slip {self.slip} deg; give angles up to 45, one not 0")
            if not 0.05 <= self.slip_s <= self.duration_s:
                raise UsageError(
                    f"phase `{self.name}` has a slip of {self.slip_s} s; give it 0.05 s or more, within the phase"
                )


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

    def slips(self) -> tuple[SensorSlip, ...]:
        """Return when and how an inertial sensor turns on the pelvis, in order of time."""
        return tuple(
            SensorSlip(start, phase.slip_s, phase.slip)
            for phase, start in zip(self.phases, self.starts, strict=True)
            if phase.slip is not None
        )
