"""What is normal lasts from run to run: by sensor, outvoting a bad run, with the runner's own slope once that is known."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.events import TICK_S, Reading
from cuecoach.signals import Normals, Signals
from cuecoach.signals.normals import KEPT, VOTES, RunNormal, key_of, merged, weighted_median
from cuecoach.signals.slopes import own_slope, pairs_of
from tests.signals.test_signals import config, play
from tests.signals.worn import STRAIGHT, TIPPED, Worn, aligned

values = st.floats(-200, 200)


def after(normals: Normals, **said: float) -> Normals:
    """Return what is known after a run in which a watch says this."""
    return play(Signals(config(), ["vertical_oscillation"], normals), 70, **said).learned()


def run_at(residual: float, seconds: int = 600) -> RunNormal:
    return RunNormal(residual, 1.0, seconds)


# ---------------------------------------------------------------- several runs
def test_what_a_run_showed_is_there_from_the_first_second_of_the_next():
    known = after(Normals(), cadence=165.0, speed=3.0, vertical_oscillation=90.0)
    signals = play(
        Signals(config(), ["vertical_oscillation"], known), 5, cadence=150.0, speed=3.0, vertical_oscillation=99
    )
    assert signals.baseline("cadence") == pytest.approx(165.0)
    assert signals.baseline("vertical_oscillation") == pytest.approx(90.0)


def test_one_bad_run_is_outvoted():
    known = Normals()
    for cadence in (164.0, 166.0, 140.0, 165.0):
        known = after(known, cadence=cadence, speed=3.0)
    signals = play(Signals(config(), [], known), 70, cadence=140.0, speed=3.0)
    assert signals.baseline("cadence") == pytest.approx(164.0, abs=1.1)


def test_a_short_run_has_a_small_vote():
    assert merged([run_at(160.0), run_at(150.0, seconds=180)], 7.0) is not None
    assert merged([run_at(160.0), run_at(150.0, seconds=180)], 7.0).residual == 160.0  # type: ignore[union-attr]


def test_ten_runs_are_kept_and_all_are_counted():
    known = Normals()
    for _ in range(KEPT + 3):
        known = known.and_run({"cadence": run_at(160.0)}, {})
    assert len(known.known["cadence"].recent) == KEPT
    assert known.known["cadence"].runs == KEPT + 3
    assert known.known["cadence"].minutes == pytest.approx(10.0 * (KEPT + 3))


def test_a_run_too_short_for_a_baseline_teaches_nothing():
    assert play(Signals(config(), []), 15, cadence=165.0, speed=3.0).learned() == Normals()


def test_what_a_cue_moved_is_not_kept():
    signals = Signals(config(), ["cadence"])
    signals.cued("cadence")
    play(signals, 70, cadence=165.0, speed=3.0)
    assert "cadence" not in signals.learned().known
    assert "speed" in signals.learned().known


def test_bounce_of_another_device_is_not_compared_and_cadence_is():
    known = after(Normals(), cadence=165.0, speed=3.0, vertical_oscillation=90.0)
    signals = Signals(config(), ["vertical_oscillation"], known)
    for n in range(1, 41):
        said = {"cadence": 165.0, "speed": 3.0, "vertical_oscillation": 70.0}
        signals.reading(Reading(n * TICK_S, "strap", said, place="torso"))
        signals.advance(n * TICK_S)
    assert signals.baseline("vertical_oscillation") is None
    assert signals.baseline("cadence") == pytest.approx(165.0)


# ---------------------------------------------------------------- angles
def test_an_angle_is_kept_only_from_a_standing_pose():
    stood = Worn().go(40, aligned(0.5), pelvic_tilt=6.0).signals.learned()
    ran = Worn().go(40, aligned(0.5, "running"), pelvic_tilt=6.0).signals.learned()
    assert stood.known["pelvic_tilt@sacrum/imu"].recent[0].residual == pytest.approx(6.0)
    assert not [key for key in ran.known if key.startswith("pelvic_tilt")]


def test_a_known_angle_counts_only_in_a_run_that_begins_standing():
    known = Normals().and_run({"pelvic_tilt@sacrum/imu": run_at(6.0)}, {})
    for reference, expected in (("standing tall", 6.0), ("standing", 6.0), ("running", None)):
        worn = Worn()
        worn.signals = Signals(config(), ["pelvic_tilt"], known)
        worn.go(10, aligned(0.5, reference), pelvic_tilt=9.0)  # type: ignore[arg-type]
        assert worn.signals.baseline("pelvic_tilt") == expected


@pytest.mark.parametrize(("axes", "odd"), [(STRAIGHT, False), (TIPPED, True)])
def test_a_sensor_that_hangs_otherwise_than_usual_is_told(axes: object, odd: bool) -> None:
    known = Normals()
    for _ in range(3):
        known = known.and_run({}, {"sacrum": (0.0, 0.0, 1.0)})
    signals = Signals(config(), ["pelvic_tilt"], known)
    found: list[tuple[str, float]] = []
    worn = Worn()
    worn.signals = signals
    for _ in range(3):
        worn.go(1, aligned(1.0, axes=axes))
        found += signals.odd_poses
    assert [source for source, _ in found] == (["imu"] if odd else [])
    if odd:
        assert found[0][1] == pytest.approx(math.degrees(math.acos(0.8)))


# ---------------------------------------------------------------- slope
def pairs(speed: float, slope: float, day: float = 0.0, seconds: int = 600):
    speeds = [speed + 0.2 * math.sin(n) for n in range(seconds)]
    return pairs_of(speeds, [160 + day + slope * (v - 3.0) for v in speeds])


def test_a_runners_own_slope_needs_runs_minutes_and_different_speeds():
    spread = [pairs(2.6, 11), pairs(3.0, 11), pairs(3.6, 11)]
    assert own_slope(spread, 7.0) > 9.0
    assert own_slope(spread[:2], 7.0) == 7.0
    assert own_slope([pairs(3.0, 11), pairs(3.0, 11), pairs(3.05, 11)], 7.0) == 7.0
    assert own_slope([pairs(v, 11, seconds=200) for v in (2.6, 3.0, 3.6)], 7.0) == 7.0
    assert own_slope([None, *spread[:2]], 7.0) == 7.0


def test_it_lies_between_the_usual_and_what_was_seen():
    assert 7.0 < own_slope([pairs(v, 11) for v in (2.6, 3.0, 3.6)], 7.0) < 11.0


@given(st.lists(st.builds(pairs, st.floats(2, 5), st.floats(-30, 60), st.floats(-30, 30)), max_size=6))
def test_it_is_never_absurd(runs: list[object]) -> None:
    assert 0.0 <= own_slope(runs, 7.0) <= 15.0  # type: ignore[arg-type]


def test_runs_of_several_speeds_give_the_coach_the_own_slope():
    known = Normals()
    for speed in (2.5, 2.9, 3.3):
        long = config(baseline={"learn_from": "0 s", "ready_after": "20 s", "fixed_after": "10 min"})
        signals = Signals(long, [], known)
        known = play(signals, 420, cadence=160 + 12 * (speed - 3), speed=speed).learned()
    assert 8.0 < known.slope("cadence") < 12.0
    slow = play(Signals(config(), [], known), 5, cadence=150.0, speed=2.5).baseline("cadence")
    fast = play(Signals(config(), [], known), 5, cadence=150.0, speed=3.3).baseline("cadence")
    assert slow is not None
    assert fast is not None
    assert fast - slow == pytest.approx(known.slope("cadence") * 0.8)


def test_a_residual_found_with_another_slope_is_seen_under_the_new_one():
    run = RunNormal(160.0, 1.0, 600, slope=7.0, speed=4.0)
    assert run.under(9.0) == pytest.approx(158.0)


def test_a_hill_moves_the_usual_cadence_where_it_is_known():
    signals = play(Signals(config(), []), 60, cadence=160.0, speed=3.0, grade=0.0)
    play(signals, 30, cadence=160.0, speed=3.0, grade=2.0)
    assert signals.baseline("cadence") == pytest.approx(160.4)


# ---------------------------------------------------------------- the middle
@given(st.lists(st.tuples(values, st.floats(1, 900)), min_size=1, max_size=VOTES))
def test_the_weighted_middle_has_no_more_than_half_the_weight_on_either_side(pairs: list[tuple[float, float]]) -> None:
    middle, whole = weighted_median(pairs), sum(weight for _, weight in pairs)
    assert sum(weight for value, weight in pairs if value < middle) <= whole / 2 + 1e-6
    assert sum(weight for value, weight in pairs if value > middle) <= whole / 2 + 1e-6


def test_keys_tell_sensors_apart_where_they_differ():
    assert key_of("cadence", "watch") == key_of("cadence", "foot/pod") == "cadence"
    assert key_of("vertical_oscillation", "watch") != key_of("vertical_oscillation", "sacrum/imu")
