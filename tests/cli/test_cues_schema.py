"""`cuecoach cues schema`, and the copies that are shipped."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cuecoach.cli.cues.schema import Kind, schema_text, shipped_copy
from cuecoach.cli.cues.schema import schema as command
from cuecoach.errors import UsageError
from cuecoach.metrics import METRICS
from cuecoach.rules import meanings
from cuecoach.rules.schema import FILE_NAME, cue_schema
from cuecoach.rules.vocabulary import FUNCTIONS, STATES

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "cues"
SCHEMA = cue_schema()


# ---------------------------------------------------------------- the command
app = typer.Typer()
app.command()(command)


def run(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


def test_the_command_prints_the_schema() -> None:
    result = run()
    assert result.exit_code == 0
    assert json.loads(result.stdout) == SCHEMA


def test_it_is_written_to_a_file_and_the_first_line_is_told(tmp_path: Path) -> None:
    file = tmp_path / "my.schema.json"
    result = run("--out", str(file))
    assert result.exit_code == 0
    assert json.loads(file.read_text(encoding="utf-8")) == SCHEMA
    assert "# yaml-language-server: $schema=my.schema.json" in result.stdout
    assert run("--check", "--out", str(file)).exit_code == 0


def test_a_copy_out_of_date_is_told_with_what_to_type(tmp_path: Path) -> None:
    file = tmp_path / "old.json"
    for state in ("is not there", "is out of date"):
        result = run("--check", "--out", str(file))
        assert result.exit_code == 1
        assert result.stderr == f"{file} {state}; type `cuecoach cues schema cues --out {file}`\n"
        file.write_text("{}\n", encoding="utf-8")


def test_the_bundled_copy_is_the_one_that_is_checked() -> None:
    result = run("--check")
    assert result.exit_code == 0
    assert result.stdout.endswith(f"{FILE_NAME} is up to date\n")


@pytest.mark.parametrize("arguments", [["--out", "."], ["--check", "--out", "."], ["--out", "no/such/folder.json"]])
def test_a_place_that_cannot_be_used_is_one_plain_sentence(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    error = run(*arguments).exception
    assert isinstance(error, UsageError)
    assert "with --out" in str(error)


# ---------------------------------------------------------------- the copies
def test_the_reference_page_is_up_to_date_and_fits_a_terminal() -> None:
    spec = importlib.util.spec_from_file_location("generate_reference", ROOT / "docs" / "generate_reference.py")
    assert spec is not None
    assert spec.loader is not None
    generator = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generator)
    page = (ROOT / "docs" / "cue-reference.md").read_text(encoding="utf-8")
    assert page == generator.reference(), "type `make generate`"
    assert [line for line in page.splitlines() if len(line) > 140] == []
    assert {m.stale_s for m in METRICS.values()} == {5.0}  # as the page says in words
    for name in (*METRICS, *STATES, *FUNCTIONS, *meanings.SETTINGS):
        assert f"`{name}`" in page or f"`{name}(" in page
    for number, meaning in generator.all_codes().items():
        assert f"| C{number:03d} | {'warning' if generator.is_warning(number) else 'error'} | {meaning} |" in page


@pytest.mark.parametrize("kind", Kind)
def test_every_shipped_schema_is_up_to_date(kind: Kind) -> None:
    assert shipped_copy(kind).read_text(encoding="utf-8") == schema_text(kind), "type `make generate`"
    assert run(kind.value, "--check").exit_code == 0
