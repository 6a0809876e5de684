"""Running, walking or still, from the evidence of each cycle."""

from __future__ import annotations

from dataclasses import dataclass

from cuecoach.events import Activity
from cuecoach.gait.constants import (
    GRID_S,
    LEG_RUNNING_EVIDENCE,
    RUNNING_EVIDENCE,
    STEP_EVIDENCE,
    STILL_S,
    WALKING_EVIDENCE,
)

_STILL = round(STILL_S / GRID_S)


def clip(value: float, limit: float) -> float:
    """`value` held within ±`limit`."""
    if value > limit:
        return limit
    return value if value > -limit else -limit


@dataclass(frozen=True, slots=True)
class Change:
    """The activity is another from grid index `since` on; known with grid index `at`."""

    at: int
    since: int
    activity: Activity


class ActivityTracker:
    """Decides from cycles, and from their absence. Feed it every contact in order, then the end of each block."""

    def __init__(self, start: int, *, leg: bool = False) -> None:
        self.activity: Activity | None = None
        self._recent: list[tuple[int, float]] = []  # where each of the last cycles began, and its evidence
        self._least = 1 if leg else 2  # a leg's cycle is a whole stride
        self._enough = LEG_RUNNING_EVIDENCE if leg else RUNNING_EVIDENCE
        self._last = start
        self._start = start
        self._begun = start

    def cycle(self, at: int, began: int, evidence: float | None) -> list[Change]:
        """A contact known at grid index `at`, in a cycle that began at `began`."""
        changes = self.silence(at - 1)
        self._last = at
        if evidence is None:
            self._recent.clear()
            return changes
        self._recent = [*self._recent[-2:], (began, evidence)]
        if len(self._recent) >= self._least:
            total = sum([e for _, e in self._recent])
            if total >= self._enough:
                changes += self._become("running", at)
            elif total <= WALKING_EVIDENCE:
                changes += self._become("walking", at)
        return changes

    def silence(self, upto: int) -> list[Change]:
        """Nothing more came up to grid index `upto`."""
        still_at = self._last + _STILL
        if upto < still_at or self.activity == "still":
            return []
        self._recent.clear()
        since = self._last if self.activity is not None else self._start
        self.activity = "still"
        self._begun = since
        return [Change(still_at, since, "still")]

    def is_step(self, evidence: float | None) -> bool:
        """Whether the cycle just told is a running step."""
        return self.activity == "running" and evidence is not None and evidence >= STEP_EVIDENCE

    def _become(self, activity: Activity, at: int) -> list[Change]:
        if self.activity == activity:
            return []
        since = self._start if self.activity is None else max(self._recent[0][0], self._begun + 1)
        self.activity = activity
        self._begun = since
        return [Change(at, since, activity)]
