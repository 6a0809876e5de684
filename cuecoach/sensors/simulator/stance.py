"""The vertical push of one running stance, in closed form: force, velocity and height of the body's centre.

The body flies freely between contacts. During stance the force has a fixed shape over s = 0 .. 1, the share of stance::

    f(s) = (1 - a) [(1 - m) sine(s) + m raised_cosine(s)] + a impact(s) - b sin(2 pi s)

Each part but the last has unit area. `m` makes the push more peaked, so that the body sinks further; `a` is the share of the
early impact; `b` shifts the push in time so that the body leaves the ground at the height at which it landed, for any two
flights before and after. The half sine for running is the spring-mass approximation (Dalleau 2004, Morin 2005).
"""

from __future__ import annotations

import math
from typing import Final, TypeVar

import numpy as np

from cuecoach.events import FloatArray

#: m/s².
GRAVITY: Final = 9.81
#: Share of the vertical impulse that comes as the impact: gives a first peak of about 2 g at the sacrum.
IMPACT_SHARE: Final = 0.09
#: s from contact to the impact's peak; it lasts twice as long.
IMPACT_PEAK_S: Final = 0.025

_PI: Final = math.pi

#: The formulas hold for one step and for many.
Number = TypeVar("Number", float, FloatArray)


def skew(stance: Number, flight_before: Number, flight_after: Number) -> Number:
    """Return `b`: the shift of the push with which take-off is as high as landing. All arguments in s."""
    centre = (flight_after + stance) / (flight_before + flight_after + 2.0 * stance)
    return 2.0 * _PI * (centre - 0.5 * (1.0 - IMPACT_SHARE) - IMPACT_SHARE * IMPACT_PEAK_S / stance)


def vertical(
    since: FloatArray, stance: FloatArray, flight_before: FloatArray, flight_after: FloatArray, peaked: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return height above that at contact, m, and vertical acceleration, m/s², of the body's centre.

    Parameters
    ----------
    since
        Time since contact, s, up to the next contact; any shape, as all others.
    stance, flight_before, flight_after
        Times of contact and of the flights before and after, s.
    peaked
        `m`.
    """
    s = np.minimum(since / stance, 1.0)
    h = IMPACT_PEAK_S / stance
    b = skew(stance, flight_before, flight_after)
    sin1, cos2, sin2 = np.sin(_PI * s), np.cos(2 * _PI * s), np.sin(2 * _PI * s)
    in_impact = s < 2.0 * h
    cos_impact = np.cos(_PI * s / h)

    smooth, a = 1.0 - IMPACT_SHARE, IMPACT_SHARE
    force = (
        smooth * ((1.0 - peaked) * 0.5 * _PI * sin1 + peaked * (1.0 - cos2))
        + np.where(in_impact, a * (1.0 - cos_impact) / (2.0 * h), 0.0)
        - b * sin2
    )
    sine, raised, shift = _twice(s, sin1, cos2, sin2)
    impact = np.where(in_impact, (0.5 * s * s - (h / _PI) ** 2 * (1.0 - cos_impact)) / (2.0 * h), s - h)
    twice = smooth * ((1.0 - peaked) * sine + peaked * raised) + a * impact - b * shift
    impulse = GRAVITY * (0.5 * (flight_before + flight_after) + stance)
    on_ground = s * stance
    height = -0.5 * GRAVITY * flight_before * on_ground - 0.5 * GRAVITY * on_ground**2 + impulse * stance * twice
    flown = np.maximum(since - stance, 0.0)
    height = height + 0.5 * GRAVITY * flown * (flight_after - flown)
    acceleration = np.where(since < stance, impulse / stance * force, 0.0) - GRAVITY
    return height, acceleration


def _twice(
    s: FloatArray, sin1: FloatArray, cos2: FloatArray, sin2: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the double integrals of the sine, the raised cosine and the shift; sin(pi s), cos and sin(2 pi s) are given."""
    return (
        0.5 * s - sin1 / (2 * _PI),
        0.5 * s * s - (1.0 - cos2) / (4 * _PI**2),
        s / (2 * _PI) - sin2 / (4 * _PI**2),
    )


#: Where the lowest point of a stance is looked for, as shares of stance; after the impact, at any human stance time.
_LOOK: Final = np.linspace(0.38, 0.68, 13)
_SINE, _RAISED, _SHIFT = _twice(_LOOK, np.sin(_PI * _LOOK), np.cos(2 * _PI * _LOOK), np.sin(2 * _PI * _LOOK))


#: Where the highest point of a flight is looked for, as shares of flight.
_LOOK_UP: Final = np.linspace(0.1, 0.9, 13)


def bounce(
    stance: float, flight_before: float, flight_after: float, peaked: float, swing: float = 0.0, lowest: float = 0.0
) -> float:
    """Return the peak-to-peak height over a step, m.

    Parameters
    ----------
    stance, flight_before, flight_after, peaked
        As of :func:`vertical`.
    swing, lowest
        A wave of the step's period on top of the body's own motion: half height, m, and the share of the step at which it
        is lowest.
    """
    impulse = GRAVITY * (0.5 * (flight_before + flight_after) + stance)
    push = impulse * stance
    smooth = (1.0 - IMPACT_SHARE) * push
    after_impact = IMPACT_SHARE * push - 0.5 * GRAVITY * flight_before * stance
    turn = 2.0 * _PI / (stance + flight_after)
    low = (
        (smooth * (1.0 - peaked)) * _SINE
        + (smooth * peaked) * _RAISED
        - (push * skew(stance, flight_before, flight_after)) * _SHIFT
        + after_impact * _LOOK
        - (0.5 * GRAVITY * stance**2) * _LOOK**2
        - IMPACT_SHARE * IMPACT_PEAK_S * impulse
        - swing * np.cos(turn * stance * _LOOK - 2.0 * _PI * lowest)
    )
    flown = flight_after * _LOOK_UP
    high = 0.5 * GRAVITY * flown * (flight_after - flown) - swing * np.cos(turn * (stance + flown) - 2.0 * _PI * lowest)
    return -_valley(-high) - _valley(low)


def _valley(x: FloatArray) -> float:
    """Return the lowest value of evenly sampled `x`, between the samples on the parabola through three of them."""
    k = min(max(int(x.argmin()), 1), len(x) - 2)
    left, mid, right = x[k - 1 : k + 2].tolist()
    curve = left - 2.0 * mid + right
    return mid - (left - right) ** 2 / (8.0 * curve) if curve > 0 else mid
