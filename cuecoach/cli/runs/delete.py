"""`cuecoach runs delete`: what is deleted is gone."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cuecoach.cli.arguments import StoreFile
from cuecoach.cli.runs.opening import find, open_store
from cuecoach.cli.runs.words import sentence
from cuecoach.errors import UsageError


def delete(
    runs: Annotated[list[str] | None, typer.Argument(help="Their numbers, or `last`.", show_default=False)] = None,
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
    if all_ == bool(runs):
        raise UsageError("name the runs to delete, such as `cuecoach runs delete 3`, or all of them with `--all`")
    if forget and not all_:
        raise UsageError("--forget goes with --all; what is known of a runner cannot be taken apart by run")
    with open_store(store) as kept:
        heads = (
            kept.heads()
            if runs is None
            else list({head.number: head for head in (find(kept, n) for n in runs)}.values())
        )
        for head in heads[:20]:
            typer.echo(sentence(head), err=True)
        if len(heads) > 20:
            typer.echo(f"… and {len(heads) - 20} more", err=True)
        known = _runner_files() if forget else []
        for path in known:
            typer.echo(f"known of a runner: {path.name}", err=True)
        if not yes:
            _ask(len(heads), len(known))
        deleted = kept.delete_all() if all_ else kept.delete([head.number for head in heads])
    for path in known:
        path.unlink(missing_ok=True)
    typer.echo(f"{deleted} {'run' if deleted == 1 else 'runs'} deleted" + (", and what was known" if known else ""))


def _ask(runs: int, known: int) -> None:
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError("deleting is for good; add --yes where nobody can be asked")
    more = " and everything that is known of the runners" if known else ""
    if not typer.confirm(f"Delete {runs} {'run' if runs == 1 else 'runs'}{more} for good?", err=True):
        raise typer.Exit(1)


def _runner_files() -> list[Path]:
    from cuecoach.runnerfile import runners_folder

    return sorted(runners_folder().glob("*.json"))
