"""`cuecoach cues list`: read every rule before the run."""

from __future__ import annotations

import difflib
import json
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from cuecoach.cli import terminal
from cuecoach.cli.cues.files import Paths
from cuecoach.cli.cues.wording import read_rules
from cuecoach.cli.known_runner import known_of
from cuecoach.errors import UsageError

if TYPE_CHECKING:
    from cuecoach.rules.expression import Expression
    from cuecoach.rules.rule import Rule


def list_(
    paths: Paths = None,
    focus: Annotated[
        str | None, typer.Option(metavar="GROUP", help="Only rules of this focus: posture.", show_default=False)
    ] = None,
    language: Annotated[
        str | None, typer.Option(metavar="CODE", help="Show the words in this language: de.", show_default=False)
    ] = None,
    runner: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Tell instead what the words did for this runner, or anna.json.", show_default=False
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON array instead.")] = False,
) -> None:
    """Read every rule before the run: when it speaks, what it says, and how well that is supported.

    Example:  cuecoach cues list posture

    With --runner, how often each wording helped, and how much of the fault it took away.
    """
    rules = _of_focus(read_rules(paths, language), focus)
    known = None if runner is None else known_of(runner).words
    if as_json:
        from cuecoach.cli.cues import known_words

        found = [_facts(rule) for rule in rules]
        if known is not None:
            for facts, rule in zip(found, rules, strict=True):
                facts["known"] = known_words.facts(known.of(rule.id))
        terminal.expect_json()
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    if known is not None:
        from cuecoach.cli.cues import known_words

        typer.echo("\n".join(known_words.lines(rules, known)))
        return
    files = [(path, list(group)) for path, group in groupby(rules, key=lambda rule: rule.path)]
    sheets = [
        "\n\n".join([*([_heading(path, group)] if len(files) > 1 else []), *(_sheet(rule) for rule in group)])
        for path, group in files
    ]
    typer.echo("\n\n\n".join(sheets))


def _of_focus(rules: Sequence[Rule], focus: str | None) -> list[Rule]:
    if focus is None:
        return list(rules)
    known = list(dict.fromkeys(rule.focus for rule in rules))
    if focus not in known:
        close = difflib.get_close_matches(focus, known, n=1)
        mend = f"did you mean `{close[0]}`?" if close else f"there are: {', '.join(known)}"
        raise UsageError(f"no rule here has the focus `{focus}`; {mend}")
    return [rule for rule in rules if rule.focus == focus]


def _facts(rule: Rule) -> dict[str, object]:
    """Return everything about a rule; seconds are of type float, what is not set is null."""
    from cuecoach.rules.rule import PRIORITIES

    follows = rule.if_no_change
    return {
        "id": rule.id,
        "about": rule.about,
        "focus": rule.focus,
        "enabled": rule.enabled,
        "language": rule.language,
        "when": rule.when.text,
        "hold_s": rule.hold_s,
        "until": rule.until.text if rule.until else None,
        "only_if": rule.only_if.text if rule.only_if else None,
        "metrics": sorted(rule.metrics),
        "cooldown_s": rule.cooldown_s,
        "limit": str(rule.limit) if rule.limit else None,
        "priority": next(name for name, value in PRIORITIES.items() if value == rule.priority),
        "repeat": rule.repeat,
        "beat_s": rule.beat_s,
        "say": list(rule.say),
        "if_no_change": {"say": list(follows.say), "drill": list(follows.drill)} if follows else None,
        "recordings": {text: {"file": r.path, "duration_s": r.duration_s} for text, r in rule.recordings.items()},
        "praise": rule.praise,
        "evidence": rule.evidence,
        "because": rule.because,
        "file": rule.path,
        "line": rule.line,
    }


# ---------------------------------------------------------------- for people
def _heading(path: str, rules: Sequence[Rule]) -> str:
    text = f"{path}: {len(rules)} rule{'s' if len(rules) != 1 else ''}"
    return f"{text}\n{'=' * len(text)}"


def _sheet(rule: Rule) -> str:
    from pathlib import Path

    from cuecoach.rules.rule import PRIORITIES, NoChange

    def words(expression: Expression) -> str:
        from cuecoach.rules.parser import parse
        from cuecoach.rules.words import plain

        return plain(parse(expression.text))

    def said(texts: Sequence[str], between: str = " · ") -> str:
        found = [(text, rule.recordings.get(text)) for text in texts]
        return between.join(f"{text} ({Path(r.path).name}, {r.duration_s:.1f} s)" if r else text for text, r in found)

    often = f"{rule.cooldown_s:g} s later at the earliest" + (f", {rule.limit} at most" if rule.limit else "")
    beat = f"a beat for {rule.beat_s:g} s" if rule.beat_s is not None else ""
    follows = rule.if_no_change or NoChange()
    usual = rule.priority == PRIORITIES["normal"]
    rows = [
        ("why", rule.about),
        ("when", f"{words(rule.when)}, for {rule.hold_s:g} s"),
        ("only if", words(rule.only_if) if rule.only_if else ""),
        ("until", words(rule.until) if rule.until else ""),
        ("again", often if rule.repeat else "not until it is mended and comes back"),
        ("priority", "" if usual else next(name for name, value in PRIORITIES.items() if value == rule.priority)),
        ("first", beat if rule.say else ""),
        ("says", said(rule.say) or beat),
        ("then", said(follows.say)),
        ("drill", said(follows.drill, " – ")),
        ("praise", said((rule.praise,)) if rule.praise else ""),
        ("evidence", " – ".join(part for part in (rule.evidence, rule.because) if part)),
    ]
    marks = [rule.focus, "on" if rule.enabled else "off", *([] if rule.language == "en" else [rule.language])]
    head = f"{rule.id}  ({', '.join(marks)})  {rule.path}:{rule.line}"
    return "\n".join([head, *(f"  {name:<9}{text}" for name, text in rows if text)])
