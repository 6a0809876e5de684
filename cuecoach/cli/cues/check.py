"""`cuecoach cues check`: look for mistakes in cue files."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from cuecoach.cli import terminal
from cuecoach.cli.cues.files import Paths, check_files


class _Format(StrEnum):
    full = "full"
    concise = "concise"
    json = "json"
    github = "github"


def check(
    paths: Paths = None,
    style: Annotated[_Format, typer.Option("--format", help="How problems are printed.")] = _Format.full,
) -> None:
    """Look for mistakes in cue files and say how to mend them.

    Example:  cuecoach cues check my-cues.yaml

    Exits with 0 when they can be used (warnings are allowed), 1 when there are errors.
    """
    from cuecoach.diagnostics import render, summary

    checked = check_files(paths)
    found = checked.diagnostics
    if style is _Format.json:
        terminal.expect_json()
    if found or style is _Format.json:
        typer.echo(render(found, style.value))
    if style is _Format.full and found:
        typer.echo()
    if style in (_Format.full, _Format.concise):
        rules = len(checked.rules.rules)
        tail = "" if found else f": {rules} rules" if rules != 1 else ": 1 rule"
        typer.echo(summary(found, len(checked.files)) + tail)
    if checked.has_errors:
        raise typer.Exit(1)
