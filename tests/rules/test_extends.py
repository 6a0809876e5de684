"""A rule that extends another one changes only what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from cuecoach.rules.load import Checked, check_rules, load_rules
from cuecoach.rules.rule import Limit

BASE = (
    "version: 1\nlanguage: en\nrules:\n  run-tall:\n    about: tilt\n    focus: posture\n"
    "    when: pelvic_tilt > start + 3 deg\n    until: pelvic_tilt < start + 1.5 deg\n    limit: 1 per km\n"
    "    say: [Run tall, Grow tall]\n    if_no_change: {say: Tuck tail, drill: [Reach up, Let go]}\n    evidence: C\n"
    "    because: experts\n  off:\n    enabled: false\n    when: trunk_lean < 2 deg\n    say: Lean forward\n"
)


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "library"
    folder.mkdir()
    (folder / "posture.yaml").write_text(BASE, encoding="utf-8")
    return folder


def check(library: Path, text: str, *others: str) -> Checked:
    mine = library.parent / "mine.yaml"
    mine.write_text("version: 1\nrules:\n" + text, encoding="utf-8")
    return check_rules([*others, mine], search=library)


def codes(checked: Checked) -> list[str]:
    return [d.code for d in checked.diagnostics]


def test_only_what_is_given_is_changed(library: Path) -> None:
    checked = check(library, "  mine:\n    extends: posture/run-tall\n    for: 40 s\n    say: Stand up\n")
    assert codes(checked) == []
    (rule,) = checked.rules.rules
    assert (rule.id, rule.hold_s, rule.say) == ("mine", 40.0, ("Stand up",))
    assert (rule.about, rule.focus, rule.evidence, rule.because) == ("tilt", "posture", "C", "experts")
    assert rule.when.text == "pelvic_tilt > start + 3 deg"
    assert rule.until is not None
    assert rule.if_no_change is not None
    assert (rule.if_no_change.say, rule.if_no_change.drill) == (("Tuck tail",), ("Reach up", "Let go"))
    assert (Path(rule.path).name, rule.line) == ("mine.yaml", 3)
    assert [p.name for p in checked.also_read] == ["posture.yaml"]


def test_a_rule_that_is_off_is_switched_on(library: Path) -> None:
    (rule,) = check(library, "  off:\n    extends: posture/off\n    enabled: true\n").rules.enabled
    assert rule.say == ("Lean forward",)


def test_an_empty_setting_takes_one_away(library: Path) -> None:
    (rule,) = check(library, "  mine:\n    extends: posture/run-tall\n    until:\n    limit:\n").rules.rules
    assert (rule.until, rule.limit) == (None, None)


@pytest.mark.parametrize("order", [("posture", "mine"), ("mine", "posture")])
def test_a_rule_that_extends_one_of_its_own_name_stands_in_for_it(library: Path, order: tuple[str, str]) -> None:
    mine = library / "mine.yaml"
    mine.write_text("version: 1\nrules:\n  run-tall: {extends: posture/run-tall, for: 40 s}\n", encoding="utf-8")
    rules = load_rules(order, search=library).rules
    assert sorted(rule.id for rule in rules) == ["off", "run-tall"]
    assert next(rule.hold_s for rule in rules if rule.id == "run-tall") == 40.0


def test_two_rules_of_one_name_still_clash_otherwise(library: Path) -> None:
    checked = check(library, "  run-tall:\n    extends: posture/off\n", "posture")
    assert codes(checked) == ["C107"]
    assert "`extends: posture/run-tall`" in str(checked.diagnostics[0].help)


def test_rules_of_the_same_file_and_of_a_file_beside_it_can_be_extended(library: Path) -> None:
    (library.parent / "other.yaml").write_text(BASE, encoding="utf-8")
    text = "  a:\n    extends: other.yaml/run-tall\n    limit: 2 per km\n  b:\n    extends: a\n    for: 10 s\n"
    a, b = check(library, text).rules.rules
    assert (a.limit, a.hold_s, b.limit, b.hold_s) == (Limit(2, "km"), 20.0, Limit(2, "km"), 10.0)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("  a: {extends: posture/run-tal}\n", "C110"),
        ("  a: {extends: postures/run-tall}\n", "C110"),
        ("  a: {extends: ../library/posture.yaml/run-tall}\n", "C110"),
        ('  a: {extends: ""}\n', "C110"),
        ("  a: {extends: a}\n", "C111"),
        ("  a: {extends: posture/run-tall, when: pelvic_tilt > 3}\n", "C204"),
        ("  a: {extends: posture/run-tall, fro: 3 s}\n", "C102"),
        ("  a: {extends: [posture/run-tall]}\n", "C104"),
    ],
)
def test_what_cannot_be_extended_is_said_once(library: Path, text: str, code: str) -> None:
    assert codes(check(library, text)) == [code]


def test_a_base_with_a_mistake_is_told_where_it_is_extended(library: Path) -> None:
    (library / "posture.yaml").write_text(BASE.replace("3 deg", "3"), encoding="utf-8")
    (problem,) = check(library, "  a:\n    extends: posture/run-tall\n").diagnostics
    assert (problem.code, problem.line, problem.column) == ("C112", 4, 14)
    assert "posture.yaml:7:33" in str(problem.help)


def test_a_new_when_is_held_against_the_until_that_stayed(library: Path) -> None:
    assert codes(check(library, "  a:\n    extends: posture/run-tall\n    when: pelvic_tilt < start - 3 deg\n")) == [
        "C509"
    ]


def test_warnings_about_the_base_are_not_repeated(library: Path) -> None:
    (library / "posture.yaml").write_text(
        BASE.replace("[Run tall, Grow tall]", "one two three four five six"), encoding="utf-8"
    )
    assert codes(check(library, "  a:\n    extends: posture/run-tall\n    for: 40 s\n")) == []
