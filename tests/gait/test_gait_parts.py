"""The parts below the analyser."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.events import ActivityChange, Step
from cuecoach.gait.activity import ActivityTracker
from cuecoach.gait.contacts import Contact, toggles
from cuecoach.gait.filters import GrowingMean, RunningMean
from cuecoach.gait.sampling import Resampler
from cuecoach.gait.sides import SideVote, early_side
from cuecoach.gait.stepvalues import bounces
from cuecoach.gait.summary import Means, windows
from cuecoach.gait.trail import Trail


def test_the_grid_holds_the_mean_of_the_signal_over_each_interval():
    times = np.arange(0, 2, 1 / 400)
    acc = np.stack([times, times**0, 5 * times], -1)
    (block,) = Resampler().push(times, acc, None)
    at = block.t0 + np.arange(block.first, block.first + len(block.ready)) * 0.01
    assert block.acc[0] == pytest.approx(at, abs=1e-9)
    assert block.acc[1] == pytest.approx(1.0, abs=1e-9)
    assert np.all(block.ready >= at + 0.005 - 1e-12)
    assert not block.holes


def test_running_mean_is_the_mean_of_the_last_samples():
    x = np.random.default_rng(0).normal(size=50)
    assert RunningMean(5).push(x)[10] == pytest.approx(x[6:11].mean())
    assert RunningMean(5).push(x)[0] == pytest.approx(x[0])


def test_growing_mean_uses_what_there_is():
    x = np.random.default_rng(0).normal(size=50)
    out = GrowingMean(8).push(x)
    assert out[2] == pytest.approx(x[:3].mean())
    assert out[30] == pytest.approx(x[23:31].mean())


@given(values=st.lists(st.floats(-2, 2), min_size=1, max_size=80), cut=st.integers(0, 80))
def test_a_comparator_does_not_care_where_the_signal_is_cut(values, cut):
    x = np.array(values)
    cut = min(cut, len(x))
    whole, end = toggles(x, -0.5, 0.5, 0)
    first, state = toggles(x[:cut], -0.5, 0.5, 0) if cut else ([], 0)
    second, state = toggles(x[cut:], -0.5, 0.5, state) if cut < len(x) else ([], state)
    assert first + [(k + cut, rose) for k, rose in second] == whole
    assert state == end


def test_a_trail_keeps_the_past_it_promised():
    trail = Trail(2, 10)
    for k in range(0, 300, 7):
        trail.extend(np.arange(k, k + 7.0), -np.arange(k, k + 7.0))
        a = max(1, trail.stop - 10)
        assert list(trail[0, a, trail.stop]) == list(np.arange(a - 1.0, trail.stop - 1.0))
        assert trail.at(1, trail.stop - 1) == -(k + 6.0)


def test_stretches_of_a_trail_go_on_with_their_last_sample():
    trail = Trail(2, 20)
    trail.extend(np.arange(1.0, 16.0), -np.arange(1.0, 16.0))
    one, other = trail.stretches(0, 2, np.array([3, 7]), np.array([7, 9])).swapaxes(0, 1)
    assert one.tolist() == [[3, 4, 5, 6], [-3, -4, -5, -6]]
    assert other.tolist() == [[7, 8, 8, 8], [-7, -8, -8, -8]]


def bouncing(strides: int, amplitude: float = 0.04, stride_s: float = 0.7) -> tuple[np.ndarray, np.ndarray]:
    """Height, m, and vertical acceleration with gravity of a body that bounces in a sine, two steps a stride, 100 Hz."""
    t = np.arange(round(strides * stride_s * 100)) * 0.01
    turn = 2 * np.pi * 2 / stride_s
    height = -amplitude * np.cos(turn * t)
    return height, 9.80665 - turn**2 * height


def test_bounce_of_a_sine_is_twice_its_amplitude():
    rising = bouncing(3)[1]
    # scale does not matter, nor what follows a stretch, nor the stretches beside it
    stretches = np.pad(np.stack((rising, 1.07 * rising)), ((0, 0), (0, 9)), constant_values=3.0)
    one, two = np.array([70]), np.array([2])
    found = bounces(stretches, np.array([70, 70]), np.array([2, 2]), np.array([166, 166]))
    assert found == pytest.approx([80, 80], abs=1.5)
    assert bounces(rising[None], one, two, np.array([166]))[0] == found[0]


def test_bounce_is_that_of_the_last_step_and_not_of_those_before():
    rising = np.concatenate((bouncing(4, 0.03)[1], bouncing(1, 0.05)[1]))[60:340]
    found = bounces(rising[None], np.array([70]), np.array([3]), np.array([245]))
    assert found[0] == pytest.approx(100, abs=8)


def test_a_top_not_reached_yet_is_where_free_flight_takes_it():
    # flight of 0.2 s from half-way: stance lifts with a constant force, 0.16 s down and up
    g, step, stance = 9.80665, 36, 16
    force = np.where(np.arange(8 * step) % step < stance, g * step / stance, 0.0)
    lift = 0.5 * (g * step / stance - g) * (stance / 200) ** 2
    flight = 0.5 * g * ((step - stance) / 200) ** 2
    for known in (4, 9, 15):  # grid samples after take-off
        end = 7 * step + stance + known
        begin = end - 3 * 2 * step
        found = bounces(force[None, begin:end], np.array([2 * step]), np.array([2]), np.array([7 * step - begin]))
        assert found[0] == pytest.approx(1000 * (lift + flight), abs=6)


def test_without_gravity_there_is_no_bounce():
    nothing = bounces(np.zeros((1, 210)), np.array([70]), np.array([2]), np.array([166]))
    assert not nothing[0] > 0.0


def test_activity_changes_on_clear_evidence_and_falls_still_in_silence():
    tracker = ActivityTracker(1)
    assert tracker.cycle(50, 20, None) == []
    assert tracker.cycle(90, 60, 2.5) == []
    (change,) = tracker.cycle(130, 100, 2.5)
    assert (change.activity, change.since) == ("running", 1)
    assert tracker.is_step(0.0)
    assert not tracker.is_step(-1.5)
    assert tracker.silence(329) == []
    (change,) = tracker.silence(900)
    assert (change.activity, change.since, change.at) == ("still", 130, 330)


def test_doubtful_cycles_are_no_running_however_many_nor_do_a_few_end_a_run():
    tracker = ActivityTracker(1)
    for k in range(30):
        tracker.cycle(40 * k + 40, 40 * k + 20, 0.9)
    assert tracker.activity is None
    for k in range(30, 34):
        tracker.cycle(40 * k + 40, 40 * k + 20, 4.0)
    assert tracker.activity == "running"
    for k in range(34, 60):
        tracker.cycle(40 * k + 40, 40 * k + 20, -0.3)
    assert tracker.activity == "running"


def test_walking_after_a_long_run_is_seen_within_six_steps():
    tracker = ActivityTracker(1)
    for k in range(200):
        tracker.cycle(35 * k + 40, 35 * k + 20, 4.0)
    seen = [k for k in range(12) if tracker.cycle(7100 + 50 * k, 7080 + 50 * k, -1.5)]
    assert tracker.activity == "walking"
    assert seen[0] < 6


def test_one_doubtful_cycle_does_not_end_a_run():
    tracker = ActivityTracker(1)
    for k in range(4):
        tracker.cycle(40 * k + 40, 40 * k + 20, 3.0)
    assert tracker.cycle(200, 180, -2.0) == []
    assert tracker.activity == "running"


def test_side_is_told_only_when_sure_and_survives_one_odd_step():
    vote = SideVote()
    assert vote.step(0.9) is None
    assert [vote.step(v) for v in (-0.9, 0.9, -0.9)] == ["right", "left", "right"]
    assert vote.step(-0.5) == "left"
    vote.reset()
    assert vote.step(0.9) is None


def series_of(ic: np.ndarray) -> list[Contact]:
    return [Contact(at=int(k) + 24, ic=float(k), tc=k + 20.0, evidence=4.0) for k in ic]


def swaying(mount: np.ndarray) -> tuple[Trail, np.ndarray]:
    """Raw samples of a pelvis whose right side rises over the left foot, and contacts 36 samples apart, the left first."""
    k = np.arange(400)
    phase = np.pi * k / 36
    bounce = -np.cos(2 * np.pi * (k - 10) / 36)
    acc = np.stack([3.0 * np.sin(2 * np.pi * (k - 10) / 36), -1.0 * np.sin(phase), 9.81 - 8.0 * bounce])
    gyr = np.stack([-30.0 * np.sin(phase), 40.0 * np.sin(2 * phase), 20.0 * np.cos(phase)])
    raw = Trail(6, 800, 0)
    raw.extend(mount @ acc, mount @ gyr + 5.0)
    return raw, np.arange(72, 340, 36)


@pytest.mark.parametrize("degrees", [0.0, 40.0, 170.0])
def test_the_foot_is_told_before_it_is_known_how_the_sensor_sits(rotation, degrees):
    raw, ic = swaying(rotation((1.0, 2.0, -0.5), degrees))
    contacts = series_of(ic)
    assert [early_side(raw, contacts[:n]) for n in range(1, 4)] == [None] * 3
    assert [early_side(raw, contacts[:n]) for n in range(5, 8)] == ["left", "right", "left"]


def test_no_foot_is_told_when_fore_aft_and_lateral_look_alike():
    k = np.arange(400)
    acc = np.stack([0 * k, 0 * k, 9.81 + 8.0 * np.cos(2 * np.pi * k / 36)])
    raw = Trail(6, 800, 0)
    raw.extend(acc, 0.0 * acc)
    assert early_side(raw, series_of(np.arange(72, 340, 36))) is None


def test_windows_carry_activity_steps_and_means():
    steps = [Step(known=k + 0.4, ic=float(k), values={"cadence": 160.0 + k}) for k in range(12)]
    activity = [ActivityChange(1.0, 0.0, "running"), ActivityChange(13.5, 12.0, "walking")]
    first, second = windows(steps, activity, 0.0, 17.0)
    assert (first.activity, first.steps, first.values["cadence"]) == ("running", 10, 164.5)
    assert (second.activity, second.steps, second.t_end) == ("walking", 2, 17.0)
    assert first.values["pelvic_tilt"] is None
    assert windows((), activity, 0.0, 17.0, 17.0)[0].spent == {"running": 12.0, "walking": 5.0, "still": 0.0}
    assert Means().values()["cadence"] is None


def test_a_recording_in_which_nothing_became_known_has_no_activity():
    assert windows([], [], 5.0, 6.0)[0].activity is None


def test_what_was_walked_before_is_no_part_of_the_cadence_of_running(make_run, make_walk, seen):
    walked, ran = make_walk(seconds=10.0, spm=118), make_run(seconds=10.0, start=10.0)
    both = type(ran)(
        *(np.concatenate((getattr(walked, k), getattr(ran, k))) for k in ("times", "acc", "gyr")),
        ran.ic,
        True,
        *[None] * 3,
    )
    told = [s.values["cadence"] for s in seen(both).steps if "cadence" in s.values]
    assert len(told) > 15
    assert all(abs(cadence - 170) < 10 for cadence in told)
