"""`cuecoach cues check`: look for mistakes in cue files, and see how often they would have spoken."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cuecoach.cli import terminal
from cuecoach.cli.cues.files import Paths, check_files
from cuecoach.errors import UsageError

if TYPE_CHECKING:
    from cuecoach.config import RunConfig
    from cuecoach.diagnostics import Diagnostic
    from cuecoach.offline import Replay
    from cuecoach.rules.load import Checked
    from cuecoach.rules.rule import Rule


class _Format(StrEnum):
    full = "full"
    concise = "concise"
    json = "json"
    github = "github"


def check(
    paths: Paths = None,
    style: Annotated[_Format, typer.Option("--format", help="How problems are printed.")] = _Format.full,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    config: Annotated[
        str | None,
        typer.Option(
            metavar="CONFIG",
            help="Warn of what no sensor of this config gives, or not so exactly; its cues if no file is named.",
        ),
    ] = None,
    against: Annotated[
        Path | None, typer.Option(metavar="RECORDING", help="Tell how often each rule would have spoken in this run.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(metavar="CODE", help="Tell what has no translation into this language: de.")
    ] = None,
) -> None:
    """Look for mistakes in cue files and say how to mend them; with --against, try them on a run.

    Example:  cuecoach cues check my-cues.yaml --against run.fit

    Exits with 0 when they can be used (warnings are allowed), 1 when there are errors.
    """
    from cuecoach.config import load_config
    from cuecoach.diagnostics import render, summary

    style = _Format.json if as_json else style
    settings = load_config(config)
    checked = check_files([*settings.cues] if config is not None and not paths else paths)
    rules = checked.rules.rules
    found = list(checked.diagnostics)
    if config is not None:
        found += _not_measured(rules, settings)
        for line in _not_trusted(rules, settings):
            terminal.note(line)
    rules, untold = _in_language(rules, language)
    run = None
    if against is not None and not checked.has_errors:
        spoken, _ = (rules, untold) if language is not None else _in_language(rules, settings.voice.language)
        run = _try(spoken, settings, against)
    if style is _Format.json:
        terminal.expect_json()
        typer.echo(_json(found, run, untold, whole=against is not None or language is not None))
    else:
        if found:
            typer.echo(render(found, style.value))
        if style is _Format.full and found:
            typer.echo()
        if style is not _Format.github:
            typer.echo(summary(found, len(checked.files)) + ("" if found else f": {_count(len(rules), 'rule')}"))
        for line in untold:
            typer.echo(line)
        _tell(run, checked, against)
    if checked.has_errors:
        raise typer.Exit(1)


def _not_measured(rules: Sequence[Rule], settings: RunConfig) -> list[Diagnostic]:
    from cuecoach.coverage import metrics_given
    from cuecoach.rules.lints import lint_for_sensors

    return lint_for_sensors([rule for rule in rules if rule.enabled], metrics_given(settings))


def _not_trusted(rules: Sequence[Rule], settings: RunConfig) -> list[str]:
    """Return a line for each rule that asks more of a sensor of the config than that can tell."""
    from cuecoach.coaching.trusted import claims_of_rule, distrust
    from cuecoach.coverage import ExpectedTrust, metrics_given
    from cuecoach.signals.trust import BIASED, EXACT_RATE_HZ

    expected, given, out = ExpectedTrust(settings), metrics_given(settings), list[str]()
    for rule in rules:
        claims, where = claims_of_rule(rule), f"{rule.path}:{rule.line}: `{rule.id}`"
        if not rule.enabled or rule.metrics - given:
            continue  # it says nothing, or is told to be silent already
        why = distrust(claims, expected)
        exact = sorted(claims.absolute & BIASED)
        if why is not None:
            mend = "add a condition on another metric" if claims.logged else "compare it with `baseline`"
            out.append(f"{where} stays silent: {why}; {mend}")
        elif exact:
            names = " and ".join(exact)
            needs = f"raw samples at {EXACT_RATE_HZ:.0f} Hz or more"
            out.append(
                f"{where} holds {names} against a plain number: it speaks with {needs} only, not with a pod or watch; "
                "compare with `baseline` for all"
            )
    return out


def _in_language(rules: tuple[Rule, ...], language: str | None) -> tuple[tuple[Rule, ...], list[str]]:
    """Return the rules in that language, and a line for each text that stays as it is."""
    if language is None:
        return rules, []
    from cuecoach.config import bundled
    from cuecoach.rules.translations import translated

    found = translated(rules, language, search=bundled("cues"))
    return found.rules, [
        f"{missing.path}:{missing.line}: {missing.rule}: “{missing.text}” is not translated into {found.language}"
        for missing in found.missing
    ]


# ---------------------------------------------------------------- against a run
def _try(rules: Sequence[Rule], settings: RunConfig, recording: Path) -> Replay:
    from cuecoach.coach import Coach
    from cuecoach.offline import coach_recording
    from cuecoach.sensors.recordings.recording import open_recording

    speaking = [rule for rule in rules if rule.enabled]
    if not speaking:
        raise UsageError("every rule of these cue files is off; set `enabled: true` in one to try it on a run")
    coach = Coach(settings, speaking)
    opened = open_recording(recording)
    done = coach_recording(coach, opened)
    done.notes += opened.notes
    return done


def _tell(run: Replay | None, checked: Checked, recording: Path | None) -> None:
    if run is None or recording is None:
        return
    from cuecoach.history import RuleTally, tally
    from cuecoach.timeline import clock

    for note in run.notes:
        terminal.note(note)
    found = tally(run)

    def heard(t: RuleTally) -> str:
        counts = [(t.cues, "cue"), (t.beats, "beat")]
        text = ", ".join(_count(n, word) for n, word in counts if n) or "silent"
        text += f", praise {t.praise}×" if t.praise else ""
        return text + (f", first at {clock(t.first)}" if t.first is not None else "")

    times = sum(t.cues + t.beats for t in found)
    typer.echo(f"\nwould have spoken {_count(times, 'time')} in {clock(run.duration_s)} of {recording.name}")
    wide, told = max(len(t.rule) for t in found), max(len(heard(t)) for t in found)
    for t in found:
        why = f"{t.silent_because} ({100 * t.share:.0f} % of the time)"
        typer.echo(f"  {t.rule:<{wide}}  {heard(t):<{told}}  {why}")
    off = [rule.id for rule in checked.rules.rules if not rule.enabled]
    if off:
        typer.echo(f"  off: {', '.join(off)}")


def _json(found: list[Diagnostic], run: Replay | None, untold: list[str], *, whole: bool) -> str:
    """Return the diagnostics alone, or an object with them and what else was asked for."""
    from cuecoach.diagnostics import render

    if not whole:
        return render(found, "json")
    out: dict[str, object] = {"diagnostics": json.loads(render(found, "json")), "untranslated": untold, "against": None}
    if run is not None:
        from cuecoach.history import tally

        rules = [asdict(t) for t in tally(run)]
        times = sum(t.cues + t.beats for t in tally(run))
        out["against"] = {"duration_s": run.duration_s, "spoken": times, "notes": run.notes, "rules": rules}
    return json.dumps(out, indent=2, ensure_ascii=False)


def _count(n: int, word: str) -> str:
    return f"{n} {word}" + ("" if n == 1 else "s")
