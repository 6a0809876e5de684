"""One unbroken stretch of samples: contacts, activity, orientation and the values of each step, in that order."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cuecoach.events import ActivityChange, FloatArray, Place, Step
from cuecoach.gait.activity import ActivityTracker, Change
from cuecoach.gait.constants import BIAS_STEPS, GRID_S, KEEP_S, LATEST_S, MAX_STEP_S, MOUNT_STEPS
from cuecoach.gait.contacts import Contact, TrunkContacts
from cuecoach.gait.legs import LegContacts
from cuecoach.gait.loads import add_braking, add_impact
from cuecoach.gait.orientation import GYR, POSE_ROWS, RAW_ROWS, RISING, Orientation, QuietStanding
from cuecoach.gait.pelvis import ANGLE_ROWS, ROTATION, Mount, Unwrap, angles, learn_mount
from cuecoach.gait.pelvisvalues import Stances, add_stride_angles
from cuecoach.gait.sampling import GridBlock
from cuecoach.gait.stepvalues import Draft, add_bounce, add_timing
from cuecoach.gait.trail import Trail
from cuecoach.gait.vertical import VERTICAL, Vertical

_KEEP = round(KEEP_S / GRID_S)


@dataclass(slots=True)
class Learned:
    """What outlives a gap: the sensor still sits where it sat."""

    bias: FloatArray | None = None
    mount: Mount | None = None


class Segment:
    """State of everything that starts afresh after a gap. Grid indices count from its first sample."""

    def __init__(self, place: Place, t0: float, learned: Learned, *, oriented: bool, series: bool) -> None:
        self._t0 = t0
        self._all_angles = series
        self._place: Place = place
        self._leg = place in ("foot", "shank")
        self._learned = learned
        self._vertical = Vertical(_KEEP, leg=self._leg)
        self._contacts = LegContacts(self._vertical.trail, _KEEP) if self._leg else TrunkContacts(self._vertical.trail)
        self._activity = ActivityTracker(1, leg=self._leg)
        self._holes: list[int] = []  # grid indices where samples are missing
        self._series: list[Contact] = []  # contacts that follow each other without a miss, whatever the gait
        self._running = 0  # how many of the last of them were running steps
        self._motion = Orientation(_KEEP) if oriented and not self._leg else None
        self._quiet = QuietStanding() if self._motion is not None and learned.mount is None else None
        self._angles: Trail | None = None
        self._unwrap = Unwrap()
        self._stances = Stances()

    def push(self, block: GridBlock) -> tuple[list[Step], list[ActivityChange], FloatArray | None]:
        """Work on one block; the last of the three are tilt, obliquity and rotation, shape (3, n), NaN while unknown."""
        first, n = block.first, len(block.ready)
        if block.holes:
            self._holes = [k for k in self._holes if k > first - _KEEP] + block.holes
        cycle = self._vertical.push(block.acc)
        if self._motion is not None and block.gyr is not None:
            self._motion.push(block.acc, block.gyr)
            if self._quiet is not None:
                self._quiet.push(block.acc, block.gyr)

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
                self._learn(contact)
            else:
                self._running = 0
        changes += self._activity.silence(first + n - 1)

        known_angles = (
            self._extend_angles(first) if drafts or self._all_angles or self._angles_wait(first + n) else None
        )
        self._add_motion(drafts)
        steps = [self._step(draft, block) for draft in drafts]
        activity = [
            ActivityChange(known=block.known(c.at), since=self._time(c.since), activity=c.activity) for c in changes
        ]
        return steps, activity, known_angles

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
    def _learn(self, contact: Contact) -> None:
        motion, learned = self._motion, self._learned
        if motion is None:
            return
        if learned.bias is None and self._running >= 2 and len(self._series) > BIAS_STEPS:
            standing = self._quiet.before(contact.at) if self._quiet is not None else None
            if standing is not None:
                learned.bias = standing[1]
            else:
                a, b = int(self._series[-1 - BIAS_STEPS].ic), int(contact.ic)
                learned.bias = motion.raw.rows(GYR, RAW_ROWS, a, b).mean(axis=1)
        if learned.bias is not None and motion.pose is None:
            motion.begin(learned.bias, contact.at)
        motion.catch_up()
        if motion.pose is None or learned.bias is None:
            return
        if learned.mount is None and len(self._series) > MOUNT_STEPS and self._running > 4:
            ic = [int(c.ic) for c in self._series]
            if ic[0] < motion.pose.first + round(1.0 / GRID_S):
                return
            standing = self._quiet.before(contact.at) if self._quiet is not None else None
            learned.mount = learn_mount(motion, ic, learned.bias, standing[0] if standing is not None else None)
        if learned.mount is not None and self._angles is None:
            start = max(contact.at, motion.settled, motion.pose.first)
            self._angles = Trail(ANGLE_ROWS, _KEEP, start)
            self._quiet = None

    def _angles_wait(self, stop: int) -> bool:
        """Whether so many angles wait that the poses they come from would soon be forgotten."""
        return self._angles is not None and stop - self._angles.stop > _KEEP // 4

    def _extend_angles(self, first: int) -> FloatArray | None:
        """Bring the angles up to date; returns those from grid index `first` on."""
        if self._angles is None or self._motion is None or self._motion.pose is None or self._learned.mount is None:
            return None
        self._motion.catch_up()
        pose, a = self._motion.pose, self._angles.stop
        stop = pose.stop
        if a >= stop:
            return None
        new = angles(pose.rows(0, POSE_ROWS, a, stop), self._learned.mount)
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
        add_timing(draft, leg=self._leg)
        return draft

    def _add_motion(self, drafts: list[Draft]) -> None:
        """What the motion between contacts tells, of all steps at once: a call of numpy costs more than a step's numbers."""
        if not drafts:
            return
        add_impact(drafts, self._vertical.trail)
        if self._leg:
            return
        motion, mount = self._motion, self._learned.mount
        strides = [draft for draft in drafts if len(draft.stride) == 3]
        # before there is an orientation, the mean of the acceleration stands in for the vertical
        settled = motion.settled if motion is not None and motion.pose is not None else math.inf
        add_bounce([draft for draft in strides if draft.stride[0] < settled], self._vertical.trail, VERTICAL)
        if motion is not None and motion.pose is not None:
            add_bounce([draft for draft in strides if draft.stride[0] >= settled], motion.pose, RISING)
        if motion is not None and mount is not None and self._angles is not None:
            torso = self._place == "torso"
            add_stride_angles(strides, self._angles, torso=torso)
            self._stances.add(drafts, self._angles, motion, mount, torso=torso)
            add_braking(strides, self._angles, motion, mount)

    def _step(self, draft: Draft, block: GridBlock) -> Step:
        return Step(
            known=block.known(draft.series[-1].at),
            ic=self._time(draft.series[-1].ic),
            tc=None if draft.tc is None else self._time(draft.tc),
            side=draft.side,
            values=draft.values,
        )

    def _time(self, index: float) -> float:
        return self._t0 + index * GRID_S
