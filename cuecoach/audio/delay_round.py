"""One round of moving along with clicks: which taps or steps count, when it is enough, when it is hopeless."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

from cuecoach.audio.delay import FEWEST, INTERVAL_S, STEPPING, TAPPING, Along, Anticipation, NotTogetherError, measure
from cuecoach.events import METRONOME, Beat, BeatOff

#: The first click comes this long after the beginning, s.
FIRST_S: Final = 1.5
#: Two taps closer than this are one that bounced, or a key held down, s.
BOUNCE_S: Final = 0.25


@dataclass(frozen=True, slots=True)
class Kind:
    """What a person does along with the clicks.

    Attributes
    ----------
    moving
        Word for one of them.
    listening
        So many clicks are only listened to: they take a tempo up.
    patience_s
        How long nothing may come before the round is given up, s.
    spm, every
        The beat; a click on each `every`-th of its steps.
    anticipation
        How far ahead people are.
    """

    moving: str
    listening: int
    patience_s: float
    spm: float
    every: int
    anticipation: Anticipation

    @property
    def interval_s(self) -> float:
        """From click to click, s."""
        return 60.0 * self.every / self.spm


TAPS: Final = Kind("tap", 4, 10.0, 60.0 / INTERVAL_S, 1, TAPPING)
#: One click a stride at an easy running tempo, so that the clicks are still far apart. Runners take a tempo up late.
STEPS: Final = Kind("step", 16, 40.0, 160.0, 2, STEPPING)


class Round:
    """Collects what came in, and says how far it is.

    The last `wanted` taps count, so that who finds into the beat late is measured once they are in it; but not for ever.

    Parameters
    ----------
    kind
        What is done along.
    wanted
        How many are enough, at least `FEWEST`.
    begin
        Session time at which the round begins, s.
    number
        Counts the rounds, from 1.
    """

    def __init__(self, kind: Kind, wanted: int, begin: float, number: int = 1) -> None:
        self._kind = kind
        self._begin = begin
        self._moments: deque[float] = deque(maxlen=max(wanted, FEWEST))
        self._came = 0
        self._last = begin
        #: What is played.
        self.beat = Beat(begin, begin + FIRST_S, number, METRONOME, kind.spm, every=kind.every)
        #: How it went, once it is over and well.
        self.along: Along | None = None
        #: Why it came to nothing, one sentence.
        self.problem: NotTogetherError | None = None

    @property
    def listening(self) -> int:
        """So many clicks are only listened to."""
        return self._kind.listening

    @property
    def wanted(self) -> int:
        """How many are enough."""
        return self._moments.maxlen or FEWEST

    @property
    def count(self) -> int:
        """How many count by now."""
        return len(self._moments)

    @property
    def over(self) -> bool:
        """Whether it has come to an end."""
        return self.along is not None or self.problem is not None

    def take(self, t: float) -> None:
        """Take a tap or step of session time `t`, s; too early ones and the bounces of a key are nothing."""
        if self.over or t - self._last < BOUNCE_S:
            return
        self._last = t
        if t < self.beat.at + (self.listening - 0.5) * self._kind.interval_s:
            return
        self._moments.append(t)
        self._came += 1
        if self._came >= self.wanted:
            self._judge()

    def _judge(self) -> None:
        try:
            self.along = measure(self._moments, self.beat.at, self._kind.interval_s, moving=self._kind.moving)
        except NotTogetherError as error:
            if self._came >= 2 * self.wanted:
                self.problem = error

    def advance(self, t: float) -> None:
        """Give up at session time `t` when nothing has come for too long."""
        quiet_since = max(self._last, self.beat.at + self.listening * self._kind.interval_s)
        if not self.over and t - quiet_since > self._kind.patience_s:
            moving = self._kind.moving
            more = f"no {moving} came any more" if self._came else f"no {moving} came"
            self.problem = NotTogetherError(f"{more}; {moving} along with the clicks as soon as you hear them")

    def end(self, t: float) -> BeatOff:
        """Return what ends the clicks."""
        return BeatOff(t, t, self.beat.id)
