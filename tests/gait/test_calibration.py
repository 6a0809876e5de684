"""A guided calibration: what is asked, when it is done, and what the angles refer to then."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from cuecoach.gait import GaitAnalyser
from cuecoach.mounts import parse_mount

G = 9.80665


def turn_y(degrees):
    a = np.radians(degrees)
    return np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])


def stand(seconds, tilt=0.0, seed=1):
    n = round(seconds * 100)
    rng = np.random.default_rng(seed)
    up = G * np.array([-np.sin(np.radians(tilt)), 0.0, np.cos(np.radians(tilt))])
    return np.tile(up, (n, 1)) + rng.normal(0, 0.05, (n, 3)), rng.normal(0, 0.3, (n, 3))


def story(make_run, *parts):
    """Standing of so many seconds and tilt, or running of so many seconds, one after the other."""
    pieces = []
    for kind, seconds, tilt in parts:
        if kind == "run":
            run = make_run(seconds=seconds)
            r = turn_y(tilt)
            pieces.append((run.acc @ r, run.gyr @ r))  # the sensor itself is tipped forward
        elif kind == "tip":  # to that tilt and back
            way = np.concatenate(
                (np.linspace(0, tilt, 200), np.full(round(seconds * 100), tilt), np.linspace(tilt, 0, 200))
            )
            acc, gyr = stand(seconds + 4)
            gyr[:, 1] += np.gradient(way, 0.01)
            radians = np.radians(way)
            acc += G * np.stack((-np.sin(radians), 0 * way, np.cos(radians) - 1.0), axis=1)
            pieces.append((acc, gyr))
        elif kind == "fidget":
            rng = np.random.default_rng(9)
            acc, gyr = stand(seconds, tilt)
            pieces.append((acc + rng.normal(0, 1, acc.shape), gyr + rng.normal(0, 15, gyr.shape)))
        else:
            pieces.append(stand(seconds, tilt))
    acc, gyr = (np.concatenate(p) for p in zip(*pieces, strict=True))
    return np.arange(len(acc)) / 100.0, acc, gyr


class Seen:
    def __init__(self):
        self.steps, self.alignments, self.stages = [], [], []


def coached(recording, calls=(), block=20, place="sacrum", mount=None, gyro=True):
    """Push in blocks; each call comes before the block that reaches its time."""
    times, acc, gyr = recording
    analyser = GaitAnalyser(place, mount=None if mount is None else parse_mount(mount))
    seen, calls = Seen(), list(calls)
    cuts = sorted({*range(0, len(times), block), *(int(np.searchsorted(times, c)) for c in calls), len(times)})
    for a, b in itertools.pairwise(cuts):
        while calls and calls[0] <= times[a]:
            analyser.calibrate(calls.pop(0))
        update = analyser.push(times[a:b], acc[a:b], gyr[a:b] if gyro else None)
        seen.steps += update.steps
        seen.alignments += update.alignments
        seen.stages += [(s.stage, round(s.known, 2)) for s in update.calibration]
    return seen


def tilt(steps, a, b):
    return np.mean([s.values["pelvic_tilt"] for s in steps if a < s.ic < b and "pelvic_tilt" in s.values])


def names(seen):
    return [stage for stage, _ in seen.stages]


def test_it_asks_for_stillness_and_then_for_standing_tall(make_run):
    seen = coached(story(make_run, ("fidget", 3, 0), ("stand", 12, 5), ("stand", 6, 0), ("run", 12, 0)), calls=[2.0])
    assert names(seen) == ["still", "tall", "done"]
    (_, still), (_, tall), (_, done) = seen.stages
    assert still == pytest.approx(2.0, abs=0.1)
    assert 8.0 <= tall <= 9.0  # five seconds from the end of the fidgeting
    assert 4.5 <= done - tall <= 5.5


def test_angles_refer_to_the_tall_pose(make_run):
    # told to stand tall at about 5.5 s, the runner does so
    seen = coached(story(make_run, ("stand", 6.5, 5), ("stand", 8, -4), ("run", 14, 0)), calls=[0.0])
    assert names(seen) == ["still", "tall", "done"]
    (alignment,) = seen.alignments  # before running nobody knows where forward is
    assert alignment.reference == "standing tall"
    assert 6.5 <= alignment.since < alignment.until <= 14.5
    assert tilt(seen.steps, 18, 28) == pytest.approx(4.0, abs=0.4)


def test_a_told_mounting_completes_it_at_once(make_run):
    seen = coached(story(make_run, ("stand", 16, 3), ("run", 14, 0)), calls=[0.0], mount="x forward, z up")
    (alignment,) = seen.alignments
    assert alignment.known == seen.stages[-1][1]
    assert (alignment.forward, alignment.reference) == ("mount", "standing tall")
    assert tilt(seen.steps, 18, 28) == pytest.approx(-3.0, abs=0.4)


def test_in_the_middle_of_a_run_the_forward_axis_is_kept(make_run):
    seen = coached(story(make_run, ("run", 15, 0), ("stand", 16, -3), ("run", 15, 0)), calls=[16.0])
    assert names(seen) == ["still", "tall", "done"]
    assert [a.reference for a in seen.alignments] == ["running", "standing tall"]
    assert seen.alignments[1].known == seen.stages[-1][1]
    assert np.allclose(seen.alignments[0].axes[1], seen.alignments[1].axes[1], atol=0.02)
    assert tilt(seen.steps, 5, 15) == pytest.approx(0.0, abs=0.4)
    assert tilt(seen.steps, 35, 46) == pytest.approx(3.0, abs=0.5)


def test_after_a_slip_the_forward_axis_is_found_again(make_run):
    seen = coached(
        story(make_run, ("run", 20, 0), ("run", 15, 8), ("stand", 16, 8), ("run", 15, 8)),
        calls=[36.0],
    )
    assert [a.reference for a in seen.alignments] == ["running", "standing tall", "standing tall"]
    assert tilt(seen.steps, 28, 35) == pytest.approx(8.0, abs=1.2)
    assert tilt(seen.steps, 56, 66) == pytest.approx(0.0, abs=0.5)


def test_a_pose_no_runner_can_have_is_given_up_for_the_strides(make_run):
    seen = coached(story(make_run, ("run", 15, 0), ("tip", 15, 70), ("run", 15, 0)), calls=[16.0])
    assert names(seen)[-1] == "done"
    assert [a.reference for a in seen.alignments][-1] == "running"
    assert abs(tilt(seen.steps, 38, 46)) < 2.0


def test_it_fails_after_a_minute_of_restlessness_and_keeps_what_was(make_run):
    seen = coached(story(make_run, ("run", 12, 0), ("fidget", 70, 0), ("run", 12, 0)), calls=[13.0])
    assert names(seen) == ["still", "failed"]
    assert seen.stages[-1][1] == pytest.approx(73.0, abs=0.1)
    assert len(seen.alignments) == 1
    assert "pelvic_tilt" in seen.steps[-1].values


def test_a_second_call_begins_again(make_run):
    seen = coached(
        story(
            make_run,
            ("stand", 30, 0),
        ),
        calls=[0.0, 8.0],
    )
    assert names(seen) == ["still", "tall", "still", "tall", "done"]


@pytest.mark.parametrize(("place", "gyro"), [("foot", True), ("shank", True), ("sacrum", False)])
def test_a_sensor_without_angles_says_so_at_once(make_run, place, gyro):
    seen = coached(story(make_run, ("stand", 10, 0)), calls=[3.0], place=place, gyro=gyro)
    assert [stage for stage, _ in seen.stages] == ["failed"]
    assert seen.stages[0][1] == pytest.approx(3.0, abs=0.1)


@pytest.mark.parametrize("block", [1, 13, 1000])
def test_blocks_do_not_change_it(make_run, block):
    recording = story(make_run, ("run", 15, 0), ("run", 14, 8), ("stand", 16, 8), ("run", 12, 8))
    one, other = (coached(recording, calls=[30.0], block=b) for b in (block, 10**6))
    assert one.steps == other.steps
    assert one.alignments == other.alignments
    assert one.stages == other.stages


def test_a_gap_in_the_middle_does_not_end_it(make_run):
    times, acc, gyr = story(make_run, ("stand", 30, 0), ("run", 12, 0))
    keep = (times < 3.0) | (times > 6.0)
    seen = coached((times[keep], acc[keep], gyr[keep]), calls=[0.0])
    assert names(seen) == ["still", "tall", "done"]
    assert seen.alignments[-1].reference == "standing tall"
