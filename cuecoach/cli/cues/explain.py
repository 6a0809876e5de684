"""`cuecoach cues explain`: the history of one rule over a recorded run, or one moment of it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cuecoach.cli import terminal
from cuecoach.cli.arguments import (
    CadenceUnit,
    ConfigName,
    CueNames,
    FileCadence,
    RecordingOrRun,
    StoreFile,
    WornAt,
    names_run,
)
from cuecoach.cli.known_runner import OfRunner, known_of
from cuecoach.errors import UsageError

if TYPE_CHECKING:
    from cuecoach.config import RunConfig
    from cuecoach.events import Place
    from cuecoach.history import History
    from cuecoach.rules import Rule

_CLOCK = re.compile(r"(?:(\d+):)?(\d+):([0-5]\d)")


def explain(
    rule: Annotated[str, typer.Argument(help="The name of the rule: run-tall.", show_default=False)],
    recording: RecordingOrRun,
    config: ConfigName = None,
    cues: CueNames = None,
    at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Look at one moment: 12:30, 1:02:03, '750 s'.", show_default=False),
    ] = None,
    runner: OfRunner = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")] = False,
    place: WornAt = None,
    cadence_unit: FileCadence = CadenceUnit.auto,
    store: StoreFile = None,
) -> None:
    """Tell why a rule spoke or was silent in a run: when it held, what reset it, and what it waited for.

    A run of the store is explained as it was, unless other cue files or another config are named.

    Example:  cuecoach cues explain run-tall run.fit --at 12:30

    Example:  cuecoach cues explain run-tall last
    """
    from cuecoach.cli.cues.explained import facts, print_history, print_moment
    from cuecoach.cli.options import parse_place

    worn, moment = parse_place(place), None if at is None else read_time(at)
    if names_run(recording):
        name = f"run {recording}"
        history = _of_run(str(recording), rule, config, cues, moment, store)
    else:
        name = recording.name
        history = _of_recording(recording, rule, config, cues, moment, runner, worn, cadence_unit)
    if as_json:
        terminal.expect_json()
        typer.echo(json.dumps(facts(history), indent=2, ensure_ascii=False))
    elif moment is not None:
        print_moment(terminal.open_console(), history)
    else:
        print_history(terminal.open_console(), history, name)


def _of_recording(
    recording: Path,
    rule: str,
    config: str | None,
    cues: Sequence[str | Path] | None,
    at: float | None,
    runner: str | None,
    place: Place | None,
    cadence_unit: CadenceUnit,
) -> History:
    from cuecoach.config import load_config
    from cuecoach.history import trace
    from cuecoach.offline import coach_recording
    from cuecoach.sensors.recordings.recording import open_recording

    settings = load_config(config)
    rules = _rules(rule, cues or settings.cues, settings)
    known = None if runner is None else known_of(runner)
    opened = open_recording(recording, place=place, cadence_unit=cadence_unit.value)
    history = trace(lambda coach: coach_recording(coach, opened), settings, rules, rule, at=at, knowledge=known)
    for note in opened.notes:
        terminal.note(note)
    return history


def _of_run(
    which: str, rule: str, config: str | None, cues: Sequence[str | Path] | None, at: float | None, store: Path | None
) -> History:
    from cuecoach.cli.runs.opening import open_store
    from cuecoach.config import load_config
    from cuecoach.history import trace
    from cuecoach.rules.translations import notices_in
    from cuecoach.stored import as_it_was, open_run, otherwise

    with open_store(store) as kept:
        run = open_run(kept, which)
        if config is None and cues is None:
            return trace(
                lambda coach: as_it_was(coach, run.events()),
                run.config,
                run.rules,
                rule,
                at=at,
                knowledge=run.knowledge,
                notices=run.notices,
            )
        settings = run.config if config is None else load_config(config)
        rules = _rules(rule, cues or settings.cues, settings)
        return trace(
            lambda coach: otherwise(coach, run.events()),
            settings,
            rules,
            rule,
            at=at,
            knowledge=run.knowledge,
            notices=notices_in(settings.voice.language, rules),
        )


def read_time(text: str) -> float:
    """Return a moment of a run in seconds: ``12:30``, ``1:02:03``, ``750 s``, ``12 min``.

    Raises
    ------
    UsageError
        It is none of these.
    """
    found = _CLOCK.fullmatch(text.strip())
    if found is not None and not (found[1] and int(found[2]) > 59):
        return int(found[1] or 0) * 3600.0 + int(found[2]) * 60.0 + int(found[3])
    if ":" not in text:
        from cuecoach.units import parse_quantity

        seconds = parse_quantity(text, "time", example="12:30")
        if seconds >= 0.0:
            return seconds
    raise UsageError(
        f"`{text}` is no moment of a run; write for example `--at 12:30`, `--at 1:02:03` or `--at '750 s'`"
    )


def _rules(wanted: str, cues: Sequence[str | Path], settings: RunConfig) -> tuple[Rule, ...]:
    """Return the rules as the run would have them; the wanted one is on, even where its file switches it off."""
    from cuecoach.config import bundled
    from cuecoach.rules.load import load_rules
    from cuecoach.rules.translations import translated

    found: list[Rule] = []
    library = bundled("cues")
    for rule in load_rules(cues, search=library).rules:
        if rule.id == wanted and not rule.enabled:
            terminal.note(f"`{rule.id}` is off in {rule.path}; this is as if it were on")
            found.append(replace(rule, enabled=True))
        else:
            found.append(rule)
    if wanted not in {rule.id for rule in found}:
        elsewhere = load_rules([library]).get(wanted)
        if elsewhere is not None:
            file = Path(elsewhere.path).stem
            raise UsageError(
                f"the rule `{wanted}` is in `{file}`, which is not among these cue files; add `--cues {file}`"
            )
    return translated(found, settings.voice.language, search=library).rules
