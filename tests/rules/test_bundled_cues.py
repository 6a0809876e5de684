"""The cue library that people read: clean, complete, within what is safe to coach, and shown by tests of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from cuecoach.coach import Coach
from cuecoach.config import load_config
from cuecoach.metrics import METRICS
from cuecoach.offline import coach_through
from cuecoach.rules.lints import MAX_SPEECH_S, MAX_WORDS
from cuecoach.rules.load import check_rules, cue_files
from cuecoach.rules.rule import PRIORITIES, Rule
from cuecoach.rules.speaking import speaking_time
from cuecoach.ruletests import RuleTest, read_tests, run_test
from cuecoach.sensors.simulator import Phase, SimulatedRunner, Story

LIBRARY = Path(__file__).resolve().parents[2] / "cues"
FILES = cue_files(LIBRARY)
RULES = check_rules([LIBRARY]).rules.rules
ON = [r for r in RULES if r.enabled]
MODELINE = "# yaml-language-server: $schema=cues.schema.json"
PAIN = "Any pain? Then stop."


def shown_by(file: Path) -> tuple[RuleTest, ...]:
    checked = read_tests(file.with_suffix(".test.yaml"))
    assert checked.diagnostics == ()
    assert checked.file is not None
    return checked.file.tests


TESTS = [test for file in FILES for test in shown_by(file)]


def of(rule_id: str) -> Rule:
    return next(r for r in RULES if r.id == rule_id)


# ---------------------------------------------------------------- what is written
@pytest.mark.parametrize("file", FILES, ids=lambda p: p.stem)
def test_each_file_has_nothing_to_complain_about(file: Path) -> None:
    assert check_rules([file]).diagnostics == ()


@pytest.mark.parametrize("file", FILES, ids=lambda p: p.stem)
def test_each_file_begins_with_its_schema_and_a_word_to_a_coach(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines[0] == MODELINE
    assert re.match(r"# [A-Z][a-z]+: .+\.$", lines[1])


def test_the_library_has_its_nine_files() -> None:
    names = {"posture", "cadence", "hips", "lean", "bounce", "symmetry", "speed", "fatigue", "safety"}
    assert names == {p.stem for p in FILES}


def test_rules_keep_the_names_that_histories_know() -> None:
    known = {
        "run-tall",
        "tall-at-speed",
        "low-cadence",
        "high-cadence",
        "level-hips",
        "bounce",
        "lean-forward",
        "lean-back",
    }
    assert known <= {r.id for r in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.id)
def test_each_rule_is_complete_and_brief(rule: Rule) -> None:
    assert rule.about
    assert rule.evidence
    assert rule.because
    assert rule.until is not None
    assert rule.limit is not None
    assert rule.only_if is not None
    assert rule.only_if.text.startswith("running")
    for text in (*rule.cues, *([rule.praise] if rule.praise else [])):
        assert 1 <= len(text.split()) <= MAX_WORDS
        assert speaking_time(text) <= MAX_SPEECH_S


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.id)
def test_each_rule_of_form_praises_and_no_rule_of_safety_does(rule: Rule) -> None:
    assert (rule.praise is None) == (rule.focus == "safety")


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.id)
def test_each_rule_waits_and_surges_wait_least(rule: Rule) -> None:
    assert rule.hold_s >= (10 if "surging" in rule.states else 20)
    assert rule.cooldown_s >= 60


def test_only_lean_and_the_runners_own_heart_limit_are_off() -> None:
    assert {r.id for r in RULES if not r.enabled} == {"lean-forward", "lean-back", "heart-limit"}


# ---------------------------------------------------------------- what is safe
@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.id)
def test_nothing_asks_for_a_way_of_landing_a_contact_time_or_a_side(rule: Rule) -> None:
    words = {word for text in rule.cues for word in re.findall(r"[a-z]+", text.lower())}
    assert (
        not {"toe", "toes", "heel", "heels", "forefoot", "midfoot", "ball", "contact", "strike", "land early"} & words
    )
    assert not {"left", "right"} & words
    # Contact time is a sign of fatigue among others; nothing may answer to it alone, and no impact is coached at all.
    assert rule.metric not in {"stance_time", "flight_time", "duty_factor", "impact", "braking"}
    if rule.focus != "fatigue":
        assert not {"stance_time", "flight_time", "duty_factor", "impact", "braking"} & rule.metrics


def test_what_may_be_pain_is_asked_about_before_any_word_about_form() -> None:
    asking = [r for r in ON if r.focus in ("safety", "symmetry")]
    assert len(asking) == 5
    assert all(r.say[0] == PAIN for r in asking)
    assert all(r.say == (PAIN,) for r in asking if r.focus == "symmetry")
    assert {r.id for r in ON if PAIN in r.cues} == {r.id for r in asking}


def test_safety_speaks_before_everything_else_and_nothing_else_is_urgent() -> None:
    assert {r.focus for r in RULES if r.priority == PRIORITIES["urgent"]} == {"safety"}
    assert all(r.priority == PRIORITIES["urgent"] for r in RULES if r.focus == "safety")


def test_words_that_name_the_body_and_drills_come_only_when_pictures_did_not_help() -> None:
    body = {"knees", "kneecaps", "tail", "squeeze", "glute", "ankles"}
    for rule in RULES:
        assert not body & {w for text in rule.say for w in re.findall(r"[a-z]+", text.lower())}
    drilled = {r.id for r in RULES if r.if_no_change is not None and r.if_no_change.drill}
    assert {"run-tall", "tall-at-speed", "hips-at-speed", "low-cadence", "level-hips", "bounce", "tired-form"} < drilled


#: Margins as written, in the metric's unit or as a share: each must be twice the usual spread of its smoothed value.
@dataclass(frozen=True)
class Margin:
    rule: str
    metric: str
    written: str
    size: float
    spreads: float = 1.0  # how many such values are in it: a difference of two has 1.41


MARGINS = [
    Margin("run-tall", "pelvic_tilt", "3 deg", 3.0),
    Margin("tall-at-speed", "pelvic_tilt", "3 deg", 3.0),
    Margin("level-hips", "pelvic_drop", "1.5 deg", 1.5),
    Margin("hips-at-speed", "pelvic_drop", "1.5 deg", 1.5),
    Margin("low-cadence", "cadence", "3 %", 0.03),
    Margin("high-cadence", "cadence", "5 %", 0.05),
    Margin("bounce", "vertical_oscillation", "8 %", 0.08),
    Margin("even-steps", "stance_time_balance", "1 %", 1.0),
    Margin("even-hips", "pelvic_drop_left", "2.5 deg", 2.5, 2**0.5),
    Margin("sudden-slow-steps", "cadence", "10 %", 0.10),
    Margin("sudden-change", "pelvic_drop", "4 deg", 4.0),
    Margin("tired-form", "cadence", "3 %", 0.03),
    Margin("tired-form", "vertical_oscillation", "8 %", 0.08),
    Margin("tired-form", "stance_time", "6 %", 0.06),
    Margin("tired-form", "pelvic_tilt", "3 deg", 3.0),
    Margin("tired-form", "pelvic_drop", "1.5 deg", 1.5),
]


@pytest.mark.parametrize("margin", MARGINS, ids=lambda m: f"{m.rule}-{m.metric}")
def test_each_margin_is_at_least_twice_the_usual_spread(margin: Margin) -> None:
    rule = of(margin.rule)
    assert margin.written in rule.when.text
    assert margin.metric in rule.when.metrics
    assert margin.size >= 2 * margin.spreads * METRICS[margin.metric].noise


def test_every_rule_that_is_on_has_its_margin_looked_at_or_takes_twice_the_fatigue_margins() -> None:
    assert {r.id for r in ON} - {m.rule for m in MARGINS} == {"ease-off", "form-collapse"}
    tired, ease_off, collapse = of("tired-form"), of("ease-off"), of("form-collapse")
    assert ease_off.when.text == tired.when.text
    for rule in (tired, ease_off):
        assert rule.until is not None
        assert rule.until.text == rule.when.text.replace(">= 2", "< 2")
    for ordinary, far in (("- 3 %", "- 6 %"), ("+ 8 %", "+ 16 %"), ("+ 3 deg", "+ 6 deg"), ("+ 1.5 deg", "+ 3 deg")):
        assert ordinary in tired.when.text
        assert far in collapse.when.text


# ---------------------------------------------------------------- what it does
@pytest.mark.parametrize("test", TESTS, ids=lambda t: f"{Path(t.path).name.split('.')[0]}: {t.name}")
def test_the_library_does_what_its_tests_say(test: RuleTest) -> None:
    result = run_test(test)
    assert result.passed, "\n".join(
        f"{row.t} {row.expected} | {row.heard} | {row.why}" for row in result.rows if row.why
    )


@pytest.mark.parametrize("rule", ON, ids=lambda r: r.id)
def test_each_rule_is_shown_to_speak_to_cool_down_to_rest_and_to_be_silent_without_data(rule: Rule) -> None:
    lines = [line for test in TESTS for line in test.expected if line.rule == rule.id]
    verbs = {line.verb for line in lines}
    reasons = " ".join(line.text or "" for line in lines if line.verb == "is")
    assert {"says", "beats"} & verbs
    assert "gated" in reasons
    assert "no fresh data" in reasons
    assert "cooling down" in reasons or "limit reached" in reasons
    assert ("praises" in verbs) == (rule.praise is not None)


@pytest.mark.parametrize("config", ["easy-run", "treadmill"])
def test_a_steady_runner_hears_nothing_for_an_hour(config: str) -> None:
    settings = load_config(config).model_copy(update={"cadence": load_config("demo").cadence})
    rules = check_rules([LIBRARY]).rules.rules
    runner = SimulatedRunner(Story("hour", "an hour of good form", (Phase("fresh", 3600, 2.8),)), seed=7)
    run = coach_through(Coach(settings, rules), runner)
    assert [say.text for say in run.spoken] == []
    assert run.beats == []
