"""A table of metrics over time: `t` in seconds and columns with canonical names, such as `t,cadence,speed`."""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from cuecoach.errors import RecordingError
from cuecoach.events import Place, Reading
from cuecoach.metrics import METRICS, OTHER_NAMES, plausible
from cuecoach.sensors.cadence import RUNNING_FROM, CadenceUnit, looks_like_strides
from cuecoach.sensors.recordings.csv_rows import BadRow, cell_count_reason, cell_reason
from cuecoach.sensors.recordings.csv_text import (
    MAX_BAD_SHARE,
    MAX_GAP_S,
    ByteSource,
    CsvHead,
    check_place,
    clock,
    count,
    data_chunks,
    last_time,
    shown,
    suggestion,
    to_number,
)

#: What "unknown" may look like in a cell.
UNKNOWN: Final = frozenset({"", "nan", "na", "n/a", "null", "none", "-"})

#: A first step of `t` from here on means milliseconds: no device that gives running metrics is slower than this, s.
_MAX_STEP_S = 200.0
#: Values to see before a warning about the cadence convention.
_ENOUGH = 10


@dataclass(slots=True)
class _Tally:
    """What was seen and left out on the way through the file."""

    rows: int = 0
    bad: int = 0
    first: BadRow | None = None
    dropped: Counter[str] = field(default_factory=lambda: Counter[str]())
    cadences: list[float] = field(default_factory=lambda: list[float]())


@dataclass(slots=True)
class MetricCsvRecording:
    """Metrics in a CSV file; see :class:`cuecoach.sensors.recordings.recording.Recording`."""

    path: Path
    head: CsvHead
    place: Place | None
    doubled: bool
    opening_notes: list[str]
    duration_s: float = math.nan
    notes: list[str] = field(default_factory=lambda: list[str]())
    kind: Literal["metrics"] = "metrics"
    lived: None = None

    def events(self) -> Iterator[Reading]:
        """Yield one reading for each row that knows anything.

        Raises
        ------
        RecordingError
            Time runs backwards or jumps, too many rows have no time, or no row has a usable value.
        """
        self.notes[:] = self.opening_notes
        tally = _Tally()
        found = False
        start = last = math.nan
        with ByteSource(self.path) as source:
            for line, t, values in self._rows(source, tally):
                if math.isnan(start):
                    start = last = t
                self._check_order(line, last, t, first_step=last == start)
                last = t
                self.duration_s = t - start
                if values:
                    found = True
                    yield Reading(t - start, "csv", values, self.place)
            cut_off = source.cut_off
        self._close(tally, found, cut_off)

    def _rows(self, source: ByteSource, tally: _Tally) -> Iterator[tuple[int, float, dict[str, float]]]:
        time = self.head.columns.index("t")
        columns = [(i, name) for i, name in enumerate(self.head.columns) if name in METRICS]
        for chunk in data_chunks(self.path, self.head, source):
            for line, text in chunk.lines():
                tally.rows += 1
                cells = _cells(text)
                t = to_number(cells[time]) if len(cells) == len(self.head.columns) else None
                if t is None:
                    tally.bad += 1
                    if tally.first is None:
                        right = len(cells) == len(self.head.columns)
                        reason = (
                            cell_reason("t", cells[time]) if right else cell_count_reason(cells, len(self.head.columns))
                        )
                        tally.first = BadRow(line, reason)
                    continue
                yield line, t, self._values(cells, columns, tally)

    def _values(self, cells: list[str], columns: list[tuple[int, str]], tally: _Tally) -> dict[str, float]:
        values: dict[str, float] = {}
        for i, name in columns:
            value = to_number(cells[i])
            if value is None:
                if cells[i].strip().strip('"').lower() not in UNKNOWN:
                    tally.dropped[name] += 1
                continue
            if name == "cadence" and self.doubled:
                value *= 2
            if plausible(name, value):
                values[name] = value
            else:
                tally.dropped[name] += 1
        if "cadence" in values and values.get("speed", RUNNING_FROM) >= RUNNING_FROM and len(tally.cadences) < 10_000:
            tally.cadences.append(values["cadence"])
        return values

    def _check_order(self, line: int, last: float, t: float, *, first_step: bool) -> None:
        told = f"`{self.path}`, line {line}: time"
        if t < last:
            raise RecordingError(
                f"{told} runs backwards, from {last:.10g} to {t:.10g} s; sort the rows by `t` or cut the file there"
            )
        if t - last > MAX_GAP_S:
            raise RecordingError(f"{told} jumps from {last:.10g} to {t:.10g} s; cut the file there")
        if first_step and t - last > _MAX_STEP_S:
            raise RecordingError(f"{told} grows by {t - last:g}; `t` must be in seconds (divide milliseconds by 1000)")

    def _close(self, tally: _Tally, found: bool, cut_off: bool) -> None:
        why = f" (line {tally.first.line}: {tally.first.reason})" if tally.first else ""
        if tally.bad == tally.rows:
            raise RecordingError(f"`{self.path}` has no usable row{why or '; it ends after the column names'}")
        if tally.bad > MAX_BAD_SHARE * tally.rows:
            raise RecordingError(
                f"`{self.path}`: {tally.bad} of {tally.rows} rows are unusable{why}; mend or export the file again"
            )
        if not found:
            raise RecordingError(
                f"`{self.path}` has no value that can be used; see that the units are those of the metrics"
            )
        if tally.bad:
            self.notes.append(f"{count(tally.bad, 'row was', 'rows were')} left out{why}.")
        for name, n in tally.dropped.items():
            m = METRICS[name]
            self.notes.append(
                f"{count(n, f'value of {name} was', f'values of {name} were')} left out: no number, or outside "
                f"{m.low:g} to {m.high:g} {m.unit}."
            )
        if not self.doubled and len(tally.cadences) >= _ENOUGH and looks_like_strides(tally.cadences):
            self.notes.append(
                "The cadence looks like strides a minute (one foot); it was taken as steps a minute, as the column says. "
                "`--cadence-unit strides` doubles it."
            )
        if cut_off:
            self.notes.append(f"The file is cut off at {clock(self.duration_s)}; what is there is used.")


def open_metric_csv(
    path: Path, head: CsvHead, *, place: Place | None = None, cadence_unit: CadenceUnit = "auto"
) -> MetricCsvRecording:
    """Open a table of metrics; the rows are read by `events()`.

    Parameters
    ----------
    path, head
        The file and what :func:`~cuecoach.sensors.recordings.csv_text.read_head` found in it.
    place
        Where the sensor was worn, when the caller knows better than the file.
    cadence_unit
        ``strides`` doubles the cadence column. ``auto`` is ``steps`` here: the column name says so.

    Raises
    ------
    RecordingError
        There is no column `t`, or no known metric.
    """
    notes: list[str] = []
    unknown = [name for name in head.columns if name and name != "t" and name not in METRICS]
    if "t" not in head.columns:
        times = {"time", "timestamp", "seconds", "time_s", "elapsed_seconds", "sec"}
        meant = next((name for name in head.columns if name.strip().lower() in times), None)
        hint = f"rename {shown(meant)} to `t`" if meant else "name the column of time in seconds `t`"
        raise RecordingError(f"`{path}`, line {head.line}: column `t` is missing; {hint}")
    hints = {name: suggestion(name, METRICS, OTHER_NAMES) for name in unknown}
    if not any(name in METRICS for name in head.columns):
        meant = next((f"did you mean `{hint}` for {shown(name)}?" for name, hint in hints.items() if hint), None)
        mend = meant or "name columns for example `cadence`, `speed`, or `acc_x,acc_y,acc_z` for raw samples"
        raise RecordingError(f"`{path}`, line {head.line}: no column is a known metric; {mend}")
    for name, hint in hints.items():
        notes.append(f"The column {shown(name)} is ignored" + (f"; did you mean `{hint}`?" if hint else "."))
    worn = check_place(path, head.comments["place"]) if "place" in head.comments else None
    if cadence_unit == "strides" and "cadence" in head.columns:
        notes.append("Cadence was taken as strides a minute and doubled, as asked.")
    return MetricCsvRecording(
        path=path,
        head=head,
        place=place or worn,
        doubled=cadence_unit == "strides",
        opening_notes=notes,
        notes=list(notes),
        duration_s=_span(path, head),
    )


def _cells(text: str) -> list[str]:
    """Return the cells of a row; words in quotes may hold commas."""
    return next(csv.reader((text,)), []) if ',"' in text else text.split(",")


def _span(path: Path, head: CsvHead) -> float:
    column = head.columns.index("t")
    with ByteSource(path) as source:
        if source.packed:
            return math.nan
        chunk = next(data_chunks(path, head, source, chunk_bytes=4096), None)
    row = next((text.split(",") for _, text in chunk.lines()), []) if chunk else []
    first = to_number(row[column]) if column < len(row) else None
    last = last_time(path, column)
    return last - first if first is not None and last is not None and last >= first else math.nan
