"""Standing before the run, and a sensor that slips on it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from cuecoach.errors import UsageError
from cuecoach.events import ImuBlock
from cuecoach.sensors.simulator import STORIES, Phase, SensorSlip, SimulatedRunner, Story

G = 9.81
STANDS = (Phase("quiet", 6, 0.0, stoop=4.0), Phase("tall", 5, 0.0))
RUNS = Story("runs", "", (Phase("run", 14, 2.8), Phase("on", 12, 2.8)))


def slipping(turn, slip_s=0.3):
    return replace(RUNS, phases=(RUNS.phases[0], replace(RUNS.phases[1], slip=turn, slip_s=slip_s)))


def samples(story, **options):
    runner = SimulatedRunner(story, output="imu", **options)
    blocks = [e for e in runner.advance(1e9) if isinstance(e, ImuBlock)]
    t, acc, gyr = (np.concatenate([getattr(b, name) for b in blocks]) for name in ("times", "acc", "gyr"))
    return t, acc, gyr, runner.truth


# ---------------------------------------------------------------- standing
def test_quiet_standing_is_stooped_and_standing_tall_is_the_zero_of_all_angles():
    t, acc, gyr, truth = samples(Story("s", "", STANDS), noise=False)
    quiet, tall = (t > 0.5) & (t < 5.9), t > 7.6
    for still, tilt in ((quiet, 4.0), (tall, 0.0)):
        assert truth.tilt[still] == pytest.approx(tilt, abs=0.25)
        assert np.linalg.norm(gyr[still], axis=1).max() < 2
        assert np.degrees(np.arctan2(-acc[still, 0], acc[still, 2])) == pytest.approx(tilt, abs=0.3)


def test_getting_taller_takes_a_second_or_so_and_is_seen_by_the_gyroscope():
    t, _, gyr, truth = samples(Story("s", "", STANDS), noise=False)
    moving = t[np.abs(truth.tilt - 2.0) < 1.5]
    assert 6.0 < moving[0] < moving[-1] < 7.6
    assert np.sum(gyr[:, 1]) * 0.01 == pytest.approx(-4.0, abs=0.2)
    assert 2 < np.abs(gyr[:, 1]).max() < 20


def test_a_stoop_changes_nothing_but_the_standing():
    story = Story("s", "", (*STANDS, Phase("run", 20, 2.8)))
    stiff = replace(story, phases=(replace(STANDS[0], stoop=0.0), *story.phases[1:]))
    (t, acc, gyr, truth), (_, acc0, gyr0, truth0) = samples(story), samples(stiff)
    later = t > 8
    assert acc[later].tobytes() == acc0[later].tobytes()
    assert gyr[later].tobytes() == gyr0[later].tobytes()
    assert np.array_equal(truth.ic, truth0.ic)


# ---------------------------------------------------------------- slipping
@pytest.mark.parametrize("turn", [(0.0, 7.0, 0.0), (-6.0, 0.0, 0.0), (4.0, -5.0, 20.0)])
@pytest.mark.parametrize("noise", [False, True])
def test_a_slip_turns_the_sensor_from_its_start_and_leaves_the_pelvis(turn, noise):
    options = {"noise": noise, "mount": (20.0, -35.0, 60.0)}
    (t, acc, gyr, truth), (_, acc0, gyr0, truth0) = samples(slipping(turn), **options), samples(RUNS, **options)
    before, after = t <= 14.0, t > 14.3
    assert acc[before].tobytes() == acc0[before].tobytes()
    assert gyr[before].tobytes() == gyr0[before].tobytes()
    assert truth.tilt.tobytes() == truth0.tilt.tobytes()
    assert truth.slips == (SensorSlip(14.0, 0.3, turn),)

    if not noise:
        mount = Rotation.from_euler("ZYX", [60, -35, 20], degrees=True)
        slip = Rotation.from_euler("ZYX", turn[::-1], degrees=True)
        for seen, seen0 in ((acc, acc0), (gyr, gyr0)):
            assert np.allclose(slip.apply(mount.apply(seen[after])), mount.apply(seen0[after]))


def test_the_gyroscope_feels_the_slip_itself():
    # At rest, so that nothing else turns; a fine grid, so that the sum is the integral.
    stands = Story("s", "", (Phase("a", 2, 0.0), Phase("b", 2, 0.0, slip=(10.0, 15.0, -20.0), slip_s=0.5)))
    t, _, gyr, _ = samples(stands, noise=False, rate_hz=500)
    _, _, gyr0, _ = samples(replace(stands, phases=(stands.phases[0], Phase("b", 2, 0.0))), noise=False, rate_hz=500)
    turned = np.radians(np.sum((gyr - gyr0)[t < 2.6], axis=0)) / 500
    want = Rotation.from_euler("ZYX", [-20, 15, 10], degrees=True).as_rotvec()
    assert turned == pytest.approx(want, abs=2e-3)


def test_one_slip_follows_another():
    a, b = (5.0, 0.0, 0.0), (0.0, 8.0, 0.0)
    story = Story("s", "", (Phase("1", 3, 0.0), Phase("2", 3, 0.0, slip=a), Phase("3", 3, 0.0, slip=b)))
    t, acc, _, truth = samples(story, noise=False)
    first, second = (Rotation.from_euler("ZYX", turn[::-1], degrees=True) for turn in (a, b))
    pelvis = Rotation.from_euler("ZYX", np.c_[truth.rotation, truth.tilt, -truth.obliquity], degrees=True)
    last = t > 6.5
    up = pelvis.apply(first.apply(second.apply(acc)))[last]
    assert up == pytest.approx(np.tile([0, 0, G], (int(last.sum()), 1)), abs=0.01)
    assert [slip.start for slip in truth.slips] == [3.0, 6.0]


def test_the_steps_of_time_do_not_matter_around_a_slip():
    def blocks(cuts):
        runner = SimulatedRunner(slipping((3.0, 6.0, 0.0)), output="imu", rate_hz=104)
        out = [e for t in cuts for e in runner.advance(t) if isinstance(e, ImuBlock)]
        return [(e.t, e.acc.tobytes(), e.gyr.tobytes()) for e in out]

    assert blocks([1e9]) == blocks([*np.arange(0, 26, 0.037), 1e9])


def test_the_truth_knows_only_slips_that_began():
    runner = SimulatedRunner(STORIES["slip"], output="imu")
    at = STORIES["slip"].start("slipped")
    runner.advance(at - 0.1)
    assert runner.truth.slips == ()
    runner.advance(at + 0.1)
    assert [slip.start for slip in runner.truth.slips] == [at]


def test_finished_metrics_know_nothing_of_a_slip():
    slipped, plain = SimulatedRunner(slipping((3.0, 6.0, 0.0))), SimulatedRunner(RUNS)
    assert slipped.advance(1e9) == plain.advance(1e9)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"stoop": 40.0}, "stoop of 40"),
        ({"slip": (0.0, 0.0, 0.0)}, "one not 0"),
        ({"slip": (0.0, float("nan"), 0.0)}, "up to 45"),
        ({"slip": (0.0, 60.0, 0.0)}, "up to 45"),
        ({"slip": (0.0, 6.0, 0.0), "slip_s": 0.0}, "within the phase"),
        ({"slip": (0.0, 6.0, 0.0), "slip_s": 9.0}, "within the phase"),
    ],
)
def test_a_phase_that_cannot_be_is_refused(options, words):
    with pytest.raises(UsageError, match=words):
        Phase("p", 5, 2.8, **options)
