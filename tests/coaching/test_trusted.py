"""A rule speaks only of what its sensor can tell: exactly, or compared with itself."""

from __future__ import annotations

import pytest

from cuecoach.coaching.trusted import claims_of
from cuecoach.rules import compile_expression
from cuecoach.rules.rule import PRIORITIES
from cuecoach.signals.trust import trust
from tests.coaching.coached import Run, rule

HIGH = {"pelvic_drop": 9.0}


@pytest.mark.parametrize(
    ("when", "absolute"),
    [
        ("pelvic_drop > 5 deg", {"pelvic_drop"}),
        ("pelvic_drop > baseline + 2 deg", set()),
        ("pelvic_drop > max(start, baseline) + 2 deg", set()),
        ("pelvic_drop - mean(pelvic_drop, 10 min) > 4 deg", set()),
        ("slope(pelvic_tilt, 5 min) > 0.5 deg/min", set()),
        ("pelvic_drop > baseline + 2 deg and pelvic_drop > 5 deg", set()),
        ("pelvic_drop_left > baseline + 2 deg and pelvic_drop > 5 deg", set()),
        ("pelvic_drop > baseline + 2 deg or pelvic_drop > 8 deg", {"pelvic_drop"}),
        ("not (pelvic_drop < baseline or pelvic_drop < 8 deg)", set()),
        ("not (pelvic_drop < baseline and pelvic_drop < 8 deg)", {"pelvic_drop"}),
        ("count(pelvic_drop > 8 deg, cadence < start - 3 %) >= 2", {"pelvic_drop"}),
        ("running", set()),
    ],
)
def test_what_is_absolute_follows_from_the_expression(when: str, absolute: set[str]) -> None:
    assert claims_of(compile_expression(when).question).absolute == absolute


@pytest.mark.parametrize(
    ("when", "logged"),
    [
        ("stance_time > 250 ms", True),
        ("running and stance_time > start + 6 %", True),
        ("stance_time > start + 6 % and cadence < start - 3 %", False),
        ("stance_time > start + 6 % or cadence < start - 3 %", True),
        ("count(stance_time > start + 6 %, cadence < start - 3 %) >= 2", False),
        ("count(stance_time > start + 6 %, cadence < start - 3 %) >= 1", True),
    ],
)
def test_stance_time_may_only_help_other_signs(when: str, logged: bool) -> None:
    assert bool(claims_of(compile_expression(when).question).logged) is logged


def test_classes_of_sources() -> None:
    assert trust("pelvic_drop", "sacrum/imu", 200.0) == "A"
    assert trust("pelvic_drop", "sacrum/imu/running", None) == "A"
    assert trust("pelvic_drop", "sacrum/imu", 52.0) == "B"
    assert trust("pelvic_drop", "foot/pod", None) == "B"
    assert trust("cadence", "watch", None) == "A"
    assert trust("stance_time", "sacrum/imu", 200.0) == "C"


def test_an_absolute_threshold_is_silent_on_a_pod_and_says_why_once() -> None:
    run = Run(rule("drop", "pelvic_drop > 5 deg")).go(20, **HIGH)
    assert run.said == []
    why = [d.why for d in run.actions if getattr(d, "rule", "") == "drop" and "itself" in getattr(d, "why", "")]
    assert why == ["gated: this sensor's pelvic_drop can only be compared with itself"]


def test_a_comparison_with_the_own_value_and_a_question_about_pain_are_heard() -> None:
    relative = rule("drop", "pelvic_tilt > baseline + 2 deg and pelvic_tilt > 5 deg")
    assert Run(relative).go(20, pelvic_tilt=9.0).said
    pain = rule("pain", "pelvic_drop > 5 deg", priority=PRIORITIES["urgent"])
    assert Run(pain).go(20, **HIGH).said


def test_another_rule_may_speak_in_its_place() -> None:
    run = Run(rule("drop", "pelvic_drop > 5 deg", priority=2), rule("slow", "cadence < 165 spm", say=("Quick",)))
    assert "Quick" in run.go(20, **HIGH).said
