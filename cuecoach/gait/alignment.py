"""How a sensor sits on the body: decided from standing, from strides, or as told, and kept over gaps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from cuecoach.events import Alignment, CalibrationStage, FloatArray, Reference, Vector
from cuecoach.gait.calibration import GuidedCalibration
from cuecoach.gait.constants import (
    BIAS_STEPS,
    BIAS_WITHIN,
    GRID_S,
    MOUNT_STEPS,
    STANDING_WITHIN_DEG,
    TOLD_WITHIN_DEG,
)
from cuecoach.gait.contacts import Contact
from cuecoach.gait.orientation import GYR, RAW_ROWS, Orientation
from cuecoach.gait.pelvis import Mount, find_forward, running_vertical, stand, within
from cuecoach.gait.sampling import GridBlock
from cuecoach.gait.standing import QuietStanding
from cuecoach.mounts import SensorAxes


@dataclass(slots=True)
class Worn:
    """What outlives a gap: the sensor still sits where it sat.

    Attributes
    ----------
    told
        How it was told to sit.
    bias
        Of the gyroscope, deg/s, shape (3,).
    mount
        How it was decided to sit.
    pose, posed
        Vertical of a guided calibration in the sensor frame, shape (3,), m/s², and from when to when, s.
    guided
        The calibration under way.
    unconfirmed
        Whether the next strides are still to say if the calibrated pose can be that of a runner.
    slipped
        Whether the sensor moved after its forward axis was found.
    """

    told: SensorAxes | None = None
    bias: FloatArray | None = None
    mount: Mount | None = None
    pose: FloatArray | None = None
    posed: tuple[float, float] = (0.0, 0.0)
    guided: GuidedCalibration | None = None
    unconfirmed: bool = False
    slipped: bool = False

    @property
    def changing(self) -> bool:
        """Whether a known mount may give way to another, so that each chunk of samples must be worked on by itself."""
        return self.guided is not None or self.unconfirmed


class Aligner:
    """Decides the bias of the gyroscope and the mount of one segment.

    Parameters
    ----------
    worn
        What is known and what will be, of all segments.
    motion
        Raw samples and orientation of the segment.
    time
        Gives the time of a grid index, s.
    """

    def __init__(self, worn: Worn, motion: Orientation, time: Callable[[int], float]) -> None:
        self._worn = worn
        self._motion = motion
        self._time = time
        self._standing = QuietStanding() if worn.mount is None else None
        self._retry = 0
        #: What was decided since these lists were emptied last.
        self.alignments: list[Alignment] = []
        self.stages: list[CalibrationStage] = []

    def guide(self, block: GridBlock) -> None:
        """Go on with a guided calibration; then `block` must be a single chunk."""
        guided, last = self._worn.guided, block.first + len(block.ready) - 1
        if guided is None or self._time(last) < guided.at:
            return
        if self._standing is None:
            self._standing = QuietStanding(block.first)
        stage = guided.push(self._time(last), self._standing.push(self._motion.raw, last), self._time)
        if stage is None:
            return
        self.stages.append(CalibrationStage(block.known(last), stage))
        if guided.over:
            self._worn.guided = None
        if stage == "done":
            self._calibrated(guided, block.known(last))
        elif stage == "failed" and self._worn.mount is not None:
            self._standing = None

    def finish(self) -> None:
        """Look for quiet in what was added, before it is forgotten; steps have looked no further than themselves."""
        if self._standing is not None:
            self._standing.push(self._motion.raw, self._motion.raw.stop - 1)

    def step(self, contact: Contact, series: list[Contact], running: int, block: GridBlock) -> None:
        """Take a running step, the contacts that led to it and how many of the last of them were running."""
        worn, motion = self._worn, self._motion
        if self._standing is not None:
            self._standing.push(motion.raw, contact.at)
        if worn.bias is None and running >= 2 and len(series) > BIAS_STEPS:
            worn.bias = self._bias(int(series[-1 - BIAS_STEPS].ic), int(contact.ic))
        if worn.bias is None:
            return
        if motion.pose is None:
            motion.begin(worn.bias, contact.at)
        motion.catch_up()
        if worn.mount is not None and not worn.unconfirmed:
            return
        if len(series) <= MOUNT_STEPS or running <= 4 or contact.at < self._retry:
            return
        ic = [int(c.ic) for c in series]
        if motion.pose is None or ic[0] < motion.pose.first + round(1.0 / GRID_S):
            return
        if not self._decide(ic, worn.bias, block.known(contact.at)):
            self._retry = contact.at + (
                ic[-1] - ic[0]
            )  # strides that were not clear once are not clear with one step more

    def _bias(self, a: int, b: int) -> FloatArray:
        """That of standing, or of whole strides a <= k < b where the two cannot both be right."""
        strides: FloatArray = self._motion.raw.rows(GYR, RAW_ROWS, a, b).mean(axis=1)
        still = self._standing.bias() if self._standing is not None else None
        if still is None:
            return strides
        # about the vertical, a bend in the road turns the strides
        up = self._motion.raw.rows(0, GYR, a, b).mean(axis=1)
        apart = still - strides
        tipping = apart - up * float(apart @ up) / max(float(up @ up), 1e-12)
        return still if float(tipping @ tipping) < BIAS_WITHIN**2 else strides

    # ------------------------------------------------------------ decisions
    def _calibrated(self, guided: GuidedCalibration, known: float) -> None:
        """A tall pose was shown: it is the new reference, with the forward axis there is."""
        worn, pose = self._worn, guided.pose
        assert pose is not None
        assert guided.bias is not None
        worn.bias, worn.pose = guided.bias, pose.acc
        worn.posed = (self._time(pose.since), self._time(pose.until))
        worn.unconfirmed = True
        self._retry = 0
        self._motion.rebias(guided.bias)
        x = self._told(pose.acc)
        if x is not None:
            worn.slipped = False  # what was told does not slip
        known_x = x if x is not None or worn.mount is None else worn.mount.x
        worn.mount = None if known_x is None else stand(known_x, pose.acc)
        self._standing = None
        if worn.mount is not None:  # else strides will tell the forward axis
            self._tell(known, "standing tall", worn.posed, "motion" if x is None else "mount")

    def _decide(self, ic: list[int], bias: FloatArray, known: float) -> bool:
        """Decide from the strides between contacts; False when they are not clear."""
        worn, motion = self._worn, self._motion
        running = running_vertical(motion, ic[0], ic[-1])
        reference, span, up = self._reference(running, ic)
        if worn.mount is not None and reference == "standing tall" and not worn.slipped:
            worn.unconfirmed = False
            return True
        told = self._told(running)
        x = find_forward(motion, ic, bias, up / np.sqrt(up @ up)) if told is None else told
        mount = None if x is None else stand(x, up)
        if mount is None:
            return False
        worn.mount, worn.unconfirmed, worn.slipped = mount, False, False
        self._standing = None
        self._tell(known, reference, span, "motion" if told is None else "mount")
        return True

    def _reference(self, running: FloatArray, ic: list[int]) -> tuple[Reference, tuple[float, float], FloatArray]:
        """The best pose that the running vertical agrees with, its time, and its vertical in the sensor frame."""
        worn = self._worn
        if worn.pose is not None:
            if within(worn.pose, running, STANDING_WITHIN_DEG):
                return "standing tall", worn.posed, worn.pose
        elif self._standing is not None:
            for found in self._standing.candidates(ic[-1]):
                if within(found.pose.acc, running, STANDING_WITHIN_DEG):
                    return found.reference, (self._time(found.pose.since), self._time(found.pose.until)), found.pose.acc
        return "running", (self._time(ic[0]), self._time(ic[-1])), running

    def _told(self, vertical: FloatArray) -> FloatArray | None:
        """The forward axis as told, shape (3,), unless its up is far from a vertical in the sensor frame."""
        told = self._worn.told
        if told is None or not within(np.array(told.up), vertical, TOLD_WITHIN_DEG):
            return None
        return np.array(told.forward)

    def _tell(
        self, known: float, reference: Reference, span: tuple[float, float], forward: Literal["motion", "mount"]
    ) -> None:
        mount, bias = self._worn.mount, self._worn.bias
        assert mount is not None
        assert bias is not None
        self.alignments.append(
            Alignment(
                known=known,
                reference=reference,
                since=span[0],
                until=span[1],
                forward=forward,
                axes=(_vector(mount.x), _vector(mount.y), _vector(mount.z)),
                gyr_bias=_vector(bias),
            )
        )


def _vector(v: FloatArray) -> Vector:
    x, y, z = v.tolist()
    return x, y, z
