"""Angles and their zero: nothing is mixed across a new one, and nothing counts after a slip."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuecoach.events import Reading
from cuecoach.signals import ANGLES
from tests.signals.worn import TIPPED, Worn, aligned, slip

ANGLED = {"pelvic_tilt": 5.0, "pelvic_obliquity": 1.0, "pelvic_drop": 4.0}


def begun(**values: float) -> Worn:
    return Worn().go(40, aligned(2.0), **(ANGLED | values))


def test_a_slip_takes_the_angles_and_nothing_else():
    signals = begun().go(5, slip(43.0), **ANGLED).signals
    assert [signals.metric(name) for name in ANGLED] == [None, None, None]
    assert signals.window("median", "pelvic_tilt", 30) is signals.last("pelvic_tilt") is None
    assert all(signals.slipped(name) for name in ANGLED)
    assert signals.metric("cadence") == 170.0
    assert signals.metric("vertical_oscillation") == 80.0
    assert not signals.slipped("cadence")
    assert not signals.slipped("trunk_lean")  # it never had one
    assert signals.state("running")


def test_it_counts_again_from_the_next_alignment_on_and_nothing_from_before_it():
    run = begun().go(60, slip(43.0), **ANGLED | {"pelvic_tilt": 12.0})
    assert run.signals.metric("pelvic_tilt") is None
    run.go(3, aligned(102.0, axes=TIPPED), **ANGLED | {"pelvic_tilt": 6.0})
    assert run.signals.metric("pelvic_tilt") == 6.0
    assert run.signals.window("max", "pelvic_tilt", 300) == 6.0
    assert not any(map(run.signals.slipped, ANGLES))


def test_a_new_zero_mixes_with_nothing_before_it_also_without_a_slip():
    run = begun().go(3, aligned(42.0, axes=TIPPED), **ANGLED | {"pelvic_tilt": 9.0})
    assert run.signals.window("min", "pelvic_tilt", 300) == 9.0
    assert run.signals.window("min", "vertical_oscillation", 300) == 80.0


def test_an_alignment_that_changes_nothing_loses_nothing():
    run = begun().go(3, aligned(42.0), **ANGLED | {"pelvic_tilt": 9.0})
    assert run.signals.window("min", "pelvic_tilt", 300) == 5.0


def test_what_stops_coming_after_a_slip_is_no_longer_missed_because_of_it():
    run = begun().go(3, slip(43.0), **ANGLED)
    run.go(10)
    assert not run.signals.slipped("pelvic_tilt")


def test_another_source_of_an_angle_is_not_lost_with_the_sensor_that_moved():
    run = begun().go(3, slip(43.0), **ANGLED)
    run.signals.reading(Reading(run.signals.now + 0.1, "pod", {"pelvic_tilt": 7.0}))
    run.signals.advance(run.signals.now + 0.25)
    assert run.signals.metric("pelvic_tilt") == 7.0
    assert not run.signals.slipped("pelvic_tilt")
    assert run.signals.slipped("pelvic_drop")


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 8), st.booleans()), max_size=5))
def test_whatever_comes_no_window_ever_mixes_two_zeros_or_knows_what_a_slip_took(pieces):
    run, zero, lost = Worn().go(2, aligned(1.0), **ANGLED | {"pelvic_tilt": 0.0}), 0, False
    for seconds, moved in pieces:
        at = run.signals.now + 0.2
        if moved:
            lost, news = True, slip(at)
        else:
            zero, lost = zero + 1, False
            news = aligned(at, axes=((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0 + zero)))
        run.go(seconds, news, **ANGLED | {"pelvic_tilt": float(zero)})
        lowest, highest = (run.signals.window(f, "pelvic_tilt", 1800) for f in ("min", "max"))
        assert lowest == highest == (None if lost else zero)
        assert run.signals.slipped("pelvic_tilt") == lost


# ---------------------------------------------------------------- what was learnt
def test_the_baseline_stays_between_two_standing_poses():
    run = begun().go(3, slip(43.0), **ANGLED)
    run.go(3, aligned(45.0, "standing", axes=TIPPED), **ANGLED)
    assert run.signals.baseline("pelvic_tilt") == pytest.approx(5.0)
    assert run.signals.start("pelvic_tilt") == pytest.approx(5.0)


def test_it_is_learnt_anew_when_one_of_the_zeros_was_that_of_running():
    run = Worn().go(40, aligned(2.0, "running"), **ANGLED)
    run.signals.cued("pelvic_tilt")
    run.go(5, aligned(42.0, axes=TIPPED), **ANGLED | {"pelvic_tilt": 9.0})
    assert run.signals.baseline("pelvic_tilt") is None
    assert run.signals.baseline("pelvic_drop") == pytest.approx(4.0)
    assert run.signals.baseline("cadence") == pytest.approx(170.0)
    run.go(30, **ANGLED | {"pelvic_tilt": 9.0})
    assert run.signals.baseline("pelvic_tilt") == pytest.approx(9.0)


def test_a_sensor_on_the_torso_learns_the_lean_anew():
    run = Worn("torso").go(40, aligned(2.0, "running"), trunk_lean=5.0)
    assert run.signals.baseline("trunk_lean") == pytest.approx(5.0)
    run.go(2, aligned(42.0, axes=TIPPED), trunk_lean=9.0)
    assert run.signals.baseline("trunk_lean") is None


# ---------------------------------------------------------------- which slips are believed
def test_a_slip_in_steady_running_is_believed():
    assert begun().go(6, slip(44.0), **ANGLED).doubts == [None]


def test_a_change_of_speed_or_slope_turns_the_pelvis_too():
    assert begun().go(6, slip(44.0), speed=3.4, **ANGLED).doubts == ["the speed changed"]
    assert begun().go(6, slip(44.0), grade=4.0, **ANGLED).doubts == ["the slope changed"]
    assert begun().go(6, slip(44.0), speed=3.2, grade=1.0, **ANGLED).doubts == [None]


def test_a_jump_that_a_cue_had_asked_for_is_the_runners():
    run = begun()
    run.signals.asked("pelvic_tilt", 30.0, -1)
    assert run.go(6, slip(44.0, tilt=-5.0), **ANGLED).doubts == ["a cue had asked for it"]
    assert run.signals.metric("pelvic_tilt") == 5.0


@pytest.mark.parametrize(
    ("metric", "t", "way", "jump"),
    [
        ("pelvic_tilt", 30.0, -1, {"tilt": 5.0}),  # the other way
        ("pelvic_tilt", 15.0, -1, {"tilt": -5.0}),  # too long ago
        ("pelvic_tilt", 30.0, -1, {"tilt": -2.0, "obliquity": -5.0}),  # mostly something else
        ("cadence", 30.0, 0, {"tilt": -5.0}),
    ],
)
def test_a_jump_that_answers_no_cue_is_a_slip(metric, t, way, jump):
    run = begun()
    run.signals.asked(metric, t, way)
    assert run.go(6, slip(44.0, **jump), **ANGLED).doubts == [None]


def test_a_hip_that_was_asked_for_may_turn_the_pelvis_to_either_side():
    for jump in (5.0, -5.0):
        run = begun()
        run.signals.asked("pelvic_drop", 35.0, -1)
        assert run.go(6, slip(44.0, tilt=0.5, obliquity=jump), **ANGLED).doubts == ["a cue had asked for it"]
