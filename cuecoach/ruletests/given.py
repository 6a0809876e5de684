"""Reads the block `given` of a test: each name with its value over time."""

from __future__ import annotations

import re
from typing import Final, cast, get_args

from cuecoach.diagnostics import Diagnostic
from cuecoach.metrics import LIMITS, METRICS, OTHER_NAMES
from cuecoach.rules.context import State
from cuecoach.rules.lexer import Problem
from cuecoach.ruletests.model import Given
from cuecoach.ruletests.reading import LineError, mistake, read_facts, read_number, read_numbers
from cuecoach.ruletests.script import Script
from cuecoach.yamldoc import Document, Place
from cuecoach.yamldoc import Path as Where
from cuecoach.yamldoc.validate import closest

STATES: Final[tuple[str, ...]] = get_args(State)
REFERENCES: Final = ("baseline", "start", "noise", "target")
_REFERENCE = re.compile(r"(baseline|start|noise|target)(?:\((.*)\))?")
_FROM = re.compile(r"from\s+((?:(?!\sto\s).)+)", re.DOTALL)


def read_given(document: Document, at: Where, found: list[Diagnostic]) -> Given:
    """Read the block at `at`; problems go to `found`, and what they are about is left out."""
    numbers: dict[str, Script[float]] = {}
    facts: dict[str, Script[bool]] = {}
    begins_s: float | None = None
    distance_from: float | None = None
    block = document.get(at)
    for name, value in block.items() if isinstance(block, dict) else ():
        here = (*at, name)
        if here in document.poisoned:
            continue
        text = _text(value)
        if text is None:
            mend = "write for example `15 deg for 60 s`; for no data write `missing`"
            found.append(document.problem(601, f"`{name}` is no value over time", here, part="key", help=mend))
            continue
        try:
            if name in STATES:
                facts[name] = read_facts(text)
            elif name == "elapsed":
                begins_s = _begin(text, "s", "from 20 min")
            elif name == "distance" and _FROM.fullmatch(text):
                distance_from = _begin(text, "m", "from 3 km")
            elif name == "distance":
                numbers[name] = read_numbers(text, "m")
            else:
                full, metric = _metric(document, here, name, found)
                if metric is not None:
                    # A spread is no value of the metric, so its range is another.
                    limits = None if full.startswith("noise") else LIMITS[metric]
                    numbers[full] = read_numbers(text, METRICS[metric].unit, limits)
        except LineError as error:
            found.append(at_place(document, here, error.problem))
    return Given(numbers, facts, begins_s, distance_from)


def at_place(document: Document, at: Where, problem: Problem, *, key: bool = False) -> Diagnostic:
    """Return the problem of a text as a diagnostic that marks the right part of it."""
    place = document.locate(at, "key" if key else "value")
    if place.text_column is not None:
        column = place.text_column
        place = Place(place.line, column + problem.start, column + max(problem.end, problem.start + 1))
    return document.problem(problem.number, problem.message, place, help=problem.help)


def _text(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else None


def _begin(text: str, unit: str, example: str) -> float:
    """Read where the run stands when the test begins: ``from 20 min``; the word may be left out."""
    words = _FROM.fullmatch(text)
    number, start = (words[1], words.start(1)) if words else (text, 0)
    value = read_number(number.strip(), unit, start)
    if value < 0:
        raise mistake(601, f"`{number}` is before the run", number, start, f"write for example `{example}`")
    return value


def _metric(document: Document, at: Where, name: str, found: list[Diagnostic]) -> tuple[str, str | None]:
    """Return the full name and its metric, which is None, with a problem said, for a name nobody knows."""
    reference = _REFERENCE.fullmatch(name)
    metric = name if reference is None else reference[2]
    if metric is not None:
        metric = metric.strip()
    elif name == "target":
        metric = "cadence"  # the only metric that has one
    else:
        mend = f"write for example `{name}(pelvic_tilt)`"
        found.append(document.problem(605, f"`{name}` of which metric?", at, part="key", help=mend))
        return name, None
    if metric in METRICS:
        return (f"{cast('str', reference[1])}({metric})" if reference else metric), metric
    known = METRICS if reference else (*METRICS, *STATES, *REFERENCES, "elapsed", "distance")
    meant = OTHER_NAMES.get(metric.lower()) or closest(metric, known)
    mend = f"did you mean `{meant}`?" if meant else "write a metric, a state, `elapsed`, `distance` or `baseline(…)`"
    found.append(document.problem(605, f"unknown name `{metric}`", at, part="key", help=mend))
    return name, None
