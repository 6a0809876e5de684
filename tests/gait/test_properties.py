"""What holds of the analyser for any cut, mounting, clock, gain and sensor, on runners whose truth is known."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from cuecoach.events import ImuBlock
from cuecoach.gait import GaitAnalyser
from cuecoach.sensors.simulator import Gait, Imu, Person, Phase, SimulatedRunner, Story

seeds = st.integers(0, 2**32 - 1)

#: A real sensor's worst: ±8 g; its bias is added by the tests.
SENSOR = Imu(acc_range_g=8.0, gyr_bias=0.0)
#: Stand, get taller, run, slip, stop, stand for a calibration that is asked for, run on.
EVENTFUL = Story(
    "eventful",
    "",
    (
        Phase("quiet", 6.5, 0.0, stoop=4.0),
        Phase("tall", 5.0, 0.0),
        Phase("run", 16, 2.8),
        Phase("slipped", 14, 2.8, slip=(5.0, 9.0, 0.0)),
        Phase("quiet again", 13.0, 0.0, stoop=3.0),
        Phase("tall again", 6.0, 0.0),
        Phase("run again", 12, 2.8),
    ),
    Person(imu=SENSOR),
)
ASKED_AT = EVENTFUL.start("quiet again") + 4.0


def simulated(story, seed=1, rate_hz=100.0, **options):
    """Times, acceleration, angular rate and the truth of a simulated run."""
    runner = SimulatedRunner(story, output="imu", seed=seed, rate_hz=rate_hz, **options)
    blocks = [e for e in runner.advance(1e9) if isinstance(e, ImuBlock)]
    t, acc, gyr = (np.concatenate([getattr(b, name) for b in blocks]) for name in ("times", "acc", "gyr"))
    return t, acc, gyr, runner.truth


def running(speed=2.8, seconds=16.0, gait=None):
    return Story("run", "", (Phase("run", seconds, speed),), Person(gait=gait or Gait(), imu=SENSOR))


def worn(t, acc, gyr, seed, lost=0.02, jitter=0.2):
    """As it comes from a real link: a bias up to 9 deg/s, a clock that trembles, lost samples, 60 ms of them in a row."""
    rng = np.random.default_rng(seed)
    bias = rng.normal(size=3)
    bias *= rng.uniform(0, 9) / np.linalg.norm(bias)
    interval = np.median(np.diff(t))
    late = t + rng.uniform(-jitter, jitter, len(t)) * interval
    keep = rng.random(len(t)) >= lost
    keep[2:] |= ~(keep[1:-1] | keep[:-2])  # a longer silence is a hole and may cost a step
    middle, row = len(t) // 2, int(0.06 / interval)
    keep[middle - 3 : middle + row + 3] = True
    keep[middle : middle + row] = False
    return late[keep], acc[keep], (gyr + bias)[keep]


def everything(samples, cuts=(), place="sacrum", calibrate_at=()):
    """All that comes out of the samples, in one piece of each kind."""
    times, acc, gyr = samples
    analyser = GaitAnalyser(place, series=True)
    waiting = list(calibrate_at)
    out = {name: [] for name in ("steps", "activity", "alignments", "slips", "calibration")}
    series = []
    for a, b in zip((0, *cuts), (*cuts, len(times)), strict=True):
        while waiting and (b == len(times) or times[b] >= waiting[0]):
            analyser.calibrate(waiting.pop(0))
        u = analyser.push(times[a:b], acc[a:b], None if gyr is None else gyr[a:b])
        for name, found in out.items():
            found += getattr(u, name)
        s = u.series
        series.append(np.stack([s.times, s.pelvic_tilt, s.pelvic_obliquity, s.pelvic_rotation]))
    return out, np.concatenate(series, axis=1)


# ---------------------------------------------------------------- cuts
#: Asked for a calibration, never asked, and without a gyroscope to calibrate.
MODES = {"asked": (True, (ASKED_AT,)), "unasked": (True, ()), "without gyroscope": (False, (ASKED_AT,))}
modes = st.sampled_from(list(MODES))


@cache
def eventful(mode="asked"):
    """Samples, when calibrations are asked for, and what comes out of the samples in one block."""
    gyro, asked = MODES[mode]
    t, acc, gyr, _ = simulated(EVENTFUL, seed=4, rate_hz=62.5)
    late, acc, gyr = worn(t, acc, gyr, 3)
    acc, gyr = acc.copy(), gyr.copy()
    acc[50::701, 1] = np.nan
    samples = late, acc, gyr if gyro else None
    return samples, asked, everything(samples, calibrate_at=asked)


def test_the_eventful_run_holds_every_kind_of_result():
    _, _, (out, series) = eventful()
    assert all(out.values()), [name for name, found in out.items() if not found]
    assert len(out["steps"]) > 70
    assert out["alignments"][0].reference == "standing tall"
    assert np.isfinite(series[1]).sum() > 2000
    assert [stage.stage for stage in out["calibration"]] == ["still", "tall", "done"]


@given(seed=seeds, parts=st.integers(1, 80), mode=modes)
@example(seed=0, parts=0, mode="asked")
@example(seed=0, parts=0, mode="unasked")
@example(seed=0, parts=0, mode="without gyroscope")
@settings(max_examples=8)
def test_no_cut_changes_a_bit(seed, parts, mode):
    samples, asked, (want, series) = eventful(mode)
    n = len(samples[0])
    # parts = 0: one sample at a time
    cuts = sorted(np.random.default_rng(seed).integers(0, n + 1, parts).tolist()) if parts else range(1, n)
    got, again = everything(samples, cuts, calibrate_at=asked)
    assert got == want
    assert again.tobytes() == series.tobytes()


@given(share=st.floats(0.05, 0.98), mode=modes)
@example(share=0.5, mode="unasked")
@settings(max_examples=8)
def test_nothing_rests_on_what_comes_later(share, mode):
    samples, asked, (want, _) = eventful(mode)
    n = int(share * len(samples[0]))
    got, _ = everything([None if a is None else a[:n] for a in samples], calibrate_at=asked)
    last = samples[0][n - 1]
    for name, found in want.items():
        assert got[name] == [x for x in found if x.known <= last], name


# ---------------------------------------------------------------- mounting, clock, gain
@cache
def plain(seed=2):
    t, acc, gyr, _ = simulated(running(), seed=seed)
    samples = worn(t, acc, gyr, seed)
    return samples, everything(samples), everything((*samples[:2], None))


def same_steps(got, want, tolerance=1e-6, shift=0.0):
    """Two lists of steps say the same but for rounding."""
    assert len(got) == len(want)
    for a, b in zip(got, want, strict=True):
        assert a.side == b.side
        assert (a.tc is None) == (b.tc is None)
        assert [a.known - shift, a.ic - shift] == pytest.approx([b.known, b.ic], abs=tolerance)
        assert dict(a.values) == pytest.approx(dict(b.values), rel=1e-4, abs=0.1)


@given(seed=seeds)
@example(seed="turned about x")
@example(seed="turned about y")
@example(seed="turned about z")
@settings(max_examples=12)
def test_no_mounting_changes_a_metric_or_a_side(seed):
    samples, (want, angles), (alone, _) = plain()
    if isinstance(seed, str):
        turn = Rotation.from_euler(seed[-1], 180, degrees=True)
    else:
        turn = Rotation.random(random_state=np.random.default_rng(seed))
    turned = samples[0], turn.apply(samples[1]), turn.apply(samples[2])
    got, angles2 = everything(turned)
    same_steps(got["steps"], want["steps"])
    assert [(a.activity, round(a.since, 6)) for a in got["activity"]] == [
        (a.activity, round(a.since, 6)) for a in want["activity"]
    ]
    assert np.nanmax(np.abs(angles2[1:3] - angles[1:3])) < 0.15  # the filter starts from another side
    got_alone, _ = everything((*turned[:2], None))
    same_steps(got_alone["steps"], alone["steps"])


@pytest.mark.parametrize("shift", [-50.0, 1e5, 1e9])
def test_a_shift_of_the_clock_shifts_the_times_and_nothing_else(shift):
    samples, (want, angles), _ = plain()
    got, angles2 = everything((samples[0] + shift, *samples[1:]))
    same_steps(got["steps"], want["steps"], tolerance=1e-5, shift=shift)
    assert [a.since - shift for a in got["activity"]] == pytest.approx([a.since for a in want["activity"]], abs=1e-5)
    known = np.isfinite(angles[1])
    assert np.array_equal(known, np.isfinite(angles2[1]))
    assert np.abs(angles2[1:3, known] - angles[1:3, known]).max() < 0.02


@given(gain=st.floats(-0.06, 0.06), uneven=st.floats(-0.01, 0.01), turn=st.floats(-0.02, 0.02))
@settings(max_examples=8)
def test_a_gain_that_is_off_by_some_percent_moves_no_step(gain, uneven, turn):
    samples, (want, angles), _ = plain()
    each = 1 + gain + uneven * np.array([1.0, -1.0, 0.0])
    got, angles2 = everything((samples[0], samples[1] * each, samples[2] * (1 + turn)))
    assert [s.ic for s in got["steps"]] == pytest.approx([s.ic for s in want["steps"]], abs=0.004)
    assert [s.side for s in got["steps"]] == [s.side for s in want["steps"]]
    bounce, before = (
        np.mean([s.values["vertical_oscillation"] for s in o["steps"][4:]]) for o in (got, want)
    )  # the vertical is measured in the sensor's own g or in m/s²
    assert bounce == pytest.approx(before, rel=0.10)
    both = np.isfinite(angles[1]) & np.isfinite(angles2[1])
    assert np.std((angles2 - angles)[1:3, both], axis=1).max() < 0.25


# ---------------------------------------------------------------- truth
def matched(steps, truth, first_s=1.5, last_s=0.4):
    """Return (missed, extra, the index of the true contact of each step found)."""
    true = truth.ic[np.array(truth.activity) == "running"]
    where = np.flatnonzero(np.array(truth.activity) == "running")
    got = np.array([s.ic for s in steps])
    near = np.abs(got[:, None] - true).argmin(axis=1)
    fits = np.abs(got - true[near]) < 0.08
    # a slow soft jog shows itself in six steps, whatever time they take
    first_s = max(first_s, true[5] + 0.01)
    due = {int(k) for k in np.flatnonzero((true > first_s) & (true < truth.times[-1] - last_s))}
    hit = set(near[fits].tolist())
    return len(due - hit), len(got) - len(hit), where[near]


@given(
    seed=st.integers(0, 999),
    rate_hz=st.sampled_from([50.0, 62.5, 104.0, 200.0, 500.0]),
    speed=st.floats(2.2, 5.0),
    cadence=st.floats(156.0, 190.0),
)
@example(seed=5, rate_hz=50.0, speed=2.8, cadence=156.0)
@example(seed=6, rate_hz=500.0, speed=5.0, cadence=190.0)
@settings(max_examples=25)
def test_every_true_step_and_angle_is_found_whatever_the_sensor(seed, rate_hz, speed, cadence):
    mount = tuple(np.random.default_rng(seed).uniform((-180, -60, -180), (180, 60, 180)).tolist())
    gait = Gait(cadence=cadence, stance_time=255.0 * 166 / cadence)
    t, acc, gyr, truth = simulated(running(speed, gait=gait), seed, rate_hz, mount=mount)
    out, (times, tilt, obliquity, _) = everything(worn(t, acc, gyr, seed))
    steps = out["steps"]
    missed, extra, near = matched(steps, truth)
    assert (missed, extra) == (0, 0)
    error = np.array([s.ic for s in steps]) - truth.ic[near]
    assert np.std(error) < (0.009 if rate_hz < 70 else 0.004)
    assert abs(np.mean(error)) < 0.025
    assert all(s.known - s.tc <= 0.25 for s in steps if s.tc is not None)
    assert np.mean([s.values["cadence"] for s in steps[4:]]) == pytest.approx(np.mean(truth.cadence[2:-1]), abs=0.8)

    sides = [(s.side, truth.side[k]) for s, k in zip(steps, near, strict=True) if s.side]
    assert len(sides) > 0.7 * len(steps)
    assert all(a == b for a, b in sides)

    known = np.isfinite(tilt)
    assert times[known][0] < 5.0
    for have, true, limit in ((tilt, truth.tilt, 0.75), (obliquity, truth.obliquity, 0.5)):
        error = have[known] - np.interp(times[known], truth.times, true)
        assert np.std(error) < limit


@pytest.mark.parametrize("rate_hz", [62.5, 104.0])
def test_after_standing_tall_angles_are_true_without_an_offset(rate_hz):
    story = Story("s", "", (*EVENTFUL.phases[:3],), Person(imu=SENSOR))
    t, acc, gyr, truth = simulated(story, 7, rate_hz, mount=(15.0, -20.0, 70.0))
    out, (times, tilt, obliquity, _) = everything(worn(t, acc, gyr, 5))
    assert [a.reference for a in out["alignments"]] == ["standing tall"]
    known = np.isfinite(tilt) & (times > 14)
    assert known.sum() > 500
    for have, true in ((tilt, truth.tilt), (obliquity, truth.obliquity)):
        error = have[known] - np.interp(times[known], truth.times, true)
        assert abs(np.mean(error)) < 1.0
        assert np.std(error) < 0.75


def test_a_true_slip_is_told_once_with_its_size():
    _, _, (out, _) = eventful()
    (slip,) = out["slips"]
    at = EVENTFUL.start("slipped")
    assert slip.at == pytest.approx(at, abs=1.5)
    assert slip.known < at + 10
    assert slip.pelvic_tilt == pytest.approx(9.0, abs=2.0)
    assert slip.pelvic_obliquity == pytest.approx(-5.0, abs=2.0)


# ---------------------------------------------------------------- walking
@given(
    spm=st.floats(85.0, 140.0),
    swing_g=st.floats(0.1, 0.65),
    second=st.floats(0.0, 0.4),
    at=st.floats(0.0, 6.28),
    strike=st.floats(0.0, 4.0),
    limp=st.floats(0.0, 0.2),
)
@example(spm=140.0, swing_g=0.65, second=0.0, at=0.0, strike=0.0, limp=0.0)
@example(spm=85.0, swing_g=0.65, second=0.4, at=1.0, strike=4.0, limp=0.2)
@settings(max_examples=30)
def test_no_walking_gives_a_running_step(spm, swing_g, second, at, strike, limp):
    t = np.arange(1200) / 100
    p = 2 * np.pi * t * spm / 60
    wave = np.sin(p) + second * np.sin(2 * p + at) + limp * np.sin(p / 2)
    heel = strike * np.exp(-((((p / (2 * np.pi)) % 1 - 0.3) / 0.06) ** 2))
    acc = np.stack(
        [1.5 * np.cos(p) - heel, 0.8 * np.sin(p / 2), 9.81 * (1 + swing_g * wave / np.abs(wave).max())], axis=1
    )
    gyr = np.stack([20 * np.cos(p / 2), 15 * np.sin(p), 10 * np.cos(p / 2)], axis=1)
    noise = np.random.default_rng(0).normal(0, 0.15, acc.shape)
    for given_gyr in (gyr, None):
        update = GaitAnalyser("sacrum").push(t, acc + noise, given_gyr)
        assert update.steps == ()
        assert "running" not in [a.activity for a in update.activity]


@pytest.mark.parametrize("speed", [0.6, 1.0, 1.4, 1.85])
def test_a_simulated_walk_is_walking_at_any_speed(speed):
    t, acc, gyr, _ = simulated(Story("w", "", (Phase("walk", 20, speed),), Person(imu=SENSOR)), 3)
    out, _ = everything(worn(t, acc, gyr, 3))
    assert out["steps"] == []
    assert "running" not in [a.activity for a in out["activity"]]
