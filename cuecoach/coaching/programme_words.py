"""A plan in words: what comes next and when, and what the last runs showed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from cuecoach.coaching.programme import lesson
from cuecoach.coaching.programme_state import PlanState, RunResult
from cuecoach.coaching.programme_table import LAST, Lesson

NO_PLAN: Final = "There is no plan; begin one with `cuecoach plan start`"
TELL: Final = "Say how the last run felt: `cuecoach plan report --pain 0 --calf 0`, 0 for none to 10"

_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def day_text(day: date, today: date) -> str:
    """Return a day as people name it: `today`, `tomorrow`, a weekday within six days, else its date."""
    ahead = (day - today).days
    if ahead in (0, 1):
        return ("today", "tomorrow")[ahead]
    return f"on {_DAYS[day.weekday()]}" if 1 < ahead < 7 else f"on {day.isoformat()}"


def lesson_text(found: Lesson) -> str:
    """Return what a run asks for: ``Session 3 of 8: 21 minutes, cues the whole time, +7.5 %``."""
    name = {
        "session": f"Session {found.number} of {LAST}",
        "booster": "Booster",
        "probe": "What was kept",
        "upkeep": "Upkeep",
        "easy": "Easy run",
    }[found.kind]
    parts = [f"{found.minutes:.0f} minutes"] if found.minutes else []
    if found.kind in ("session", "booster"):
        parts.append("cues the whole time" if found.window == 1.0 else f"cues in {100 * found.window:.0f} % of it")
    if found.raise_percent is not None:
        parts.append(f"+{found.raise_percent:g} %")
    return f"{name}: {', '.join(parts) or found.content}"


def next_lesson(plan: PlanState, today: date) -> tuple[Lesson, date] | None:
    """Return the next run that trains or asks, and the first day for it; None without a plan."""
    # What hurts, and what is too early, only delays it.
    day = max(today, plan.not_before) if not plan.done or plan.booster else today
    found = lesson(replace(plan, hurts=False), day)
    if found is not None and found.kind == "upkeep" and plan.probes:
        day = max(today, min(probe.due for probe in plan.probes))
        found = lesson(replace(plan, hurts=False), day)
    return None if found is None else (found, day)


def next_text(plan: PlanState, today: date) -> list[str]:
    """Return what comes next, in sentences without full stop."""
    coming = next_lesson(plan, today)
    if coming is None:
        return [NO_PLAN]
    found, day = coming
    lines = [f"{lesson_text(found)}. {_when(day, today)}"]
    if found.content not in lines[0]:
        lines.append(f"{found.content[:1].upper()}{found.content[1:]}")
    if day > today:
        lines.append("Until then run easy; with the plan on, those runs are silent" if not plan.done else _UPKEEP)
    if plan.hurts:
        lines.append("First let the pain pass: nothing is trained until `cuecoach plan report --pain 0 --calf 0`")
    return lines


_UPKEEP: Final = "Until then the coach speaks at most once a kilometre"


def _when(day: date, today: date) -> str:
    return "Any day from today" if day <= today else f"Go {day_text(day, today)} or later"


def status_text(plan: PlanState, today: date) -> Iterator[str]:
    """Yield where the plan stands, line by line."""
    if plan.focus is None:
        yield NO_PLAN
    else:
        stands = f"all {LAST} sessions done" if plan.done else f"session {plan.session} of {LAST}"
        yield f"Plan for {plan.focus}, begun {plan.begun.isoformat()}: {stands}"
        for result in plan.results:
            yield f"  {result_text(result)}"
        if plan.why:
            yield f"Why: {plan.why}"
        if plan.waiting:
            yield TELL
        yield from next_text(plan, today)
    for each in plan.earlier:
        yield f"Before: {each.focus}, {each.begun.isoformat()} to {each.ended.isoformat()}, " + (
            "finished" if each.finished else "given up"
        )


def result_text(result: RunResult) -> str:
    """Return what a run showed, in one line."""
    name = f"session {result.number}" if result.kind == "session" else result.kind
    alone = " without help" if result.alone else ""
    share = "too little measured" if result.share is None else f"{100 * result.share:.0f} % in band{alone}"
    parts = [f"{result.ran_s / 60:.0f} minutes", share]
    if result.recall is not None:
        parts.append(f"{100 * result.recall:.0f} % after your words")
    felt = zip(("pain", "calves"), (result.pain, result.calf), strict=True)
    parts += [f"{what} {number} of 10" for what, number in felt if number is not None]
    return f"{result.day.isoformat()}  {name}: {', '.join(parts)}"
