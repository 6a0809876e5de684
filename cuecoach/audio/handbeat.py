"""A beat in the runner's hands: faster, slower, louder, tapped, paused; keys become commands for the mixer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from cuecoach.audio.ramp import FASTEST_SPM, SLOWEST_SPM, lead
from cuecoach.audio.tapping import Taps
from cuecoach.events import Beat, BeatOff, Level, SoundCommand

#: One press makes so much difference, dB.
LEVEL_STEP_DB: Final = 2.0
#: Nothing is turned down further, dB.
QUIETEST_DB: Final = -60.0


class HandBeat:
    """A metronome that is played live.

    Parameters
    ----------
    beats
        What it plays when left alone, as of `ramp`; at least one.
    level_db
        How loud it begins, dB.
    lead_s
        A click nearer than this may have left for the headphones already, s; changes of tempo come later than that.
    """

    def __init__(self, beats: Sequence[Beat], *, level_db: float, lead_s: float) -> None:
        self._plan = list(beats)
        self._next_id = max(beat.id for beat in beats) + 1
        self._taps = Taps()
        #: The tempo that was asked for by hand, None while it plays what it was given.
        self._asked: float | None = None
        self.lead_s = lead_s
        self.level_db = level_db
        self.paused = False

    def beat(self, t: float) -> Beat:
        """Return the beat at session time `t`."""
        return next((beat for beat in reversed(self._plan) if beat.at <= t), self._plan[0])

    @property
    def target(self) -> float:
        """The tempo that it will come to, steps/min."""
        return self._plan[-1].spm

    def taps(self, t: float) -> int:
        """Return how many taps a tap at session time `t` would add to."""
        return self._taps.count(t)

    def faster(self, t: float, by_spm: float) -> list[SoundCommand]:
        """Change the tempo by `by_spm`, from a click on, in steps of at most 2.5 %; what was planned is given up."""
        base = self._asked if self._asked is not None else self.beat(t).spm
        self._asked = min(max(base + by_spm, SLOWEST_SPM), FASTEST_SPM)
        earliest = t + self.lead_s
        leading = lead(self.beat(earliest), self._asked, earliest, t=t, first_id=self._next_id)
        return self._play(t, leading)

    def tap(self, t: float) -> list[SoundCommand]:
        """Take a tap; from the fourth on the beat is where the taps are."""
        current = self.beat(t)
        tapped = self._taps.add(t, current.every)
        if tapped is None:
            return []
        self._asked = min(max(round(tapped.spm, 1), SLOWEST_SPM), FASTEST_SPM)
        side = "left" if tapped.step % 2 == 0 else "right"
        beat = Beat(t, tapped.at, self._next_id, current.rule, self._asked, current.until, side, current.every)
        return self._play(t, [beat])

    def louder(self, t: float, by_db: float) -> list[SoundCommand]:
        """Change the level by `by_db`, at most up to 0 dB."""
        self.level_db = min(max(self.level_db + by_db, QUIETEST_DB), 0.0)
        return [self.level(t)]

    def level(self, t: float) -> Level:
        """Return the command that sets the present level: for a mixer that begins anew."""
        return Level(t, t, beat_db=self.level_db)

    def pause(self, t: float) -> list[SoundCommand]:
        """Fall silent, or go on where the beat would be by now."""
        self.paused = not self.paused
        if self.paused:
            return [BeatOff(t, t, self.beat(t).id)]
        now = self.beat(t)
        return [replace(beat, t=t) for beat in self._plan if beat is now or beat.at > now.at]

    def _play(self, t: float, beats: list[Beat]) -> list[SoundCommand]:
        """Put beats in place of what was planned from the first of them on."""
        if not beats:
            return []
        self._next_id += len(beats)
        # Of what is over only the last matters: it sounds until the first of the new ones.
        before = [beat for beat in self._plan if beat.at < beats[0].at]
        now = self.beat(t)
        self._plan = [*(beat for beat in before if beat.at >= now.at), *beats]
        return [] if self.paused else list(beats)
