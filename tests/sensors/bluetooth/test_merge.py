"""Two sensors on one device clock become one stream: interpolation, gaps, waiting, restarts, bounds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.sensors.bluetooth.merge import REACH_S, WAIT_S, FrameTimes, SensorMerger
from cuecoach.sensors.message import Samples

HZ = 52.0


def value(t: np.ndarray, of: str) -> np.ndarray:
    """A slow movement: what the sensors would measure at `t`, shape (n, 3)."""
    shift = 0.0 if of == "acc" else 0.7
    return np.column_stack([np.sin(2 * np.pi * f * t + shift) for f in (0.5, 1.0, 2.0)])


def frames(of: str, sizes: list[int], *, start: float = 0.0, hz: float = HZ) -> list[Samples]:
    """Frames of one sensor, stamped at their last sample; the first sample is at `start`."""
    found: list[Samples] = []
    at = 0
    for n in sizes:
        t = start + (at + np.arange(n)) / hz
        values = value(t, of)
        acc, gyr = (values, None) if of == "acc" else (None, values)
        found.append(Samples(acc, gyr, stamp=float(t[-1]), stamped="last"))
        at += n
    return found


def by_time(*streams: list[Samples]) -> list[Samples]:
    return sorted((s for stream in streams for s in stream), key=lambda s: s.stamp or 0.0)


def merged(messages: list[Samples], merger: SensorMerger | None = None) -> list[Samples]:
    merger = merger or SensorMerger(HZ, HZ)
    return [run for message in messages for run in merger.feed(message)]


def times_of(run: Samples, hz: float = HZ) -> np.ndarray:
    assert run.acc is not None
    assert run.stamp is not None
    return run.stamp - np.arange(len(run.acc) - 1, -1, -1) / hz


def check(run: Samples, hz: float = HZ) -> None:
    t = times_of(run, hz)
    assert run.acc is not None
    assert run.gyr is not None
    assert run.acc.shape == run.gyr.shape
    assert np.allclose(run.acc, value(t, "acc"), atol=1e-6)
    # Linear interpolation over one sample: at most (2πf·dt)²/8.
    assert np.allclose(run.gyr, value(t, "gyr"), atol=(2 * np.pi * 2 / 52) ** 2 / 8 + 1e-6)


def test_a_sample_has_the_angular_rate_of_its_moment() -> None:
    runs = merged(by_time(frames("acc", [36] * 10), frames("gyr", [25] * 15, start=-0.007)))
    for run in runs:
        check(run)
    t = np.concatenate([times_of(run) for run in runs])
    assert np.allclose(np.diff(t), 1 / HZ, atol=1e-9)
    assert len(t) >= 36 * 9


@given(
    acc=st.lists(st.integers(10, 60), min_size=3, max_size=12),
    gyr=st.lists(st.integers(10, 60), min_size=3, max_size=12),
    start=st.floats(-0.5, 0.5),
    lost=st.sets(st.integers(0, 23)),
)
def test_whatever_the_frames_and_the_losses_every_sample_out_is_true(
    acc: list[int], gyr: list[int], start: float, lost: set[int]
) -> None:
    messages = by_time(frames("acc", acc), frames("gyr", gyr, start=start))
    kept = [m for i, m in enumerate(messages) if i not in lost]
    merger = SensorMerger(HZ, HZ)
    last = -np.inf
    out = 0
    for run in merged(kept, merger):
        check(run)
        t = times_of(run)
        assert t[0] > last
        last = t[-1]
        out += len(t)
    assert out + merger.lost <= sum(len(m.acc) for m in kept if m.acc is not None)


def test_the_rate_of_the_device_counts_and_not_its_name() -> None:
    runs = merged(by_time(frames("acc", [36] * 10, hz=51.5), frames("gyr", [36] * 10, hz=51.5)))
    for run in runs[1:]:  # the times of the first frame are by the nominal rate
        if run.stamp is not None and run.stamp > 36 / 51.5:
            check(run, 51.5)


def test_frames_of_very_different_length_lose_nothing() -> None:
    for acc, gyr in ((50, 150), (150, 50)):
        merger = SensorMerger(HZ, HZ)
        early = frames("gyr", [gyr] * (1200 // gyr), start=-0.004)
        runs = merged(by_time(frames("acc", [acc] * (1200 // acc)), early), merger)
        assert merger.lost == 0
        assert sum(map(len, map(times_of, runs))) == 1199  # the last one waits


def test_a_gap_of_the_gyroscope_is_a_gap() -> None:
    gyr = frames("gyr", [10] * 20)
    merger = SensorMerger(HZ, HZ)
    runs = merged(by_time(frames("acc", [10] * 20), gyr[:5] + gyr[10:]), merger)
    t = np.concatenate([times_of(run) for run in runs])
    hole = (t > 49 / HZ + REACH_S) & (t < 100 / HZ - REACH_S)
    assert not hole.any()
    assert np.diff(t).max() == pytest.approx(51 / HZ, abs=3 / HZ)
    assert merger.lost >= 44


def test_a_lost_frame_of_the_accelerometer_ends_a_run() -> None:
    acc = frames("acc", [10] * 20)
    runs = merged([*frames("gyr", [200]), *acc[:5], *acc[6:]])
    assert [len(times_of(run)) for run in runs if run.stamp is not None] == [10] * 19
    for run in runs:
        check(run)


def test_samples_before_the_first_angular_rate_are_left_out() -> None:
    merger = SensorMerger(HZ, HZ)
    runs = merged(by_time(frames("acc", [52]), frames("gyr", [52], start=0.49)), merger)
    assert min(times_of(run)[0] for run in runs) >= 0.49
    assert merger.lost == 26


def test_a_dead_gyroscope_is_waited_for_no_longer_than_promised() -> None:
    merger = SensorMerger(HZ, HZ)
    assert merged(frames("acc", [26] * 200), merger) == []
    waiting = 26 * 200 - merger.lost
    assert waiting <= WAIT_S * HZ + 26


def test_a_dead_accelerometer_leaves_memory_bounded() -> None:
    merger = SensorMerger(HZ, HZ)
    merged(frames("gyr", [26] * 400), merger)
    assert len(merger._gyr.times) <= 2 * WAIT_S * HZ + 26


def test_a_frame_that_comes_twice_is_counted_and_left_out() -> None:
    acc, gyr = frames("acc", [20] * 10), frames("gyr", [20] * 10)
    once = merged(by_time(acc, gyr))
    merger = SensorMerger(HZ, HZ)
    twice = merged([m for m in by_time(acc, gyr) for _ in range(2)], merger)
    assert sum(map(len, map(times_of, twice))) == sum(map(len, map(times_of, once)))
    assert merger.duplicates == 20


@pytest.mark.parametrize("first", ["acc", "gyr"])
@pytest.mark.parametrize("again", [0.0, 1e6])
def test_a_clock_that_starts_anew_or_is_set_goes_on_at_once(first: str, again: float) -> None:
    merger = SensorMerger(HZ, HZ)
    merged(by_time(frames("acc", [20] * 10, start=500.0), frames("gyr", [20] * 10, start=500.0)), merger)
    acc, gyr = frames("acc", [20] * 10, start=again), frames("gyr", [20] * 10, start=again)
    pairs = zip(acc, gyr, strict=True) if first == "acc" else zip(gyr, acc, strict=True)
    runs = merged([m for pair in pairs for m in pair], merger)
    new = [run for run in runs if run.stamp is not None and abs(run.stamp - again) < 10]
    assert sum(map(len, map(times_of, new))) >= 199
    if again == 0.0:
        for run in new:
            check(run)


def test_a_message_with_both_passes_and_one_without_time_does_not() -> None:
    merger = SensorMerger(HZ, HZ)
    both = Samples(np.zeros((1, 3)), np.zeros((1, 3)))
    assert merger.feed(both) == [both]
    assert merger.feed(Samples(np.zeros((4, 3)))) == []
    assert merger.lost == 4


def test_frame_times_are_evenly_spread_between_stamps() -> None:
    clock = FrameTimes(50.0)
    assert np.allclose(clock.of(3, 10.0), [9.96, 9.98, 10.0])
    assert np.allclose(clock.of(3, 10.066), [10.022, 10.044, 10.066])
    assert np.allclose(clock.of(3, 11.0), [10.96, 10.98, 11.0])
    assert clock.of(3, 11.0) is None
    assert clock.of(3, 10.5) is None
    assert np.allclose(clock.of(2, 1.0), [0.98, 1.0])
    assert clock.restarted


def test_the_first_frame_after_a_lost_one_has_the_rate_that_was_seen() -> None:
    clock = FrameTimes(52.0)
    for k in range(1, 4):
        clock.of(51, float(k))
    times = clock.of(51, 5.0)
    assert times is not None
    assert np.allclose(np.diff(times), 1 / 51)


def test_a_long_frame_is_not_stretched_over_a_short_one_that_was_lost() -> None:
    clock = FrameTimes(50.0)
    clock.of(50, 1.0)
    times = clock.of(50, 2.2)  # ten samples between them never came
    assert times is not None
    assert times[0] == pytest.approx(1.22)


def test_a_stamp_at_the_first_sample_is_understood() -> None:
    clock = FrameTimes(50.0)
    assert np.allclose(clock.of(3, 10.0, "first"), [10.0, 10.02, 10.04])
    assert np.allclose(clock.of(2, 10.06, "first"), [10.06, 10.08])


@given(
    st.lists(
        st.tuples(st.booleans(), st.integers(1, 1024), st.one_of(st.floats(0, 2e10), st.floats(0, 30))),
        max_size=30,
    )
)
def test_any_stamps_are_survived_in_bounded_memory(messages: list[tuple[bool, int, float]]) -> None:
    merger = SensorMerger(HZ, HZ)
    for is_acc, n, stamp in messages:
        values = np.zeros((n, 3))
        acc, gyr = (values, None) if is_acc else (None, values)
        for run in merger.feed(Samples(acc, gyr, stamp=stamp, stamped="last")):
            assert run.acc is not None
            assert run.gyr is not None
            assert len(run.acc) == len(run.gyr) > 0
        assert len(merger._acc.times) <= 2 * WAIT_S * HZ + 1024
        assert len(merger._gyr.times) <= 4 * WAIT_S * HZ + 1024
