"""What the angles of the pelvis tell of a step: lean, ranges and drop, and which foot it is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cuecoach.events import FloatArray, Side
from cuecoach.gait.constants import GRID_S
from cuecoach.gait.contacts import Contact
from cuecoach.gait.orientation import ACC, GYR, Orientation
from cuecoach.gait.pelvis import ANGLE_ROWS, OBLIQUITY, ROTATION, TILT, Mount
from cuecoach.gait.sides import SideVote, early_side, early_votes, left_looks, stance_end
from cuecoach.gait.stepvalues import Draft, put_each
from cuecoach.gait.trail import IndexArray, Trail
from cuecoach.gait.vertical import dot
from cuecoach.units import STANDARD_GRAVITY


@dataclass(frozen=True, slots=True, eq=False)
class StrideAngles:
    """How the pelvis was held over whole strides.

    Attributes
    ----------
    steps
        The steps that end them.
    begin, end
        Grid indices of the stride's first contact and its last, shape (s,).
    tilt, obliquity
        Means over the stride, deg, shape (s,).
    turn
        How fast the heading changed over it, deg/s, shape (s,).
    """

    steps: list[Draft]
    begin: IndexArray
    end: IndexArray
    tilt: FloatArray
    obliquity: FloatArray
    turn: FloatArray


def add_stride_angles(steps: list[Draft], angles: Trail, *, torso: bool) -> StrideAngles | None:
    """Mean tilt of the step that ends with each contact; mean obliquity and ranges of the stride that does.

    Returns what is known of the strides besides; None when the angles reach back to the beginning of none.
    """
    steps = [step for step in steps if step.stride[0] >= angles.first]
    if not steps:
        return None
    begin, middle, end = np.array([step.stride for step in steps]).T
    stride = angles.stretches(TILT, ANGLE_ROWS, begin, end)
    # running sums, not sums of rows: these must not depend on the longest stride beside them
    sums = np.add.accumulate(stride[:ROTATION], axis=2)
    row, last = np.arange(len(steps)), end - begin - 1
    means = (sums[TILT, row, last] - sums[TILT, row, middle - begin - 1]) / (end - middle)
    put_each(steps, "trunk_lean" if torso else "pelvic_tilt", means)
    turn = stride[ROTATION]
    mean = sums[:, row, last] / (end - begin)
    held = StrideAngles(
        steps, begin, end, mean[TILT], mean[OBLIQUITY], (turn[row, last] - turn[:, 0]) / (last * GRID_S)
    )
    if torso:
        return held
    put_each(steps, "pelvic_obliquity", held.obliquity)
    # a bend in the road and the drift of the heading turn evenly
    evenly = (turn[:, -1] - turn[:, 0]) / last
    turn -= evenly[:, None] * np.minimum(np.arange(turn.shape[1]), last[:, None])
    ranges = np.maximum.reduce(stride, axis=2) - np.minimum.reduce(stride, axis=2)
    put_each(steps, "pelvic_tilt_range", ranges[TILT])
    put_each(steps, "pelvic_obliquity_range", ranges[OBLIQUITY])
    put_each(steps, "pelvic_rotation_range", ranges[ROTATION])
    return held


class Stances:
    """Which foot each contact is, and how far the pelvis drops over it."""

    def __init__(self) -> None:
        self._side = SideVote()
        self._before: Contact | None = None
        self._drop: dict[Side, float] = {}
        self._stance: dict[Side, float] = {}

    def add(self, steps: list[Draft], angles: Trail, motion: Orientation, mount: Mount, *, torso: bool) -> None:
        """Tell the sides of the steps and, on the pelvis, put its drop from contact to mid-stance into their values."""
        steps = [s for s in steps if s.stride[-1] >= angles.first and s.middle - s.stride[-1] >= 4]
        if not steps:
            return
        begin, middle = np.array([(step.stride[-1], step.middle) for step in steps]).T
        obliquity = angles.stretches(OBLIQUITY, ROTATION, begin, middle + 1)[0]
        start = obliquity[:, 0]
        right_drops = np.maximum.reduce(obliquity, axis=1) - start
        left_drops = start - np.minimum.reduce(obliquity, axis=1)
        pushes = dot(mount.y[:, None], np.add.reduce(motion.raw.stretches(ACC, GYR, begin, begin + 6), axis=2)) / 6
        for step, level, left_drop, right_drop, push in zip(
            steps, start.tolist(), left_drops.tolist(), right_drops.tolist(), pushes.tolist(), strict=True
        ):
            side = self._vote(step, level, push, angles, motion, mount)
            step.side = side
            self._compare(step)
            if side is not None and not torso:
                drop = left_drop if side == "left" else right_drop
                step.put("pelvic_drop_left" if side == "left" else "pelvic_drop_right", drop)
                self._drop[side] = drop
                if len(self._drop) == 2:
                    step.put("pelvic_drop", max(self._drop.values()))

    def _compare(self, step: Draft) -> None:
        """Put the share of the left foot in the contact times of the last two steps into a step whose side is known."""
        stance = step.values.get("stance_time")
        if step.side is None or stance is None:
            self._stance.clear()  # the next pair must be neighbours
            return
        self._stance[step.side] = stance
        if len(self._stance) == 2:
            step.put(
                "stance_time_balance", 100.0 * self._stance["left"] / (self._stance["left"] + self._stance["right"])
            )

    def before_angles(self, steps: list[Draft], motion: Orientation) -> None:
        """Tell the sides of steps from raw samples alone, while there are no angles."""
        for step in steps:
            step.side = early_side(motion.raw, step.series)

    def _vote(
        self, step: Draft, level: float, push: float, angles: Trail, motion: Orientation, mount: Mount
    ) -> Side | None:
        """The foot of a step, with obliquity at its contact, deg, and mean acceleration to the left after it, m/s²."""
        contact = step.series[-1]
        if len(step.series) < 2 or step.series[-2] is not self._before:
            self._side.reset()
            for left in early_votes(motion.raw, step.series, (mount.x, mount.y))[:-1]:
                self._side.step(left)
        self._before = contact
        ic = step.stride[-1]
        last = stance_end(contact, step.tc)
        risen = angles.at(OBLIQUITY, last) - angles.at(OBLIQUITY, ic + (last - ic) * 3 // 10)
        return self._side.step(left_looks(risen, push + STANDARD_GRAVITY * math.sin(math.radians(level))))
