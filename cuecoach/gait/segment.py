"""One unbroken stretch of samples: contacts, activity, orientation and the values of each step, in that order."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cuecoach.events import ActivityChange, Alignment, CalibrationStage, FloatArray, Place, Slip, Step
from cuecoach.gait.activity import ActivityTracker, Change
from cuecoach.gait.alignment import Aligner, Worn
from cuecoach.gait.constants import GRID_S, KEEP_S, LATEST_S, MAX_STEP_S, MOUNT_STEPS
from cuecoach.gait.contacts import Contact, TrunkContacts
from cuecoach.gait.legs import LegContacts
from cuecoach.gait.loads import add_braking, add_impact
from cuecoach.gait.orientation import POSE_ROWS, RISING, Orientation
from cuecoach.gait.pelvis import ANGLE_ROWS, ROTATION, Mount, Unwrap, angles
from cuecoach.gait.pelvisvalues import Stances, StrideAngles, add_stride_angles
from cuecoach.gait.sampling import GridBlock
from cuecoach.gait.slip import SlipDetector, leans
from cuecoach.gait.stepvalues import Draft, add_bounce, add_timing
from cuecoach.gait.trail import Trail
from cuecoach.gait.vertical import VERTICAL, Vertical

_KEEP = round(KEEP_S / GRID_S)


@dataclass(frozen=True, slots=True)
class Work:
    """What a block came to; `angles` are tilt, obliquity and rotation, shape (3, n), deg, NaN or None while unknown."""

    steps: list[Step]
    activity: list[ActivityChange]
    angles: FloatArray | None
    alignments: list[Alignment]
    slips: list[Slip]
    calibration: list[CalibrationStage]


class Segment:
    """State of everything that starts afresh after a gap. Grid indices count from its first sample."""

    def __init__(self, place: Place, t0: float, worn: Worn, *, oriented: bool, series: bool) -> None:
        self._t0 = t0
        self._all_angles = series
        self._place: Place = place
        self._leg = place in ("foot", "shank")
        self._worn = worn
        self._vertical = Vertical(_KEEP, leg=self._leg)
        self._contacts = LegContacts(self._vertical.trail, _KEEP) if self._leg else TrunkContacts(self._vertical.trail)
        self._activity = ActivityTracker(1, leg=self._leg)
        self._holes: list[int] = []  # grid indices where samples are missing
        self._series: list[Contact] = []  # contacts that follow each other without a miss, whatever the gait
        self._running = 0  # how many of the last of them were running steps
        self._motion = Orientation(_KEEP) if oriented and not self._leg else None
        self._aligner = None if self._motion is None else Aligner(worn, self._motion, self._time)
        self._mount: Mount | None = None  # of the angles
        self._angles: Trail | None = None
        self._unwrap = Unwrap()
        self._stances = Stances()
        self._slip = SlipDetector()

    def push(self, block: GridBlock) -> Work:
        """Work on one block, which must be a single chunk while :attr:`Worn.changing`."""
        first, n = block.first, len(block.ready)
        if block.holes:
            self._holes = [k for k in self._holes if k > first - _KEEP] + block.holes
        cycle = self._vertical.push(block.acc)
        if self._motion is not None and self._aligner is not None and block.gyr is not None:
            self._motion.push(block.acc, block.gyr)
            self._aligner.guide(block)
            self._use_mount(first)

        if isinstance(self._contacts, LegContacts):
            contacts = self._contacts.push(block.acc)
        else:
            contacts = self._contacts.push(first, cycle)
        changes: list[Change] = []
        drafts: list[Draft] = []
        for contact in contacts:
            changes += self._activity.cycle(contact.at, round(contact.ic), contact.evidence)
            if self._in_hole(contact):
                self._running, self._series = 0, []  # its times may be those of the straight line
                continue
            self._follow(contact)
            if self._activity.is_step(contact.evidence):
                self._running += 1
                drafts.append(self._draft(contact))
                self._align(contact, block)
            else:
                self._running = 0
        changes += self._activity.silence(first + n - 1)

        known_angles = (
            self._extend_angles(first) if drafts or self._all_angles or self._angles_wait(first + n) else None
        )
        held = self._add_motion(drafts)
        slips = [] if held is None else self._slips(held, block)
        steps = [self._step(draft, block) for draft in drafts]
        activity = [
            ActivityChange(known=block.known(c.at), since=self._time(c.since), activity=c.activity) for c in changes
        ]
        stages = self._refused(block)
        alignments: list[Alignment] = []
        if self._aligner is not None:
            self._aligner.finish()
            alignments, self._aligner.alignments = self._aligner.alignments, []
            stages, self._aligner.stages = self._aligner.stages, []
        return Work(steps, activity, known_angles, alignments, slips, stages)

    # ------------------------------------------------------------ contacts
    def _follow(self, contact: Contact) -> None:
        """Add a contact to its series, or begin a new one."""
        longest = MAX_STEP_S * (2 if self._leg else 1) / GRID_S
        if self._series and contact.ic - self._series[-1].ic > longest:
            self._series = []
        self._series = [*self._series[-MOUNT_STEPS:], contact]

    def _in_hole(self, contact: Contact) -> bool:
        if not self._holes:
            return False
        before = int(contact.ic) - 10
        return any(before <= k <= contact.at for k in self._holes)

    # ------------------------------------------------------------ orientation and mounting
    def _align(self, contact: Contact, block: GridBlock) -> None:
        if self._aligner is None:
            return
        self._aligner.step(contact, self._series, self._running, block)
        self._use_mount(contact.at if self._mount is None else block.first)

    def _use_mount(self, start: int) -> None:
        """Begin angles, or begin them anew with another mount, from grid index `start` on."""
        motion, mount = self._motion, self._worn.mount
        if mount is self._mount or motion is None or motion.pose is None:
            return
        self._mount, self._slip = mount, SlipDetector()
        self._angles = (
            None if mount is None else Trail(ANGLE_ROWS, _KEEP, max(start, motion.settled, motion.pose.first))
        )

    def _refused(self, block: GridBlock) -> list[CalibrationStage]:
        """A sensor that has no angles cannot be calibrated."""
        guided = self._worn.guided
        if guided is None or self._aligner is not None:
            return []
        last = block.first + len(block.ready) - 1
        stage = guided.refuse(self._time(last))
        if stage is None:
            return []
        self._worn.guided = None
        return [CalibrationStage(block.known(last), stage)]

    def _angles_wait(self, stop: int) -> bool:
        """Whether so many angles wait that the poses they come from would soon be forgotten."""
        return self._angles is not None and stop - self._angles.stop > _KEEP // 4

    def _extend_angles(self, first: int) -> FloatArray | None:
        """Bring the angles up to date; returns those from grid index `first` on."""
        if self._angles is None or self._motion is None or self._motion.pose is None or self._mount is None:
            return None
        self._motion.catch_up()
        pose, a = self._motion.pose, self._angles.stop
        stop = pose.stop
        if a >= stop:
            return None
        new = angles(pose.rows(0, POSE_ROWS, a, stop), self._mount)
        new[ROTATION] = self._unwrap.push(new[ROTATION])
        self._angles.extend(new)
        if a > first:
            new = np.concatenate((np.full((ANGLE_ROWS, a - first), np.nan), new), axis=1)
        return new

    # ------------------------------------------------------------ steps
    def _draft(self, contact: Contact) -> Draft:
        tc = contact.tc
        if tc is not None and contact.at - tc > LATEST_S / GRID_S:
            tc = None
        draft = Draft(self._series, tc)
        add_timing(draft, self._running, leg=self._leg)
        return draft

    def _add_motion(self, drafts: list[Draft]) -> StrideAngles | None:
        """What the motion between contacts tells, of all steps at once: a call of numpy costs more than a step's numbers.

        Returns how the pelvis was held over their strides, where that is known.
        """
        if not drafts:
            return None
        add_impact(drafts, self._vertical.trail)
        if self._leg:
            return None
        motion, mount = self._motion, self._mount
        strides = [draft for draft in drafts if len(draft.stride) == 3]
        # before there is an orientation, the mean of the acceleration stands in for the vertical
        settled = motion.settled if motion is not None and motion.pose is not None else math.inf
        add_bounce([draft for draft in strides if draft.stride[0] < settled], self._vertical.trail, VERTICAL)
        if motion is not None and motion.pose is not None:
            add_bounce([draft for draft in strides if draft.stride[0] >= settled], motion.pose, RISING)
        if motion is not None:
            first = math.inf if self._angles is None else self._angles.first
            self._stances.before_angles([draft for draft in drafts if draft.stride[-1] < first], motion)
        if motion is None or mount is None or self._angles is None:
            return None
        torso = self._place == "torso"
        held = add_stride_angles(strides, self._angles, torso=torso)
        self._stances.add(drafts, self._angles, motion, mount, torso=torso)
        add_braking(strides, self._angles, motion, mount)
        return held

    def _slips(self, held: StrideAngles, block: GridBlock) -> list[Slip]:
        """Where the sensor moved on the body."""
        if self._motion is None or self._mount is None:
            return []
        slips: list[Slip] = []
        for draft, lean in leans(held, self._motion, self._mount):
            jump = self._slip.push(lean)
            if jump is not None:
                self._worn.slipped = True
                known, at = block.known(draft.series[-1].at), self._time(jump.at)
                slips.append(Slip(known, at, pelvic_tilt=jump.tilt, pelvic_obliquity=jump.obliquity))
        return slips

    def _step(self, draft: Draft, block: GridBlock) -> Step:
        return Step(
            known=block.known(draft.series[-1].at),
            ic=self._time(draft.series[-1].ic),
            tc=None if draft.tc is None else self._time(draft.tc),
            side=draft.side,
            values=draft.values,
            turn=self._turn(draft.stride),
        )

    def _turn(self, stride: list[int]) -> float | None:
        """How fast the heading turned over a stride, deg/s: what the pelvis does within one cancels."""
        angles = self._angles
        if angles is None or len(stride) < 3 or stride[0] < angles.first or stride[-1] >= angles.stop:
            return None
        a, b = stride[0], stride[-1]
        return (angles.at(ROTATION, b) - angles.at(ROTATION, a)) / ((b - a) * GRID_S)

    def _time(self, index: float) -> float:
        return self._t0 + index * GRID_S
