"""What the left and the right leg do, side by side, as steps come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cuecoach.events import Side, Step
from cuecoach.gait.constants import MAX_STEP_S

#: Values of a step that belong to its foot, and the name the two are compared under.
_OF_THE_FOOT: Final = {
    "stance_time": "stance_time",
    "flight_time": "flight_time",
    "vertical_oscillation": "vertical_oscillation",
    "pelvic_drop_left": "pelvic_drop",
    "pelvic_drop_right": "pelvic_drop",
    "braking": "braking",
    "impact": "impact",
}
#: What is compared, with its unit, in the order it is shown. The step time of a foot ends with its contact, as the flight
#: time does.
COMPARED: Final = {
    "step_time": "ms",
    "stance_time": "ms",
    "flight_time": "ms",
    "vertical_oscillation": "mm",
    "pelvic_drop": "deg",
    "braking": "m/s",
    "impact": "g",
}
#: What the asymmetry is, for people and files.
ASYMMETRY: Final = "100 × (left - right) / mean of both, %"
#: An angle has no natural size that a difference could be a share of.
_NO_SHARE: Final = ("deg",)


@dataclass(frozen=True, slots=True)
class Pair:
    """Means of the left and of the right, in one unit, and their asymmetry in percent where that has a meaning."""

    left: float
    right: float
    asymmetry: float | None


class LeftRight:
    """Running means of both feet, of the steps whose foot is known.

    Attributes
    ----------
    steps
        How many steps each foot took.
    """

    __slots__ = ("_before", "_sums", "steps")

    def __init__(self) -> None:
        self.steps: dict[Side, int] = {"left": 0, "right": 0}
        self._sums: dict[tuple[str, Side], tuple[int, float]] = {}
        self._before: Step | None = None

    def add(self, step: Step) -> None:
        """Take a running step; they come in order."""
        before, self._before = self._before, step
        if step.side is None:
            return
        self.steps[step.side] += 1
        for name, value in step.values.items():
            if name in _OF_THE_FOOT:
                self._sum(_OF_THE_FOOT[name], step.side, value)
        if before is not None and before.side not in (None, step.side) and step.ic - before.ic <= MAX_STEP_S:
            self._sum("step_time", step.side, 1000.0 * (step.ic - before.ic))

    def pairs(self) -> dict[str, Pair]:
        """Return what is known of both feet, in the order of `COMPARED`."""
        out: dict[str, Pair] = {}
        for name, unit in COMPARED.items():
            left, right = self._mean(name, "left"), self._mean(name, "right")
            if left is not None and right is not None:
                share = unit not in _NO_SHARE and left + right > 0.0
                out[name] = Pair(left, right, 200.0 * (left - right) / (left + right) if share else None)
        return out

    def _sum(self, name: str, side: Side, value: float) -> None:
        count, total = self._sums.get((name, side), (0, 0.0))
        self._sums[name, side] = count + 1, total + value

    def _mean(self, name: str, side: Side) -> float | None:
        count, total = self._sums.get((name, side), (0, 0.0))
        return total / count if count else None
