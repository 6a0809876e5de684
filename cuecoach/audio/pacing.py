"""Keeps the mix in step with the session clock when a sound device starts, slips, stalls or runs at its own speed; pure."""

from __future__ import annotations

import math
from collections import deque
from statistics import median
from typing import Final

#: A device runs evenly when it was seen to for this long, s, by this many calls, within this, s.
_EVEN_FOR_S: Final = 0.25
_EVEN_CALLS: Final = 3
_EVEN_WITHIN_S: Final = 0.012
#: One that never does is taken as it is after this, s.
_PATIENCE_S: Final = 3.0

#: How long a slip must have been there before a beat is moved for it, s: calls come in bursts, and their times wander.
_WINDOW_S: Final = 3.0
#: Summed up so often, s.
_STEP_S: Final = 0.25
#: A beat that is off by more than this is moved at once, s: it was interrupted, and no foot could follow.
_OFF_S: Final = 0.05
#: In silence without a beat, more than this is made up for, s.
_SILENT_OFF_S: Final = 0.005
#: A beat that is off by more than this is brought back sample by sample, s, until it is off by less than that.
_SLEW_FROM_S: Final = 0.015
_SLEW_TO_S: Final = 0.002
#: The part of a move that no ear can tell: less than a sample at any rate is rounded up to one.
SLEW_STEP_S: Final = 1.0 / 48_000


class Settling:
    """Finds out when a sample that is asked for now will be heard, once a freshly opened device runs evenly.

    Sound servers fill their buffer in one gulp, pause up to a second, and only then play; what they say before is of no use.

    Parameters
    ----------
    least_s
        Take at least this long, s.
    """

    def __init__(self, least_s: float = 0.0) -> None:
        self._least_s = least_s
        self._began: float | None = None
        self._seen: deque[tuple[float, float]] = deque()

    def offset(self, asked_s: float, heard_at: float, now: float) -> float | None:
        """Return by how much the time of hearing exceeds the time asked for, s; None as long as that is not known.

        Parameters
        ----------
        asked_s
            Sound asked for before this call, s.
        heard_at
            When the device says the first of these samples will be heard, s.
        now
            The present on the same clock, s.
        """
        if self._began is None:
            self._began = now
        seen = self._seen
        seen.append((now, heard_at - asked_s))
        while now - seen[0][0] > 2.0 * _EVEN_FOR_S:
            seen.popleft()
        if now - self._began < self._least_s:
            return None
        offsets = [offset for at, offset in seen if now - at <= _EVEN_FOR_S + 0.1]
        spans = now - seen[0][0] >= _EVEN_FOR_S
        even = spans and len(offsets) >= _EVEN_CALLS and max(offsets) - min(offsets) <= _EVEN_WITHIN_S
        if not even and now - self._began < max(_PATIENCE_S, self._least_s):
            return None
        return median(offsets)


class Pacer:
    """Says by how much to move the mix against the session clock, mostly not at all.

    While a beat plays, only what was heard as an interruption moves it in one go; what a device's own clock adds up to is made
    up for by single samples, which no ear can tell.
    """

    def __init__(self) -> None:
        self._calls: deque[tuple[float, float]] = deque()
        self._summed_at = 0.0
        #: How late the sound is that single samples are making up for, s; 0 when none are.
        self._slewing = 0.0

    def slip(self, late_s: float, now: float, *, free: bool, silent: bool) -> float:
        """Return by how many seconds to move the mix now: forward when positive, wait when negative, mostly 0.

        Parameters
        ----------
        late_s
            How much later than its session time the next sample will be heard, s, by what the device says.
        now
            The present, s.
        free
            Nothing sounds and no beat runs.
        silent
            Nothing sounds at this moment.
        """
        self._calls.append((now, late_s))
        if now - self._summed_at >= _STEP_S:
            late = self._usual(now)
            if abs(late) > (_SILENT_OFF_S if free else _OFF_S):
                self._slewing = 0.0
                return self._moved(late)
            self._slewing = late if abs(late) > (_SLEW_TO_S if self._slewing else _SLEW_FROM_S) else 0.0
        return self._moved(math.copysign(SLEW_STEP_S, self._slewing)) if self._slewing and silent else 0.0

    def _usual(self, now: float) -> float:
        """Return how late the sound was in the middle of the last seconds; 0 when that is not known yet."""
        self._summed_at = now
        while now - self._calls[0][0] > _WINDOW_S:
            self._calls.popleft()
        if now - self._calls[0][0] < _WINDOW_S - 2.0 * _STEP_S:
            return 0.0
        return median(late for _, late in self._calls)

    def _moved(self, by_s: float) -> float:
        self._calls = deque((at, late - by_s) for at, late in self._calls)
        return by_s
