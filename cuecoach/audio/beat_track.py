"""Which clicks fall where: every beat counted in samples from its own origin, so no error ever adds up."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Final

from cuecoach.events import Beat, Side

_FOREVER: Final = sys.maxsize
_OTHER: Final[dict[Side, Side]] = {"left": "right", "right": "left"}

#: A click of the old beat so shortly before the first of the new one is that same click, told apart by rounding only, s.
SAME_CLICK_S: Final = 0.005


def click_time(beat: Beat, k: int) -> float:
    """Return the session time of click `k` of a beat, s."""
    return beat.at + 60.0 * k / beat.spm


@dataclass(slots=True)
class _Stretch:
    """One beat and the samples between which its clicks may begin: first ≤ onset < end."""

    beat: Beat
    first: int
    end: int


class BeatTrack:
    """The clicks of all beats so far, as sample numbers.

    Parameters
    ----------
    sample_rate
        In Hz.
    start_t
        Session time of sample 0, s.
    """

    def __init__(self, sample_rate: int, start_t: float) -> None:
        self._rate = sample_rate
        self._start_t = start_t
        self._stretches: list[_Stretch] = []

    def sample_of(self, t: float) -> int:
        """Return the sample number of a session time."""
        return round((t - self._start_t) * self._rate)

    def play(self, beat: Beat, position: int) -> None:
        """Let `beat` replace what was there from its `at` on; clicks before `position` are history."""
        at = self.sample_of(beat.at)
        self._cut(max(at - round(SAME_CLICK_S * self._rate), position))
        end = _FOREVER if beat.until is None else self.sample_of(beat.until)
        if end > max(at, position):
            self._stretches.append(_Stretch(beat, max(at, position), end))

    def stop(self, at: float, position: int) -> None:
        """Let no click begin at or after `at`."""
        self._cut(max(self.sample_of(at), position))

    def _cut(self, sample: int) -> None:
        for stretch in self._stretches:
            stretch.end = min(stretch.end, sample)
        self._stretches = [s for s in self._stretches if s.first < s.end]

    def forget(self, position: int) -> None:
        """Drop beats none of whose clicks can matter from `position` on."""
        if self._stretches and self._stretches[0].end <= position:
            self._stretches = [s for s in self._stretches if s.end > position]

    def _click_at_or_after(self, stretch: _Stretch, sample: int) -> tuple[int, int]:
        """Return (k, sample) of the first click of the stretch's beat at or after `sample`."""
        beat = stretch.beat
        # One below the estimate, so that rounding can never skip a click.
        k = max(0, int((sample / self._rate + self._start_t - beat.at) * beat.spm / 60.0) - 1)
        while (onset := self.sample_of(click_time(beat, k))) < sample:
            k += 1
        return k, onset

    def next_onset(self, position: int) -> int | None:
        """Return the sample of the first click at or after `position`, None when there is none."""
        found: int | None = None
        for stretch in self._stretches:
            _, onset = self._click_at_or_after(stretch, max(position, stretch.first))
            if onset < stretch.end and (found is None or onset < found):
                found = onset
        return found

    def onsets(self, first: int, end: int) -> list[tuple[int, Side]]:
        """Return the clicks that begin in [first, end), in order: sample number and foot."""
        found: list[tuple[int, Side]] = []
        for stretch in self._stretches:
            last = min(end, stretch.end)
            if stretch.first >= end or last <= first:
                continue
            k, onset = self._click_at_or_after(stretch, max(first, stretch.first))
            while onset < last:
                side = stretch.beat.first_side
                found.append((onset, side if k % 2 == 0 else _OTHER[side]))
                k += 1
                onset = self.sample_of(click_time(stretch.beat, k))
        return found
