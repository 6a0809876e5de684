"""Which foot is on the ground, from what alternates between steps."""

from __future__ import annotations

import math

import numpy as np

from cuecoach.events import FloatArray, Side
from cuecoach.gait.activity import clip
from cuecoach.gait.constants import EARLY_CLEAR, EARLY_STEPS, GRID_S, SIDE_PUSH, SIDE_RISE_DEG
from cuecoach.gait.contacts import Contact
from cuecoach.gait.trail import Trail

#: How fast old steps are forgotten: the vote is about the last seven steps.
MEMORY = 0.85
#: Sum of votes (each -1 to 1) below which the side is not told.
SURE = 1.2


class SideVote:
    """Sums each step's sign with alternating turn; one odd step does not change the side, a lost step resets the sum."""

    def __init__(self) -> None:
        self._sum = 0.0

    def step(self, left: float) -> Side | None:
        """A step directly after the last one, with how much (-1 to 1) it looks like the left foot."""
        self._sum = left - MEMORY * self._sum
        if abs(self._sum) < SURE:
            return None
        return "left" if self._sum > 0 else "right"

    def reset(self) -> None:
        """Steps were lost: the turn is not known."""
        self._sum = 0.0


def left_looks(risen: float, push: float) -> float:
    """How much (-1 to 1) a step looks like the left foot: the right side rises over it, deg, and it pushes to the right.

    `push` is the mean acceleration to the left just after contact, m/s².
    """
    return 0.75 * clip(risen / SIDE_RISE_DEG, 1.0) - 0.25 * clip(push / SIDE_PUSH, 1.0)


def stance_end(contact: Contact, tc: float | None) -> int:
    """Grid index up to which the pelvis is seen to rise over a contact."""
    return contact.at if tc is None else min(round(tc), contact.at)


def early_votes(raw: Trail, series: list[Contact], axes: tuple[FloatArray, FloatArray] | None) -> list[float]:
    """How much each contact but the last looks like the left foot, without an orientation: from whole strides of raw samples.

    Parameters
    ----------
    raw
        Acceleration, m/s², and angular rate, deg/s, in rows 0-2 and 3-5.
    series
        Contacts that follow each other.
    axes
        Forward and left in the sensor frame, shape (3,) each, or None when they are to be found from the same strides.

    Returns
    -------
    list of float
        One for each contact that whole strides reach back to; empty when there are too few, or forward and left are not clear.
    """
    count = (min(len(series) - 1, EARLY_STEPS) // 2) * 2
    if count < 2 or (axes is None and count < EARLY_STEPS):
        return []
    series = series[-1 - count :]
    a, b = int(series[0].ic), int(series[-1].ic)
    stop = series[-1].at + 1
    if a < raw.first:
        return []
    motion = raw.rows(0, 6, a, stop)
    whole = motion[:, : b - a]
    centred = motion - (np.add.reduce(whole, axis=1) / (b - a))[:, None]
    if axes is None:
        axes = _axes(centred[:, : b - a], np.add.reduce(whole[:3], axis=1), round((b - a) / count))
        if axes is None:
            return []
    forward, left = axes
    # a roll to the left about the forward axis lowers the left side: the right rises as the rate is negative
    right_up = -np.add.accumulate(forward @ centred[3:]) * GRID_S
    aside = left @ centred[:3]
    votes: list[float] = []
    for contact in series:
        ic = int(contact.ic)
        last = stance_end(contact, contact.tc)
        risen = float(right_up[last - a] - right_up[ic + (last - ic) * 3 // 10 - a])
        votes.append(left_looks(risen, float(np.add.reduce(aside[ic - a : ic - a + 6])) / 6))
    return votes


def early_side(raw: Trail, series: list[Contact]) -> Side | None:
    """The foot of the last of contacts that follow each other, before it is known how the sensor sits."""
    vote = SideVote()
    side: Side | None = None
    for left in early_votes(raw, series, None):
        side = vote.step(left)
    return side


def _axes(motion: FloatArray, up: FloatArray, lag: int) -> tuple[FloatArray, FloatArray] | None:
    """Forward and left, shape (3,) each, from the motion over whole strides, shape (6, n), without its means.

    Fore-aft acceleration and pitch repeat from step to step, lateral acceleration and roll alternate; forward is where
    acceleration follows vertical speed.
    """
    up = up / math.sqrt(float(up @ up) + 1e-12)
    flat = np.eye(3) - np.outer(up, up)
    acc, gyr = motion[:3], motion[3:]
    level = flat @ acc
    turn = np.cross(flat @ gyr, up, axisa=0, axisc=0)  # the pitch axis turned by a right angle is fore-aft
    repeats = _repeats(level, lag) + _repeats(turn, lag)
    values, vectors = np.linalg.eigh(repeats + 10.0 * np.outer(up, up))  # up itself comes last
    if values[1] - values[0] < EARLY_CLEAR:
        return None
    forward: FloatArray = vectors[:, 1]
    speed = np.add.accumulate(up @ acc)
    if float((forward @ acc) @ (speed - speed.mean())) < 0:
        forward = -forward
    return forward, np.cross(up, forward)


def _repeats(v: FloatArray, lag: int) -> FloatArray:
    """Correlation of the rows of `v`, shape (3, n), with themselves one step later, as a share of their variance."""
    early, late = v[:, :-lag], v[:, lag:]
    m = late @ early.T
    return 0.5 * (m + m.T) * v.shape[1] / (early.shape[1] * max(float(np.sum(v * v)), 1e-12))
