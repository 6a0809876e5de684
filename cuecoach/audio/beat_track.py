"""Which clicks fall where: every beat counted in samples from its own origin, so no error ever adds up."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from cuecoach.events import Beat, Side

_FOREVER: Final = sys.maxsize
_OTHER: Final[dict[Side, Side]] = {"left": "right", "right": "left"}

#: A step of the old beat so shortly before the first of the new one is that same step, told apart by rounding only, s.
SAME_CLICK_S: Final = 0.005


def step_time(beat: Beat, k: int) -> float:
    """Return the session time of step `k` of a beat, s; it clicks when `k` is a multiple of `beat.every`."""
    return beat.at + 60.0 * k / beat.spm


def step_side(beat: Beat, k: int) -> Side:
    """Return the foot of step `k` of a beat."""
    return beat.first_side if k % 2 == 0 else _OTHER[beat.first_side]


@dataclass(frozen=True, slots=True)
class Click:
    """One click: the sample it begins at, its foot, and its number since the beat began.

    The number goes on through changes of tempo that are made on a click, so that an accent on every fourth stays there.
    """

    onset: int
    side: Side
    number: int


@dataclass(slots=True)
class _Stretch:
    """One beat, the samples between which its clicks may begin (first ≤ onset < end), and the number of its first click."""

    beat: Beat
    first: int
    end: int
    number: int


class BeatTrack:
    """The steps of all beats so far, as sample numbers, and which of them click.

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
        cut = max(at - round(SAME_CLICK_S * self._rate), position)
        number = self._number(beat, cut)
        self._cut(cut)
        end = _FOREVER if beat.until is None else self.sample_of(beat.until)
        if end > max(at, position):
            self._stretches.append(_Stretch(beat, max(at, position), end, number))

    def stop(self, at: float, position: int) -> None:
        """Let no click begin at or after `at`."""
        self._cut(max(self.sample_of(at), position))

    def _number(self, beat: Beat, cut: int) -> int:
        """Return the number of a new beat's first click: counted on where it takes over on a click, from 0 elsewhere."""
        for stretch in self._stretches:
            old = stretch.beat
            if stretch.first <= cut < stretch.end and old.every == beat.every:
                k = round((beat.at - old.at) * old.spm / 60.0)
                if k % old.every == 0 and abs(step_time(old, k) - beat.at) <= SAME_CLICK_S:
                    return stretch.number + k // old.every
        return 0

    def _cut(self, sample: int) -> None:
        for stretch in self._stretches:
            stretch.end = min(stretch.end, sample)
        self._stretches = [s for s in self._stretches if s.first < s.end]

    def forget(self, position: int) -> None:
        """Drop beats none of whose clicks can matter from `position` on."""
        if self._stretches and self._stretches[0].end <= position:
            self._stretches = [s for s in self._stretches if s.end > position]

    def _steps(self, stretch: _Stretch, first: int, end: int, every: int) -> Iterator[tuple[int, int]]:
        """Yield (k, sample) of each `every`-th step of a stretch that falls in [first, end)."""
        beat, last = stretch.beat, min(end, stretch.end)
        first = max(first, stretch.first)
        # One below the estimate, so that rounding can never skip a step.
        k = max(0, int((first / self._rate + self._start_t - beat.at) * beat.spm / 60.0) - 1)
        k -= k % every
        while (onset := self.sample_of(step_time(beat, k))) < last:
            if onset >= first:
                yield k, onset
            k += every

    def next_onset(self, position: int) -> int | None:
        """Return the sample of the first step at or after `position`, whether it clicks or not; None when there is none."""
        return self._next(position, clicking=False)

    def next_click(self, position: int) -> int | None:
        """Return the sample of the first click at or after `position`, None when there is none."""
        return self._next(position, clicking=True)

    def _next(self, position: int, *, clicking: bool) -> int | None:
        found: int | None = None
        for stretch in self._stretches:
            _, onset = next(self._steps(stretch, position, _FOREVER, stretch.beat.every if clicking else 1), (0, None))
            if onset is not None and (found is None or onset < found):
                found = onset
        return found

    def onsets(self, first: int, end: int) -> list[tuple[int, Side]]:
        """Return the steps that fall in [first, end), in order: sample number and foot."""
        return [
            (onset, step_side(stretch.beat, k))
            for stretch in self._stretches
            for k, onset in self._steps(stretch, first, end, 1)
        ]

    def clicks(self, first: int, end: int) -> list[Click]:
        """Return the clicks that begin in [first, end), in order."""
        return [
            Click(onset, step_side(stretch.beat, k), stretch.number + k // stretch.beat.every)
            for stretch in self._stretches
            for k, onset in self._steps(stretch, first, end, stretch.beat.every)
        ]
