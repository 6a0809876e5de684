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
        self._ahead: deque[tuple[float, float]] = deque()  # known later than now
        self._turns: deque[tuple[float, float]] = deque()
        self._middle: float | None = None

    def add(self, step: Step) -> None:
        """Take in a step, which may be known only later."""
        if step.turn is not None:
            self._ahead.append((step.known, step.turn))

    def at(self, now: float) -> float | None:
        """Return the middle of the last strides' turns, deg/s; None when none is known."""
        ahead, turns, moved = self._ahead, self._turns, False
        while ahead and ahead[0][0] <= now:
            turns.append(ahead.popleft())
            moved = True
        while turns and turns[0][0] < now - WINDOW_S:
            turns.popleft()
            moved = True
        if moved:
            self._middle = median([turn for _, turn in turns]) if turns else None
        return self._middle
