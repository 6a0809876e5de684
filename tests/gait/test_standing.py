"""Which pose the angles refer to, from how a recording begins."""

from __future__ import annotations

import numpy as np
import pytest

from cuecoach.gait import GaitAnalyser

G = 9.80665
BIAS = np.array([6.0, -5.0, 4.0])


def stand(seconds, tilt=0.0, mount=None, seed=1, rate_hz=100.0, noise=0.05):
    """Acceleration and angular rate of standing with a tilt, deg, anterior positive."""
    n = round(seconds * rate_hz)
    up = np.array([-np.sin(np.radians(tilt)), 0.0, np.cos(np.radians(tilt))])
    m = np.eye(3) if mount is None else mount
    rng = np.random.default_rng(seed)
    return np.tile(m @ (G * up), (n, 1)) + rng.normal(0, noise, (n, 3)), BIAS + rng.normal(0, 0.3, (n, 3))


def fidget(seconds, seed=2):
    acc, gyr = stand(seconds)
    rng = np.random.default_rng(seed)
    return acc + rng.normal(0, 1.0, acc.shape), gyr + rng.normal(0, 15, gyr.shape)


def recording(make_run, parts, mount=None, seconds=12.0):
    run = make_run(seconds=seconds, mount=mount, bias=tuple(BIAS))
    acc = np.concatenate([p[0] for p in parts] + [run.acc])
    gyr = np.concatenate([p[1] for p in parts] + [run.gyr])
    return np.arange(len(acc)) / 100.0, acc, gyr


def measure(times, acc, gyr, block=10**9, **options):
    analyser = GaitAnalyser("sacrum", **options)
    updates = [
        analyser.push(times[a : a + block], acc[a : a + block], gyr[a : a + block]) for a in range(0, len(times), block)
    ]
    return [s for u in updates for s in u.steps], [x for u in updates for x in u.alignments]


def tilt(steps):
    return np.mean([s.values["pelvic_tilt"] for s in steps if "pelvic_tilt" in s.values])


def test_quiet_and_then_tall_is_a_calibration(make_run):
    steps, found = measure(*recording(make_run, [stand(7, tilt=4), fidget(2), stand(4, tilt=-3)]))
    (alignment,) = found
    assert alignment.reference == "standing tall"
    assert 9.0 <= alignment.since < alignment.until <= 13.0
    assert tilt(steps) == pytest.approx(3.0, abs=0.4)
    assert np.allclose(alignment.gyr_bias, BIAS, atol=0.1)


def test_standing_on_without_a_break_is_tall_after_five_seconds(make_run):
    _, (alignment,) = measure(*recording(make_run, [stand(9)]))
    assert alignment.reference == "standing tall"
    assert alignment.until - alignment.since == pytest.approx(3.0)


@pytest.mark.parametrize("parts", [[stand(4)], [stand(4), fidget(1), stand(4)], [stand(7), fidget(25), stand(4)]])
def test_less_is_only_standing(make_run, parts):
    _, (alignment,) = measure(*recording(make_run, parts))
    assert alignment.reference == "standing"


def test_a_stop_at_a_traffic_light_does_not_replace_a_calibration(make_run):
    _, (alignment,) = measure(*recording(make_run, [stand(9), fidget(40), stand(4, tilt=6)]))
    assert alignment.reference == "standing tall"
    assert alignment.until <= 9.0


def test_the_first_strides_are_the_reference_when_nobody_stood(make_run):
    steps, (alignment,) = measure(*recording(make_run, []))
    assert alignment.reference == "running"
    assert alignment.until < alignment.known
    assert abs(tilt(steps)) < 0.4


def test_a_sensor_that_lay_on_a_table_gives_the_bias_only(make_run, rotation):
    lying = stand(30, mount=rotation((0, 1, 0), 80))
    _, (alignment,) = measure(*recording(make_run, [lying, fidget(5)]))
    assert alignment.reference == "running"
    assert np.allclose(alignment.gyr_bias, BIAS, atol=0.1)


def test_standing_long_before_the_run_does_not_count(make_run):
    _, (alignment,) = measure(*recording(make_run, [stand(9), fidget(200)]))
    assert alignment.reference == "running"
    assert np.allclose(alignment.gyr_bias, BIAS, atol=0.1)


def test_a_bias_that_cannot_be_that_of_a_runner_is_not_used(make_run):
    acc, gyr = stand(9)
    _, (alignment,) = measure(*recording(make_run, [(acc, gyr + np.array([0.0, 8.0, 0.0]))]))
    assert np.allclose(alignment.gyr_bias, BIAS, atol=2.0)


@pytest.mark.parametrize("block", [1, 7, 333])
def test_the_cut_into_blocks_does_not_matter(make_run, rotation, block):
    mount = rotation((1, 2, 3), 140)
    whole = recording(make_run, [stand(7, 4, mount), fidget(2), stand(4, -3, mount)], mount)
    assert measure(*whole, block=block) == measure(*whole)


def test_the_axes_are_those_of_the_body_in_the_sensor(make_run, rotation):
    mount = rotation((1, 2, 3), 140)
    _, (alignment,) = measure(*recording(make_run, [stand(9, mount=mount)], mount))
    assert np.allclose(np.array(alignment.axes), mount.T, atol=0.05)
    assert alignment.forward == "motion"
