"""A table of raw inertial samples: `t,acc_x,acc_y,acc_z[,gyr_x,gyr_y,gyr_z]`, streamed in bounded memory.

The format is the project's own (docs: recordings). Acceleration contains gravity and is in m/s², angular rate in deg/s, unless
comment lines before the column names say `# unit_acc: g` or `# unit_gyr: rad/s`; `# place:` says where the sensor was worn.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from cuecoach.errors import RecordingError, UsageError
from cuecoach.events import FloatArray, ImuBlock, Place
from cuecoach.sensors.recordings.csv_rows import BadRow, Rows, parse_rows
from cuecoach.sensors.recordings.csv_text import (
    CHUNK_BYTES,
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
)
from cuecoach.units import STANDARD_GRAVITY

ACC: Final = ("acc_x", "acc_y", "acc_z")
GYR: Final = ("gyr_x", "gyr_y", "gyr_z")
COLUMNS: Final = ("t", *ACC, *GYR)

#: Other spellings in the wild, for did-you-mean only.
OTHER_COLUMNS: Final[dict[str, str]] = {
    **dict.fromkeys(("time", "timestamp", "time_s", "seconds", "elapsed_seconds", "sec"), "t"),
    **{
        f"{word}{joint}{axis}": f"{kind}_{axis}"
        for axis in "xyz"
        for joint in ("", "_")
        for kind, words in (
            ("acc", ("a", "acc", "accel", "acceleration")),
            ("gyr", ("g", "w", "gyr", "gyro", "rot", "omega")),
        )
        for word in words
        if f"{word}{joint}" not in ("acc_", "gyr_")
    },
}

UNITS_ACC: Final[dict[str, float]] = {"m/s2": 1.0, "g": STANDARD_GRAVITY}
UNITS_GYR: Final[dict[str, float]] = {"deg/s": 1.0, "rad/s": math.degrees(1.0)}
_OTHER_UNITS: Final[dict[str, str]] = {
    "m/s^2": "m/s2",
    "m/s²": "m/s2",
    "ms-2": "m/s2",
    "G": "g",
    "dps": "deg/s",
    "°/s": "deg/s",
    "degrees/s": "deg/s",
    "rps": "rad/s",
}
_KEYS = ("place", "unit_acc", "unit_gyr", "note")

#: Beyond what a worn sensor can feel or state (shock sensors end near 400 g, gyroscopes near 4000 deg/s): a broken row.
_MAX_ACC = 10_000.0
_MAX_GYR = 100_000.0
#: Shortest block, s: below the sample distance of any recording, so each block is one sample.
MIN_BLOCK_S = 1e-4
#: Samples further apart than this (median) cannot be an inertial recording in seconds, s.
_MAX_STEP_S = 1.0
#: A median acceleration below this, m/s², is gravity counted in g: standing or running, the median is near 9.81.
_LOOKS_LIKE_G = 3.0


@dataclass(slots=True)
class _Tally:
    """What was left out on the way through the file."""

    rows: int = 0
    bad: int = 0
    repeated: int = 0
    first: BadRow | None = None

    def add_bad(self, rows: Sequence[BadRow]) -> None:
        self.bad += len(rows)
        self.first = self.first or (rows[0] if rows else None)


@dataclass(slots=True)
class ImuCsvRecording:
    """An inertial recording in a CSV file; see :class:`cuecoach.sensors.recordings.recording.Recording`."""

    path: Path
    head: CsvHead
    place: Place
    acc_factor: float
    gyr_factor: float
    block_s: float
    chunk_bytes: int
    opening_notes: list[str]
    columns: list[int]
    duration_s: float = math.nan
    notes: list[str] = field(default_factory=lambda: list[str]())
    kind: Literal["imu"] = "imu"
    lived: None = None

    def events(self) -> Iterator[ImuBlock]:
        """Yield the samples as blocks of `block_s`, cut on multiples of it; the samples do not depend on the cut.

        Raises
        ------
        RecordingError
            Time runs backwards or jumps, too many rows are unusable, or there are none.
        """
        tally = _Tally()
        self.notes[:] = self.opening_notes
        pending: list[FloatArray] = []
        current = -1.0
        with ByteSource(self.path) as source:
            for samples in self._samples(source, tally):
                block = np.floor(samples[:, 0] / self.block_s)
                cuts = np.flatnonzero(np.diff(block)) + 1
                for piece, number in zip(np.split(samples, cuts), block[np.concatenate(([0], cuts))], strict=True):
                    if pending and number != current:
                        yield self._block(pending)
                        pending = []
                    current = number
                    pending.append(piece)
            cut_off = source.cut_off
        self._close(tally, cut_off)
        if pending:
            yield self._block(pending)

    def _samples(self, source: ByteSource, tally: _Tally) -> Iterator[FloatArray]:
        """Yield non-empty arrays (n, 4 or 7): t from 0, strictly increasing; m/s²; deg/s."""
        start = last = math.nan
        for chunk in data_chunks(self.path, self.head, source, self.chunk_bytes):
            rows = parse_rows(chunk, self.head.columns, self.columns)
            tally.rows += len(rows.values) + len(rows.bad)
            tally.add_bad(rows.bad)
            values, lines = self._in_units(rows, tally)
            if not len(values):
                continue
            if math.isnan(start):
                start = last = float(values[0, 0])
                self._check_start(values)
                before = np.concatenate(([np.nan], values[:-1, 0]))
            else:
                before = np.concatenate(([last], values[:-1, 0]))
            with np.errstate(over="ignore"):
                step = values[:, 0] - before
            self._check_order(step, before, values[:, 0], lines)
            last = float(values[-1, 0])
            repeated = step == 0
            if repeated.any():
                tally.repeated += int(np.count_nonzero(repeated))
                values = values[~repeated]
            if len(values):
                values[:, 0] -= start
                self.duration_s = max(0.0, last - start)
                yield values

    def _in_units(self, rows: Rows, tally: _Tally) -> tuple[FloatArray, NDArray[np.int64]]:
        values, lines = rows.values, rows.lines
        with np.errstate(over="ignore"):
            if self.acc_factor != 1.0:
                values[:, 1:4] *= self.acc_factor
            if self.gyr_factor != 1.0:
                values[:, 4:] *= self.gyr_factor
        size = np.abs(values[:, 1:])
        if not size.size or (size.max() <= _MAX_ACC):
            return values, lines
        limits = np.array([_MAX_ACC] * 3 + [_MAX_GYR] * 3)[: size.shape[1]]
        absurd = (size > limits).any(axis=1)
        tally.add_bad([BadRow(int(line), "a value beyond any sensor's range") for line in lines[absurd]])
        return values[~absurd], lines[~absurd]

    def _check_start(self, values: FloatArray) -> None:
        step = float(np.median(np.diff(values[:1000, 0]))) if len(values) > 1 else 0.0
        if step > _MAX_STEP_S:
            raise RecordingError(
                f"`{self.path}`: `t` grows by {step:g} from row to row; it must be in seconds (divide milliseconds by 1000)"
            )
        acc = float(np.median(np.linalg.norm(values[:1000, 1:4], axis=1)))
        if self.acc_factor == 1.0 and 0 < acc < _LOOKS_LIKE_G:
            self.notes.append(
                f"The acceleration is only {acc:.2g} m/s² long, gravity alone is 9.81: if it is in g, write `# unit_acc: g` "
                "above the column names; if gravity was taken out, record it again with gravity."
            )

    def _check_order(self, step: FloatArray, before: FloatArray, times: FloatArray, lines: NDArray[np.int64]) -> None:
        wrong = np.flatnonzero((step < 0) | (step > MAX_GAP_S))
        if not len(wrong):
            return
        i = int(wrong[0])
        told = f"`{self.path}`, line {lines[i]}: time"
        if step[i] < 0:
            raise RecordingError(
                f"{told} runs backwards, from {before[i]:.10g} to {times[i]:.10g} s; sort the rows by `t` or cut the file there"
            )
        raise RecordingError(f"{told} jumps from {before[i]:.10g} to {times[i]:.10g} s; cut the file there")

    def _block(self, pieces: list[FloatArray]) -> ImuBlock:
        samples = pieces[0] if len(pieces) == 1 else np.concatenate(pieces)
        times = np.ascontiguousarray(samples[:, 0])
        gyr = np.ascontiguousarray(samples[:, 4:]) if samples.shape[1] > 4 else None
        return ImuBlock(float(times[-1]), "imu", self.place, times, np.ascontiguousarray(samples[:, 1:4]), gyr)

    def _close(self, tally: _Tally, cut_off: bool) -> None:
        good = tally.rows - tally.bad
        why = f" (line {tally.first.line}: {tally.first.reason})" if tally.first else ""
        if not good:
            raise RecordingError(f"`{self.path}` has no usable row{why or '; it ends after the column names'}")
        if tally.bad > MAX_BAD_SHARE * tally.rows:
            raise RecordingError(
                f"`{self.path}`: {tally.bad} of {tally.rows} rows are unusable{why}; mend or export the file again"
            )
        if tally.bad:
            self.notes.append(f"{count(tally.bad, 'row was', 'rows were')} left out{why}.")
        if tally.repeated:
            self.notes.append(
                f"{count(tally.repeated, 'row repeated', 'rows repeated')} the time before and was left out."
            )
        if cut_off:
            self.notes.append(f"The file is cut off at {clock(self.duration_s)}; what is there is used.")


def is_imu_head(head: CsvHead) -> bool:
    """Whether the columns are those of an inertial recording, even if misspelt."""
    if any(name in ACC or name in GYR for name in head.columns):
        return True
    meant = {suggestion(name, COLUMNS, OTHER_COLUMNS) for name in head.columns}
    return set(ACC) <= meant


def open_imu_csv(
    path: Path, head: CsvHead, *, place: Place | None = None, block_s: float = 60.0, chunk_bytes: int = CHUNK_BYTES
) -> ImuCsvRecording:
    """Open an inertial recording; the rows are read by `events()`.

    Parameters
    ----------
    path, head
        The file and what :func:`~cuecoach.sensors.recordings.csv_text.read_head` found in it.
    place
        Where the sensor was worn, when the caller knows better than the file.
    block_s
        Length of the blocks, s.
    chunk_bytes
        How much text to read at once.

    Raises
    ------
    RecordingError
        A column is missing, or a comment names an unknown place or unit.
    """
    if not block_s >= MIN_BLOCK_S:
        raise UsageError(f"blocks of {block_s:g} s are not possible; give at least {MIN_BLOCK_S:g} s")
    columns = _find_columns(path, head)
    notes: list[str] = []
    worn = _place(path, head.comments, place, notes)
    for key in head.comments:
        meant = None if key in _KEYS else suggestion(key, _KEYS, {})
        if meant:
            notes.append(f"The comment {shown('# ' + key)} has no effect; did you mean `# {meant}`?")
    ignored = [name for i, name in enumerate(head.columns) if name and i not in columns]
    if ignored:
        notes.append(f"Ignored columns: {', '.join(shown(name) for name in ignored[:10])}.")
    span = math.nan
    start = _first_time(path, head, columns[0])
    end = None if start is None else last_time(path, columns[0])
    if start is not None and end is not None and end >= start:
        span = end - start
    return ImuCsvRecording(
        path=path,
        head=head,
        place=worn,
        acc_factor=_unit(path, head.comments, "unit_acc", UNITS_ACC),
        gyr_factor=_unit(path, head.comments, "unit_gyr", UNITS_GYR),
        block_s=block_s,
        chunk_bytes=chunk_bytes,
        opening_notes=notes,
        columns=columns,
        duration_s=span,
        notes=list(notes),
    )


def _find_columns(path: Path, head: CsvHead) -> list[int]:
    needed = ["t", *ACC, *(GYR if any(name in GYR for name in head.columns) else ())]
    missing = [name for name in needed if name not in head.columns]
    if missing:
        spare = [name for name in head.columns if name not in COLUMNS]
        meant = {suggestion(name, COLUMNS, OTHER_COLUMNS): name for name in reversed(spare)}
        hints = [f"rename {shown(meant[name])} to `{name}`" for name in missing if name in meant]
        names = ", ".join(f"`{name}`" for name in missing)
        mend = "; ".join(hints) or f"the columns must be `{','.join(needed)}`"
        raise RecordingError(f"`{path}`, line {head.line}: column {names} is missing; {mend}")
    return [head.columns.index(name) for name in needed]


def _place(path: Path, comments: Mapping[str, str], place: Place | None, notes: list[str]) -> Place:
    written = check_place(path, comments["place"]) if "place" in comments else None
    if place is None and written is None:
        notes.append("The file does not say where the sensor was worn; sacrum is assumed.")
    elif place is not None and written not in (None, place):
        notes.append(f"The file says the sensor was worn at the {written}; {place} is used, as asked.")
    return place or written or "sacrum"


def _unit(path: Path, comments: Mapping[str, str], key: str, units: Mapping[str, float]) -> float:
    written = comments.get(key)
    if written is None:
        return 1.0
    if written not in units:
        meant = _OTHER_UNITS.get(written) or _OTHER_UNITS.get(written.lower(), written.lower())
        hint = f"did you mean `{meant}`?" if meant in units else f"use {' or '.join(units)}"
        raise RecordingError(f"`{path}`: {key} {shown(written)} is not known; {hint}")
    return units[written]


def _first_time(path: Path, head: CsvHead, column: int) -> float | None:
    with ByteSource(path) as source:
        if source.packed:
            return None
        chunk = next(data_chunks(path, head, source, chunk_bytes=4096), None)
    rows = parse_rows(chunk, head.columns, [column]) if chunk else None
    return float(rows.values[0, 0]) if rows is not None and len(rows.values) else None
