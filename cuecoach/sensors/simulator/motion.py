"""The motion of the pelvis between contacts: height, acceleration, angles and angular rate, all in closed form.

Time within a segment is warped into a phase with two continuous derivatives across contacts; amplitudes hold to mid-segment and
then pass smoothly into the next segment's. So acceleration and angular rate are the exact derivatives of height and angles.

Waveforms: tilt swings twice a stride, obliquity and rotation once (Schache 2000). In stance the swing
side drops to mid-stance and rises again; the braking and then driving push, the sway towards the standing foot and the early
impact follow the usual shapes of ground-reaction force in running and walking.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from cuecoach.events import FloatArray
from cuecoach.sensors.simulator.stance import GRAVITY, IMPACT_PEAK_S, vertical
from cuecoach.sensors.simulator.steps import OBLIQUITY_THIRD, Segment

_PI: Final = np.pi
#: Share of the step at which the pelvis tips furthest forward (near toe-off), and rotation is greatest.
_TILT_AT: Final = 0.8
_ROTATION_AT: Final = 0.15
#: m/s lost in braking and regained, at any speed and per m/s of it; braking impulses of easy running are 0.15-0.25 m/s.
_BRAKING: Final = 0.06
_BRAKING_PER_SPEED: Final = 0.045
#: m/s of the horizontal impacts, backwards and sideways.
_IMPACT_BACK: Final = 0.20
_IMPACT_SIDE: Final = 0.07
#: m/s of lateral impulse in a stance.
_SIDE_IMPULSE: Final = 0.16
#: m/s²: the pelvis moves against the body's centre, ahead once a step and to the sides three times a stride. With these the
#: spread of fore-aft and lateral acceleration comes near to that of the pelvis in optical data (Fukuchi 2017: 3.0, 2.6).
_PELVIS_AHEAD: Final = 1.6
_PELVIS_SIDE: Final = 3.8
#: Share of the step at which that sideways motion peaks.
_PELVIS_SIDE_AT: Final = 0.1
#: Walking: fore-aft and lateral amplitudes, m/s² and m; heel strike, m/s² backwards, its place and half width in the step.
_WALK_FORE_AFT: Final = 1.1
_WALK_SIDE_M: Final = 0.02
_WALK_STRIKE: Final = 2.2
_WALK_STRIKE_AT: Final = 0.10
_WALK_STRIKE_HALF: Final = 0.08
#: Hz of the sway while standing, in tilt and in obliquity.
_SWAY_HZ: Final = (0.23, 0.31)

#: The columns a segment contributes, in the order `_columns` writes them.
_BLENDED: Final = 10


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """Motion at n times.

    Attributes
    ----------
    height
        m, shape (n,).
    acceleration
        Without gravity, along (ahead, left, up), m/s², three arrays of shape (n,).
    tilt, obliquity, rotation
        rad, catalogue signs, shape (n,).
    tilt_rate, obliquity_rate, rotation_rate
        Their derivatives, rad/s.
    """

    height: FloatArray
    acceleration: tuple[FloatArray, FloatArray, FloatArray]
    tilt: FloatArray
    obliquity: FloatArray
    rotation: FloatArray
    tilt_rate: FloatArray
    obliquity_rate: FloatArray
    rotation_rate: FloatArray


def _columns(segments: Sequence[Segment]) -> FloatArray:
    return np.array(
        [
            (
                s.swing,
                s.lowest,
                s.drop_at,
                s.tilt,
                s.tilt_swing,
                s.obliquity_swing,
                s.rotation_swing,
                s.sway,
                s.walk,
                s.speed,
                # Up to here blended, from here on held.
                s.start,
                s.length,
                s.stance,
                s.flight_before,
                s.flight,
                s.peaked,
                1.0 if s.activity == "running" else 0.0,
                1.0 if s.side == "left" else -1.0,
            )
            for s in segments
        ]
    ).T


def render(segments: Sequence[Segment], times: FloatArray) -> Motion:
    """Return the motion at `times`.

    Parameters
    ----------
    segments
        Neighbouring segments; the first one precedes the one that `times` begin in (or is it, at the very start), and
        the last one follows the one they end in.
    times
        Shape (n,), s, increasing.
    """
    table = _columns(segments)
    start, length = table[_BLENDED], table[_BLENDED + 1]
    # Steps per second at each contact: the mean of the steps before and after.
    pace = 0.5 * (1.0 / np.concatenate((length[:1], length[:-1])) + 1.0 / length)
    row = np.searchsorted(start, times, side="right") - 1
    held = table[_BLENDED:, row]
    begun, lasts, stance, flight_before, flight, peaked, runs, side = held
    since = times - begun
    share = since / lasts

    # ---- phase: 0 to 1 over the segment, a quintic with the given slopes and no curvature at its ends
    d0, d1 = pace[row] * lasts, pace[row + 1] * lasts
    k, m = 1.0 - d0, d1 - d0
    c3, c4, c5 = 10.0 * k - 4.0 * m, 7.0 * m - 15.0 * k, 6.0 * k - 3.0 * m
    p = share * (d0 + share**2 * (c3 + share * (c4 + share * c5)))
    p1 = (d0 + share**2 * (3.0 * c3 + share * (4.0 * c4 + share * 5.0 * c5))) / lasts
    p2 = share * (6.0 * c3 + share * (12.0 * c4 + share * 20.0 * c5)) / lasts**2

    # ---- amplitudes: the smoothest step (quintic) over the second half of the segment
    u = np.maximum(2.0 * share - 1.0, 0.0)
    blend = u**3 * (10.0 + u * (6.0 * u - 15.0))
    blend1 = 30.0 * u**2 * (1.0 - u) ** 2 * (2.0 / lasts)
    blend2 = 60.0 * u * (1.0 - u) * (1.0 - 2.0 * u) * (2.0 / lasts) ** 2
    here, there = table[:_BLENDED, row], table[:_BLENDED, row + 1]
    change = there - here
    swing, lowest, drop_at, tilt0, tilt_swing, obl_swing, rot_swing, sway, walk, _ = here + blend * change
    swing1, lowest1, drop_at1, tilt01, tilt_swing1, obl_swing1, rot_swing1, sway1, _, ahead = blend1 * change
    swing2, lowest2 = blend2 * change[:2]

    # ---- up and down: the body's flight and fall, and the sensor's own swing
    body, body_acc = vertical(since, stance, flight_before, flight, peaked)
    on_run = runs > 0
    a, a1, a2 = 2 * _PI * (p - lowest), 2 * _PI * (p1 - lowest1), 2 * _PI * (p2 - lowest2)
    cos_a, sin_a = np.cos(a), np.sin(a)
    height = np.where(on_run, body, 0.0) - swing * cos_a
    up = (
        np.where(on_run, body_acc, 0.0)
        - swing2 * cos_a
        + 2.0 * swing1 * a1 * sin_a
        + swing * (a1**2 * cos_a + a2 * sin_a)
    )

    # ---- angles
    b, b1 = 2 * _PI * (p - _TILT_AT), 2 * _PI * p1
    cos_b, sin_b = np.cos(b), np.sin(b)
    w1, w2 = 2 * _PI * _SWAY_HZ[0], 2 * _PI * _SWAY_HZ[1]
    sway_tilt, sway_obl = np.sin(w1 * times), np.sin(w2 * times)
    tilt = tilt0 + tilt_swing * cos_b + sway * sway_tilt
    tilt_rate = tilt01 + tilt_swing1 * cos_b - tilt_swing * b1 * sin_b + sway1 * sway_tilt
    tilt_rate = tilt_rate + sway * w1 * np.cos(w1 * times)

    x, x1 = _PI * (p - drop_at), _PI * (p1 - drop_at1)
    wave = np.cos(x) + OBLIQUITY_THIRD * np.cos(3.0 * x)
    wave1 = -x1 * (np.sin(x) + 3.0 * OBLIQUITY_THIRD * np.sin(3.0 * x))
    obliquity = -side * obl_swing * wave + sway * sway_obl
    obliquity_rate = -side * (obl_swing1 * wave + obl_swing * wave1) + sway1 * sway_obl
    obliquity_rate = obliquity_rate + sway * w2 * np.cos(w2 * times)

    y = _PI * (p - _ROTATION_AT)
    rotation = -side * rot_swing * np.cos(y)
    rotation_rate = -side * (rot_swing1 * np.cos(y) - rot_swing * _PI * p1 * np.sin(y))

    fore, left = _horizontal(since, stance, on_run, side, here[9], ahead, p, p1, walk)
    deg = _PI / 180.0
    return Motion(
        height,
        (fore, left, up),
        deg * tilt,
        deg * obliquity,
        deg * rotation,
        deg * tilt_rate,
        deg * obliquity_rate,
        deg * rotation_rate,
    )


def _horizontal(
    since: FloatArray,
    stance: FloatArray,
    on_run: FloatArray,
    side: FloatArray,
    speed: FloatArray,
    ahead: FloatArray,
    p: FloatArray,
    p1: FloatArray,
    walk: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Return acceleration ahead and to the left, m/s²; each push leaves as much speed as it takes."""
    s = np.minimum(since / stance, 1.0)
    h = IMPACT_PEAK_S / stance
    impact = np.where(s < 2.0 * h, (1.0 - np.cos(_PI * s / h)) / (2.0 * h), 0.0)
    arch = 0.5 * _PI * np.sin(_PI * s)
    lost = _BRAKING + _BRAKING_PER_SPEED * speed
    run_fore = (-lost * _PI * np.sin(2 * _PI * s) + _IMPACT_BACK * (arch - impact)) / stance
    run_fore = run_fore - _PELVIS_AHEAD * np.sin(2 * _PI * p)
    run_left = -side * (_SIDE_IMPULSE * arch + _IMPACT_SIDE * impact) / stance
    run_left = run_left + side * _PELVIS_SIDE * np.cos(3 * _PI * (p - _PELVIS_SIDE_AT))

    strike = np.maximum(1.0 - ((p - _WALK_STRIKE_AT) / _WALK_STRIKE_HALF) ** 2, 0.0) ** 2
    # 16/15 is the area of the bump per half width: what the strike takes, the whole step gives back.
    walk_fore = -_WALK_FORE_AFT * np.sin(2 * _PI * p) - _WALK_STRIKE * (strike - 16.0 / 15.0 * _WALK_STRIKE_HALF)
    walk_left = -side * _WALK_SIDE_M * (_PI * p1) ** 2 * np.sin(_PI * p)
    fore = ahead + np.where(on_run, run_fore, 0.0) + walk * walk_fore
    left = np.where(on_run, run_left, 0.0) + walk * walk_left
    return fore, left


def sensor_view(motion: Motion) -> tuple[tuple[FloatArray, ...], tuple[FloatArray, ...]]:
    """Return what a perfect sensor on the pelvis feels, body axes (ahead, left, up).

    Acceleration with gravity, m/s², and angular rate, deg/s, each three arrays of shape (n,). The pelvis is turned from
    upright by rotation about the vertical, then tilt about its left axis, then obliquity about its forward axis.
    """
    fore, left, up = motion.acceleration
    up = up + GRAVITY
    roll, roll_rate = -motion.obliquity, -motion.obliquity_rate
    sy, cy = np.sin(motion.rotation), np.cos(motion.rotation)
    sp, cp = np.sin(motion.tilt), np.cos(motion.tilt)
    sr, cr = np.sin(roll), np.cos(roll)
    fore, left = cy * fore + sy * left, cy * left - sy * fore
    fore, up = cp * fore - sp * up, sp * fore + cp * up
    left, up = cr * left + sr * up, cr * up - sr * left
    deg = 180.0 / _PI
    yaw_rate, pitch_rate = motion.rotation_rate, motion.tilt_rate
    about_ahead = roll_rate - yaw_rate * sp
    about_left = pitch_rate * cr + yaw_rate * cp * sr
    about_up = yaw_rate * cp * cr - pitch_rate * sr
    return (fore, left, up), (deg * about_ahead, deg * about_left, deg * about_up)
