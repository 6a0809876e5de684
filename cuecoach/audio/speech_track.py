"""One voice: who speaks when, who waits, who is dropped; all in sample numbers."""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

import numpy as np

from cuecoach.audio.sounds import FloatArray32
from cuecoach.events import Say

#: A cue that cannot begin within this of its `at` is not said at all: it would be about a moment that is gone, s.
PATIENCE_S: Final = 4.0
#: Silence between two phrases, s, so that they are heard as two.
GAP_S: Final = 0.15
#: Words that are hushed end within this, without a click, s.
FADE_S: Final = 0.02

#: Sample number, what happened, id of the `Say`.
SpeechEvent: TypeAlias = tuple[int, Literal["started", "ended", "dropped"], int]


@dataclass(slots=True, eq=False)
class _Waiting:
    at: int
    #: The last sample at which it may still begin.
    deadline: int
    #: When it was asked for: it cannot be dropped earlier.
    asked: int
    id: int
    samples: FloatArray32 = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Phrase:
    """Words with their place: samples[i] sounds at sample number start + i."""

    start: int
    id: int
    samples: FloatArray32 = field(repr=False)

    @property
    def end(self) -> int:
        """The first sample after the words."""
        return self.start + len(self.samples)


class SpeechTrack:
    """The queue of the one voice. Earlier `at` goes first; within the same `at`, first come first served."""

    def __init__(self, sample_rate: int) -> None:
        self._patience = round(PATIENCE_S * sample_rate)
        self._gap = round(GAP_S * sample_rate)
        self._fade = round(FADE_S * sample_rate)
        self._waiting: list[_Waiting] = []
        self._phrase: Phrase | None = None
        self._free_from = 0
        #: Dropped and ended, waiting to be told once their sample has been rendered.
        self._pending: list[SpeechEvent] = []

    def say(self, say: Say, at: int, samples: FloatArray32, position: int) -> None:
        """Put words in the queue; without a single sample they are dropped at once, or at their time."""
        if len(samples) == 0:
            self._pending.append((max(at, position), "dropped", say.id))
            return
        waiting = _Waiting(at, at + self._patience, position, say.id, samples)
        bisect.insort_right(self._waiting, waiting, key=lambda w: w.at)

    def hush(self, at: int) -> None:
        """End what sounds with a short fade from sample `at` on, and drop what waits."""
        phrase = self._phrase
        if phrase is not None and phrase.end > at + self._fade:
            rest = phrase.samples[: max(at - phrase.start, 0) + self._fade].copy()
            rest[-self._fade :] *= np.linspace(1.0, 0.0, self._fade, dtype=np.float32)
            self._phrase = Phrase(phrase.start, phrase.id, rest)
            self._free_from = self._phrase.end + self._gap
            self._pending = [event for event in self._pending if event[1:] != ("ended", phrase.id)]
            self._pending.append((self._phrase.end, "ended", phrase.id))
        dropped: list[SpeechEvent] = [(at, "dropped", waiting.id) for waiting in self._waiting]
        self._pending += dropped
        self._waiting.clear()

    def _start_of(self, waiting: _Waiting, position: int) -> int:
        return max(waiting.at, self._free_from, position)

    def _hopeless_at(self, waiting: _Waiting, position: int) -> int | None:
        """Return the sample at which the words are given up, None while they can still be in time."""
        if self._start_of(waiting, position) > waiting.deadline:
            return max(waiting.deadline, waiting.asked, position)
        return None

    @property
    def phrase(self) -> Phrase | None:
        """The words that sound, or the last that did."""
        return self._phrase

    def next_start(self, position: int) -> int | None:
        """Return where the next words will begin as things stand, None when nobody waits."""
        for waiting in self._waiting:
            if self._hopeless_at(waiting, position) is None:
                return self._start_of(waiting, position)
        return None

    def advance(self, position: int, end: int) -> tuple[list[Phrase], list[SpeechEvent]]:
        """Go from `position` to `end`.

        Returns
        -------
        tuple
            The phrases that sound in [position, end), in order, and what happened, in order of time. An end falls on the first
            sample after the words and is told with the block that ends there.
        """
        sounding = [self._phrase] if self._phrase and self._phrase.end > position else []
        while self._waiting:
            head = self._waiting[0]
            hopeless = self._hopeless_at(head, position)
            start = self._start_of(head, position)
            if (start if hopeless is None else hopeless) >= end:
                break
            del self._waiting[0]
            if hopeless is not None:
                self._pending.append((hopeless, "dropped", head.id))
                continue
            self._phrase = Phrase(start, head.id, head.samples)
            self._free_from = self._phrase.end + self._gap
            sounding.append(self._phrase)
            self._pending.append((start, "started", head.id))
            self._pending.append((self._phrase.end, "ended", head.id))
        told = [e for e in self._pending if e[0] < end or (e[1] == "ended" and e[0] == end)]
        self._pending = [e for e in self._pending if e not in told]
        told.sort(key=lambda e: e[0])
        return sounding, told
