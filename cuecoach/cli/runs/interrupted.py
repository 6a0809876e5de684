"""Runs whose program ended before it could close them: closed now, and what they showed of the runner is kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cuecoach.errors import CuecoachError, StoreError

if TYPE_CHECKING:
    from cuecoach.coaching.knowledge import Knowledge
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

    try:
        closed = store.close_interrupted()
    except StoreError:
        return  # where nothing may be written, runs can be looked at all the same
    for head in closed:
        learnt = _learn(store, head)
        more = "; what it showed of you is kept" if learnt else ""
        terminal.note(
            f"the run of {when(head)} was cut short after {length(head)}: it is closed as run {head.number}{more}"
        )


def _learn(store: Store, head: RunHead) -> bool:
    """Sum the run up and learn from it as if it had ended well; return whether what is normal for the runner was learnt too."""
    from cuecoach import runnerfile
    from cuecoach.cli.plan_questions import runner_named
    from cuecoach.stored import open_run, sum_up

    try:
        sum_up(store, head.number)
        if head.kind != "live":
            return False
        run = open_run(store, str(head.number))
        who = runner_named(head.runner)
        if isinstance(who, Path) and not who.exists():
            return False  # a file of one's own, named from another folder
        now = runnerfile.load(who)
        coach = run.coach()
        for event in run.events():
            coach.handle(event)
        after = _with_day(now, run.knowledge, head, coach.signals.distance())
        # What a later run taught is not to be undone.
        unchanged = _learnt(now) == _learnt(run.knowledge)
        if unchanged:
            learned = coach.learned()
            plan = learned.plan if _same_plan(now, run.knowledge, head) else now.plan
            after = replace(after, normals=learned.normals, words=learned.words, plan=plan)
        runnerfile.save(who, after)
    except CuecoachError:
        return False  # the run itself is safe; a later version may read what this one cannot
    return unchanged


def _learnt(known: Knowledge) -> tuple[object, object]:
    """Return what runs teach: a run that begins changes what was told, the plan's day and the runs of the month as well."""
    return known.normals, known.words


def _same_plan(now: Knowledge, before: Knowledge, head: RunHead) -> bool:
    """Return whether the plan stands where it stood when the run began; a run that begins tells it the day."""
    from cuecoach.coaching.programme import begin

    if now.plan is None or before.plan is None:
        return now.plan is before.plan
    return before.plan in (now.plan, begin(now.plan, head.started.date()))


def _with_day(now: Knowledge, before: Knowledge, head: RunHead, distance_m: float | None) -> Knowledge:
    """Return what is known with what was told before the run, and with the run among those of the month if it was one."""
    from cuecoach.coaching.longest_run import LEAST_RUN_S, PastRun

    runs = set(now.runs)
    if head.duration_s >= LEAST_RUN_S:
        runs.add(PastRun(head.started.date(), head.duration_s, distance_m))
    told = tuple(dict.fromkeys((*now.told, *before.told)))
    return replace(now, told=told, runs=tuple(sorted(runs, key=lambda run: run.day)))
