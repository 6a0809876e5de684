"""How fast the runner turns, from the heading of a raw sensor on the trunk, stride by stride."""

from __future__ import annotations

from collections import deque
from typing import Final

from cuecoach.events import Step
from cuecoach.signals.log import median

#: Turns of so long a time are judged together, s: single strides of running straight on swing by some deg/s.
WINDOW_S: Final = 3.0


class Turning:
    """Keeps the turn of the last strides."""

    def __init__(self) -> None:
        self._turns: deque[tuple[float, float]] = deque()

    def add(self, step: Step) -> None:
        """Take in a step, which may be known only later."""
        if step.turn is not None:
            self._turns.append((step.known, step.turn))

    def at(self, now: float) -> float | None:
        """Return the middle of the last strides' turns, deg/s; None when none is known."""
        turns = self._turns
        while turns and turns[0][0] < now - WINDOW_S:
            turns.popleft()
        known = [turn for t, turn in turns if t <= now]
        return median(known) if known else None
