"""`cuecoach runs import`: runs of other programs as history."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cuecoach.cli import terminal
from cuecoach.cli.arguments import StoreFile
from cuecoach.cli.runs.opening import open_store
from cuecoach.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from cuecoach.coaching.knowledge import Knowledge
    from cuecoach.config import RunConfig
    from cuecoach.importing import Heard, Learned
    from cuecoach.store import Store


def import_(
    files: Annotated[list[Path], typer.Argument(help="FIT files, and folders of them.", show_default=False)],
    runner: Annotated[str, typer.Option(metavar="NAME", help="Whose runs they are.")] = "default",
    config: Annotated[
        str | None,
        typer.Option(metavar="CONFIG", help="How these runs were set up: `treadmill`.", show_default=False),
    ] = None,
    store: StoreFile = None,
) -> None:
    """Take in runs that another program recorded: what is normal for you is learnt from them, and they are kept.

    Nothing is said of them as they are heard; a run that is there already counts once.

    Example:  cuecoach runs import old-runs/
    """
    from cuecoach import runnerfile
    from cuecoach.cli.plan_questions import runner_named
    from cuecoach.coaching.safety import unraised
    from cuecoach.config import load_config
    from cuecoach.importing import fit_files, learn_from, run_key

    paths: list[Path] = []
    for path in files:
        if not path.exists():
            raise UsageError(f"`{path}` does not exist; give FIT files or a folder of them")
        paths += fit_files(path)
    # Nobody asked these runs for a quicker cadence.
    settings, who = unraised(load_config(config)), runner_named(runner)
    known = runnerfile.load(who, terminal.note)
    runs = learnt = 0
    minutes = 0.0
    metrics: dict[str, None] = {}
    paths = list(dict.fromkeys(paths))
    with open_store(store, create=True) as kept, _progress(len(paths)) as step:
        seen = {run_key(head.started, head.duration_s) for head in kept.heads(runner=runner)}
        try:
            for each in learn_from(paths, known, settings, seen):
                before, known = known, each.knowledge
                step(each.path.name)
                if each.heard is not None and _is_no_run(each.heard):
                    terminal.note(f"`{each.path}` holds no running")
                    continue
                if each.why_not:
                    terminal.note(each.why_not)
                if each.heard is not None:
                    with _uninterrupted():  # file by file: the next one may be stopped by hand
                        _take_in(kept, who, runner, each, each.heard, settings, before)
                        runs, minutes = runs + 1, minutes + each.running_min
                if not each.why_not:
                    learnt += 1
                    metrics.update(dict.fromkeys(each.metrics))
        except KeyboardInterrupt:
            terminal.note(f"stopped; {runs} of {len(paths)} taken in, type the same again for the others")
            raise
    told = f"; what is normal for {runner} was learnt from {learnt}: {', '.join(metrics)}" if learnt else ""
    typer.echo(f"{runs} of {len(paths)} taken in, {minutes:.0f} min of running{told}")
    if not runs:
        raise typer.Exit(1)


def _is_no_run(heard: Heard) -> bool:
    """Return whether it was seen that nobody ran; where that cannot be seen, it is a run."""
    seen = {second.activity for second in heard.seconds}
    return "running" not in seen and bool(seen & {"walking", "still"})


def _take_in(
    store: Store, who: str | Path, runner: str, run: Learned, heard: Heard, config: RunConfig, before: Knowledge
) -> None:
    """Keep a run and what it taught: both or neither, for a run that is kept is not learnt from again."""
    from cuecoach import runnerfile

    if not run.why_not:
        runnerfile.save(who, run.knowledge)
    try:
        _keep(store, runner, run, heard, config, before)
    except BaseException:
        if not run.why_not:
            runnerfile.save(who, before)
        raise


@contextmanager
def _uninterrupted() -> Generator[None]:
    """Let a Ctrl-C wait until what is inside is done."""
    import signal
    import threading

    if threading.current_thread() is not threading.main_thread():  # it gets no signals
        yield
        return
    wanted: list[int] = []
    usual = signal.signal(signal.SIGINT, lambda number, frame: wanted.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
    if wanted:
        raise KeyboardInterrupt


def _keep(store: Store, runner: str, run: Learned, heard: Heard, config: RunConfig, before: Knowledge) -> None:
    """Keep a run that was taken in."""
    from datetime import UTC, datetime

    from cuecoach.recorder import setup_of
    from cuecoach.rules.rule_json import rules_to_json
    from cuecoach.runrecord import RunRecord, WornSensor
    from cuecoach.runsummary import summarise
    from cuecoach.store import NewRun

    # A file without a date: when it was last written is the best guess.
    started = run.started or datetime.fromtimestamp(run.path.stat().st_mtime, UTC)
    started = started.astimezone()
    record = RunRecord(0, runner, started, heard.duration_s, "imported", seconds=heard.seconds, actions=heard.actions)
    store.import_run(
        NewRun(runner, "imported", started, run.path.name, config.focus, setup_of(config, (), before, {})),
        rules_to_json,
        events=heard.events,
        actions=heard.actions,
        seconds=heard.seconds,
        sensors=[WornSensor(run.path.name, None, "recording")],
        duration_s=heard.duration_s,
        summary=summarise(record),
        knowledge=run.knowledge.to_json(),
    )


@contextmanager
def _progress(total: int) -> Generator[Callable[[str], None]]:
    """Show on a terminal how far it is; nothing in a pipe."""
    import sys

    if total < 2 or not sys.stderr.isatty():
        yield lambda name: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=total)
        yield lambda name: progress.update(task, advance=1, description=name)
