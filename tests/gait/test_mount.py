"""A sensor that was told how it sits."""

from __future__ import annotations

import numpy as np
import pytest

from cuecoach.gait import GaitAnalyser
from cuecoach.mounts import parse_mount


def aligned(motion, mount):
    analyser = GaitAnalyser("sacrum", mount=None if mount is None else parse_mount(mount))
    update = analyser.push(motion.times, motion.acc, motion.gyr)
    return update.steps, update.alignments


def test_the_forward_axis_is_the_told_one_made_level(make_run, rotation):
    motion = make_run(mount=rotation((0, 1, 0), 20))
    _, (alignment,) = aligned(motion, "x forward, z up")
    assert alignment.forward == "mount"
    forward, left, up = (np.array(axis) for axis in alignment.axes)
    assert abs(forward @ up) < 1e-9
    assert np.allclose(left, [0, 1, 0], atol=0.02)
    assert forward[0] > 0.9


def test_told_and_found_axes_give_the_same_angles(make_run, rotation):
    motion = make_run(mount=rotation((0, 0, 1), 90))  # the sensor's y axis points forward
    told, _ = aligned(motion, "y forward, z up")
    found, (alignment,) = aligned(motion, None)
    assert alignment.forward == "motion"
    for name in ("pelvic_tilt_range", "pelvic_obliquity_range", "pelvic_drop"):
        a, b = (np.mean([s.values[name] for s in steps if name in s.values]) for steps in (told, found))
        assert a == pytest.approx(b, abs=0.3)


def test_a_told_axis_is_believed_against_the_motion(make_run):
    _, (alignment,) = aligned(make_run(), "y forward, z up")
    assert np.allclose(alignment.axes[0], [0, 1, 0], atol=0.05)


@pytest.mark.parametrize("mount", ["x forward, -z up", "z forward, x up", "-x up, y forward"])
def test_a_told_up_that_points_elsewhere_is_not_believed(make_run, mount):
    steps, (alignment,) = aligned(make_run(), mount)
    assert alignment.forward == "motion"
    assert np.allclose(alignment.axes[0], [1, 0, 0], atol=0.05)
    assert any(s.side for s in steps)


def blurred(motion, seconds):
    """As much swing to the side as ahead for so long: nothing tells one from the other."""
    acc, gyr = motion.acc.copy(), motion.gyr.copy()
    n = round(seconds * 100)
    phase = 2 * np.pi * motion.times[:n] * 170 / 60
    circle = np.stack((np.cos(phase), np.sin(phase)), axis=1)
    acc[:n, :2], gyr[:n, :2] = 2.0 * circle, 40.0 * circle
    return type(motion)(motion.times, acc, gyr, motion.ic, True, motion.tilt, motion.tilt, 0.0)


def test_a_runner_whose_axes_look_alike_is_aligned_only_when_told(make_run):
    motion = blurred(make_run(), 20.0)
    steps, alignments = aligned(motion, None)
    assert steps
    assert alignments == ()
    (alignment,) = aligned(motion, "x forward, z up")[1]
    assert alignment.forward == "mount"


def test_strides_that_were_not_clear_are_followed_by_others(make_run):
    _, (alignment,) = aligned(blurred(make_run(seconds=30.0), 10.0), None)
    assert 10.0 < alignment.known < 16.0
    assert np.allclose(alignment.axes[0][:2], [1, 0], atol=0.1)
