"""A sensor that slips is told from a runner who moves."""

from __future__ import annotations

import numpy as np
import pytest

from cuecoach.gait import GaitAnalyser

AXES = {"roll": (1.0, 0.0, 0.0), "pitch": (0.0, 1.0, 0.0), "yaw": (0.0, 0.0, 1.0)}


def slips(motion, block=500, place="sacrum"):
    analyser = GaitAnalyser(place)
    found = []
    for a in range(0, len(motion.times), block):
        b = a + block
        found += analyser.push(motion.times[a:b], motion.acc[a:b], motion.gyr[a:b]).slips
    return found


def turned(motion, rotation, axis, degrees, at, over_s=0.0):
    """The sensor turns about an axis of its own; over no time at all its gyroscope does not see it."""
    acc, gyr = motion.acc.copy(), motion.gyr.copy()
    share = np.clip((motion.times - at) / over_s, 0, 1) if over_s else (motion.times >= at).astype(float)
    for i in np.flatnonzero(share):
        r = rotation(axis, degrees * share[i])
        acc[i], gyr[i] = acc[i] @ r, gyr[i] @ r
        if 0 < share[i] < 1:
            gyr[i] += np.array(axis) / np.linalg.norm(axis) * degrees / over_s
    return type(motion)(motion.times, acc, gyr, motion.ic, True, motion.tilt, motion.obliquity, 0.0)


@pytest.mark.parametrize("over_s", [0.0, 0.3])
@pytest.mark.parametrize("degrees", [4.0, -6.0, 10.0])
@pytest.mark.parametrize("axis", ["pitch", "roll"])
def test_a_slip_is_told_once_within_ten_seconds(make_run, rotation, axis, degrees, over_s):
    motion = turned(make_run(seconds=32.0), rotation, AXES[axis], degrees, 15.0, over_s)
    (slip,) = slips(motion)
    assert slip.at == pytest.approx(15.0, abs=1.2)
    assert slip.at < slip.known < 25.0
    told = {"pitch": slip.pelvic_tilt, "roll": -slip.pelvic_obliquity}
    other = {"pitch": slip.pelvic_obliquity, "roll": slip.pelvic_tilt}
    assert told[axis] == pytest.approx(degrees, abs=1.0)
    assert abs(other[axis]) < 1.0


def test_a_second_slip_is_told_too(make_run, rotation):
    motion = turned(make_run(seconds=50.0), rotation, AXES["pitch"], 6.0, 15.0)
    motion = turned(motion, rotation, AXES["pitch"], 5.0, 32.0)
    assert [s.at for s in slips(motion)] == pytest.approx([15.0, 32.0], abs=1.2)


def test_a_slip_about_two_axes_is_seen_and_one_about_the_vertical_is_not(make_run, rotation):
    both = turned(make_run(seconds=32.0), rotation, (0.0, 1.0, 1.0), 8.0, 15.0, 0.3)
    assert len(slips(both)) == 1
    assert slips(turned(make_run(seconds=32.0), rotation, AXES["yaw"], 10.0, 15.0, 0.3)) == []


@pytest.mark.parametrize("degrees", [-6.0, 4.0, 8.0])
def test_a_runner_who_slouches_or_straightens_does_not_slip(make_run, degrees):
    assert slips(make_run(seconds=40.0, lean_from=18.0, lean_deg=degrees)) == []


def test_steady_running_and_small_shifts_are_no_slip(make_run, rotation):
    assert slips(make_run(seconds=40.0)) == []
    assert slips(turned(make_run(seconds=40.0), rotation, AXES["pitch"], 2.0, 20.0)) == []


def test_a_jump_across_a_pause_is_not_told(make_run, rotation):
    motion = turned(make_run(seconds=45.0), rotation, AXES["pitch"], 8.0, 21.0)
    keep = (motion.times < 20.0) | (motion.times > 23.0)
    parts = (motion.times[keep], motion.acc[keep], motion.gyr[keep])
    assert slips(type(motion)(*parts, motion.ic, True, motion.tilt, motion.tilt, 0.0)) == []


def test_a_jump_with_another_cadence_is_another_way_to_run(make_run):
    slow, fast = make_run(seconds=18.0), make_run(seconds=18.0, start=18.0, spm=188.0, lean_from=-10.0, lean_deg=6.0)
    both = type(slow)(
        *(np.concatenate((getattr(slow, k), getattr(fast, k))) for k in ("times", "acc", "gyr")),
        slow.ic,
        True,
        slow.tilt,
        slow.tilt,
        0.0,
    )
    assert slips(both) == []


@pytest.mark.parametrize("block", [1, 9, 777])
def test_blocks_do_not_change_it(make_run, rotation, block):
    motion = turned(make_run(seconds=30.0), rotation, AXES["pitch"], 6.0, 15.0)
    assert slips(motion, block) == slips(motion, 10**6)


def test_a_leg_does_not_slip(make_run, rotation):
    assert slips(turned(make_run(seconds=30.0), rotation, AXES["pitch"], 9.0, 15.0), place="shank") == []
