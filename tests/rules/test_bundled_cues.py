"""The cue library that people read: clean, complete, and within what is safe to coach."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_context import FakeContext

from cuecoach.rules.engine import RuleEngine
from cuecoach.rules.lints import MAX_WORDS
from cuecoach.rules.load import check_rules, cue_files
from cuecoach.rules.rule import Rule

LIBRARY = Path(__file__).resolve().parents[2] / "cues"
FILES = cue_files(LIBRARY)
RULES = check_rules([LIBRARY]).rules.rules


@pytest.mark.parametrize("file", FILES, ids=lambda p: p.stem)
def test_each_file_has_nothing_to_complain_about(file: Path) -> None:
    assert check_rules([file]).diagnostics == ()


def test_the_library_has_the_five_files() -> None:
    assert {"posture", "cadence", "hips", "lean", "bounce"} <= {p.stem for p in FILES}


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.id)
def test_each_rule_is_complete_and_brief(rule: Rule) -> None:
    assert rule.about
    assert rule.evidence
    assert rule.because
    assert rule.praise
    assert rule.until is not None
    assert rule.limit is not None
    assert rule.only_if is not None
    assert rule.only_if.text.startswith("running")
    for text in (*rule.say, rule.praise):
        assert 1 <= len(text.split()) <= MAX_WORDS


def test_lean_is_off_and_the_rest_is_on() -> None:
    assert {r.focus for r in RULES if not r.enabled} == {"lean"}
    assert all(r.enabled for r in RULES if r.focus != "lean")


def test_nothing_cues_foot_strike_or_contact_time() -> None:
    for rule in RULES:
        assert not {"stance_time", "stance_time_balance", "flight_time", "duty_factor", "impact"} & rule.metrics
        for text in rule.say:
            assert not {"toe", "toes", "heel", "heels", "forefoot", "midfoot", "ball"} & set(text.lower().split())


#: A fault for each rule that is on: what is measured while normal is cadence 168, tilt 8, drop 4.5, bounce 90.
FAULTS = {
    "run-tall": {"pelvic_tilt": 12.0},
    "tall-at-speed": {"pelvic_tilt": 12.0},
    "low-cadence": {"cadence": 160.0},
    "high-cadence": {"cadence": 180.0},
    "level-hips": {"pelvic_drop": 7.0},
    "bounce": {"vertical_oscillation": 100.0},
}
NORMAL = {"cadence": 168.0, "pelvic_tilt": 8.0, "pelvic_drop": 4.5, "vertical_oscillation": 90.0}


def drive(rule: Rule, metrics: dict[str, float | None], *, running: bool = True, seconds: float = 60.0) -> bool:
    """Tell whether the rule became due within a minute."""
    noises = {"cadence": 1.5, "pelvic_tilt": 1.0, "pelvic_drop": 0.7, "vertical_oscillation": 2.4}
    context = FakeContext(metrics, dict(NORMAL), dict(NORMAL), noises, {"cadence": 168.0})
    context.states = {"running": running, "surging": rule.id == "tall-at-speed", "beating": False}
    engine = RuleEngine([rule])
    due = False
    for n in range(round(seconds * 4)):
        engine.tick(n / 4, context)
        due = due or engine.states[rule.id].due
    return due


@pytest.mark.parametrize("rule", [r for r in RULES if r.enabled], ids=lambda r: r.id)
def test_each_rule_speaks_at_its_fault_and_only_then(rule: Rule) -> None:
    assert drive(rule, {**NORMAL, **FAULTS[rule.id]})
    assert not drive(rule, dict(NORMAL))
    assert not drive(rule, {**NORMAL, **FAULTS[rule.id]}, running=False)
    assert not drive(rule, dict.fromkeys(NORMAL))
    assert not drive(rule, {**NORMAL, **FAULTS[rule.id]}, seconds=rule.hold_s)
