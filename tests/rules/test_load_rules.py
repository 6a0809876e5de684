"""From files to frozen rules: names, folders, defaults, and all problems in one run."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cuecoach.diagnostics import render
from cuecoach.errors import DocumentError, UsageError
from cuecoach.rules.load import check_rules, load_rules
from cuecoach.rules.rule import Limit, NoChange
from cuecoach.rules.words import plain

SMALL = "version: 1\nrules:\n  {name}:\n    when: pelvic_tilt > start + 3 deg\n    say: Run tall\n"


def write(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_defaults_are_filled_in(tmp_path: Path) -> None:
    (rule,) = load_rules([write(tmp_path, "a.yaml", SMALL.format(name="run-tall"))]).rules
    assert (rule.hold_s, rule.cooldown_s, rule.priority, rule.repeat, rule.enabled) == (20.0, 60.0, 1, True, True)
    assert (rule.until, rule.limit, rule.beat_s, rule.praise) == (None, None, None, None)
    assert (rule.say, rule.metric, rule.line) == (("Run tall",), "pelvic_tilt", 3)


def test_every_setting_arrives(tmp_path: Path) -> None:
    text = SMALL.format(name="x") + (
        "    about: a\n    focus: posture\n    for: 1 min\n    until: pelvic_tilt < start\n    only_if: running\n"
        "    cooldown: 90 s\n    limit: 10 per hour\n    priority: urgent\n    beat: 30 s\n    praise: Good\n"
        "    repeat: false\n    evidence: A\n    because: b\n    enabled: false\n"
    )
    rules = load_rules([write(tmp_path, "a.yaml", text)])
    (rule,) = rules.rules
    assert (rule.about, rule.focus, rule.hold_s, rule.cooldown_s) == ("a", "posture", 60.0, 90.0)
    assert (rule.limit, rule.priority, rule.beat_s, rule.praise) == (Limit(10, "hour"), 3, 30.0, "Good")
    assert (rule.repeat, rule.evidence, rule.because, rule.enabled) == (False, "A", "b", False)
    assert rule.metrics == {"pelvic_tilt"}
    assert rules.enabled == ()


def test_names_folders_and_files_are_found_once(tmp_path: Path) -> None:
    write(tmp_path, "posture.yaml", SMALL.format(name="one"))
    other = write(tmp_path, "more.yaml", SMALL.format(name="two"))
    write(tmp_path, "posture.test.yaml", "tests: []\n")
    rules = load_rules(["posture", tmp_path, other], search=tmp_path)
    assert [r.id for r in rules.rules] == ["one", "two"]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("postur", "there is no cue file called `postur`; did you mean `posture`?"),
        ("zzz", "there is no cue file called `zzz`; there are: posture"),
        ("no/such.yaml", "there is no file `no/such.yaml`; check the name, or the folder you are in"),
    ],
)
def test_what_is_not_there_is_said_in_one_sentence(tmp_path: Path, name: str, sentence: str) -> None:
    write(tmp_path, "posture.yaml", SMALL.format(name="one"))
    with pytest.raises(UsageError) as caught:
        load_rules([name], search=tmp_path)
    assert str(caught.value) == sentence


def test_an_empty_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no cue files"):
        load_rules([tmp_path])


def test_problems_of_all_files_come_in_one_run(tmp_path: Path) -> None:
    first = write(tmp_path, "a.yaml", SMALL.format(name="one") + "    cooldwn: 3 s\n    for: 3\n")
    second = write(tmp_path, "b.yaml", SMALL.format(name="one").replace("3 deg", "3"))
    with pytest.raises(DocumentError) as caught:
        load_rules([first, second])
    assert [d.code for d in caught.value.diagnostics] == ["C102", "C105", "C107", "C204"]
    assert "and 3 more problems" in str(caught.value)


def test_a_fault_in_one_rule_does_not_hide_the_others(tmp_path: Path) -> None:
    text = (
        SMALL.format(name="one")
        + "    for: x\n  two:\n    when: running >\n    say: Hi\n  three:\n    when: running\n    say: Hi\n"
    )
    checked = check_rules([write(tmp_path, "a.yaml", text)])
    assert [d.code for d in checked.diagnostics] == ["C105", "C201"]
    assert [r.id for r in checked.rules.rules] == ["three"]


def test_warnings_come_with_the_rules(tmp_path: Path) -> None:
    rules = load_rules([write(tmp_path, "a.yaml", SMALL.format(name="one") + "    for: 1 s\n")])
    assert [d.code for d in rules.warnings] == ["C503"]


def test_a_comment_after_the_words_is_no_mistake(tmp_path: Path) -> None:
    text = SMALL.format(name="one").replace("say: Run tall", "say: Run tall   # the best one")
    assert check_rules([write(tmp_path, "a.yaml", text)]).diagnostics == ()


def test_columns_are_right_inside_quotes(tmp_path: Path) -> None:
    text = SMALL.format(name="one").replace("pelvic_tilt > start + 3 deg", '"pelvic_tilt > 3"')
    (problem,) = check_rules([write(tmp_path, "a.yaml", text)]).diagnostics
    assert problem.source_line is not None
    assert problem.source_line[problem.column - 1 : problem.end_column - 1] == "3"


def test_too_many_rules_are_refused_in_time(tmp_path: Path) -> None:
    body = "".join(f"  r{n}: {{when: running, say: Hi}}\n" for n in range(501))
    found = check_rules([write(tmp_path, "a.yaml", "version: 1\nrules:\n" + body)]).diagnostics
    assert [d.code for d in found] == ["C108"]


def test_expressions_are_said_in_plain_words(tmp_path: Path) -> None:
    (rule,) = load_rules([write(tmp_path, "a.yaml", SMALL.format(name="one"))]).rules
    assert rule.when.tree is not None
    assert plain(rule.when.tree) == "pelvic tilt is above the start of this run plus 3 deg"


def test_what_follows_words_that_did_not_help_arrives(tmp_path: Path) -> None:
    text = SMALL.format(name="one") + "    if_no_change:\n      say: Tuck  tail\n      drill: [Reach up, Let go]\n"
    (rule,) = load_rules([write(tmp_path, "a.yaml", text)]).rules
    assert rule.if_no_change == NoChange(("Tuck tail",), ("Reach up", "Let go"))
    assert rule.cues == ("Run tall", "Tuck tail", "Reach up", "Let go")


@pytest.mark.parametrize(
    ("block", "code"),
    [
        ("{}", "C105"),
        ("Tuck tail", "C104"),
        ("{drill: [a, b, c, d, e, f]}", "C105"),
        ("{dril: [a]}", "C102"),
        ("{drill: [one two three four five six]}", "C501"),
        ("{say: [5]}", "C104"),
    ],
)
def test_a_block_that_follows_in_vain_is_answered(tmp_path: Path, block: str, code: str) -> None:
    text = SMALL.format(name="one") + f"    if_no_change: {block}\n"
    assert [d.code for d in check_rules([write(tmp_path, "a.yaml", text)]).diagnostics] == [code]


def test_the_language_of_the_file_is_that_of_its_rules(tmp_path: Path) -> None:
    text = "language: de\n" + SMALL.format(name="one")
    (rule,) = load_rules([write(tmp_path, "a.yaml", text)]).rules
    assert rule.language == "de"


_LINES = st.sampled_from(
    [
        "version: 1",
        "rules:",
        "  a:",
        "  b: {extends: a}",
        "    when: running",
        "    when: cadence <",
        "    say: [a, {play: x.wav}]",
        "    say: 'a",
        "    extends: posture/run-tall",
        "    extends: b",
        "    if_no_change: {drill: [a]}",
        "    play: x.wav",
        "    until:",
        "\t- a",
        "  ? [x]",
        "    for: 1:30",
        "---",
        "    beat: *x",
        "    say: !x y",
        "# no",
        "    limit: {a: 1}",
    ]
)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=200), st.lists(_LINES, max_size=14).map(lambda lines: "\n".join(lines).encode())))
def test_any_bytes_are_rules_or_diagnostics(tmp_path: Path, raw: bytes) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(raw)
    checked = check_rules([file])
    assert checked.rules.rules or checked.has_errors
    assert render(checked.diagnostics) or checked.rules.rules
