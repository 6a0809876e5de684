"""Foot contacts from the vertical acceleration of a sensor on the trunk."""

from __future__ import annotations

from dataclasses import dataclass
from operator import mul, sub

import numpy as np

from cuecoach.events import FloatArray
from cuecoach.gait.activity import clip
from cuecoach.gait.constants import (
    CENTRE_SCALE,
    CYCLE_DELAY,
    CYCLE_HYSTERESIS_G,
    EDGE_LONGEST_S,
    EDGE_S,
    EVENT_DELAY,
    EVIDENCE_LIMIT,
    GRID_S,
    IC_LEVEL_G,
    IMPACT_LIMIT,
    IMPACT_SCALE,
    LEAST_VALLEY_G,
    MAX_STEP_S,
    MIN_STEP_S,
    MOST_ASIDE_G,
    MOST_PEAK_G,
    NEUTRAL_CENTRE,
    NEUTRAL_IMPACT,
    NEUTRAL_STEP_S,
    NEUTRAL_VALLEY_G,
    SMOOTH_LEAST,
    SMOOTH_WEIGHT,
    STEP_SCALE_S,
    TC_AFTER_S,
    TC_LEVEL_G,
    TC_STRETCH,
    VALLEY_SCALE_G,
)
from cuecoach.gait.trail import Trail
from cuecoach.gait.vertical import EVENT, HORIZONTAL2, VERTICAL

#: The shortest and longest step, and how far the filter for cycles lags behind that for events, grid samples.
_SHORTEST = MIN_STEP_S / GRID_S
_LONGEST = round(MAX_STEP_S / GRID_S)
_LAG = CYCLE_DELAY - EVENT_DELAY
#: The steepest slope of the edge lies before this many grid samples after the crossing.
_EDGE = 5


@dataclass(frozen=True, slots=True)
class Contact:
    """One foot contact of any gait.

    Attributes
    ----------
    at
        Grid index with which it was known.
    ic, tc
        Initial and terminal contact in grid indices (fractional); `tc` None when not seen.
    evidence
        For running (+) or walking (-); None when there is nothing to compare with.
    """

    at: int
    ic: float
    tc: float | None
    evidence: float | None


def toggles(signal: FloatArray, low: float, high: float, state: int) -> tuple[list[tuple[int, bool]], int]:
    """Changes of a comparator with hysteresis.

    Returns positions in `signal` with whether it rose, and the state afterwards (1 high, -1 low, 0 not known yet).
    """
    if (state > 0 and np.minimum.reduce(signal) >= low) or (state < 0 and np.maximum.reduce(signal) <= high):
        return [], state
    code = (signal > high).view(np.int8) - (signal < low).view(np.int8)
    known = code.nonzero()[0]
    if not len(known):
        return [], state
    signs = code[known]
    changed = (signs[1:] != signs[:-1]).nonzero()[0] + 1
    out = [(k, sign > 0) for k, sign in zip(known[changed].tolist(), signs[changed].tolist(), strict=True)]
    if state not in (0, signs[0]):  # the first known state of all is no change
        out.insert(0, (int(known[0]), bool(signs[0] > 0)))
    return out, int(signs[-1])


def last_above(x: list[float], level: float) -> float | None:
    """Where `x` falls through `level` for the last time (fractional index), None when it never does."""
    if not x or x[-1] >= level:
        return None
    for k in range(len(x) - 2, -1, -1):
        if x[k] >= level:
            return k + (x[k] - level) / (x[k] - x[k + 1])
    return None


def first_above(x: list[float], level: float) -> float | None:
    """Where `x` rises through `level` for the first time (fractional index), None when it never does."""
    if not x or x[0] >= level:
        return None
    for k, value in enumerate(x):
        if value >= level:
            return k - (value - level) / (value - x[k - 1])
    return None


class TrunkContacts:
    """Finds one contact per rise and fall of the vertical about 1 g, known when it has fallen."""

    def __init__(self, trail: Trail) -> None:
        self._trail = trail
        self._state = 0
        self._rise: int | None = None
        self._rise_before: int | None = None
        self._fall: int | None = None
        self._smooth: float | None = None  # share of the vertical's power that passes the filter for events

    def push(self, first: int, cycle: FloatArray) -> list[Contact]:
        """Take the vertical for cycles from grid index `first` on; the trail holds all rows up to its end."""
        changes, self._state = toggles(cycle, 1.0 - CYCLE_HYSTERESIS_G, 1.0 + CYCLE_HYSTERESIS_G, self._state)
        found: list[Contact] = []
        for k, rose in changes:
            if rose:
                self._rise = first + k
            elif self._rise is not None:
                contact = self._fell(self._rise, first + k)
                if contact is not None:
                    found.append(contact)
        return found

    def _fell(self, rise: int, fall: int) -> Contact | None:
        before, self._rise = self._rise_before, None
        if before is not None and rise - before < _SHORTEST:
            return None  # a second bump of the same step
        since = self._fall if self._fall is not None else rise - 40
        self._rise_before, self._fall = rise, fall
        since = max(since, rise - _LONGEST, self._trail.first + CYCLE_DELAY)
        step = None if before is None or rise - before > _LONGEST else rise - before

        # the flight valley lies between the fall before and this rise; lists, since the stretches are short
        a = since - _LAG
        x = self._trail[EVENT, a, fall + 1].tolist()
        if rise - a < 2:
            return None
        valley = min(x[: rise + 1 - a])
        low = x.index(valley)
        level = max(IC_LEVEL_G, valley + 0.05)
        rising = first_above(x[low : fall - _LAG + 1 - a], level)
        if rising is None:
            return None
        crossing = low + rising
        stance = x[int(crossing) + 1 :]
        falling = last_above(stance, min(TC_LEVEL_G, 0.5 + 0.5 * max(stance)))
        tc = None
        if falling is not None:
            high = int(crossing) + 1 + falling - crossing
            tc = a + crossing + TC_STRETCH * high + TC_AFTER_S / GRID_S - EVENT_DELAY
        # where the steepest tangent of the edge leaves the bottom of the flight
        edge = x[low : min(int(crossing) + _EDGE, len(x))]
        steepest = max(map(sub, edge[1:], edge))
        onset = min((level - valley) / steepest, EDGE_LONGEST_S / GRID_S) - EDGE_S / GRID_S
        ic = a + crossing - onset
        evidence = None
        high = self._trail[HORIZONTAL2, rise - CYCLE_DELAY, fall - CYCLE_DELAY + 1].tolist()
        smooth = self._smoothness(a, fall + 1)
        wild = valley < LEAST_VALLEY_G or max(stance) > MOST_PEAK_G or sum(high) > MOST_ASIDE_G**2 * len(high)
        if wild or smooth < SMOOTH_LEAST:
            evidence = -2.0 * EVIDENCE_LIMIT  # no body moves like this
        elif step is not None:
            last = len(high) - 1
            impact = high.index(max(high)) / last
            centre = sum(map(mul, high, range(last + 1))) / (last * sum(high) + 1e-12)
            evidence = (
                clip((NEUTRAL_STEP_S - step * GRID_S) / STEP_SCALE_S, EVIDENCE_LIMIT)
                + clip((NEUTRAL_VALLEY_G - valley) / VALLEY_SCALE_G, EVIDENCE_LIMIT)
                + clip((NEUTRAL_IMPACT - impact) / IMPACT_SCALE, IMPACT_LIMIT)
                + clip((NEUTRAL_CENTRE - centre) / CENTRE_SCALE, IMPACT_LIMIT)
            )
        return Contact(at=fall, ic=ic - EVENT_DELAY, tc=tc, evidence=evidence)

    def _smoothness(self, a: int, b: int) -> float:
        """How much of the vertical is slow enough for a body, 0-1, over the filtered stretch from `a` to `b` and before."""
        slow = self._trail[EVENT, a, b] - 1.0
        whole = self._trail[VERTICAL, a - EVENT_DELAY, b - EVENT_DELAY] - 1.0
        share = float(slow @ slow) / max(float(whole @ whole), 1e-12)
        self._smooth = share if self._smooth is None else self._smooth + SMOOTH_WEIGHT * (share - self._smooth)
        return self._smooth
