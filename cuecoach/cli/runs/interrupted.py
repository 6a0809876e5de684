"""Runs whose program ended before it could close them: closed now, and what they showed of the runner is kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cuecoach.errors import CuecoachError

if TYPE_CHECKING:
    from cuecoach.store import RunHead, Store


def close_what_was_cut_short(path: Path | None) -> None:
    """Close such runs in the file at `path`, the usual one when None; a file that is not there or broken is no trouble yet."""
    from cuecoach.store import Store, store_path

    try:
        if store_path(path).exists():
            with Store.open(path) as store:
                close_interrupted(store)
    except (CuecoachError, OSError):
        return  # whoever keeps the run will say it


def close_interrupted(store: Store) -> None:
    """Close such runs, and tell each in one line."""
    from cuecoach.cli import terminal
    from cuecoach.cli.runs.words import length, when

    for head in store.close_interrupted():
        learnt = _learn(store, head)
        more = "; what it showed of you is kept" if learnt else ""
        terminal.note(
            f"the run of {when(head)} was cut short after {length(head)}: it is closed as run {head.number}{more}"
        )


def _learn(store: Store, head: RunHead) -> bool:
    """Sum the run up and learn from it as if it had ended well; return whether the runner's knowledge grew.

    Only where nothing was learnt of the runner since: what a later run taught is not to be undone.
    """
    from cuecoach import runnerfile
    from cuecoach.cli.plan_questions import runner_named
    from cuecoach.stored import open_run, sum_up

    try:
        sum_up(store, head.number)
        if head.kind != "live":
            return False
        run = open_run(store, str(head.number))
        who = runner_named(head.runner)
        if runnerfile.load(who).to_json() != run.knowledge.to_json():
            return False
        coach = run.coach()
        for event in run.events():
            coach.handle(event)
        runnerfile.save(who, coach.learned())
    except CuecoachError:
        return False  # the run itself is safe; a later version may read what this one cannot
    return True
