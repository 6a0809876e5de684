"""A runner named on the command line: what is known of one, and where nothing is, who else there is. Nothing is written."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from cuecoach.errors import UsageError

if TYPE_CHECKING:
    from cuecoach.coaching.knowledge import Knowledge

#: The option of commands that look at what is known.
OfRunner = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="With what is known of this runner, or of a file of one: anna.json.", show_default=False
    ),
]


def known_of(runner: str) -> Knowledge:
    """Return what is known of a runner.

    Parameters
    ----------
    runner
        A name as in a config, or the path of a `.json` file.

    Raises
    ------
    UsageError
        Nothing is kept of this runner, or the file cannot be read.
    """
    from cuecoach.cli import terminal
    from cuecoach.cli.plan_questions import runner_named
    from cuecoach.runnerfile import load, runner_path, runners_folder

    named = runner_named(runner)
    path = runner_path(named)
    if not path.exists():
        others = sorted(each.stem for each in runners_folder().glob("*.json") if ".broken" not in each.name)
        mend = f"there are: {', '.join(others)}" if others else "`cuecoach run` keeps what it learns"
        raise UsageError(f"nothing is known of the runner `{runner}` ({path} is not there); {mend}")
    # What depends on the day the run was (its length beside others, sore calves) is no matter of a recording.
    return replace(load(named, terminal.note), runs=(), calf=None)
