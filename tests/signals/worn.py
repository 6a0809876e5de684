"""A sensor on the trunk as the signals meet it: steps with angles, alignments and slips, all by hand."""

from __future__ import annotations

import numpy as np

from cuecoach.config import RunConfig
from cuecoach.events import TICK_S, ActivityChange, Alignment, ImuBlock, Place, Reading, Reference, Slip, Step
from cuecoach.signals import Moved, Signals

#: Axes of a sensor that sits straight, and of one that was put on again.
STRAIGHT = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
TIPPED = ((0.8, 0.0, 0.6), (0.0, 1.0, 0.0), (-0.6, 0.0, 0.8))


def aligned(known: float, reference: Reference = "standing tall", axes: object = STRAIGHT) -> Alignment:
    return Alignment(known, reference, known - 3.0, known, "motion", axes, (0.0, 0.0, 0.0))  # type: ignore[arg-type]


def slip(known: float, tilt: float = 5.0, obliquity: float = 0.0) -> Slip:
    return Slip(known, known - 4.0, tilt, obliquity)


def quick() -> RunConfig:
    times = {"learn_from": "0 s", "ready_after": "20 s", "fixed_after": "60 s", "start_from": "5 s", "start_to": "15 s"}
    return RunConfig.model_validate({"baseline": times})


class Worn:
    """Signals with one inertial sensor and a pod for the speed; two steps a second."""

    def __init__(self, place: Place = "sacrum") -> None:
        self.signals = Signals(quick(), ["pelvic_tilt", "pelvic_obliquity", "pelvic_drop", "trunk_lean"])
        self.place: Place = place
        #: Of each slip, why it was not believed.
        self.doubts: list[str | None] = []

    def go(
        self, seconds: float, *news: Alignment | Slip, speed: float | None = 3.0, grade: float = 0.0, **values: float
    ) -> Worn:
        """Run on: every second a block, whose steps are known as it ends, and the news that lie in it."""
        signals = self.signals
        for _ in range(round(seconds)):
            begin = signals.now
            times = begin + np.arange(1, 101) / 100
            block = ImuBlock(begin + 1, "imu", self.place, times, np.ones((100, 3)), np.zeros((100, 3)))
            said = {"cadence": 170.0, "vertical_oscillation": 80.0, **values}
            steps = [Step(begin + d, begin + d - 0.2, values=said) for d in (0.5, 1.0)]
            due = [each for each in news if begin < each.known <= begin + 1]
            signals.gait(
                block,
                steps,
                [ActivityChange(begin + 0.1, begin, "running")] if begin == 0 else [],
                [each for each in due if isinstance(each, Alignment)],
                [each for each in due if isinstance(each, Slip)],
            )
            stated = {"grade": grade} | ({} if speed is None else {"speed": speed})
            signals.reading(Reading(begin + 1, "pod", stated))
            for k in range(1, round(1 / TICK_S) + 1):
                signals.advance(begin + k * TICK_S)
                self.doubts += [each.doubt for each in signals.news if isinstance(each, Moved)]
        return self
