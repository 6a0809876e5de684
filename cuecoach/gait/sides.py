"""Which foot is on the ground, from what alternates between steps."""

from __future__ import annotations

from cuecoach.events import Side

#: How fast old steps are forgotten: the vote is about the last seven steps.
MEMORY = 0.85
#: Sum of votes (each -1 to 1) below which the side is not told.
SURE = 1.2


class SideVote:
    """Sums each step's sign with alternating turn; one odd step does not change the side, a lost step resets the sum."""

    def __init__(self) -> None:
        self._sum = 0.0

    def step(self, left: float) -> Side | None:
        """A step directly after the last one, with how much (-1 to 1) it looks like the left foot."""
        self._sum = left - MEMORY * self._sum
        if abs(self._sum) < SURE:
            return None
        return "left" if self._sum > 0 else "right"

    def reset(self) -> None:
        """Steps were lost: the turn is not known."""
        self._sum = 0.0
