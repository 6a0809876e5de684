"""`cuecoach runs delete`: what is deleted is gone."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cuecoach.cli.arguments import StoreFile
from cuecoach.cli.runs.opening import WhichRuns, open_store
from cuecoach.cli.runs.words import sentence
from cuecoach.errors import UsageError

if TYPE_CHECKING:
    from cuecoach.store import RunHead


def delete(
    runs: WhichRuns = None,
    all_: Annotated[bool, typer.Option("--all", help="Every run.")] = False,
    forget: Annotated[
        bool, typer.Option("--forget", help="With --all: also what is known of every runner, plans too.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    store: StoreFile = None,
) -> None:
    """Delete runs for good: nothing of them stays in the file.

    What was learnt from them (your baseline, words that helped, the plan) stays, unless you add --forget.

    Example:  cuecoach runs delete 3 4
    """
    from cuecoach.store import store_path

    if all_ == bool(runs):
        raise UsageError("name the runs to delete, such as `cuecoach runs delete 3`, or all of them with `--all`")
    if forget and not all_:
        raise UsageError("--forget goes with --all; what is known of a runner cannot be taken apart by run")
    known = _runner_files() if forget else []
    with ExitStack() as opened:
        # What is known of a runner can be forgotten where no run was ever kept.
        kept = None if known and not store_path(store).exists() else opened.enter_context(open_store(store))
        if kept is None:
            heads: list[RunHead] = []
        elif runs is None:
            heads = kept.heads()
        else:
            heads = list({head.number: head for head in (kept.find(n) for n in runs)}.values())
        for head in heads[:20]:
            typer.echo(sentence(head), err=True)
        if len(heads) > 20:
            typer.echo(f"… and {len(heads) - 20} more", err=True)
        for path in known:
            typer.echo(f"known of a runner: {path.name}", err=True)
        if not heads and not known:
            typer.echo("there is nothing to delete")
            return
        if not yes:
            _ask(len(heads), len(known))
        deleted = 0 if kept is None else kept.delete([head.number for head in heads])
    _forget(known)
    typer.echo(f"{deleted} {'run' if deleted == 1 else 'runs'} deleted" + (", and what was known" if known else ""))


def _ask(runs: int, known: int) -> None:
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError("deleting is for good; add --yes where nobody can be asked")
    more = " and everything that is known of the runners" if known else ""
    if not typer.confirm(f"Delete {runs} {'run' if runs == 1 else 'runs'}{more} for good?", err=True):
        raise typer.Exit(1)


def _forget(files: list[Path]) -> None:
    for path in files:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise UsageError(f"{path} cannot be deleted ({error.strerror}); delete it yourself") from error


def _runner_files() -> list[Path]:
    from cuecoach.runnerfile import runners_folder

    return sorted(runners_folder().glob("*.json"))
