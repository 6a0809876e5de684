"""`cuecoach cues test`: run the tests of cue files in virtual time."""

# ruff: noqa: PT028 - this is a command called test, and no test

from __future__ import annotations

import time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cuecoach.cli import terminal

if TYPE_CHECKING:
    from cuecoach.diagnostics import Diagnostic
    from cuecoach.ruletests.report import FileOutcome

Files = Annotated[
    list[str] | None,
    typer.Argument(help="Test files, cue files with tests beside them, folders, or bundled names like `posture`."),
]


class _Format(StrEnum):
    full = "full"
    github = "github"


def test(
    files: Files = None,
    only: Annotated[str | None, typer.Option("-k", help="Run only tests with this text in their name.")] = None,
    junit: Annotated[Path | None, typer.Option("--junit", help="Write the outcome there as JUnit XML too.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object instead.")] = False,
    style: Annotated[_Format, typer.Option("--format", help="How differences are printed.")] = _Format.full,
) -> None:
    """Run the tests of cue files (`*.test.yaml`) in virtual time, thousands of times faster than life.

    Example:  cuecoach cues test my-cues.yaml

    Without a file all bundled cues are tested. Exits with 0 when all tests pass, 1 when one fails, 2 when a file cannot be
    read.
    """
    from cuecoach.ruletests import find_tests
    from cuecoach.ruletests.junit import as_junit
    from cuecoach.ruletests.report import as_json as to_json
    from cuecoach.ruletests.report import summary, untested

    found = find_tests(files)
    if as_json:
        terminal.expect_json()
    show = not as_json and style is _Format.full
    begun = time.perf_counter()
    outcomes, problems = _run(found.tests, only, show=show)
    took_s = time.perf_counter() - begun
    # Rules of cue files beside which no test file lies are without a test too.
    without = [*untested(outcomes), *_rules_of(found.untested)]
    if junit is not None:
        _write(junit, as_junit(outcomes, problems))
    if as_json:
        typer.echo(to_json(outcomes, problems, without))
    else:
        _echo_end(outcomes, problems, style)
        if show:
            typer.echo(summary(outcomes, took_s))
            if without and not problems:
                typer.echo(f"rules without a test: {', '.join(without)}")
    if problems:
        raise typer.Exit(2)
    if only is not None and not any(outcome.results for outcome in outcomes):
        terminal.note(f"no test has `{only}` in its name")
    if any(not result.passed for outcome in outcomes for result in outcome.results):
        raise typer.Exit(1)


def _run(paths: tuple[Path, ...], only: str | None, *, show: bool) -> tuple[list[FileOutcome], list[Diagnostic]]:
    """Run the tests of each file that can be read, and show each as it is done."""
    from cuecoach.ruletests import Result, read_tests, run_test
    from cuecoach.ruletests.report import FileOutcome, show_result

    outcomes: list[FileOutcome] = []
    problems: list[Diagnostic] = []
    for path in paths:
        checked = read_tests(path)
        if checked.file is None:
            problems += checked.diagnostics
            continue
        chosen = [t for t in checked.file.tests if only is None or only.lower() in t.name.lower()]
        if show and chosen:
            typer.echo(checked.file.path)
        results: list[Result] = []
        took: list[float] = []
        for one in chosen:
            begun = time.perf_counter()
            results.append(run_test(one))
            took.append(time.perf_counter() - begun)
            if show:
                typer.echo(show_result(results[-1]))
        outcomes.append(FileOutcome(checked.file, tuple(results), tuple(took)))
    return outcomes, problems


def _echo_end(outcomes: list[FileOutcome], problems: list[Diagnostic], style: _Format) -> None:
    from cuecoach.diagnostics import render
    from cuecoach.ruletests.report import as_github

    if style is _Format.github:
        marks = as_github(outcomes)
        if marks:
            typer.echo(marks)
    if problems:
        typer.echo(render(problems, style.value))


def _rules_of(cue_files: tuple[Path, ...]) -> list[str]:
    from cuecoach.rules.load import check_rules

    return [rule.id for rule in check_rules(cue_files).rules.enabled] if cue_files else []


def _write(path: Path, text: str) -> None:
    from cuecoach.errors import UsageError

    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"`{path}` cannot be written: {error.strerror or error}; choose another place") from None
