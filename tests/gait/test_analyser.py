"""What the analyser says of a runner whose every step is known."""

from __future__ import annotations

import numpy as np
import pytest

from cuecoach.errors import RecordingError
from cuecoach.gait import GaitAnalyser
from cuecoach.metrics import METRICS


def nearest(motion, steps):
    return [int(np.argmin(np.abs(motion.ic - s.ic))) for s in steps]


@pytest.mark.parametrize(
    ("rate_hz", "spm", "stance_s"),
    [(50, 170, 0.25), (100, 150, 0.29), (104, 182, 0.22), (200, 232, 0.18), (500, 165, 0.26)],
)
def test_every_step_is_found_once_at_its_cadence(make_run, seen, rate_hz, spm, stance_s):
    motion = make_run(rate_hz=rate_hz, spm=spm, stance_s=stance_s)
    got = seen(motion)
    found = nearest(motion, got.steps)
    assert found == list(range(found[0], found[-1] + 1))
    assert motion.ic[found[0]] < 1.6
    assert motion.ic[found[-1]] > 19.0 - 60 / spm
    assert np.median([s.values["cadence"] for s in got.steps]) == pytest.approx(spm, abs=0.1)
    error = [s.ic - motion.ic[k] for s, k in zip(got.steps, found, strict=True)]
    assert np.std(error) < 0.002
    assert abs(np.mean(error)) < 0.03
    assert got.rate_hz == pytest.approx(rate_hz, rel=0.01)


def test_a_step_is_known_within_250_ms_of_its_terminal_contact(make_run, seen):
    for spm, stance_s in ((150, 0.30), (170, 0.25), (232, 0.18)):
        steps = seen(make_run(spm=spm, stance_s=stance_s), block=7).steps
        assert steps
        assert all(s.tc is not None and s.ic < s.tc < s.known <= s.tc + 0.25 for s in steps)


def test_stance_time_follows_a_change_of_the_runner(make_run, seen):
    def stance(s):
        return np.mean([v.values["stance_time"] for v in seen(make_run(stance_s=s)).steps])

    # an estimate from the trunk: it sees the direction and about half of the change
    assert 25 < stance(0.28) - stance(0.22) < 75


@pytest.mark.parametrize("gyro", [True, False])
def test_bounce_is_that_of_the_motion(make_run, seen, gyro):
    motion = make_run(spm=160, stance_s=0.27)
    values = [s.values["vertical_oscillation"] for s in seen(motion, gyro=gyro).steps[4:]]
    assert np.mean(values) == pytest.approx(motion.bounce_mm, abs=4 if gyro else 6)


@pytest.mark.parametrize(
    ("axis", "degrees"), [((0, 0, 1), 0), ((0, 0, 1), 180), ((1, 0, 0), 180), ((1, 2, 3), 140), ((-1, 0.2, 1), 75)]
)
def test_angles_do_not_depend_on_the_mounting(make_run, seen, rotation, axis, degrees):
    motion = make_run(mount=rotation(axis, degrees), bias=(6.0, -5.0, 4.0))
    got = seen(motion)
    known = np.isfinite(got.series.pelvic_tilt)
    assert got.series.times[known][0] < 5.0
    for have, want, limit in (
        (got.series.pelvic_tilt, motion.tilt, 0.4),
        (got.series.pelvic_obliquity, motion.obliquity, 0.25),
    ):
        error = have[known] - np.interp(got.series.times[known], motion.times, want)
        assert np.std(error) < limit
    labelled = [(s.side, k) for s, k in zip(got.steps, nearest(motion, got.steps), strict=True) if s.side]
    assert len(labelled) > 0.7 * len(got.steps)
    assert all((side == "left") == (k % 2 == 0) for side, k in labelled)


def test_a_slouch_shows_in_the_tilt_of_the_steps(make_run, seen):
    got = seen(make_run(seconds=30.0, lean_from=15.0, lean_deg=6.0))
    before = [s.values["pelvic_tilt"] for s in got.steps if "pelvic_tilt" in s.values and s.ic < 14.5]
    after = [s.values["pelvic_tilt"] for s in got.steps if s.ic > 20.0]
    assert np.mean(after) - np.mean(before) == pytest.approx(6.0, abs=0.7)


def test_walking_and_standing_give_no_running_step(make_walk, make_run, seen):
    for spm, swing_g in ((95, 0.25), (115, 0.4), (132, 0.5)):
        got = seen(make_walk(spm=spm, swing_g=swing_g))
        assert got.steps == []
        assert [a.activity for a in got.activity] == ["walking"]
    rest = make_walk(swing_g=0.0)
    rest = type(rest)(rest.times, np.tile([0.0, 0.0, 9.81], (len(rest.times), 1)), 0 * rest.gyr, *[None] * 5)
    got = seen(rest)
    assert got.steps == []
    assert [a.activity for a in got.activity] == ["still"]


def test_steps_begin_again_after_a_gap_and_the_mounting_stays(make_run, seen, rotation):
    mount = rotation((1, 1, 0), 50)
    a, b = make_run(seconds=12.0, mount=mount), make_run(seconds=8.0, start=15.0, mount=mount)
    both = type(a)(
        *(np.concatenate((getattr(a, k), getattr(b, k))) for k in ("times", "acc", "gyr", "ic")),
        True,
        a.tilt,
        a.tilt,
        0,
    )
    got = seen(both)
    assert not [s for s in got.steps if 12.0 < s.ic < 15.5]
    again = [s for s in got.steps if s.ic > 15.5]
    assert np.median([s.values["cadence"] for s in again]) == pytest.approx(170, abs=0.1)
    assert "pelvic_tilt" in again[-1].values


def test_a_short_hole_costs_only_the_steps_it_touches(make_run, seen):
    motion = make_run()
    keep = (motion.times < 10.0) | (motion.times > 10.4)
    holed = type(motion)(
        motion.times[keep], motion.acc[keep], motion.gyr[keep], motion.ic, True, motion.tilt, motion.tilt, 0
    )
    whole, got = seen(motion).steps, seen(holed).steps
    assert 1 <= len(whole) - len(got) <= 5
    assert all(abs(s.values["cadence"] - 170) < 0.5 for s in got if "cadence" in s.values)


def test_clipping_at_8_g_and_scattered_nan_change_nothing_much(make_run, seen):
    motion = make_run(rate_hz=200)
    acc = np.clip(motion.acc, -2.2 * 9.81, 2.2 * 9.81)
    acc[::97] = np.nan
    got = seen(type(motion)(motion.times, acc, motion.gyr, motion.ic, True, motion.tilt, motion.tilt, 0))
    assert np.median([s.values["cadence"] for s in got.steps]) == pytest.approx(170, abs=0.2)


def test_acceleration_alone_gives_times_and_bounce_but_no_angles(make_run, seen):
    step = seen(make_run(), gyro=False).steps[10]
    assert {"cadence", "stance_time", "flight_time", "duty_factor", "vertical_oscillation", "impact"} == set(
        step.values
    )
    assert step.side is None


def test_values_are_of_the_catalogue_and_plausible(make_run, seen):
    for step in seen(make_run()).steps:
        for name, value in step.values.items():
            assert METRICS[name].low <= value <= METRICS[name].high


def test_a_torso_sensor_gives_lean_and_no_pelvis(make_run, seen):
    values = seen(make_run(), place="torso").steps[-1].values
    assert "trunk_lean" in values
    assert not [name for name in values if name.startswith("pelvic")]


def test_no_samples_give_nothing():
    u = GaitAnalyser("sacrum", series=True).push(np.empty(0), np.empty((0, 3)), None)
    assert (u.steps, u.activity) == ((), ())
    assert u.series is not None
    assert len(u.series.times) == 0


def test_arrays_that_do_not_fit_are_refused():
    with pytest.raises(RecordingError, match="one time, three accelerations"):
        GaitAnalyser("hip").push(np.arange(3.0), np.zeros((2, 3)), None)
