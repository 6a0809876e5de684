"""Proxies of what a contact does to the body: how hard it lands, and how much speed it costs."""

from __future__ import annotations

import numpy as np

from cuecoach.events import FloatArray
from cuecoach.gait.constants import GRID_S, IMPACT_AFTER_S, IMPACT_BEFORE_S
from cuecoach.gait.orientation import ACC, GYR, RISING, UP, Orientation
from cuecoach.gait.pelvis import Mount
from cuecoach.gait.stepvalues import Draft, put_each
from cuecoach.gait.trail import IndexArray, Trail
from cuecoach.gait.vertical import HORIZONTAL2, VERTICAL, dot

_BEFORE, _AFTER = round(IMPACT_BEFORE_S / GRID_S), round(IMPACT_AFTER_S / GRID_S)


def add_impact(steps: list[Draft], trail: Trail) -> None:
    """Largest length of the acceleration about each contact, g, gravity included: 1 at rest.

    The 100 Hz grid rounds the peak off, and soft tissue or a loose belt changes it: a proxy, to be compared with the same
    sensor at the same place only.
    """
    steps = [s for s in steps if s.stride[-1] - _BEFORE >= trail.first and s.stride[-1] + _AFTER < trail.stop]
    if not steps:
        return
    contact = np.array([step.stride[-1] for step in steps])
    rows = trail.stretches(
        min(VERTICAL, HORIZONTAL2), max(VERTICAL, HORIZONTAL2) + 1, contact - _BEFORE, contact + _AFTER
    )
    squares = rows[VERTICAL] * rows[VERTICAL] + rows[HORIZONTAL2]
    put_each(steps, "impact", np.sqrt(np.maximum.reduce(squares, axis=1)))


def add_braking(steps: list[Draft], angles: Trail, motion: Orientation, mount: Mount) -> None:
    """Forward speed the sensor loses at most within the step before each contact, m/s.

    The horizontal part of the forward axis is followed, the drift of the stride removed by giving the acceleration zero mean
    over it: a runner at even speed gains what he loses. The pelvis is not the centre of mass: a proxy.
    """
    assert motion.pose is not None
    steps = [s for s in steps if s.stride[0] >= angles.first]  # before, the mounting was not known
    if not steps:
        return
    begin, middle, end = np.array([step.stride for step in steps]).T
    up = motion.pose.stretches(UP, RISING, begin, end)
    ahead = _levelled(mount.x, up)
    forward = dot(ahead, motion.raw.stretches(ACC, GYR, begin, end))
    put_each(steps, "braking", lost_speed(forward, end - begin, middle - begin))


def _levelled(axis: FloatArray, up: FloatArray) -> FloatArray:
    """The horizontal direction of a sensor axis, shape (3, s, n), where the vertical is `up`."""
    x = axis[:, None, None]
    flat = x - np.add.reduce(x * up, axis=0) * up
    return flat / np.sqrt(np.maximum(dot(flat, flat), 1e-12))


def lost_speed(forward: FloatArray, lengths: IndexArray, middles: IndexArray) -> FloatArray:
    """Largest fall of speed within the first step of each stride, m/s, shape (s,).

    Parameters
    ----------
    forward
        Forward acceleration over each stride, shape (s, longest), m/s²; what follows a stride in its row does not matter.
    lengths
        Samples of each stride, shape (s,).
    middles
        Where each first step ends, shape (s,).
    """
    # running sums, not sums of rows: these must not depend on the longest stride beside them
    count = np.arange(1.0, forward.shape[1] + 1.0)
    speed = np.add.accumulate(forward, axis=1)
    speed -= (speed[np.arange(len(lengths)), lengths - 1] / lengths)[:, None] * count
    fastest = np.maximum(np.maximum.accumulate(speed, axis=1), 0.0)  # the stride begins at speed 0
    fall = fastest - speed
    return np.maximum.reduce(np.where(count <= middles[:, None], fall, 0.0), axis=1) * GRID_S
