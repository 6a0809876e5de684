"""A run in few words: its day, its length, its distance."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cuecoach.units import clock

if TYPE_CHECKING:
    from cuecoach.store import RunHead

#: What is said of a run that is not simply closed.
STATES = {"recording": "going on", "interrupted": "cut short", "closed": ""}


def when(head: RunHead) -> str:
    """Return day and time of a run, as the runner's clock had it."""
    return f"{head.started:%Y-%m-%d %H:%M}"


def length(head: RunHead) -> str:
    """Return how long a run was."""
    return clock(head.duration_s)


def distance(head: RunHead) -> str:
    """Return how far a run went; empty where that is not known."""
    metres = head.summary.get("distance_m")
    return "" if metres is None else f"{metres / 1000.0:.2f} km"


def figure(head: RunHead, name: str) -> str:
    """Return a whole number of the summary; empty where it is not known."""
    value = head.summary.get(name)
    return "" if value is None else f"{value:.0f}"


def remark(head: RunHead) -> str:
    """Return what else there is to say: that it goes on or was cut short, is simulated or imported."""
    kind = "" if head.kind == "live" else head.kind
    return ", ".join(word for word in (STATES[head.state], kind, head.title) if word)


def sentence(head: RunHead) -> str:
    """Return a run in one line."""
    parts = [f"run {head.number}", when(head), head.runner, length(head), distance(head), remark(head)]
    return ", ".join(part for part in parts if part)


def hanging(line: str, width: int) -> str:
    """Return a line folded to a width, what is folded standing under its text: behind a name or a time of the run."""
    from textwrap import fill

    begin = re.match(r"[+-] +\d[\d:]+  |\s*\d+:\d\d  |\S[^ ]*(?: \S+)*:? {2,}|\s*", line)
    indent = " " * (begin.end() if begin else 0)
    return fill(line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
