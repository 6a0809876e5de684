"""A coach with a sensor on the trunk whose gait room says what the test wants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

import numpy as np
import pytest

from cuecoach.events import (
    TICK_S,
    ActivityChange,
    Alignment,
    CalibrationStage,
    Control,
    Event,
    ImuBlock,
    Note,
    Place,
    Slip,
    Step,
)
from cuecoach.gait import GaitUpdate
from cuecoach.mounts import SensorAxes
from cuecoach.rules import Rule
from tests.coaching.coached import USUAL
from tests.coaching.coached import Run as PodRun

STRAIGHT = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
TIPPED = ((0.8, 0.0, 0.6), (0.0, 1.0, 0.0), (-0.6, 0.0, 0.8))
ANGLED = {"pelvic_tilt", "pelvic_obliquity", "pelvic_drop", "trunk_lean"}


def aligned(known: float, *, forward: str = "motion", **more: object) -> Alignment:
    given = {"reference": "standing tall", "axes": STRAIGHT, **more}
    return Alignment(known, since=known - 8, until=known, forward=forward, gyr_bias=(0.0, 0.0, 0.0), **given)  # type: ignore[arg-type]


def slip(known: float, tilt: float = 5.0) -> Slip:
    return Slip(known, known - 4.0, tilt, 0.4)


class Room:
    """Stands in for `GaitAnalyser`: two steps a second, and what was put on its plan."""

    made: dict[str, Room]

    def __init__(self, place: Place, *, mount: SensorAxes | None = None) -> None:
        self.place: Place = place
        self.mount = mount
        self.asked: list[float] = []
        self.plan: list[Alignment | Slip | CalibrationStage] = []
        self.values: dict[str, float] = {}
        self._begun = False

    def calibrate(self, at: float) -> None:
        self.asked.append(at)

    def push(self, times: np.ndarray, acc: np.ndarray, gyr: np.ndarray | None) -> GaitUpdate:
        end = float(times[-1])
        due, self.plan = [e for e in self.plan if e.known <= end], [e for e in self.plan if e.known > end]
        steps = (Step(end - 0.01, end - 0.2, values=self.values),) if self.values else ()
        change = () if self._begun else (ActivityChange(end, end, "running"),)
        self._begun = True
        return GaitUpdate(
            steps,
            change,
            None,
            tuple(e for e in due if isinstance(e, Alignment)),
            tuple(e for e in due if isinstance(e, Slip)),
            tuple(e for e in due if isinstance(e, CalibrationStage)),
        )


class Run(PodRun):
    """The pod says the speed; angles and cadence come from sensors on the body, by the name of their source."""

    def __init__(self, *rules: Rule, worn: dict[str, Place] | None = None, **config: object) -> None:
        super().__init__(*rules, **config)
        self.worn: dict[str, Place] = {"sacrum": "sacrum"} if worn is None else worn
        #: Events that happen on the way.
        self.comes: list[Event] = []

    def room(self, source: str = "sacrum") -> Room:
        """The gait room of a source, once it has streamed."""
        return self.coach._gait[source]  # type: ignore[return-value]

    def go(self, seconds: float, **values: float | None) -> Self:
        for _ in range(round(seconds / TICK_S)):
            begin = self.t
            for source, place in self.worn.items():
                if source in self.coach._gait:
                    told = {**USUAL, **values}
                    self.room(source).values = {n: v for n, v in told.items() if v is not None and n != "speed"}
                times = begin + np.linspace(0.05, 0.25, 5)
                self.handle(ImuBlock(begin + TICK_S, source, place, times, np.zeros((5, 3)), np.zeros((5, 3))))
            due, self.comes = (
                [e for e in self.comes if e.t <= begin + TICK_S],
                [e for e in self.comes if e.t > begin + TICK_S],
            )
            for event in due:
                self.handle(event)
            super().go(TICK_S, **{**dict.fromkeys(USUAL), "speed": 3.0})
        return self

    @property
    def notes(self) -> list[str]:
        """What was told for the record."""
        return [a.text for a in self.actions if isinstance(a, Note)]

    def calibrate(self) -> None:
        """The runner asks for a calibration now."""
        self.handle(Control(self.t, "calibrate"))


def stages(at: float, *names: str) -> list[CalibrationStage]:
    """Return these stages, five seconds apart."""
    return [CalibrationStage(at + 5.0 * k, name) for k, name in enumerate(names)]  # type: ignore[arg-type]


@pytest.fixture
def worn(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Run]:
    """Make runs whose gait rooms follow a plan."""
    monkeypatch.setattr("cuecoach.coach.GaitAnalyser", Room)
    return Run
