"""Rubbish never raises, never warns, never gives a step, and leaves the engine as good as new."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuecoach.errors import RecordingError
from cuecoach.gait import GaitAnalyser

pytestmark = pytest.mark.filterwarnings("error")

N = 300
INF = float("inf")
REST = np.tile([0.0, 0.0, 9.81], (N, 1))
NONE = np.zeros((N, 3))
EVEN = np.arange(N) / 100


def signs(rng):
    return np.where(rng.random((N, 3)) < 0.5, 1.0, -1.0)


#: What may come instead of samples: name to (times, acceleration, angular rate) of N samples, given a generator.
RUBBISH = {
    "only nan": lambda rng: (EVEN, NONE * np.nan, NONE * np.nan),
    "infinity": lambda rng: (EVEN, NONE + INF, NONE - INF),
    "both infinities": lambda rng: (EVEN, signs(rng) * INF, signs(rng) * INF),
    "infinity in between": lambda rng: (EVEN, np.where(rng.random((N, 3)) < 0.1, INF, REST), NONE),
    "every second sample nan": lambda rng: (EVEN, np.where((np.arange(N) % 2 == 0)[:, None], np.nan, REST), NONE),
    "zeros": lambda rng: (EVEN, NONE, NONE),
    "free fall that turns": lambda rng: (EVEN, NONE, NONE + 300.0),
    "at rest": lambda rng: (EVEN, REST, NONE),
    "head down": lambda rng: (EVEN, -REST, NONE),
    "constant and large": lambda rng: (EVEN, NONE + 3999.0, NONE + 9999.0),
    "all axes at full scale": lambda rng: (EVEN, NONE + 16 * 9.81, NONE + 2000.0),
    "huge": lambda rng: (EVEN, signs(rng) * 1e300, signs(rng) * 1e300),
    "as large as a number gets": lambda rng: (EVEN, signs(rng) * np.finfo(float).max, signs(rng) * np.finfo(float).max),
    "huge whose squares overflow": lambda rng: (EVEN, 1e160 * rng.normal(size=(N, 3)), 1e160 * rng.normal(size=(N, 3))),
    "noise of two g": lambda rng: (EVEN, REST + 20 * rng.normal(size=(N, 3)), 300 * rng.normal(size=(N, 3))),
    "noise of ten g": lambda rng: (EVEN, 100 * rng.normal(size=(N, 3)), 900 * rng.normal(size=(N, 3))),
    "noise of a hundred g": lambda rng: (EVEN, 1000 * rng.normal(size=(N, 3)), 900 * rng.normal(size=(N, 3))),
    "noise beyond any sensor": lambda rng: (EVEN, 1e7 * rng.normal(size=(N, 3)), 1e7 * rng.normal(size=(N, 3))),
    "a wild gyroscope at rest": lambda rng: (EVEN, REST, signs(rng) * 1e300),
    "gyroscope of nan at rest": lambda rng: (EVEN, REST, NONE * np.nan),
    "denormal": lambda rng: (EVEN, signs(rng) * 5e-324, signs(rng) * 5e-324),
    "denormal noise": lambda rng: (EVEN, 1e-310 * rng.normal(size=(N, 3)), NONE),
    "alternating at full scale": lambda rng: (EVEN, REST * (-1.0) ** np.arange(N)[:, None] * 16, NONE),
    "noise of a sensor at rest": lambda rng: (EVEN, REST + 0.3 * rng.normal(size=(N, 3)), rng.normal(size=(N, 3))),
    "one spike": lambda rng: (EVEN, REST + 150.0 * (np.arange(N) == 150)[:, None], NONE),
    "equal times": lambda rng: (0 * EVEN, 20 * rng.normal(size=(N, 3)), NONE),
    "pairs of equal times": lambda rng: (np.repeat(EVEN[: N // 2], 2), REST, NONE),
    "times that fall": lambda rng: (EVEN[::-1].copy(), 20 * rng.normal(size=(N, 3)), NONE),
    "times in disorder": lambda rng: (rng.permutation(EVEN), REST, NONE),
    "times of nan": lambda rng: (EVEN * np.nan, REST, NONE),
    "times of infinity": lambda rng: (EVEN + INF, REST, NONE),
    "times of minus infinity": lambda rng: (EVEN - INF, REST, NONE),
    "infinite times in between": lambda rng: (np.where(np.arange(N) % 50 > 45, INF, EVEN), REST, NONE),
    "times of 1e300": lambda rng: (1e300 * (1 + EVEN), REST, NONE),
    "giant gaps": lambda rng: (-1e12 + 1e9 * np.arange(N), 20 * rng.normal(size=(N, 3)), NONE),
    "a sample a second": lambda rng: (np.arange(N) - 1000.0, 20 * rng.normal(size=(N, 3)), NONE),
    "times a nanosecond apart": lambda rng: (1e-7 * EVEN, 20 * rng.normal(size=(N, 3)), NONE),
    "times that hardly differ": lambda rng: (5e-324 * np.arange(N), 20 * rng.normal(size=(N, 3)), NONE),
}
names = st.sampled_from(sorted(RUBBISH))


def push(analyser, samples, cuts=()):
    """Push samples in parts; return the steps."""
    times, acc, gyr = samples
    out = []
    for a, b in zip((0, *cuts), (*cuts, len(times)), strict=True):
        out += analyser.push(times[a:b], acc[a:b], None if gyr is None else gyr[a:b]).steps
    return out


@pytest.fixture(scope="module")
def good(motions):
    """Ten seconds of running that begin at 100 s, and the steps a fresh engine finds."""
    motion = motions.run(seconds=10.0, start=100.0)
    samples = motion.times, motion.acc, motion.gyr
    return samples, push(GaitAnalyser("sacrum"), samples)


@pytest.mark.parametrize("size", [1, 64, N])
@pytest.mark.parametrize("name", RUBBISH)
def test_rubbish_gives_no_step_and_good_samples_afterwards_give_theirs(good, name, size):
    samples, want = good
    analyser = GaitAnalyser("sacrum", series=True)
    assert push(analyser, RUBBISH[name](np.random.default_rng(1)), range(size, N, size)) == []
    got = push(analyser, samples)
    assert [s.ic for s in got] == [s.ic for s in want]
    assert [s.values["cadence"] for s in got[2:]] == [s.values["cadence"] for s in want[2:]]
    assert got[-1].side == want[-1].side
    # what stood still before running may have become the pose that angles are measured from
    assert set(got[-1].values) == set(want[-1].values)


@pytest.mark.parametrize("gyro", [True, False])
@pytest.mark.parametrize("place", ["hip", "torso", "foot", "shank"])
def test_no_place_and_no_lack_of_a_gyroscope_makes_steps_of_rubbish(place, gyro):
    for k, make in enumerate(RUBBISH.values()):
        analyser = GaitAnalyser(place)
        times, acc, gyr = make(np.random.default_rng(k))
        assert push(analyser, (times, acc, gyr if gyro else None), (1, 2, 150)) == []


@given(
    mix=st.lists(st.tuples(names, st.booleans(), st.integers(1, N)), min_size=1, max_size=6), seed=st.integers(0, 99)
)
@settings(max_examples=25)
def test_no_mixture_of_rubbish_raises_or_steps(good, mix, seed):
    samples, want = good
    analyser = GaitAnalyser("sacrum", series=True)
    rng = np.random.default_rng(seed)
    for k, (name, gyro, n) in enumerate(mix):
        times, acc, gyr = RUBBISH[name](rng)
        cuts = sorted(int(c) for c in rng.integers(0, n + 1, 3))
        assert push(analyser, ((times + 4.0 * k)[:n], acc[:n], gyr[:n] if gyro else None), cuts) == []
    assert [s.ic for s in push(analyser, samples)] == [s.ic for s in want]


@given(
    values=st.lists(
        st.tuples(*[st.floats(width=64)] * 7),
        min_size=1,
        max_size=40,
    )
)
@settings(max_examples=60)
def test_no_numbers_whatever_raise_or_step(values):
    table = np.array(values)
    for analyser, gyr in ((GaitAnalyser("sacrum", series=True), table[:, 4:]), (GaitAnalyser("shank"), None)):
        assert analyser.push(table[:, 0], table[:, 1:4], gyr).steps == ()


def test_a_gyroscope_that_comes_and_goes_costs_only_a_new_start(motions):
    motion = motions.run(seconds=24.0)
    analyser, steps = GaitAnalyser("sacrum"), []
    for k in range(4):
        part = slice(600 * k, 600 * (k + 1))
        steps += analyser.push(motion.times[part], motion.acc[part], motion.gyr[part] if k % 2 else None).steps
    for k in range(4):
        found = [s for s in steps if 6 * k + 2 < s.ic < 6 * k + 5.5]
        assert len(found) == pytest.approx(3.5 * 170 / 60, abs=1)
        assert all(s.values["cadence"] == pytest.approx(170, abs=0.5) for s in found)
    assert "pelvic_tilt" in steps[-1].values


def test_good_samples_that_follow_rubbish_at_once_give_steps_as_soon_as_its_mean_is_forgotten(motions):
    motion = motions.run(seconds=12.0, start=0.5)
    rng = np.random.default_rng(2)
    analyser = GaitAnalyser("sacrum")
    bad = rng.uniform(-150, 150, (40, 3))
    steps = push(analyser, (0.1 + np.arange(40) / 100, bad, bad))
    steps += push(analyser, (motion.times, motion.acc, motion.gyr))
    due = motion.ic[(motion.ic > 6.0) & (motion.ic < 11.5)]
    assert len([s for s in steps if 5.9 < s.ic < 11.5]) == pytest.approx(len(due), abs=1)


@pytest.mark.parametrize("dtype", [np.float32, np.int32, np.int64])
def test_other_kinds_of_numbers_are_taken(good, dtype):
    (times, acc, gyr), want = good
    # whole units of a hundredth, so that integers hold them; times in float64, as anything less would lose them
    got = push(GaitAnalyser("sacrum"), (times, acc.astype(dtype), gyr.astype(dtype)))
    assert len(got) == pytest.approx(len(want), abs=1)
    assert got[-1].ic == pytest.approx(want[-1].ic, abs=0.01)


def test_whole_seconds_as_times_are_taken_and_give_nothing():
    for dtype in (np.int64, np.uint8, np.float32):
        times = np.arange(20, dtype=dtype)
        assert GaitAnalyser("hip").push(times, REST[:20], NONE[:20]).steps == ()
        assert GaitAnalyser("hip").push(times[::-1], REST[:20], NONE[:20]).steps == ()


def test_read_only_strided_and_turned_arrays_give_the_same_and_are_left_alone(good):
    (times, acc, gyr), want = good
    wide = np.repeat(np.concatenate((acc, gyr), axis=1), 2, axis=0)
    late = np.repeat(times, 2)
    for array in (wide, late):
        array.flags.writeable = False
    assert push(GaitAnalyser("sacrum"), (late[::2], wide[::2, :3], wide[::2, 3:])) == want
    assert push(GaitAnalyser("sacrum"), (times, np.asfortranarray(acc), np.asfortranarray(gyr))) == want


@pytest.mark.parametrize(
    ("times", "acc", "gyr"),
    [
        (np.zeros(3), np.zeros((2, 3)), None),
        (np.zeros(3), np.zeros((3, 2)), None),
        (np.zeros(3), np.zeros((3, 3)), np.zeros((3, 2))),
        (np.zeros(3), np.zeros((3, 3)), np.zeros((4, 3))),
        (np.zeros(3), np.zeros(9), None),
        (np.zeros(3), np.zeros((3, 3, 1)), None),
    ],
)
def test_shapes_that_do_not_fit_are_refused_and_leave_the_engine_usable(good, times, acc, gyr):
    samples, want = good
    analyser = GaitAnalyser("sacrum")
    with pytest.raises(RecordingError, match="samples need one time"):
        analyser.push(times, acc, gyr)
    assert push(analyser, samples) == want


# ---------------------------------------------------------------- what looks like something
def test_noise_however_strong_is_no_running():
    t = np.arange(6000) / 100
    rng = np.random.default_rng(0)
    up = np.array([0.0, 0.0, 9.81])
    for share in (0.05, 0.2, 0.5, 1.0, 3.0, 10.0, 50.0):
        acc = up + 9.81 * share * rng.normal(size=(6000, 3))
        for place in ("sacrum", "shank"):
            steps = GaitAnalyser(place).push(t, acc, 30 * rng.normal(size=acc.shape)).steps
            # by chance a few cycles in a minute of it are those of a runner
            assert len(steps) <= 3, (share, place)


def test_a_drive_is_no_running():
    t = np.arange(6000) / 100
    rng = np.random.default_rng(0)
    up = np.array([0.0, 0.0, 9.81])
    # shaken below 1 Hz and above 8 Hz
    for hz, share in ((0.3, 0.3), (0.8, 0.2), (12.0, 0.5), (25.0, 1.0)):
        acc = up * (1 + share * np.sin(2 * np.pi * hz * t))[:, None] + 0.3 * rng.normal(size=(6000, 3))
        assert GaitAnalyser("hip").push(t, acc, None).steps == ()


def test_a_phone_shaken_up_and_down_is_taken_for_running_and_nothing_can_tell():
    # As fast and as strong as a runner's steps: by its motion alone this is running on the spot.
    t = np.arange(2000) / 100
    acc = np.array([0.0, 0.0, 9.81]) * (1 + 1.2 * np.sin(2 * np.pi * 2.8 * t))[:, None]
    update = GaitAnalyser("hip").push(t, acc, None)
    assert [a.activity for a in update.activity] == ["running"]
    assert np.median([s.values["cadence"] for s in update.steps]) == pytest.approx(168, abs=0.5)
