"""Tells a live device's strides from steps, and lets no doubled or halved cadence pass, not even one value of it.

Two ideas. A runner takes 125 to 245 steps a minute, less than a factor of two: of a number read as strides and as steps at
most one is a runner's. And a step longer than 1.25 m is no walker's: a number that would need such steps counts strides.
While somebody may be walking, nothing is decided, for 55 strides of a walk are 110 steps and 85 strides of a run are not.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from math import isfinite
from statistics import fmean, median
from typing import Final

from cuecoach.metrics import plausible
from cuecoach.sensors.cadence import (
    FAST_M,
    FAST_STRIDES,
    RUNNING_FROM,
    STEPS_FROM,
    STRIDES_UNMEASURED,
    CadenceUnit,
    unit_by_name,
    unit_by_numbers,
    unit_by_stride_length,
)
from cuecoach.sensors.message import Stated

#: So much running must be seen, and by so many of its seconds agreed with, before anything is decided.
DECIDE_AFTER_S: Final = 10.0
_AGREEING_SHARE = 0.75
_AGREES_WITHIN = 0.08
#: The newest few must be on the level of the rest: a device that averages over many seconds may still be on its way.
_NEWEST = 3
_STEADY_WITHIN = 0.06
#: Running longer ago has no say.
_LOOK_BACK_S = 15.0
#: A silence counts as running for so long at most.
_LONGEST_STEP_S = 2.0
_MOST_MOMENTS = 256

#: What a runner does, steps a minute; the ratio stays below two, see above.
_RUNNER_LOW, _RUNNER_HIGH = 125.0, 245.0
#: What a walker does, likewise.
_WALKER_LOW, _WALKER_HIGH = 75.0, 149.0
#: Lengths of a step when walking or jogging slowly, m.
_SHORTEST_STEP_M, _LONGEST_STEP_M = 0.45, 1.1
#: Below this a speed is that of somebody who stands, or of a pod that does not know, m/s.
_MOVING_FROM = 0.3
#: Above this it is running even if the device says walking, m/s.
_NO_WALK_FROM = 2.5
#: Above this, numbers that cannot be a walker's steps are those of a slow run, m/s.
_JOG_FROM = 1.6
#: Two values of which one is less than this share of the other do not speak for each other; one half never does.
_LIKE = 0.6
_LIKE_UNCONFIRMED = 0.9
#: After so many running values in a row that only the other unit explains, the unit is in doubt.
_IN_DOUBT_AFTER = 3
#: So near to one half counts as half.
_HALVED_WITHIN = 0.09


@dataclass(frozen=True, slots=True)
class _Gait:
    """What is known of how the runner moves: the speed, m/s, and the device's own word; None where unknown."""

    speed: float | None
    running: bool | None

    @property
    def known(self) -> bool:
        return self.speed is not None or self.running is not None

    @property
    def surely_running(self) -> bool:
        from_m_s = _NO_WALK_FROM if self.running is False else RUNNING_FROM
        return self.running is True or (self.speed is not None and self.speed > from_m_s)


@dataclass(frozen=True, slots=True)
class _Moment:
    t: float
    credit_s: float
    raw: float
    speed: float | None
    stride_length: float | None


class CadenceJudge:
    """Tells a device's strides from steps while the runner runs.

    Parameters
    ----------
    unit
        What the runner says; rules for ever unless ``auto``.
    remembered
        What was found out of this device before; used until the numbers say otherwise.
    name
        The device's name; some are known for sending steps.

    Attributes
    ----------
    unit
        ``auto`` while undecided.
    how
        ``set by you``, ``remembered``, ``by its name``, ``by its stride length``, ``by its numbers``; empty while undecided.
    """

    def __init__(self, unit: CadenceUnit = "auto", *, remembered: CadenceUnit | None = None, name: str = "") -> None:
        self.unit: CadenceUnit = unit
        self.how = "" if unit == "auto" else "set by you"
        self._told = unit != "auto"
        if unit == "auto" and remembered not in (None, "auto"):
            self.unit, self.how = remembered, "remembered"
        elif unit == "auto" and (by_name := unit_by_name(name)):
            self.unit, self.how = by_name, "by its name"
        #: Whether this run's numbers agree with the unit; a memory or a name alone is trusted less.
        self._confirmed = False
        self._moments: deque[_Moment] = deque(maxlen=_MOST_MOMENTS)
        self._ran_at: float | None = None
        self._raws: deque[float] = deque(maxlen=2)
        self._against = 0
        self._last_t: float | None = None
        self._speaks = False

    def judge(self, t: float, stated: Stated) -> float | None:
        """Take a message, and return its cadence in steps a minute of both feet; None when it has none or is in doubt.

        Parameters
        ----------
        t
            When it came, s; not before the one before.
        stated
            The message: its cadence, speed, stride length and word of running are looked at.
        """
        gait = _gait(stated)
        raw = stated.cadence_raw
        if raw is None and not gait.known:
            return None  # power or heart rate, in between
        elapsed = 0.0 if self._last_t is None else min(max(t - self._last_t, 0.0), _LONGEST_STEP_S)
        self._last_t = t
        self._speaks = self._speaks or gait.known
        if raw is None or not isfinite(raw) or raw <= 0:
            return None
        like = _LIKE if self._confirmed else _LIKE_UNCONFIRMED
        alone = not any(min(raw, other) >= like * max(raw, other) for other in self._raws)
        self._raws.append(raw)
        if not self._told:
            self._gather(t, elapsed, raw, gait, stated.stride_length_raw)
            self._decide()
        if self.unit == "auto":
            return None
        spm = raw * (2.0 if self.unit == "strides" else 1.0)
        passes = plausible("cadence", spm)
        if not self._told:
            passes = passes and not alone and self._passes(raw, spm, gait)
            self._weigh(raw, gait, passes, alone)
            passes = passes and self._against < _IN_DOUBT_AFTER
        if not passes:
            return None
        if spm >= STEPS_FROM:
            self._ran_at = spm
        return spm

    def _weigh(self, raw: float, gait: _Gait, passes: bool, alone: bool) -> None:
        """Count the running values in a row that make sense in the other unit only; enough of them end all trust."""
        if alone or not gait.surely_running or self._against >= _IN_DOUBT_AFTER:
            return
        if passes:
            self._against = 0
        elif _runs(raw * (1.0 if self.unit == "strides" else 2.0), gait.speed):
            self._against += 1

    # ------------------------------------------------------------ deciding
    def _gather(self, t: float, elapsed: float, raw: float, gait: _Gait, stride_length: float | None) -> None:
        """Keep what tells strides from steps: running, and numbers that only steps can reach."""
        while self._moments and t - self._moments[0].t > _LOOK_BACK_S:
            self._moments.popleft()
        jogging = gait.speed is not None and gait.speed > _JOG_FROM and unit_by_numbers(raw, gait.speed) == "strides"
        if gait.surely_running or jogging or raw >= STEPS_FROM:
            self._moments.append(_Moment(t, elapsed, raw, gait.speed, stride_length))

    def _decide(self) -> None:
        """Decide, or change an older decision, once enough running agrees."""
        seen = sum(m.credit_s for m in self._moments)
        if seen < DECIDE_AFTER_S:
            return
        raw = median(m.raw for m in self._moments)
        agreeing = sum(m.credit_s for m in self._moments if abs(m.raw - raw) <= _AGREES_WITHIN * raw)
        newest = fmean(m.raw for m in list(self._moments)[-_NEWEST:])
        if agreeing < _AGREEING_SHARE * seen or abs(newest - raw) > _STEADY_WITHIN * raw:
            return  # a start, a stop, or a device that has just changed its mind
        speed = _middle([m.speed for m in self._moments])
        by_numbers = unit_by_numbers(raw, speed)
        by_length = unit_by_stride_length(raw, speed, _middle([m.stride_length for m in self._moments]))
        found = by_numbers or by_length
        if found is None:
            return
        self._confirmed = True
        self._against = 0
        if found != self.unit:
            self.unit = found
            self.how = "by its stride length" if by_length == found else "by its numbers"

    # ------------------------------------------------------------ letting values pass
    def _passes(self, raw: float, spm: float, gait: _Gait) -> bool:
        """Whether a value can be what it is taken for; one off by a factor of two never is."""
        if gait.surely_running:
            return _runs(spm, gait.speed)
        walks = _WALKER_LOW <= spm <= _WALKER_HIGH
        if gait.speed is not None:
            possible = _SHORTEST_STEP_M <= 60.0 * gait.speed / spm <= _LONGEST_STEP_M
            return possible and (walks or unit_by_numbers(raw, gait.speed) == self.unit)
        if gait.running is False:
            return walks
        # A device that is used to say how the runner moves, and does not, knows nothing worth a guess.
        return not self._speaks and self._passes_unexplained(raw, spm)

    def _passes_unexplained(self, raw: float, spm: float) -> bool:
        """Whether a value passes with not a word of how the runner moves."""
        if self.unit == "strides":
            return _RUNNER_LOW <= spm <= 2 * STRIDES_UNMEASURED
        if raw >= STEPS_FROM:
            return True
        # Half of what the runner ran at: strides, from a device that has changed its mind.
        halved = self._ran_at is not None and abs(spm / self._ran_at - 0.5) < _HALVED_WITHIN
        return self._confirmed and _WALKER_LOW <= spm <= _WALKER_HIGH and not halved


def _gait(stated: Stated) -> _Gait:
    """Return how the runner moves by this message alone: a word from before the last step says nothing of this one."""
    speed = stated.values.get("speed")
    if speed is not None and not (plausible("speed", speed) and speed >= _MOVING_FROM):
        speed = None
    return _Gait(speed, stated.running)


def _runs(spm: float, speed: float | None) -> bool:
    """Whether a runner takes so many steps at this speed: very many only when fast, a device's word notwithstanding."""
    shortest_m = _SHORTEST_STEP_M if spm <= 2 * FAST_STRIDES else FAST_M / 2
    return _RUNNER_LOW <= spm <= _RUNNER_HIGH and (speed is None or 60.0 * speed / spm >= shortest_m)


def _middle(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None
