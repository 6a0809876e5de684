"""Foot contacts from the vertical acceleration of a sensor on the trunk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cuecoach.events import FloatArray
from cuecoach.gait.activity import clip
from cuecoach.gait.constants import (
    CYCLE_DELAY,
    CYCLE_HYSTERESIS_G,
    EVENT_DELAY,
    EVIDENCE_LIMIT,
    GRID_S,
    IC_LEVEL_G,
    IMPACT_LIMIT,
    IMPACT_SCALE,
    MAX_STEP_S,
    MIN_STEP_S,
    NEUTRAL_IMPACT,
    NEUTRAL_STEP_S,
    NEUTRAL_VALLEY_G,
    STANCE_STRETCH,
    STEP_SCALE_S,
    TC_LEVEL_G,
    VALLEY_SCALE_G,
)
from cuecoach.gait.trail import Trail
from cuecoach.gait.vertical import EVENT, HORIZONTAL2


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
    code = (signal > high).astype(np.int8) - (signal < low).astype(np.int8)
    known = code.nonzero()[0]
    if not len(known):
        return [], state
    signs = code[known]
    changed = (signs != np.concatenate(([state], signs[:-1]))).nonzero()[0]
    out = [(int(known[c]), bool(signs[c] > 0)) for c in changed]
    if state == 0:
        out = out[1:]  # the first known state is no change
    return out, int(signs[-1])


def last_above(x: FloatArray, level: float) -> float | None:
    """Where `x` falls through `level` for the last time (fractional index), None when it never does."""
    above = (x >= level).nonzero()[0]
    if not len(above) or above[-1] == len(x) - 1:
        return None
    k = int(above[-1])
    return k + float((x[k] - level) / (x[k] - x[k + 1]))


def first_above(x: FloatArray, level: float) -> float | None:
    """Where `x` rises through `level` for the first time (fractional index), None when it never does."""
    k = int((x >= level).argmax())
    if x[k] < level or k == 0:
        return None
    return k - float((x[k] - level) / (x[k] - x[k - 1]))


class TrunkContacts:
    """Finds one contact per rise and fall of the vertical about 1 g, known when it has fallen."""

    def __init__(self, trail: Trail) -> None:
        self._trail = trail
        self._state = 0
        self._rise: int | None = None
        self._rise_before: int | None = None
        self._fall: int | None = None

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
        if before is not None and rise - before < MIN_STEP_S / GRID_S:
            return None  # a second bump of the same step
        since = self._fall if self._fall is not None else rise - 40
        self._rise_before, self._fall = rise, fall
        since = max(since, rise - round(MAX_STEP_S / GRID_S), self._trail.first + CYCLE_DELAY)
        step = None if before is None or rise - before > MAX_STEP_S / GRID_S else float(rise - before)
        lag = CYCLE_DELAY - EVENT_DELAY  # a cycle at index k lies at index k - lag of the event filter

        # the flight valley lies between the fall before and this rise
        a = since - lag
        x = self._trail[EVENT, a, rise + 1]
        if len(x) < 3:
            return None
        low = int(x.argmin())
        valley = float(x[low])
        rising = first_above(self._trail[EVENT, a + low, fall - lag + 1], max(IC_LEVEL_G, valley + 0.05))
        if rising is None:
            return None
        ic = a + low + rising
        stance = self._trail[EVENT, int(ic) + 1, fall + 1]
        falling = last_above(stance, min(TC_LEVEL_G, 0.5 + 0.5 * float(np.maximum.reduce(stance))))
        tc = None if falling is None else ic + STANCE_STRETCH * (int(ic) + 1 + falling - ic) - EVENT_DELAY

        evidence = None
        if step is not None:
            high = self._trail[HORIZONTAL2, rise - CYCLE_DELAY, fall - CYCLE_DELAY + 1]
            impact = int(high.argmax()) / max(1, len(high) - 1)
            evidence = (
                clip((NEUTRAL_STEP_S - step * GRID_S) / STEP_SCALE_S, EVIDENCE_LIMIT)
                + clip((NEUTRAL_VALLEY_G - valley) / VALLEY_SCALE_G, EVIDENCE_LIMIT)
                + clip((NEUTRAL_IMPACT - impact) / IMPACT_SCALE, IMPACT_LIMIT)
            )
        return Contact(at=fall, ic=ic - EVENT_DELAY, tc=tc, evidence=evidence)
