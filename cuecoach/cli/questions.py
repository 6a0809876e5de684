"""Asking the runner for a number, and the day it is; only in a terminal is someone there to answer."""

from __future__ import annotations

import sys
from datetime import date, datetime

import typer


def today() -> date:
    """Return the day it is here."""
    return datetime.now().astimezone().date()


def in_terminal() -> bool:
    """Whether someone is there to answer."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()


def ask(question: str, *, enter: int | None = None) -> int:
    """Ask for a number; the enter key alone means `enter`, where that is given.

    Returns
    -------
    int
        0, none, to 10, the worst.
    """
    while True:
        answer: int = typer.prompt(f"{question} (0 none, 10 the worst)", default=enter, type=int, err=True)
        if 0 <= answer <= 10:
            return answer
        typer.echo("Write a number from 0 to 10.", err=True)
