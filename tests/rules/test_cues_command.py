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


# ---------------------------------------------------------------- against a run
@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Write a run of three minutes whose cadence fades from 170 to 152."""
    path = tmp_path / "run.csv"
    path.write_text("t,cadence,speed\n" + "".join(f"{t},{170 - t / 10:g},3.0\n" for t in range(180)), encoding="utf-8")
    return path


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "short.yaml"
    path.write_text("gates: {warm_up: 10 s}\nmetronome: off\nsensors: {sacrum: off}\n", encoding="utf-8")
    return path


FEET = """\
version: 1
rules:
  slow-feet:
    when: cadence < 160 spm
    for: 10 s
    say: Faster feet
  run-tall:
    when: pelvic_tilt > start + 3 deg
    say: Run tall
  lean:
    enabled: false
    when: trunk_lean > start + 3 deg
    say: Stand tall
"""


def test_against_a_run_each_rule_tells_how_often_it_would_have_spoken(
    file: Path, recording: Path, config: Path
) -> None:
    file.write_text(FEET, encoding="utf-8")
    code, text, _ = run("check", str(file), "--against", str(recording), "--config", str(config))
    assert code == 0
    lines = text.splitlines()
    start = lines.index("would have spoken 2 times in 2:59 of run.csv")
    assert lines[start + 1].startswith("  slow-feet  2 cues, first at 1:5")
    assert lines[start + 2] == "  run-tall   silent                 no fresh data: pelvic_tilt (94 % of the time)"
    assert lines[start + 3] == "  off: lean"


def test_without_a_config_the_usual_one_counts(file: Path, recording: Path) -> None:
    file.write_text(FEET, encoding="utf-8")
    text = run("check", str(file), "--against", str(recording))[1]
    assert "would have spoken 0 times" in text
    assert "gated: warm-up (100 % of the time)" in text


def test_against_a_run_json_is_one_object(file: Path, recording: Path, config: Path) -> None:
    file.write_text(FEET, encoding="utf-8")
    told = json.loads(run("check", str(file), "--against", str(recording), "--config", str(config), "--json")[1])
    assert told["against"]["spoken"] == 2
    assert told["against"]["duration_s"] == 179.0
    rules = {rule["rule"]: rule for rule in told["against"]["rules"]}
    assert set(rules) == {"slow-feet", "run-tall"}
    assert (rules["slow-feet"]["cues"], rules["run-tall"]["first"]) == (2, None)
    assert {d["severity"] for d in told["diagnostics"]} <= {"warning"}


def test_json_is_short_for_the_format(file: Path) -> None:
    assert run("check", str(file), "--json")[1] == run("check", str(file), "--format", "json")[1]


def test_files_with_errors_are_not_tried(file: Path, recording: Path) -> None:
    file.write_text(GOOD + "    coolddown: 1 s\n", encoding="utf-8")
    code, text, _ = run("check", str(file), "--against", str(recording))
    assert code == 1
    assert "would have spoken" not in text
    told = json.loads(run("check", str(file), "--against", str(recording), "--json")[1])
    assert told["against"] is None
    assert [d["code"] for d in told["diagnostics"]] == ["C102"]


def test_a_file_whose_rules_are_all_off_cannot_be_tried(file: Path, recording: Path) -> None:
    file.write_text(GOOD + "    enabled: false\n", encoding="utf-8")
    assert isinstance(run("check", str(file), "--against", str(recording))[2], UsageError)


def test_a_metric_that_no_sensor_of_the_config_gives_is_a_warning(file: Path, config: Path) -> None:
    file.write_text(FEET, encoding="utf-8")
    code, text, _ = run("check", str(file), "--config", str(config), "--format", "concise")
    assert code == 0
    told = [line for line in text.splitlines() if ": C" in line]
    assert len(told) == 1  # `lean` is off
    assert "pelvic_tilt" in told[0]
    assert "all fine" in run("check", str(file), "--config", "easy-run")[1]


def test_a_config_alone_means_its_cue_files(file: Path) -> None:
    assert run("check", "--config", "cadence")[1].startswith("2 files checked")


def test_what_has_no_translation_is_listed(file: Path) -> None:
    file.write_text(GOOD.replace("say: Run tall", "say: [Run tall, Wobble like a jelly]"), encoding="utf-8")
    code, text, _ = run("check", str(file), "--language", "de")
    assert code == 0
    (told,) = [line for line in text.splitlines() if "not translated" in line]
    assert "run-tall: “Wobble like a jelly” is not translated into de" in told
    assert json.loads(run("check", str(file), "--language", "de", "--json")[1])["untranslated"] == [told]
