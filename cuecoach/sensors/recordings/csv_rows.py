"""Lines of a table to rows of numbers: fast where the text is clean, line by line where it is not."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cuecoach.events import FloatArray
from cuecoach.sensors.recordings.csv_numbers import parse_decimals
from cuecoach.sensors.recordings.csv_text import Chunk, shown, to_number

#: Cells that hold nothing, and what loadtxt reads as NaN; the first comes twice, for several empty cells in a row.
_EMPTY_CELLS = ((b",,", b",nan,"), (b",,", b",nan,"), (b",\n", b",nan\n"), (b"\n,", b"\nnan,"))
_WHOLE_NUMBER = re.compile(r"\s*-?\d+\s*")


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be used, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one chunk.

    Attributes
    ----------
    values
        Shape (rows, wanted columns), all finite.
    lines
        The line of each row, shape (rows,).
    bad
        Rows that were left out.
    """

    values: FloatArray
    lines: NDArray[np.int64]
    bad: tuple[BadRow, ...] = ()


def parse_rows(chunk: Chunk, names: Sequence[str], wanted: Sequence[int]) -> Rows:
    """Read the wanted columns of all rows of a chunk.

    Parameters
    ----------
    chunk
        Whole lines.
    names
        The table's columns.
    wanted
        Which of them to return, as indices in the order of the result.
    """
    values = parse_decimals(chunk.text, len(names))
    if values is not None:
        lines = np.arange(chunk.line, chunk.line + len(values))
        return Rows(values if list(wanted) == list(range(len(names))) else values[:, list(wanted)], lines)
    values = _parse_general(chunk, len(names), wanted)
    if values is None:
        return _parse_lines(chunk, names, wanted)
    lines = np.arange(chunk.line, chunk.line + len(values))
    finite = np.isfinite(values).all(axis=1)
    if finite.all():
        return Rows(values, lines)
    left_out = lines[~finite].tolist()
    first = _why_bad(chunk, left_out[0], names, wanted)
    return Rows(values[finite], lines[finite], (first, *(BadRow(line, "no finite number") for line in left_out[1:])))


def _parse_general(chunk: Chunk, columns: int, wanted: Sequence[int]) -> FloatArray | None:
    """Read what numpy reads (exponents, many digits, `nan`) and empty cells, as NaN; None if that is not one row a line."""
    text = chunk.text
    count = text.count(b"\n")
    # loadtxt with `usecols` takes ragged lines, and skips blank ones: both are for the careful reader.
    if text.count(b",") != count * (columns - 1) or b"\n\n" in text or text.startswith(b"\n"):
        return None
    for empty, filled in _EMPTY_CELLS:
        text = text.replace(empty, filled)
    try:
        values = np.loadtxt(
            io.StringIO(text.decode("ascii")), delimiter=",", comments=None, usecols=list(wanted), ndmin=2
        )
    except ValueError:
        return None
    return values if len(values) == count else None


def _why_bad(chunk: Chunk, line: int, names: Sequence[str], wanted: Sequence[int]) -> BadRow:
    text = chunk.text.split(b"\n", line - chunk.line + 1)[line - chunk.line]
    return _parse_lines(Chunk(line, text + b"\n"), names, wanted).bad[0]


def _parse_lines(chunk: Chunk, names: Sequence[str], wanted: Sequence[int]) -> Rows:
    values: list[list[float]] = []
    lines: list[int] = []
    bad: list[BadRow] = []
    for line, text in chunk.lines():
        cells = text.split(",")
        if len(cells) != len(names):
            bad.append(BadRow(line, cell_count_reason(cells, len(names))))
            continue
        row = [to_number(cells[i]) for i in wanted]
        numbers = [number for number in row if number is not None]
        if len(numbers) == len(row):
            values.append(numbers)
            lines.append(line)
        else:
            first = wanted[row.index(None)]
            bad.append(BadRow(line, cell_reason(names[first], cells[first])))
    return Rows(
        np.array(values, dtype=np.float64).reshape(-1, len(wanted)), np.array(lines, dtype=np.int64), tuple(bad)
    )


def cell_reason(name: str, cell: str) -> str:
    """Return why a cell gives no number."""
    return f"{name} is {shown(cell.strip())}, not a number" if cell.strip() else f"{name} is empty"


def cell_count_reason(cells: Sequence[str], columns: int) -> str:
    """Return why a row has the wrong number of cells: most often because of decimal commas."""
    if columns < len(cells) <= 2 * columns and all(_WHOLE_NUMBER.fullmatch(cell.strip('" ')) for cell in cells):
        return "decimals are written with commas; save the table with points in decimals"
    return f"{len(cells)} cells where {columns} columns are named"
