"""The sync index: how firmly steps keep to the beat, how far off it they fall, and whether they slip along it."""

from __future__ import annotations

import cmath
import math
from collections import deque
from itertools import pairwise
from typing import Final

from cuecoach.events import Beat

#: So many steps are looked back at (docs/science.md, MET-5).
STEPS: Final = 20
#: Fewer than this say nothing.
LEAST_STEPS: Final = 10
#: A step older than this against the newest is left out, s: twenty steps take 6 to 9.
OLDEST_S: Final = 12.0
#: The mean resultant length from which steps are with the beat, and below which they have lost it.
SYNCED: Final = 0.75
LOST: Final = 0.4


class SyncIndex:
    """Compares footfalls with the clicks of a beat.

    Without footfalls, as with a pod that only tells a cadence, everything stays None. A step that was missed is one less
    to look at; the others keep their places.
    """

    def __init__(self) -> None:
        self._beats: deque[tuple[float, float]] = deque(maxlen=3)
        #: Time of the contact, and how long after the nearest click, in cycles of one step.
        self._steps: deque[tuple[float, float]] = deque(maxlen=STEPS)

    def restart(self, beat: Beat | None) -> None:
        """Forget the steps so far: another beat begins, whose phase has nothing to do with the last; None ends it."""
        self._beats.clear()
        self._steps.clear()
        if beat is not None:
            self.retune(beat)

    def retune(self, beat: Beat) -> None:
        """The beat goes on at another tempo from `beat.at` on."""
        self._beats.append((beat.at, 60.0 / beat.spm))

    def step(self, ic: float) -> None:
        """Take in a contact at `ic`, s; in order of time."""
        for at, interval in reversed(self._beats):
            if ic >= at - 0.5 * interval:
                late = (ic - at) / interval
                self._steps.append((ic, late - round(late)))
                return

    @property
    def strength(self) -> float | None:
        """R, the mean resultant length of the relative phase over the last steps: 1 in step, near 0 anywhere; None unknown."""
        mean = self._mean()
        return None if mean is None else abs(mean)

    @property
    def phase_ms(self) -> float | None:
        """How long the steps fall after their clicks in the mean, ms; negative before them; None when unknown."""
        mean = self._mean()
        if mean is None or not self._beats:
            return None
        return 1000.0 * cmath.phase(mean) / math.tau * self._beats[-1][1]

    @property
    def drift(self) -> float | None:
        """By which share the steps are quicker than the beat; None when unknown.

        R alone does not see it: steps that are 1 % quicker than their beat slip by a fifth of a cycle in twenty steps, and
        R is still 0.93.
        """
        steps = self._recent()
        if len(steps) < LEAST_STEPS or not self._beats:
            return None
        slipped = math.fsum((b - a + 0.5) % 1.0 - 0.5 for (_, a), (_, b) in pairwise(steps))
        beats = (steps[-1][0] - steps[0][0]) / self._beats[-1][1]
        return -slipped / beats

    @property
    def newest(self) -> float:
        """When the last step compared fell, s."""
        return self._steps[-1][0] if self._steps else -math.inf

    def _recent(self) -> list[tuple[float, float]]:
        return [step for step in self._steps if step[0] > self.newest - OLDEST_S]

    def _mean(self) -> complex | None:
        steps = self._recent()
        if len(steps) < LEAST_STEPS:
            return None
        return sum((cmath.exp(1j * math.tau * phase) for _, phase in steps), 0j) / len(steps)
