"""`cuecoach plan`: eight sessions for one thing, with less and less help."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cuecoach.cli import plan_questions, questions, terminal
from cuecoach.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from cuecoach.coaching.knowledge import Knowledge
    from cuecoach.coaching.programme_state import PlanState

app = typer.Typer(name="plan", help="Eight sessions for one thing, with less and less help.", no_args_is_help=True)

Runner = Annotated[str, typer.Option(metavar="NAME", help="Whose plan: a config's `runner`, or a .json file of one.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the plan as one JSON object.")]


@app.command()
def start(
    focus: Annotated[
        str | None, typer.Argument(help="cadence, posture, hips or bounce; by default the next.", show_default=False)
    ] = None,
    runner: Runner = "default",
    as_json: AsJson = False,
) -> None:
    """Begin a plan for one focus.

    Then run with `cuecoach run --plan`, three or four times a week.

    Example:  cuecoach plan start cadence
    """
    from cuecoach.coaching.programme_focus import easy_cadence, finished_foci, start, suggest
    from cuecoach.coaching.safety import ASK_FIRST, DISCLAIMER

    known = _load(runner)
    own = easy_cadence(known.normals)
    because = ""
    if focus is None:
        suggested = suggest(own, finished_foci(known.plan))
        if suggested is None:
            raise UsageError("every focus has been trained; name the one to train again, such as `cadence`")
        focus, because = suggested
    today = questions.today()
    plan = start(known.plan, focus, today, own)
    if because:
        plan = replace(plan, why=f"{plan.why}: {because}")
    _save(runner, known, plan)
    _show(plan, today, as_json=as_json, more=(ASK_FIRST, *DISCLAIMER))


@app.command()
def status(runner: Runner = "default", as_json: AsJson = False) -> None:
    """Say where the plan stands, what its runs showed, and why it goes on as it does."""
    from cuecoach.coaching.programme_words import NO_PLAN, status_text

    plan, today = _load(runner).plan, questions.today()
    if as_json:
        _print_json(plan, today)
        return
    for line in [NO_PLAN] if plan is None else status_text(plan, today):
        terminal.open_console().print(line)


@app.command("next")
def next_(runner: Runner = "default", as_json: AsJson = False) -> None:
    """Say what the next run is for, and when to go."""
    from cuecoach.coaching.programme_words import NO_PLAN, TELL, next_text

    plan, today = _load(runner).plan, questions.today()
    if as_json:
        _print_json(plan, today)
        return
    if plan is None:
        typer.echo(NO_PLAN)
        return
    lines = [TELL] if plan.waiting else []
    for line in [*lines, *next_text(plan, today)]:
        terminal.open_console().print(line)


@app.command()
def report(
    pain: Annotated[
        int | None, typer.Option(help="Any pain, in the run or since, 0 to 10.", min=0, max=10, show_default=False)
    ] = None,
    calf: Annotated[
        int | None, typer.Option(help="How sore your calves are, 0 to 10.", min=0, max=10, show_default=False)
    ] = None,
    runner: Runner = "default",
    as_json: AsJson = False,
) -> None:
    """Say how you feel after a run, or that a pain has gone: the plan goes on from that.

    Example:  cuecoach plan report --pain 1 --calf 0
    """
    from cuecoach.coaching.programme import report

    known = _load(runner)
    plan = _on(known)
    if (pain is None or calf is None) and not questions.in_terminal():
        raise UsageError("both numbers are needed; write for example `cuecoach plan report --pain 1 --calf 0`")
    pain = questions.ask("Any pain, during the run or since?") if pain is None else pain
    calf = questions.ask("How sore are your calves?") if calf is None else calf
    plan = report(plan, pain, calf)
    _save(runner, replace(known, calf=calf), plan)
    _show(plan, questions.today(), as_json=as_json)


@app.command()
def stop(runner: Runner = "default", as_json: AsJson = False) -> None:
    """End the plan; what you have done stays on record."""
    from cuecoach.coaching.programme_focus import stop

    known = _load(runner)
    plan, today = stop(_on(known), questions.today()), questions.today()
    _save(runner, known, plan)
    _show(plan, today, as_json=as_json)


# ---------------------------------------------------------------- what they share
def _load(runner: str) -> Knowledge:
    from cuecoach.runnerfile import load

    return load(plan_questions.runner_named(runner), terminal.note)


def _save(runner: str, known: Knowledge, plan: PlanState) -> None:
    from cuecoach.runnerfile import save

    save(plan_questions.runner_named(runner), replace(known, plan=plan))


def _on(known: Knowledge) -> PlanState:
    if known.plan is None or known.plan.focus is None:
        raise UsageError("there is no plan; begin one with `cuecoach plan start`")
    return known.plan


def _show(plan: PlanState, today: date, *, as_json: bool, more: tuple[str, ...] = ()) -> None:
    from cuecoach.coaching.programme_words import next_text

    if as_json:
        _print_json(plan, today)
        return
    console = terminal.open_console()
    console.print(f"{plan.why[:1].upper()}{plan.why[1:]}")
    for line in (*(next_text(plan, today) if plan.focus is not None else ()), *more):
        console.print(line)


def _print_json(plan: PlanState | None, today: date) -> None:
    import json

    terminal.expect_json()
    typer.echo(json.dumps(None if plan is None else _as_json(plan, today), ensure_ascii=False))


def _as_json(plan: PlanState, today: date) -> dict[str, Any]:
    """Return the plan as it is kept, and what follows from it under `next`."""
    from cuecoach.coaching.programme_words import next_lesson, next_text

    coming = next_lesson(plan, today)
    following = None
    if coming is not None:
        found, day = coming
        following = {
            "kind": found.kind,
            "session": found.number,
            "minutes": found.minutes,
            "window_percent": round(100 * found.window),
            "raise_percent": found.raise_percent,
            "not_before": day.isoformat(),
            "text": ". ".join(next_text(plan, today)),
        }
    return {**plan.to_json(), "next": following}
