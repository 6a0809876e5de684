"""The clicks being heard: they begin, change tempo at a click, and end."""

from __future__ import annotations

import math
from collections import deque
from typing import Final

from cuecoach.coaching.pilot_footfalls import other
from cuecoach.events import Beat, BeatOff, Side

#: The first click comes no sooner than this after the decision, so that no output buffer swallows it, s; what headphones add
#: comes on top.
LEAD_IN_S: Final = 0.3
#: A tempo is raised or lowered by at most this share at a time: runners entrain within 1-3 %, notice 4 % (Van Dyck 2015).
LARGEST_STEP: Final = 0.025
#: So many changes of tempo are remembered.
TEMPI: Final = 16


class Grid:
    """One beat after the other.

    Parameters
    ----------
    every
        Steps from click to click.
    delay_s
        How late the headphones are heard, s: what is to be heard at its moment is decided so much earlier.
    """

    def __init__(self, every: int, delay_s: float) -> None:
        self._every = every
        self._next_id = 1
        #: How far ahead a click is decided, s.
        self.lead_s = LEAD_IN_S + delay_s
        #: When the tempo was last decided, session time, s.
        self.changed = -math.inf
        #: The beat being heard, None in silence.
        self.beat: Beat | None = None
        #: Since when which tempo is heard, session time, s, and spm; of this beat only.
        self._tempi: deque[tuple[float, float]] = deque(maxlen=TEMPI)

    def start(self, t: float, rule: str, spm: float, at: float, side: Side, until: float | None) -> Beat:
        """Begin anew at `at`, whatever was heard before."""
        self._tempi.clear()
        return self._put(Beat(t, round(at, 6), self._next_id, rule, round(spm, 1), until, side, self._every))

    def retune(
        self,
        t: float,
        spm: float,
        *,
        until: float | None,
        sooner_s: float = 0.0,
        landing: tuple[float, Side] | None = None,
    ) -> Beat:
        """Change tempo at a click of the running beat.

        Parameters
        ----------
        t
            Now, session time, s.
        spm
            The new tempo.
        until
            When the beat ends, s.
        sooner_s
            By how much that click comes before its time. None comes after it: the old one would still be heard.
        landing
            A footfall, s, and its foot, where steps may have slipped along the beat by a whole one; else each click keeps
            its foot.
        """
        beat = self._heard()
        k, interval = self._click_after(t + self.lead_s + sooner_s)
        at = beat.at + k * interval
        if landing is None:
            side = beat.first_side if k * beat.every % 2 == 0 else other(beat.first_side)
        else:
            steps = round((at - landing[0]) * spm / 60.0)
            side = landing[1] if steps % 2 == 0 else other(landing[1])
        at = round(at - sooner_s, 6)
        return self._put(Beat(t, at, self._next_id, beat.rule, round(spm, 1), until, side, beat.every))

    def stop(self, t: float) -> BeatOff:
        """End the beat at once."""
        beat, self.beat = self._heard(), None
        self._tempi.clear()
        return BeatOff(t, t, beat.id)

    def after_click(self, t: float, offset_s: float) -> float:
        """Return the first moment at or after `t` that lies `offset_s` after a click; `t` itself without a beat."""
        if self.beat is None:
            return t
        k, interval = self._click_after(t - offset_s)
        return self.beat.at + k * interval + offset_s

    def tempi_since(self, t: float) -> tuple[float, float] | None:
        """Return the slowest and the quickest tempo heard since `t`, spm; None when the beat did not sound yet at `t`."""
        tempi = list(self._tempi)
        begun = sum(at <= t for at, _ in tempi)
        if not begun:
            return None
        heard = [spm for _, spm in tempi[begun - 1 :]]
        return min(heard), max(heard)

    def _put(self, beat: Beat) -> Beat:
        self.beat, self.changed = beat, beat.t
        self._tempi.append((beat.at, beat.spm))
        self._next_id += 1
        return beat

    def _heard(self) -> Beat:
        assert self.beat is not None
        return self.beat

    def _click_after(self, t: float) -> tuple[int, float]:
        beat = self._heard()
        interval = 60.0 * beat.every / beat.spm
        return max(0, math.ceil((t - beat.at) / interval - 1e-9)), interval


def towards(own: float, target: float, most: float = LARGEST_STEP) -> float:
    """Return the target, or as far towards it as one step of the share `most` may go."""
    return min(max(target, own * (1 - most)), own * (1 + most))
