"""Proxies of load, and what tells left from right."""

from __future__ import annotations

import numpy as np
import pytest

from cuecoach.gait.loads import lost_speed


def values(got, name):
    return [s.values[name] for s in got.steps if name in s.values]


def test_braking_is_the_speed_that_the_push_at_contact_takes(make_run, seen):
    # half a sine of 2 m/s² over half of the stance
    got = values(seen(make_run(stance_s=0.25)), "braking")
    assert len(got) > 40
    assert np.mean(got) == pytest.approx(2.0 * 0.25 / np.pi, rel=0.15)
    assert np.std(got) < 0.02


def test_braking_does_not_depend_on_the_mounting(make_run, seen, rotation):
    straight = values(seen(make_run()), "braking")
    turned = values(seen(make_run(mount=rotation((1, 2, 3), 140))), "braking")
    assert np.mean(turned) == pytest.approx(np.mean(straight), rel=0.05)


def test_speed_gained_and_lost_within_a_stride_is_measured_in_its_first_step():
    loses = np.concatenate([np.full(10, -1.0), np.full(10, 1.0)])
    forward = np.stack([np.concatenate([loses, loses]), np.concatenate([0.5 * loses, 3.0 * loses])])
    lost = lost_speed(forward, np.array([40, 40]), np.array([20, 20]))
    assert lost == pytest.approx([0.10, 0.05])


def test_what_follows_a_stride_in_its_row_does_not_count():
    forward = np.concatenate([np.full(10, -1.0), np.full(10, 1.0), np.full(15, -50.0)])[None]
    assert lost_speed(forward, np.array([20]), np.array([20])) == pytest.approx([0.10])


@pytest.mark.parametrize("place", ["sacrum", "torso", "hip"])
def test_impact_counts_gravity_and_needs_no_gyroscope(make_run, seen, place):
    got = values(seen(make_run(), place=place, gyro=False), "impact")
    assert got
    assert 1.5 < np.mean(got) < 3.5


def test_a_harder_landing_shows_in_the_impact(make_run, seen):
    def landed(knock):
        motion = make_run(rate_hz=200)
        since = (motion.times % (60 / 170))[:, None]
        motion.acc[:] += np.where(since < 0.03, knock, 0.0) * np.array([0.0, 0.0, 1.0])
        return np.mean(values(seen(motion), "impact"))

    assert landed(30.0) > landed(0.0) + 1.0


def test_even_legs_share_the_contact_time_evenly(make_run, seen):
    got = values(seen(make_run()), "stance_time_balance")
    assert len(got) > 30
    assert np.mean(got) == pytest.approx(50.0, abs=0.3)


def test_a_longer_left_contact_is_more_than_half(make_run, seen):
    even, motion = make_run(seconds=20.0), make_run(seconds=20.0, stance_s=0.28)
    step = 60 / 170
    left = ((even.times // step) % 2 == 0)[:, None]
    motion.acc[:] = np.where(left, motion.acc, even.acc)
    got = values(seen(motion), "stance_time_balance")
    assert np.mean(got) > 50.8


def test_a_level_pelvis_has_no_mean_obliquity(make_run, seen):
    assert np.mean(values(seen(make_run()), "pelvic_obliquity")) == pytest.approx(0.0, abs=0.3)


def test_a_leg_gives_an_impact_and_no_braking(make_run, seen):
    steps = seen(make_run(spm=85), place="shank").steps
    assert not [s for s in steps if "braking" in s.values or "stance_time_balance" in s.values]
