"""When the feet will land: the newest contact, and a line through the contacts of each foot before it."""

from __future__ import annotations

import math
from collections import deque
from itertools import pairwise
from statistics import fmean, median
from typing import Final

from cuecoach.events import Side, Step

#: So many contacts are looked back at: eight of each foot.
CONTACTS: Final = 16
#: Fewer than this make no line.
LEAST: Final = 6
#: Contacts this far apart, s, are those of different stretches of running; nearer than the other, of one step twice.
APART_S: Final = 1.2
TWICE_S: Final = 0.15
#: A footfall older than this predicts nothing, s.
PHASE_AGE_S: Final = 1.5


class Footfalls:
    """Remembers contacts, and predicts the next.

    The slope of the lines is the time of a step, and their distance how the feet differ; what is to come is counted from
    the newest contact. A line alone, or any mean of it and the newest, would do worse: steps do not go back to where a line
    would have had them. Nor is anything taken off for contacts that are found early or late: by how much depends on the
    runner and the sensor, and so does its sign (docs/metrics.md).
    """

    def __init__(self) -> None:
        #: Each contact with its number: a missed step leaves one out.
        self._contacts: deque[tuple[float, int]] = deque(maxlen=CONTACTS)
        self._side: Side | None = None

    def look(self, step: Step | None) -> float | None:
        """Take in the newest step known; return its contact, s, when that is news."""
        if step is None:
            return None
        ic, contacts = step.ic, self._contacts
        if contacts:
            since = ic - contacts[-1][0]
            if since < TWICE_S:
                return None
            if since > APART_S:
                contacts.clear()
        steps = 1
        if len(contacts) >= 2:
            gaps = [(b - a) / (n - m) for (a, m), (b, n) in pairwise(contacts)]
            steps = max(1, round((ic - contacts[-1][0]) / median(gaps)))
        contacts.append((ic, contacts[-1][1] + steps if contacts else 0))
        self._side = step.side
        return ic

    @property
    def spm(self) -> float | None:
        """The tempo of the last contacts, None when too few."""
        line = self._line()
        return None if line is None else 60.0 / line[0]

    def predict(self, earliest: float, lead_s: float, cadence: float | None) -> tuple[float, Side] | None:
        """Return the first contact at or after `earliest` and its foot.

        Parameters
        ----------
        earliest
            Session time, s.
        lead_s
            How far `earliest` lies ahead of now, s: a contact that is too old predicts nothing.
        cadence
            spm, for a runner of whom too few contacts are known.

        Returns
        -------
        tuple or None
            Time, s, and foot; None when no contact is known, or no tempo.
        """
        if not self._contacts or earliest - self._contacts[-1][0] > PHASE_AGE_S + lead_s:
            return None
        line = self._line()
        if line is None and cadence is None:
            return None
        interval, unlike = line or (60.0 / (cadence or 1.0), 0.0)
        ic, foot = self._contacts[-1][0], self._side or "left"
        k = max(0, math.ceil((earliest - ic - abs(unlike)) / interval - 1e-9))
        while (at := ic + k * interval + (unlike if k % 2 else 0.0)) < earliest - 1e-9:
            k += 1
        return at, foot if k % 2 == 0 else other(foot)

    def _line(self) -> tuple[float, float] | None:
        """Return the time of a step, s, and by how much later than that the other foot lands than the newest one."""
        contacts = self._contacts
        if len(contacts) < LEAST:
            return None
        newest = contacts[-1][1]
        feet = [[(t, n) for t, n in contacts if (newest - n) % 2 == which] for which in (0, 1)]
        if min(len(foot) for foot in feet) < 2:
            return None
        centres = [(fmean(t for t, _ in foot), fmean(n for _, n in foot)) for foot in feet]
        pairs = [(t - tm, n - nm) for foot, (tm, nm) in zip(feet, centres, strict=True) for t, n in foot]
        interval = math.fsum(t * n for t, n in pairs) / math.fsum(n * n for _, n in pairs)
        (this, m), (that, n) = centres
        return interval, (that - interval * n) - (this - interval * m)


def other(side: Side) -> Side:
    """Return the other foot."""
    return "right" if side == "left" else "left"
