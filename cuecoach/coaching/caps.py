"""How often at most: the gap between corrections, and so many per kilometre and per run."""

from __future__ import annotations

import math
from collections import deque
from typing import Final

from cuecoach.config import Caps as CapSettings
from cuecoach.rules import Reason

#: A kilometre of unknown length takes this long, s (10 km/h).
KILOMETRE_S: Final = 360.0


class Caps:
    """Counts what was spoken; corrective cues and praise apart."""

    def __init__(self, settings: CapSettings) -> None:
        self._settings = settings
        self._corrections: deque[tuple[float, float | None]] = deque()
        self._count = 0
        self._last = -math.inf
        self._last_praise = -math.inf

    def corrected(self, t: float, distance: float | None) -> None:
        """A corrective cue begins at `t`, `distance` metres into the run."""
        self._corrections.append((t, distance))
        self._count += 1
        self._last = t

    def withdrawn(self, t: float) -> None:
        """The cue of `t` was never heard: it counts for nothing but the gap, so that a sound that fails is not pressed."""
        left = [said for said in self._corrections if said[0] != t]
        self._count -= len(self._corrections) - len(left)
        self._corrections = deque(left)

    def praised(self, t: float) -> None:
        """Praise begins at `t`."""
        self._last_praise = t

    def against_correction(self, t: float, distance: float | None) -> tuple[Reason, str] | None:
        """Return what forbids a corrective cue now, and the sentence for it; None when nothing does."""
        s = self._settings
        if t - self._last < s.gap:
            return Reason.TOO_SOON, f"{Reason.TOO_SOON} ({max(0.0, t - self._last):.0f} of {s.gap:.0f} s)"
        if self._count >= s.per_run:
            return Reason.LIMIT_REACHED, f"{Reason.LIMIT_REACHED}: {s.per_run} per run, all rules together"
        while self._corrections and self._passed(self._corrections[0], t, distance):
            self._corrections.popleft()
        if len(self._corrections) >= s.per_km:
            return Reason.LIMIT_REACHED, f"{Reason.LIMIT_REACHED}: {s.per_km} per km, all rules together"
        return None

    def may_praise(self, t: float) -> bool:
        """Whether praise would not be too much."""
        return t - self._last_praise >= self._settings.praise_gap

    def _passed(self, said: tuple[float, float | None], t: float, distance: float | None) -> bool:
        """Whether the kilometre after that cue is over, and the gap too."""
        at, where = said
        over = t - at >= KILOMETRE_S if where is None or distance is None else distance - where >= 1000.0
        return over and t - at >= self._settings.gap
