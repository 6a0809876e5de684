from __future__ import annotations

import time

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from cuecoach.events import ImuBlock
from cuecoach.sensors.simulator import STORIES, Person, Phase, SimulatedRunner, Story
from cuecoach.sensors.simulator.person import Imu

G = 9.81
MIXED = Story(
    "mixed",
    "",
    (
        Phase("stand", 9, 0.0),
        Phase("walk", 20, 1.4),
        Phase("run", 40, 2.8, slouch=5),
        Phase("walk", 10, 1.4),
        Phase("stop", 6, 0.0),
    ),
)


def samples(story, *, until=1e9, **options):
    """Run with the inertial output; return times, acceleration, angular rate and the truth."""
    runner = SimulatedRunner(story, output="imu", **options)
    blocks = [e for e in runner.advance(until) if isinstance(e, ImuBlock)]
    gyr = [b.gyr for b in blocks if b.gyr is not None]
    t, acc = np.concatenate([b.times for b in blocks]), np.concatenate([b.acc for b in blocks])
    return t, acc, np.concatenate(gyr), runner.truth


@pytest.fixture(scope="module")
def exact():
    """A run like a clock seen by a perfect fast sensor."""
    return samples(MIXED, rate_hz=500, noise=False)


def pelvis(truth):
    """True orientations of the pelvis."""
    return Rotation.from_euler("ZYX", np.c_[truth.rotation, truth.tilt, -truth.obliquity], degrees=True)


def running(truth):
    return np.array([a == "running" for a in truth.activity])


def test_integrating_the_gyroscope_gives_the_angles(exact):
    t, _, gyr, truth = exact
    begin, end = np.searchsorted(t, (22.0, 47.0))
    t, gyr = t[begin:end], gyr[begin:end]
    turns = Rotation.from_rotvec(np.radians(0.5 * (gyr[1:] + gyr[:-1])) * np.diff(t)[:, None])
    at = pelvis(truth)[begin:end]
    now = at[0]
    worst = 0.0
    for k, turn in enumerate(turns, start=1):
        now = now * turn
        if k % 50 == 0:
            worst = max(worst, float(np.degrees((now.inv() * at[k]).magnitude())))
    # Walking, then running, 25 s: what is left is the rule of the trapezoid.
    assert worst < 0.02


def test_the_accelerometer_feels_gravity_and_the_second_derivative_of_height(exact):
    t, acc, _, truth = exact
    up = pelvis(truth).apply(acc)[:, 2] - G
    second = np.gradient(np.gradient(truth.height, t), t)
    off = np.abs(up - second)[4:-4]
    # Only where a walking step takes over from a running one does the push end at once.
    assert np.percentile(off, 99) < 0.2
    assert np.sqrt(np.mean(off**2)) < 0.06


def test_double_integration_over_a_stride_gives_the_bounce(exact):
    t, acc, _, truth = exact
    up = pelvis(truth).apply(acc)[:, 2] - G
    ran = np.flatnonzero(running(truth))
    for i in ran[20:80:2]:
        here = (t >= truth.ic[i]) & (t < truth.ic[i + 2])
        v = np.cumsum(up[here]) / 500
        v -= v.mean()
        z = np.cumsum(v) / 500
        z -= np.linspace(0, z[-1], len(z))
        first = t[here] < truth.ic[i + 1]
        assert 1000 * np.ptp(z[first]) == pytest.approx(truth.vo[i], abs=1.0)


def test_true_bounce_is_that_of_the_true_height_also_with_scatter():
    t, _, _, truth = samples(STORIES["fresh"], until=120, rate_hz=200)
    off = [
        1000 * np.ptp(truth.height[(t >= a) & (t < b)]) - vo
        for a, b, vo in zip(truth.ic[:-1], truth.ic[1:], truth.vo, strict=False)
    ]
    assert np.std(off[2:-2]) < 0.6
    assert abs(np.mean(off[2:-2])) < 0.5


def test_contacts_give_the_cadence_and_stance_and_flight_fill_the_step(exact):
    _, _, _, truth = exact
    assert np.allclose(60 / np.diff(truth.ic), truth.cadence[:-1])
    ran = running(truth)
    assert np.allclose(truth.tc - truth.ic, truth.stance_time / 1000)
    inner = ran[:-1] & ran[1:]
    flight = truth.ic[1:][inner] - truth.tc[:-1][inner]
    assert np.all((flight > 0.05) & (flight < 0.15))
    assert np.median(truth.stance_time[ran]) == pytest.approx(255, abs=3)


def test_walking_has_double_support_and_no_flight(exact):
    t, acc, _, truth = exact
    walked = ~running(truth)
    both = walked[:-1] & walked[1:]
    overlap = truth.tc[:-1][both] - truth.ic[1:][both]
    near = np.diff(truth.ic)[both] < 1
    assert np.all(overlap[near] > 0.08)
    steady = (t > 16) & (t < 28)
    strength = np.linalg.norm(acc[steady], axis=1) / G
    assert strength.min() > 0.6
    assert strength.max() < 1.6


def test_running_flies(exact):
    t, acc, _, _ = exact
    steady = (t > 40) & (t < 65)
    strength = np.linalg.norm(acc[steady], axis=1) / G
    assert np.percentile(strength, 5) < 0.45
    assert 2.2 < np.percentile(strength, 99) < 4


def test_standing_is_quiet_and_tall(exact):
    t, acc, gyr, truth = exact
    quiet = (t > 0.5) & (t < 8.5)
    assert np.abs(np.linalg.norm(acc[quiet], axis=1) - G).max() < 0.02
    assert np.linalg.norm(gyr[quiet], axis=1).max() < 2
    assert np.abs(truth.tilt[quiet]).max() < 0.5


def test_the_swing_side_hip_drops_in_stance_by_the_true_drop(exact):
    t, _, _, truth = exact
    ran = np.flatnonzero(running(truth))[10:-10]
    for i in ran:
        stance = (t >= truth.ic[i]) & (t <= truth.ic[i] + truth.stance_time[i] / 2000 + 0.002)
        sign = 1 if truth.side[i] == "left" else -1
        wave = sign * truth.obliquity[stance]
        assert wave[0] - wave.min() == pytest.approx(truth.pelvic_drop[i], abs=0.15)


def test_angles_swing_as_wide_as_in_the_literature(exact):
    t, _, _, truth = exact
    steady = (t > 45) & (t < 65)
    assert 5.5 < np.ptp(truth.tilt[steady]) < 7.5
    assert 7.0 < np.ptp(truth.obliquity[steady]) < 10.0
    assert 9.0 < np.ptp(truth.rotation[steady]) < 16.0
    assert np.mean(truth.tilt[steady]) == pytest.approx(9, abs=0.3)


def test_the_impact_comes_early_in_running_and_mid_way_in_walking(exact):
    t, acc, _, truth = exact
    world = pelvis(truth).apply(acc)

    def place(i):
        """Where in the stretch above 1 g about contact i the strongest braking falls."""
        a, b = truth.ic[i] - 0.1 * (60 / truth.cadence[i]), truth.ic[i] + 0.75 * (60 / truth.cadence[i])
        here = (t >= a) & (t < b)
        high = np.flatnonzero(world[here, 2] > G)
        brake = int(np.argmin(world[here, 0]))
        return (brake - high[0]) / (high[-1] - high[0])

    ran = np.flatnonzero(running(truth))[30:50]
    walked = np.flatnonzero(~running(truth))[10:25]
    assert np.median([place(i) for i in ran]) < 0.36
    assert np.median([place(i) for i in walked]) >= 0.40


def test_initial_contact_is_near_the_rise_through_half_a_g(exact):
    t, acc, _, truth = exact
    vertical = np.linalg.norm(acc, axis=1) / G
    late = []
    for i in np.flatnonzero(running(truth))[10:60]:
        here = (t >= truth.ic[i] - 0.03) & (t < truth.ic[i] + 0.1)
        late.append(t[here][np.argmax(vertical[here] > 0.5)] - truth.ic[i])
    assert -0.005 < np.mean(late) < 0.02


@pytest.mark.parametrize("mount", [(0, 0, 180), (90, 0, 0), (17, -35, 60), (180, 5, 0)])
def test_mounting_turns_both_sensors_and_nothing_else(mount):
    _, acc, gyr, truth = samples(MIXED, until=40, noise=False)
    _, acc2, gyr2, truth2 = samples(MIXED, until=40, noise=False, mount=mount)
    turn = Rotation.from_euler("ZYX", [mount[2], mount[1], mount[0]], degrees=True)
    assert np.allclose(turn.apply(acc2), acc)
    assert np.allclose(turn.apply(gyr2), gyr)
    assert np.array_equal(truth.tilt, truth2.tilt)


def test_noise_and_bias_are_as_stated():
    story = Story("stand", "", (Phase("stand", 200, 0.0),), Person(imu=Imu(acc_noise=0.2, gyr_noise=1.0, gyr_bias=3.0)))
    _, acc, gyr, _ = samples(story)
    _, clean, turned, _ = samples(story, noise=False)
    assert np.std(acc - clean, axis=0) == pytest.approx([0.2] * 3, rel=0.05)
    assert np.std(gyr - turned, axis=0) == pytest.approx([1.0] * 3, rel=0.05)
    bias = np.array([np.mean(samples(story, seed=s, until=1)[2], axis=0) for s in range(40)])
    assert np.std(bias) == pytest.approx(3.0, rel=0.2)


def test_a_sensor_clips_at_its_range():
    person = Person(imu=Imu(acc_range_g=2.0))
    _, acc, _, _ = samples(Story("run", "", (Phase("run", 20, 3.5),), person))
    assert np.abs(acc).max() == pytest.approx(2 * G, abs=0.01)
    assert np.count_nonzero(np.abs(acc) > 1.99 * G) > 100


@pytest.mark.parametrize("rate_hz", [50, 100, 500])
def test_rates_see_the_same_motion(rate_hz):
    t, acc, _, _ = samples(MIXED, noise=False, until=60, rate_hz=rate_hz)
    _, acc5, _, _ = samples(MIXED, noise=False, until=60, rate_hz=500)
    assert np.diff(t) == pytest.approx(1 / rate_hz)
    same = acc5[:: 500 // rate_hz][: len(acc)]
    assert np.allclose(acc[: len(same)], same, atol=1e-9)


def test_a_block_holds_a_tenth_of_a_second_and_arrives_with_its_last_sample():
    events = SimulatedRunner(MIXED, output="imu").advance(10)
    blocks = [e for e in events if isinstance(e, ImuBlock)]
    assert {len(b.times) for b in blocks} == {10}
    assert all(b.t == b.times[-1] for b in blocks)
    assert all(b.acc.shape == (10, 3) for b in blocks)


def test_samples_come_a_thousand_times_faster_than_life():
    runner = SimulatedRunner(Story("hour", "", (Phase("run", 1200, 2.8),)), output="imu")
    start = time.process_time()
    runner.advance(1200)
    # A third of an hour. Measured 0.4 s; generous for slow and busy machines.
    assert time.process_time() - start < 3
