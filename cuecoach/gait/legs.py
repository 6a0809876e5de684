"""Contacts of one leg from the jolts of a sensor on its foot or shank."""

from __future__ import annotations

import numpy as np

from cuecoach.events import FloatArray
from cuecoach.gait.activity import clip
from cuecoach.gait.constants import (
    EVENT_DELAY,
    EVIDENCE_LIMIT,
    GRID_S,
    JOLT_AFTER_IC_S,
    JOLT_AFTER_S,
    JOLT_ALONE_S,
    JOLT_BOX,
    JOLT_DELAY,
    JOLT_LEAST,
    JOLT_SCALE,
    JOLT_SHARE,
    LEG_NEUTRAL_STEP_S,
    LEG_TC_AFTER_S,
    LEG_TC_LEVEL_G,
    LENGTH_SCALE_G,
    MAX_STEP_S,
    NEUTRAL_JOLT,
    NEUTRAL_LENGTH_G,
    PUSH_OFF_JOLT,
    PUSH_OFF_STRIDE,
    STANCE_S,
    STEP_SCALE_S,
)
from cuecoach.gait.contacts import Contact, last_above
from cuecoach.gait.filters import RunningMean
from cuecoach.gait.trail import Trail
from cuecoach.gait.vertical import EVENT
from cuecoach.units import STANDARD_GRAVITY


class LegContacts:
    """One contact per stride: the jolt that stands alone.

    The direction of the sensor does not matter, nor which way its axes point: a jolt has no sign.
    """

    def __init__(self, trail: Trail, keep: int) -> None:
        self._trail = trail
        self._jolt = Trail(3, keep)  # the jolt; means of length and jolt over a second
        self._length = RunningMean(100)
        self._usual = RunningMean(100)
        self._smooth = (RunningMean(JOLT_BOX), RunningMean(JOLT_BOX))
        self._before: FloatArray | None = None
        self._next = self._jolt.first + round(JOLT_ALONE_S / GRID_S)
        self._peak: int | None = None
        self._heights: list[float] = []
        self._stride: float | None = None

    def push(self, acc: FloatArray) -> list[Contact]:
        """Take acceleration, shape (3, n), m/s²; the trail of the vertical already holds the same samples."""
        before = acc[:, :1] if self._before is None else self._before
        self._before = acc[:, -1:].copy()
        change = np.diff(np.concatenate((before, acc), axis=1), axis=1)
        jolt = (change[0] * change[0] + change[1] * change[1] + change[2] * change[2]) / STANDARD_GRAVITY**2
        for box in self._smooth:
            jolt = box.push(jolt)
        length = np.sqrt(acc[0] * acc[0] + acc[1] * acc[1] + acc[2] * acc[2]) / STANDARD_GRAVITY
        self._jolt.extend(jolt, self._length.push(length), self._usual.push(jolt))

        alone, after = round(JOLT_ALONE_S / GRID_S), round(JOLT_AFTER_S / GRID_S)
        a, b = self._next, self._jolt.stop - after
        if b <= a:
            return []
        self._next = b
        j = self._jolt[0, a - 1, b + 1]
        peaks = np.flatnonzero((j[1:-1] > j[:-2]) & (j[1:-1] >= j[2:]) & (j[1:-1] > JOLT_LEAST))
        found: list[Contact] = []
        for p in peaks + a:
            p = int(p)
            height = self._jolt.at(0, p)
            if height >= float(self._jolt[0, p - alone, p + after].max()) and self._is_contact(p, height):
                found.append(self._contact(p, height))
        return found

    def _is_contact(self, p: int, height: float) -> bool:
        if self._peak is None or (p - self._peak) * GRID_S > 2 * MAX_STEP_S:
            self._heights.clear()
            self._stride = None
            return True
        if height < JOLT_SHARE * sorted(self._heights)[len(self._heights) // 2]:
            return False
        sooner = self._stride is not None and p - self._peak < PUSH_OFF_STRIDE * self._stride
        return not (sooner and height < PUSH_OFF_JOLT * self._heights[-1])

    def _contact(self, p: int, height: float) -> Contact:
        stride = None if self._peak is None or not self._heights else float(p - self._peak)
        self._peak = p
        self._heights = [*self._heights[-4:], height]
        ic = p - JOLT_DELAY - JOLT_AFTER_IC_S / GRID_S
        at = p + round(JOLT_AFTER_S / GRID_S)
        evidence = None
        if stride is not None:
            self._stride = stride if self._stride is None else self._stride + 0.3 * (stride - self._stride)
            # all must speak for running: a heel strike and a push-off make walking strides look half as long, and noise has
            # jolts at any interval
            evidence = min(
                clip((LEG_NEUTRAL_STEP_S - 0.5 * stride * GRID_S) / STEP_SCALE_S, EVIDENCE_LIMIT),
                clip((self._jolt.at(1, at) - NEUTRAL_LENGTH_G) / LENGTH_SCALE_G, EVIDENCE_LIMIT),
                clip((height / max(self._jolt.at(2, at), 1e-12) - NEUTRAL_JOLT) / JOLT_SCALE, EVIDENCE_LIMIT),
            )
        shortest, longest = (round(s / GRID_S) for s in STANCE_S)
        a = int(ic) + shortest + EVENT_DELAY
        b = min(int(ic) + longest + EVENT_DELAY, at)
        falling = last_above(self._trail[EVENT, a, b + 1].tolist(), LEG_TC_LEVEL_G)
        tc = None if falling is None else a + falling - EVENT_DELAY + LEG_TC_AFTER_S / GRID_S
        return Contact(at=at, ic=ic, tc=tc, evidence=evidence)
