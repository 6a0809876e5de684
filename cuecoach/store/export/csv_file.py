"""A run as a spreadsheet opens it: a row a second, and beside it a file with a row a cue."""

from __future__ import annotations

import csv
import io
import math

from cuecoach.runrecord import RunRecord
from cuecoach.store.export.table import Cell, Table, cues_table, seconds_table


def seconds_csv(record: RunRecord) -> bytes:
    """Return the seconds as CSV (UTF-8, commas, decimal points, empty where unknown); `cuecoach replay` reads it too."""
    return _csv(seconds_table(record))


def cues_csv(record: RunRecord) -> bytes:
    """Return the cues as CSV."""
    return _csv(cues_table(record))


def _csv(table: Table) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table)
    for row in zip(*table.values(), strict=True):
        writer.writerow([_cell(cell) for cell in row])
    return out.getvalue().encode()


def _cell(cell: Cell) -> str:
    """Return a number with six decimals at most: finer than any sensor measures."""
    if isinstance(cell, float):
        if not math.isfinite(cell):
            return ""
        return f"{round(cell, 6):.10g}"
    return "" if cell is None else str(cell)
