"""`cuecoach cues`: check cue files, and read what is in them."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cuecoach.cli import terminal

if TYPE_CHECKING:
    from cuecoach.rules.load import Checked
    from cuecoach.rules.rule import Rule

app = typer.Typer(name="cues", no_args_is_help=True, help="Everything about cue files: when to speak, and what.")


class _Format(StrEnum):
    full = "full"
    concise = "concise"
    json = "json"
    github = "github"


_Paths = Annotated[
    list[str] | None,
    typer.Argument(help="Cue files, folders, or bundled names like `posture`; all bundled files if left out."),
]


@app.command()
def check(
    paths: _Paths = None,
    style: Annotated[_Format, typer.Option("--format", help="How problems are printed.")] = _Format.full,
) -> None:
    """Look for mistakes in cue files and say how to mend them.

    Example:  cuecoach cues check my-cues.yaml

    Exits with 0 when they can be used (warnings are allowed), 1 when there are errors.
    """
    from cuecoach.diagnostics import render, summary

    checked = _check(paths)
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


@app.command("list")
def list_(
    paths: _Paths = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON array instead.")] = False,
) -> None:
    """Read every rule before the run: when it speaks, what it says, and how well that is supported.

    Example:  cuecoach cues list posture
    """
    from cuecoach.errors import DocumentError

    checked = _check(paths)
    if checked.has_errors:
        from cuecoach.diagnostics import one_line

        raise DocumentError(one_line(checked.diagnostics), checked.diagnostics)
    rules = checked.rules.rules
    if as_json:
        terminal.expect_json()
        typer.echo(json.dumps([_facts(rule) for rule in rules], indent=2, ensure_ascii=False))
    else:
        typer.echo("\n\n".join(_sheet(rule) for rule in rules))


def _check(paths: list[str] | None) -> Checked:
    from cuecoach.rules.load import check_rules

    if not paths:
        from cuecoach.config import bundled

        return check_rules([_shorter(bundled("cues"))])
    if all(Path(path).exists() for path in paths):
        return check_rules(paths)
    from cuecoach.config import bundled

    return check_rules(paths, search=bundled("cues"))


def _shorter(path: Path) -> Path:
    """Return the path as one would type it from here, where that is shorter."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _facts(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "about": rule.about,
        "focus": rule.focus,
        "enabled": rule.enabled,
        "when": rule.when.text,
        "hold_s": rule.hold_s,
        "until": rule.until.text if rule.until else None,
        "only_if": rule.only_if.text if rule.only_if else None,
        "cooldown_s": rule.cooldown_s,
        "limit": str(rule.limit) if rule.limit else None,
        "beat_s": rule.beat_s,
        "say": list(rule.say),
        "praise": rule.praise,
        "evidence": rule.evidence,
        "because": rule.because,
        "file": rule.path,
        "line": rule.line,
    }


def _sheet(rule: Rule) -> str:
    from cuecoach.rules.words import plain

    def words(text: str) -> str:
        from cuecoach.rules.parser import parse

        return plain(parse(text))

    often = f"{rule.cooldown_s:g} s later at the earliest" + (f", {rule.limit} at most" if rule.limit else "")
    beat = f"a beat for {rule.beat_s:g} s" if rule.beat_s is not None else ""
    spoken = " · ".join(rule.say)
    rows = [
        ("why", rule.about),
        ("when", f"{words(rule.when.text)}, for {rule.hold_s:g} s"),
        ("only if", words(rule.only_if.text) if rule.only_if else ""),
        ("until", words(rule.until.text) if rule.until else ""),
        ("again", often if rule.repeat else "not until it is mended and comes back"),
        ("first", beat if spoken else ""),
        ("says", spoken or beat),
        ("praise", rule.praise or ""),
        ("evidence", " – ".join(part for part in (rule.evidence, rule.because) if part)),
    ]
    state = "on" if rule.enabled else "off"
    head = f"{rule.id}  ({rule.focus}, {state})  {rule.path}:{rule.line}"
    return "\n".join([head, *(f"  {name:<9}{text}" for name, text in rows if text)])
