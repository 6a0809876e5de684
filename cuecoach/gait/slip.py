"""Slips: a sensor on the trunk that moved on the body while running, told from a runner who moved."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from cuecoach.gait.constants import (
    GRID_S,
    SLIP_AFTER_TURN_S,
    SLIP_AGREE,
    SLIP_CADENCE,
    SLIP_CLEAR,
    SLIP_DEG,
    SLIP_EDGE_S,
    SLIP_GAP_S,
    SLIP_SUDDEN_S,
    SLIP_TURN,
    SLIP_WINDOW_S,
    SLIP_WITHIN_S,
)
from cuecoach.gait.orientation import ACC, GYR, Orientation
from cuecoach.gait.pelvis import Mount
from cuecoach.gait.pelvisvalues import StrideAngles
from cuecoach.gait.stepvalues import Draft

_WINDOW, _WITHIN, _EDGE = (s / GRID_S for s in (SLIP_WINDOW_S, SLIP_WITHIN_S, SLIP_EDGE_S))
_WHOLE = 2 * _WINDOW + _WITHIN
_GAP, _AFTER_TURN = SLIP_GAP_S / GRID_S, SLIP_AFTER_TURN_S / GRID_S
_QUICK, _SLOW = (s / GRID_S for s in SLIP_SUDDEN_S)
#: Least steps in a window.
_LEAST = 8
#: Steps over which running straight on is judged: the heading of a sensor drifts, so the usual turn is not none.
_TURNS = 31
#: Strides end with each step and overlap; over this many steps a turn is a turn and not noise.
_TURN_STEPS = 4


@dataclass(frozen=True, slots=True)
class Lean:
    """How a sensor leaned over the stride that ends at grid index `at`, deg, and the step's cadence, spm, if known.

    `tilt` and `obliquity` are those of the orientation; `fore` and `aside` are the same two of the mean acceleration, which is
    the vertical of a runner who goes straight on at an even speed. `turn` is how fast the heading changed, deg/s.
    """

    at: int
    tilt: float
    obliquity: float
    fore: float
    aside: float
    turn: float
    cadence: float | None


@dataclass(frozen=True, slots=True)
class Jump:
    """The mean lean jumped by so much, deg, at grid index `at`."""

    at: int
    tilt: float
    obliquity: float


def leans(held: StrideAngles, motion: Orientation, mount: Mount) -> list[tuple[Draft, Lean]]:
    """How the sensor leaned over the stride that ends with each step."""
    steps, last = held.steps, held.end - held.begin - 1
    # running sums, not sums of rows: these must not depend on the longest stride beside them
    felt = np.add.accumulate(motion.raw.stretches(ACC, GYR, held.begin, held.end), axis=2)
    acc = felt[:, np.arange(len(steps)), last]
    acc /= np.sqrt(acc[0] ** 2 + acc[1] ** 2 + acc[2] ** 2) + 1e-12
    fore, aside = (
        np.degrees(-np.arcsin(np.clip(axis[0] * acc[0] + axis[1] * acc[1] + axis[2] * acc[2], -1.0, 1.0)))
        for axis in (mount.x, mount.y)
    )
    tilt, obliquity = held.tilt.tolist(), held.obliquity.tolist()
    fore, aside, turn = fore.tolist(), aside.tolist(), held.turn.tolist()
    return [
        (s, Lean(s.stride[-1], tilt[i], obliquity[i], fore[i], aside[i], turn[i], s.values.get("cadence")))
        for i, s in enumerate(steps)
    ]


class SlipDetector:
    """Compares the last seconds of running with those before.

    A slip turns the sensor, so the orientation and the mean acceleration in the sensor's frame turn alike. In a bend the
    runner leans with the acceleration, so only the orientation turns; a change of speed turns the acceleration only, and soon
    back. A runner who changes posture takes seconds. A slip about the vertical turns neither, and cannot be seen.
    """

    def __init__(self) -> None:
        self._leans: deque[Lean] = deque()
        self._turns: deque[float] = deque(maxlen=_TURNS)
        self._straight = -math.inf  # from when on the runner goes straight on

    def push(self, lean: Lean) -> Jump | None:
        """Take the next stride; answers a jump, once."""
        known, turns = self._leans, self._turns
        if known and lean.at - known[-1].at > _GAP:
            known.clear()
        turns.append(lean.turn)
        n = min(len(turns), _TURN_STEPS)
        if abs(sum([turns[-k] for k in range(1, n + 1)]) / n - _median(turns)) > SLIP_TURN:
            self._straight = lean.at + _AFTER_TURN
        if lean.at < self._straight:
            known.clear()
            return None
        known.append(lean)
        while lean.at - known[0].at > _WHOLE:
            known.popleft()
        first = known[0]
        if first.at > lean.at - _WHOLE + 0.25 * _WINDOW:
            return None
        # the two ends must be as clear of each other as all between: this spares most strides the rest
        if math.hypot(lean.tilt - first.tilt, lean.obliquity - first.obliquity) < SLIP_CLEAR * SLIP_DEG:
            return None
        jump = _jump(list(known))
        if jump is not None:
            # what lies before the jump is not to be compared with again
            self._leans = deque([x for x in known if x.at > jump.at])
        return jump


def _jump(known: list[Lean]) -> Jump | None:
    now = known[-1].at
    begin = now - _WHOLE
    before = [x for x in known if x.at <= begin + _WINDOW]
    after = [x for x in known if x.at > now - _WINDOW]
    if min(len(before), len(after)) < _LEAST:
        return None
    tilt = _median([x.tilt for x in after]) - _median([x.tilt for x in before])
    obliquity = _median([x.obliquity for x in after]) - _median([x.obliquity for x in before])
    size = math.hypot(tilt, obliquity)
    if size < SLIP_DEG or not _even_cadence(before, after):
        return None
    # along the direction in which the lean changed
    c, s = tilt / size, obliquity / size
    leaned = [c * x.tilt + s * x.obliquity for x in known]
    felt = [c * x.fore + s * x.aside for x in known]
    n, m = len(before), len(known) - len(after)
    if min(leaned[m:]) - max(leaned[:n]) < SLIP_CLEAR * size:
        return None
    if not SLIP_AGREE[0] < (_median(felt[m:]) - _median(felt[:n])) / size < SLIP_AGREE[1]:
        return None
    # either shows a jump as a jump: the orientation when the gyroscope felt it, the acceleration in any case
    times = [x.at for x in known]
    at = _sudden(times, leaned)
    if at is None:
        at = _sudden(times, felt)
    if at is None or not begin + _WINDOW - _EDGE < at <= now - _WINDOW + _EDGE:
        return None
    return Jump(at, tilt, obliquity)


def _even_cadence(before: list[Lean], after: list[Lean]) -> bool:
    a, b = ([x.cadence for x in window if x.cadence is not None] for window in (before, after))
    return not a or not b or abs(_median(b) / _median(a) - 1.0) < SLIP_CADENCE


def _sudden(times: list[int], values: list[float]) -> int | None:
    """Where the values jump, a grid index; None when they rather go over slowly."""
    quick, at = _ramp(times, values, _QUICK)
    slow, _ = _ramp(times, values, _SLOW)
    return at if quick > slow else None


def _ramp(times: list[int], values: list[float], width: float) -> tuple[float, int]:
    """How much of the values a level, a ramp of that width and another level explain at best, and the ramp's middle."""
    best, at = -math.inf, times[0]
    n = len(values)
    mean = sum(values) / n
    for middle in times[3 : n - 3]:
        ramp = [min(max((t - middle) / width + 0.5, 0.0), 1.0) for t in times]
        level = sum(ramp) / n
        cross = sum([(r - level) * (v - mean) for r, v in zip(ramp, values, strict=True)])
        power = sum([(r - level) ** 2 for r in ramp])
        if cross * cross > best * power:
            best, at = cross * cross / power, middle
    return best, at


def _median(values: Iterable[float]) -> float:
    ordered = sorted(values)
    n = len(ordered)
    return 0.5 * (ordered[(n - 1) // 2] + ordered[n // 2])
