"""`cuecoach replay`: coach a recorded or stored run again, and tell what would have been heard."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cuecoach.cli import terminal
from cuecoach.cli.arguments import CadenceUnit, ConfigName, CueNames, FileCadence, RecordingOrRun, StoreFile, WornAt
from cuecoach.cli.known_runner import OfRunner
from cuecoach.errors import UsageError

if TYPE_CHECKING:
    from cuecoach.cli.coached_again import Subject
    from cuecoach.offline import Replay


def replay(
    recording: RecordingOrRun,
    config: ConfigName = None,
    cues: CueNames = None,
    audio: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write what the runner would have heard (.wav, .flac).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print every decision and sound as JSON lines.")] = False,
    realtime: Annotated[bool, typer.Option("--realtime", help="Play it at the speed of life.")] = False,
    compare: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CUES",
            help="Coach it by these too and tell what changes from them; `own` are the run's or the config's; may be repeated.",
        ),
    ] = None,
    runner: OfRunner = None,
    place: WornAt = None,
    cadence_unit: FileCadence = CadenceUnit.auto,
    store: StoreFile = None,
) -> None:
    """Coach a run again: what was said, and why.

    A run of the store, by its own rules, gives the very decisions it had. With --realtime, cue files that you change and save
    on the way count as in a live run. With --runner, the coach knows what earlier runs showed. Nothing that it learns is kept.

    Example:  cuecoach replay run.fit easy-run --audio run.wav

    Example:  cuecoach replay last --cues my-cues.yaml --compare own
    """
    from cuecoach.cli.coached_again import subject
    from cuecoach.cli.options import check_sound_file, parse_place

    if realtime and as_json:
        raise UsageError("--json is for a replay at full speed; leave out --realtime")
    if compare and (realtime or audio is not None):
        raise UsageError("--compare tells what changes; leave out --realtime and --audio")
    worn = parse_place(place)
    if audio is not None:
        check_sound_file(audio)
    with subject(recording, config, store=store, runner=runner, place=worn, cadence_unit=cadence_unit) as run:
        if compare:
            _compare(run, cues, compare, as_json=as_json)
        elif realtime:
            _in_real_time(run, cues, audio)
        else:
            _at_full_speed(run, cues, audio, as_json=as_json)


def _at_full_speed(run: Subject, cues: list[str] | None, audio: Path | None, *, as_json: bool) -> None:
    from cuecoach.cli import show
    from cuecoach.events import Note
    from cuecoach.timeline import json_lines

    done = run.coached(cues)
    _tell(done.notes)
    if not as_json:  # there they are lines of their own
        _tell([action.text for action in done.actions if isinstance(action, Note)])
    if audio is not None:
        from cuecoach.rendering import render

        problem = render(done, audio, run.settings)
        if problem:
            terminal.note(problem)
    if as_json:
        terminal.expect_json()
        for line in json_lines(done.actions):
            typer.echo(line)
        return
    console = terminal.open_console()
    show.timeline(console, done)
    show.summary(console, done)
    if audio is not None:
        console.print(f"Sound: {audio}")


def _in_real_time(run: Subject, cues: list[str] | None, audio: Path | None) -> None:
    from cuecoach.cli.live_run import run_live
    from cuecoach.live import FedSensor
    from cuecoach.reloading import CueWatcher
    from cuecoach.rules import load_translated

    settings, feed = run.settings, run.feed()
    language = settings.voice.language
    watcher = CueWatcher(cues or settings.cues, language=language)
    speaking = load_translated(cues or settings.cues, language)
    run_live(
        settings,
        speaking.rules,
        [FedSensor(feed, run.name)],
        until=None,
        record=audio,
        watcher=watcher,
        knowledge=run.knowledge,
    )
    _tell([*run.notes, *([speaking.note] if speaking.note else [])])


def _compare(run: Subject, cues: list[str] | None, others: list[str], *, as_json: bool) -> None:
    """Tell what changes from each of the `others` to the cue files in use."""
    from cuecoach.cli.coached_again import OWN
    from cuecoach.cli.runs.words import hanging
    from cuecoach.comparing import compare

    def coached(names: list[str] | None) -> tuple[str, Replay]:
        own = names is None or names == [OWN]
        done = run.coached(None if own else names)
        return OWN if own or names is None else ", ".join(names), done

    name, now = coached(cues)
    _tell(now.notes)
    found = [compare(was, now, (other, name)) for other, was in (coached([each]) for each in others)]
    if as_json:
        terminal.expect_json()
        typer.echo(json.dumps([each.to_json() for each in found], indent=2, ensure_ascii=False))
        return
    console = terminal.open_console()
    for number, each in enumerate(found):
        if number:
            console.print()
        for line in each.lines():
            console.print(hanging(line, console.width), soft_wrap=True)


def _tell(notes: list[str]) -> None:
    for note in notes:
        terminal.note(note)
