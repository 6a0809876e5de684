"""Running, walking or still, from the evidence of each cycle."""

from __future__ import annotations

from dataclasses import dataclass

from cuecoach.events import Activity
from cuecoach.gait.constants import (
    EVIDENCE_MEMORY,
    GRID_S,
    LEG_RUNNING_EVIDENCE,
    MOST_EVIDENCE,
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
        self._begins: list[int] = []  # where each of the last cycles began
        self._evidence = 0.0  # of all cycles, the older the less
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
            self._forget()
            return changes
        self._begins = [*self._begins[-2:], began]
        self._evidence = clip(EVIDENCE_MEMORY * self._evidence + evidence, MOST_EVIDENCE)
        if len(self._begins) >= self._least:
            if self._evidence >= self._enough:
                changes += self._become("running", at)
            elif self._evidence <= WALKING_EVIDENCE:
                changes += self._become("walking", at)
        return changes

    def silence(self, upto: int) -> list[Change]:
        """Nothing more came up to grid index `upto`."""
        still_at = self._last + _STILL
        if upto < still_at or self.activity == "still":
            return []
        self._forget()
        since = self._last if self.activity is not None else self._start
        self.activity = "still"
        self._begun = since
        return [Change(still_at, since, "still")]

    def is_step(self, evidence: float | None) -> bool:
        """Whether the cycle just told is a running step."""
        return self.activity == "running" and evidence is not None and evidence >= STEP_EVIDENCE

    def _forget(self) -> None:
        self._begins.clear()
        self._evidence = 0.0

    def _become(self, activity: Activity, at: int) -> list[Change]:
        if self.activity == activity:
            return []
        since = self._start if self.activity is None else max(self._begins[0], self._begun + 1)
        self.activity = activity
        self._begun = since
        return [Change(at, since, activity)]
