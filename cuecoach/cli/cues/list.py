"""`cuecoach cues list`: read every rule before the run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from cuecoach.cli import terminal
from cuecoach.cli.cues.files import Paths, check_files

if TYPE_CHECKING:
    from cuecoach.rules.rule import Rule


def list_(
    paths: Paths = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON array instead.")] = False,
) -> None:
    """Read every rule before the run: when it speaks, what it says, and how well that is supported.

    Example:  cuecoach cues list posture
    """
    from cuecoach.errors import DocumentError

    checked = check_files(paths)
    if checked.has_errors:
        from cuecoach.diagnostics import one_line

        raise DocumentError(one_line(checked.diagnostics), checked.diagnostics)
    rules = checked.rules.rules
    if as_json:
        terminal.expect_json()
        typer.echo(json.dumps([_facts(rule) for rule in rules], indent=2, ensure_ascii=False))
    else:
        typer.echo("\n\n".join(_sheet(rule) for rule in rules))


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
