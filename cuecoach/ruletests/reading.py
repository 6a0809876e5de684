"""Reads the texts under `given` into scripts, in the units of the catalogue; a mistake knows its place in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from cuecoach.errors import UsageError
from cuecoach.rules import dimension as dims
from cuecoach.rules.lexer import Problem
from cuecoach.ruletests.lengths import read_length
from cuecoach.ruletests.script import Piece, Script
from cuecoach.units import UNITS

_NUMBER = r"[-+]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)"
_VALUE = re.compile(rf"({_NUMBER})\s*([^\s0-9].*)?")
_TAIL = re.compile(r"(.*?)\s+for\s+(.+)", re.DOTALL)
_RAMP = re.compile(r"from\s+(.+?)\s+to\s+(.+?)\s+over\s+(.+)", re.DOTALL)
#: What is written for no fresh data.
MISSING: Final = "missing"
EXAMPLE: Final = "10 deg for 20 s, 15 deg for 60 s"


class LineError(UsageError):
    """A text of a test that means nothing; `problem` says where in it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message + (f"; {problem.help}" if problem.help else ""))
        self.problem = problem


def mistake(number: int, message: str, text: str, start: int, mend: str | None = None) -> LineError:
    """Return a mistake that marks `text`, which begins at `start` of the whole."""
    return LineError(Problem(number, message, start, start + max(len(text), 1), mend))


def read_numbers(text: str, unit: str, limits: tuple[float, float] | None = None) -> Script[float]:
    """Read a number over time.

    Parameters
    ----------
    text
        ``10 deg for 20 s, from 10 to 15 deg over 30 s, missing for 4 s, 15 deg``.
    unit
        What values are wanted in: ``deg``; any unit of the same kind may be written.
    limits
        The lowest and the highest value that makes sense, in `unit`.

    Raises
    ------
    LineError
        At the first piece that cannot be read.
    """
    pieces: list[Piece[float]] = []
    for start, part, last in _parts(text):
        ramp = _RAMP.fullmatch(part)
        if ramp:
            to_number, to_unit = _number(ramp[2], start + ramp.start(2), unit, limits, None)
            from_number, _ = _number(ramp[1], start + ramp.start(1), unit, limits, to_unit)
            length = _length(ramp[3], start + ramp.start(3))
            pieces.append(Piece(from_number, to_number, length))
            continue
        value, length = _held(part, start, last)
        known = None if value == MISSING else _number(value, start, unit, limits, None)[0]
        pieces.append(Piece(known, None, length))
    return Script(tuple(pieces))


def read_facts(text: str) -> Script[bool]:
    """Read yes or no over time: ``true for 20 s, false``.

    Raises
    ------
    LineError
        At the first piece that cannot be read.
    """
    pieces: list[Piece[bool]] = []
    for start, part, last in _parts(text):
        value, length = _held(part, start, last)
        if value not in ("true", "false", MISSING):
            mend = "write `true`, `false` or `missing`, for example `true for 20 s, false`"
            raise mistake(601, f"`{value}` is neither true nor false", value, start, mend)
        pieces.append(Piece(None if value == MISSING else value == "true", None, length))
    return Script(tuple(pieces))


def read_number(text: str, unit: str, start: int = 0) -> float:
    """Read one number with its unit, in `unit`; `start` is where it stands in the whole text.

    Raises
    ------
    LineError
        When it is none, or of another kind.
    """
    return _number(text, start, unit, None, None)[0]


def _parts(text: str) -> Iterator[tuple[int, str, bool]]:
    """Yield each piece with its place and whether it is the last."""
    pieces = text.split(",")
    at = 0
    for n, piece in enumerate(pieces):
        start = at + len(piece) - len(piece.lstrip())
        if not piece.strip():
            raise mistake(601, "there is nothing between two commas" if n else "nothing is given", " ", start, None)
        yield start, piece.strip(), n == len(pieces) - 1
        at += len(piece) + 1


def _held(part: str, start: int, last: bool) -> tuple[str, float | None]:
    tail = _TAIL.fullmatch(part)
    if tail:
        return tail[1].strip(), _length(tail[2], start + tail.start(2))
    if part.startswith("from "):
        raise mistake(601, f"`{part}` is not a change", part, start, "write for example `from 10 to 15 deg over 30 s`")
    if not last:
        raise mistake(601, f"how long is it `{part}`?", part, start, f"write for example `{part} for 20 s`")
    return part, None


def _length(text: str, start: int) -> float:
    try:
        seconds = read_length(text)
    except UsageError as error:
        message, _, mend = str(error).partition("; ")
        raise mistake(601, message, text, start, mend or None) from None
    if seconds == 0:
        raise mistake(601, "a piece that lasts no time", text, start, "write for example `20 s`")
    return seconds


def _number(
    text: str, start: int, unit: str, limits: tuple[float, float] | None, default: str | None
) -> tuple[float, str]:
    """Return a value in `unit`, and the unit it was written in; `default` is the one that stands further right."""
    found = _VALUE.fullmatch(text)
    if not found:
        raise mistake(601, f"`{text}` is not a value", text, start, f"write for example `{EXAMPLE}`")
    symbol = found[2] or default
    if symbol is None:
        raise mistake(204, f"`{text}` needs a unit", text, start, f"write `{text} {unit}`")
    measure, wanted = dims.measure(symbol), UNITS[unit]
    if measure is None:
        at = start + found.start(2) if found[2] else start
        meant = dims.intended(symbol)
        mend = f"did you mean `{meant}`?" if meant else f"write for example `{found[1]} {unit}`"
        raise mistake(203, f"unknown unit `{symbol}`", symbol, at, mend)
    if measure.dimension != dims.of(wanted.dimension):
        kinds = f"`{text}` is {dims.words(measure.dimension)}, not {dims.words(dims.of(wanted.dimension))}"
        raise mistake(205, kinds, text, start, f"write a number in `{unit}`")
    value = round(float(found[1]) * measure.factor / wanted.factor, 9)
    if limits is not None and not limits[0] <= value <= limits[1]:
        low, high = limits
        message = f"`{text}` is not plausible, so no rule would ever see it"
        raise mistake(601, message, text, start, f"it may be {low:g} to {high:g} {unit}")
    return value, symbol
