from __future__ import annotations

import json
from dataclasses import replace

import pytest

from cuecoach.bundled import bundled
from cuecoach.coach import Coach
from cuecoach.coaching.hurry import hurried
from cuecoach.config import load_config
from cuecoach.errors import StoreError
from cuecoach.events import Action
from cuecoach.feed import RecordedFeed
from cuecoach.offline import coach_through
from cuecoach.rules import Limit, Rule, compile_expression, load_cues, load_translated
from cuecoach.rules.load import load_rules
from cuecoach.rules.rule import NoChange, Recording
from cuecoach.rules.rule_json import rules_from_json, rules_to_json
from cuecoach.sensors.simulator import STORIES, SimulatedRunner

NAMES = sorted(path.stem for path in bundled("cues").glob("*.yaml") if not path.stem.endswith(".test"))


def back(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    return rules_from_json(json.loads(json.dumps(rules_to_json(rules))))


@pytest.mark.parametrize("name", NAMES)
def test_every_bundled_rule_comes_back_equal(name: str) -> None:
    rules = load_rules([name], search=bundled("cues")).rules
    assert rules
    assert back(rules) == rules
    quick = tuple(hurried(rule, 7) for rule in rules)
    assert back(quick) == quick


def test_expressions_are_compiled_again_with_all_that_hangs_on_them() -> None:
    for old in load_cues(NAMES):
        (new,) = back((old,))
        assert (new.metric, new.metrics, new.moves, new.states) == (old.metric, old.metrics, old.moves, old.states)
        assert new.when.tree == old.when.tree
        assert new.when.question == old.when.question


def test_translated_rules_keep_their_words() -> None:
    rules = load_translated(["posture", "hips"], "de").rules
    assert back(rules) == rules
    assert back(rules)[0].language == "de"


def test_every_setting_comes_back() -> None:
    rule = Rule(
        "mine",
        compile_expression("cadence < target - 3 %"),
        "About",
        "feet",
        1 / 3,
        compile_expression("cadence > target"),
        compile_expression("running and speed > 2 m/s"),
        12.5,
        Limit(2, "km"),
        3,
        ("Quick feet", "Tick tick"),
        NoChange(("Other",), ("One", "Two")),
        {"Tick tick": Recording("/home/someone/tick ü.wav", 0.123456789)},
        "fr",
        20.0,
        "Good",
        False,
        "B",
        "it helps",
        False,
        "cues/mine.yaml",
        17,
    )
    (again,) = back((rule,))
    assert again == rule
    assert again.recordings == rule.recordings
    plain = Rule("bare", compile_expression("running"))
    assert back((plain,)) == (plain,)


def decisions(rules: tuple[Rule, ...]) -> list[Action]:
    config = load_config("demo")
    runner = SimulatedRunner(STORIES["demo"], seed=5)
    return coach_through(Coach(config, rules), RecordedFeed(iter(runner.advance(200.0)))).actions


def test_the_same_run_gives_the_same_decisions() -> None:
    rules = tuple(hurried(rule, 10) for rule in load_cues(load_config("demo").cues))
    first = decisions(rules)
    assert len(first) > 10
    assert decisions(back(rules)) == first


def test_settings_of_a_later_version_are_passed_over_and_missing_ones_take_their_defaults() -> None:
    assert rules_from_json([{"id": "a", "when": "running", "mood": "glad"}]) == (
        Rule("a", compile_expression("running")),
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"when": "cadance <"}, "`when` of the stored rule `a` is not understood"),
        ({"when": 3}, "`when` of the stored rule `a` cannot be read"),
        ({"hold_s": "long"}, "`hold_s`"),
        ({"hold_s": True}, "`hold_s`"),
        ({"say": "one"}, "`say`"),
        ({"say": [1]}, "`say`"),
        ({"priority": 1.5}, "`priority`"),
        ({"repeat": 1}, "`repeat`"),
        ({"limit": {"count": 2}}, "`limit`"),
        ({"limit": {"count": 2, "per": "mile"}}, "`limit`"),
        ({"if_no_change": []}, "`if_no_change`"),
        ({"recordings": {"x": {"path": "y"}}}, "`recordings`"),
        ({"about": None}, "`about`"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_sentence(change: dict[str, object], said: str) -> None:
    with pytest.raises(StoreError) as told:
        rules_from_json([{"id": "a", "when": "running"} | change])
    assert said in str(told.value)


@pytest.mark.parametrize("data", [None, {}, "rules", [3], [{"id": "a"}], [{"when": "running"}]])
def test_what_is_no_list_of_rules_is_refused(data: object) -> None:
    with pytest.raises(StoreError):
        rules_from_json(data)


def test_nothing_that_a_rule_holds_is_forgotten() -> None:
    # A setting that is added to rules must be added here: else it would be lost without a word.
    rule = replace(load_cues(["posture"])[0])
    (data,) = rules_to_json((rule,))
    for name in data:
        with pytest.raises(StoreError):
            rules_from_json([data | {name: object()}])
