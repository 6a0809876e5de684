"""Steps as a CSV table, written as they come; the file appears when it is whole."""

from __future__ import annotations

import csv
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from cuecoach.cli.measure.targets import beside, put_in_place, unwritable
from cuecoach.gait.summary import SHOWN

if TYPE_CHECKING:
    from cuecoach.cli.measure.measuring import Measured, News


class StepsCsv:
    """A table of steps in a file. Leaving it before `finish` leaves no file.

    Raises
    ------
    UsageError
        The file cannot be written, at any time.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with unwritable(path):
            self._file = beside(path).open("w", newline="", encoding="utf-8")
        self._table = csv.writer(self._file)

    def __enter__(self) -> StepsCsv:
        with unwritable(self._path):
            self._table.writerow(["ic", "tc", "known", "side", *SHOWN])
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if not self._file.closed:
            with unwritable(self._path):
                beside(self._path).unlink(missing_ok=True)
                self._file.close()

    def add(self, news: News) -> None:
        """Write the steps of a block."""
        with unwritable(self._path):
            for step in news.update.steps:
                get = step.values.get
                numbers = [
                    "" if v is None else f"{v:.4f}" for v in (step.ic, step.tc, step.known, *(get(n) for n in SHOWN))
                ]
                self._table.writerow([*numbers[:3], step.side or "", *numbers[3:]])

    def finish(self, done: Measured) -> None:
        """Put the file in its place."""
        with unwritable(self._path):
            self._file.close()
            put_in_place(self._path)
