"""`cuecoach cues check` and `list`, as typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cuecoach.cli.cues import app
from cuecoach.errors import DocumentError, UsageError

GOOD = "version: 1\nrules:\n  run-tall:\n    when: pelvic_tilt > start + 3 deg\n    say: Run tall\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "my.yaml"
    path.write_text(GOOD, encoding="utf-8")
    return path


def run(*arguments: str) -> tuple[int, str, BaseException | None]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.stdout, result.exception


def test_the_bundled_library_is_checked_when_nothing_is_named() -> None:
    code, text, _ = run("check")
    assert code == 0
    assert "all fine" in text


def test_a_good_file_is_fine(file: Path) -> None:
    assert run("check", str(file))[:2] == (0, "1 file checked, all fine: 1 rule\n")


def test_warnings_are_shown_and_do_not_fail(file: Path) -> None:
    file.write_text(GOOD + "    for: 1 s\n", encoding="utf-8")
    code, text, _ = run("check", str(file))
    assert code == 0
    assert "warning[C503]" in text
    assert text.endswith("1 warning in 1 file\n")


def test_errors_exit_with_one(file: Path) -> None:
    file.write_text(GOOD + "    coolddown: 1 s\n", encoding="utf-8")
    code, text, _ = run("check", str(file))
    assert code == 1
    assert "did you mean `cooldown`?" in text
    code, text, _ = run("check", str(file), "--format", "github")
    assert code == 1
    assert text.startswith("::error file=")
    assert len(text.splitlines()) == 1
    code, text, _ = run("check", str(file), "--format", "concise")
    assert text.splitlines()[-1] == "1 error in 1 file"
    code, text, _ = run("check", str(file), "--format", "json")
    assert [d["code"] for d in json.loads(text)] == ["C102"]


def test_json_of_a_good_file_is_an_empty_array(file: Path) -> None:
    assert json.loads(run("check", str(file), "--format", "json")[1]) == []


def test_a_missing_file_is_wrong_use() -> None:
    assert isinstance(run("check", "no/such.yaml")[2], UsageError)


def test_list_reads_like_a_sheet(file: Path) -> None:
    code, text, _ = run("list", str(file))
    assert code == 0
    assert text.startswith("run-tall  (form, on)")
    assert "when     pelvic tilt is above the start of this run plus 3 deg, for 20 s" in text


def test_list_as_json_has_every_bundled_rule() -> None:
    rules = json.loads(run("list", "--json")[1])
    assert {"run-tall", "low-cadence", "level-hips", "bounce", "lean-forward"} <= {r["id"] for r in rules}
    assert not next(r for r in rules if r["id"] == "lean-forward")["enabled"]


def test_list_refuses_a_broken_file(file: Path) -> None:
    file.write_text(GOOD + "    coolddown: 1 s\n", encoding="utf-8")
    assert isinstance(run("list", str(file))[2], DocumentError)


@pytest.mark.parametrize("command", ["check", "list"])
def test_help_shows_an_example(command: str) -> None:
    assert "Example:" in run(command, "--help")[1]
