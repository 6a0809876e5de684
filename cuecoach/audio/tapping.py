"""Tap tempo: what beat a person's taps mean, though no tap is exactly on it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

#: Fewer taps tell no tempo.
FEWEST_TAPS: Final = 4
#: So many of the last taps count: enough to even out a hand, few enough to follow a change of mind.
MOST_TAPS: Final = 12
#: After such a silence tapping begins anew, s.
PAUSE_S: Final = 2.0
#: Steps a minute that taps are taken for: slower ones were strides, faster ones were twice the steps.
SLOWEST_SPM, FASTEST_SPM = 100.0, 240.0


@dataclass(frozen=True, slots=True)
class Tapped:
    """What taps mean.

    Attributes
    ----------
    spm
        Steps a minute.
    at
        Session time of the beat that the last tap was meant for, s.
    step
        Number of steps from the first tap to that beat.
    """

    spm: float
    at: float
    step: int


class Taps:
    """The taps so far."""

    def __init__(self) -> None:
        self._taps: deque[float] = deque(maxlen=MOST_TAPS)

    def count(self, t: float) -> int:
        """Return how many taps a tap at `t` would add to."""
        return len(self._taps) if self._taps and t - self._taps[-1] <= PAUSE_S else 0

    def add(self, t: float, every: int = 1) -> Tapped | None:
        """Take a tap.

        Parameters
        ----------
        t
            Its session time, s; later than the one before.
        every
            Steps from one beat that the person hears to the next.

        Returns
        -------
        Tapped or None
            What the taps mean together; None before the fourth, or when they make no beat.

        Notes
        -----
        The median interval says how many beats lie between two taps, so that one left out does no harm. A straight line through
        all taps then gives tempo and phase: over twelve taps of a hand that strays by 20 ms, the tempo is known within 1 %.
        """
        if self._taps and t - self._taps[-1] > PAUSE_S:
            self._taps.clear()
        self._taps.append(t)
        if len(self._taps) < FEWEST_TAPS:
            return None
        usual = median(b - a for a, b in pairwise(self._taps))
        if usual <= 0.0:
            return None
        beats = [0]
        for a, b in pairwise(self._taps):
            beats.append(beats[-1] + max(1, round((b - a) / usual)))
        mean_beat, mean_t = sum(beats) / len(beats), sum(self._taps) / len(self._taps)
        spread = sum((k - mean_beat) ** 2 for k in beats)
        interval = sum((k - mean_beat) * (x - mean_t) for k, x in zip(beats, self._taps, strict=True)) / spread
        spm = 60.0 * every / interval
        while spm < SLOWEST_SPM:
            spm *= 2.0
        while spm > FASTEST_SPM:
            spm /= 2.0
        at = mean_t + interval * (beats[-1] - mean_beat)
        return Tapped(spm, at, round(beats[-1] * interval * spm / 60.0))
