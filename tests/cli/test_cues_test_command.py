"""`cuecoach cues test`, as typed."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from cuecoach.cli.cues import app
from cuecoach.errors import UsageError

RULES = """\
version: 1
rules:
  run-tall: {when: pelvic_tilt > baseline + 3 deg, for: 30 s, say: Run tall, praise: Good}
  other: {when: trunk_lean > 9 deg, for: 30 s, say: Up}
"""
TESTS = """\
rules: my.yaml
tests:
  - name: speaks after the hold
    given: &given
    expect:
      - 50 s: run-tall says "Run tall"
  - name: is silent while walking
    given: {pelvic_tilt: 15 deg for 60 s, baseline(pelvic_tilt): 10 deg, walking: true}
    expect: silence
""".replace("&given", "{pelvic_tilt: '10 deg for 20 s, 15 deg for 60 s', baseline(pelvic_tilt): 10 deg}")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Call the command in a folder with `my.yaml` and its tests."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my.yaml").write_text(RULES, encoding="utf-8")
    (tmp_path / "my.test.yaml").write_text(TESTS, encoding="utf-8")

    def call(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, ["test", *arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.stdout

    return call


def spoil(folder: Path) -> None:
    """Expect the cue ten seconds too soon."""
    path = folder / "my.test.yaml"
    path.write_text(TESTS.replace("- 50 s:", "- 40 s:"), encoding="utf-8")


@pytest.mark.parametrize("name", ["my.yaml", "my.test.yaml", "."])
def test_passing_tests_are_ticked_and_exit_with_zero(run, name: str) -> None:
    code, text = run(name)
    assert code == 0
    lines = text.splitlines()
    assert lines[:3] == ["my.test.yaml", "  ✓ speaks after the hold", "  ✓ is silent while walking"]
    assert lines[3].startswith("2 tests in 1 file: all passed; 2 min of running in ")
    assert lines[3].endswith("times faster than life")
    assert lines[4:] == ["rules without a test: other"]


def test_a_failing_test_shows_both_timelines_and_exits_with_one(run, tmp_path: Path) -> None:
    spoil(tmp_path)
    code, text = run("my.yaml")
    assert code == 1
    assert text.splitlines()[1:5] == [
        "  ✗ speaks after the hold  (my.test.yaml:3)",
        "      expected                        | heard",
        '    ✗ 40 s   run-tall says "Run tall" | 50 s   run-tall says "Run tall"',
        "                                      |   10 s late: at 40 s holding (20 of 30 s): "
        "pelvic_tilt 15.0 deg > 13.0 deg (baseline 10.0 deg + 3 deg)",
    ]
    assert "2 tests in 1 file: 1 passed, 1 failed" in text


def test_a_text_chooses_tests_by_name(run, tmp_path: Path) -> None:
    spoil(tmp_path)
    code, text = run("-k", "Walking", "my.yaml")
    assert code == 0
    assert "1 test in 1 file: all passed" in text
    assert "speaks after" not in text
    assert run("-k", "nothing like it", "my.yaml")[0] == 0


def test_unreadable_files_exit_with_two_and_the_others_are_run(run, tmp_path: Path) -> None:
    (tmp_path / "bad.test.yaml").write_text(TESTS.replace("run-tall says", "run-tal says"), encoding="utf-8")
    code, text = run(".")
    assert code == 2
    assert "  ✓ speaks after the hold" in text
    assert "error[C603]: there is no rule `run-tal`" in text
    with pytest.raises(UsageError, match="there is no file"):
        run("nowhere.yaml")


def test_a_spelling_mistake_in_the_cue_file_is_shown_where_it_is(run, tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_text(RULES.replace("say: Up", "sya: Up"), encoding="utf-8")
    code, text = run("my.yaml")
    assert code == 2
    assert "--> my.yaml:4:" in text


def test_junit_says_what_passed_failed_and_could_not_be_read(run, tmp_path: Path) -> None:
    spoil(tmp_path)
    (tmp_path / "bad.test.yaml").write_text(TESTS.replace("walking: true", "walking: ja"), encoding="utf-8")
    assert run("--junit", "out.xml", ".")[0] == 2
    root = ElementTree.parse(tmp_path / "out.xml").getroot()
    assert root.tag == "testsuites"
    assert {k: root.get(k) for k in ("tests", "failures", "errors")} == {"tests": "3", "failures": "1", "errors": "1"}
    good, bad = root.findall("testsuite")
    assert (good.get("name"), bad.get("name")) == ("my.test.yaml", "bad.test.yaml")
    cases = good.findall("testcase")
    assert [case.get("name") for case in cases] == ["speaks after the hold", "is silent while walking"]
    failure = cases[0].find("failure")
    assert failure is not None
    assert "10 s late" in str(failure.get("message"))
    assert "expected" in str(failure.text)
    assert cases[1].find("failure") is None
    assert bad.find("testcase/error") is not None


def test_junit_that_cannot_be_written_is_told(run) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        run("--junit", "no/such/folder/out.xml", "my.yaml")


def test_json_is_one_object_with_every_timeline(run, tmp_path: Path) -> None:
    spoil(tmp_path)
    code, text = run("--json", "my.yaml")
    assert code == 1
    told = json.loads(text)
    assert told["rules_without_test"] == ["other"]
    assert told["problems"] == []
    assert [(test["name"], test["passed"]) for test in told["tests"]] == [
        ("speaks after the hold", False),
        ("is silent while walking", True),
    ]
    (row,) = told["tests"][0]["timeline"]
    assert (row["expected_at_s"], row["heard_at_s"]) == (40, 50)
    assert row["why_they_differ"].startswith("10 s late")


def test_github_format_marks_the_line_of_each_difference(run, tmp_path: Path) -> None:
    spoil(tmp_path)
    code, text = run("--format", "github", "my.yaml")
    assert code == 1
    (line,) = text.splitlines()
    assert line.startswith("::error file=my.test.yaml,line=6,")
    assert "10 s late" in line


def test_the_bundled_cues_are_tested_when_nothing_is_named(run) -> None:
    code, text = run("-k", "a text that no test has in its name")
    assert code == 0
    assert "0 tests in" in text
