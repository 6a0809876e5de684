"""The answer as one JSON object: its long lists wait in temporary files, so that an error in the middle prints nothing."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import IO, TYPE_CHECKING, Final, cast

import numpy as np

from cuecoach.cli import terminal
from cuecoach.events import Alignment, FloatArray, Slip, Step
from cuecoach.gait.leftright import ASYMMETRY
from cuecoach.gait.summary import SHOWN, Window

if TYPE_CHECKING:
    from cuecoach.cli.measure.measuring import Measured, News

_SERIES: Final = {
    "t": "times",
    "pelvic_tilt": "pelvic_tilt",
    "pelvic_obliquity": "pelvic_obliquity",
    "pelvic_rotation": "pelvic_rotation",
}
#: A list shorter than this stays in memory, bytes.
_IN_MEMORY: Final = 1 << 18


class _LongList:
    """A JSON array that grows in a temporary file."""

    def __init__(self) -> None:
        file = tempfile.SpooledTemporaryFile(_IN_MEMORY, "w+", encoding="ascii", newline="\n")  # noqa: SIM115 -- see `close`
        self._file = cast("IO[str]", file)  # a text file in all but name
        self._empty = True

    def add(self, items: str) -> None:
        """Append elements, written as JSON with commas between them."""
        if items:
            self._file.write(items if self._empty else f",{items}")
            self._empty = False

    def copy(self, out: IO[str]) -> None:
        """Write the whole array."""
        self._file.seek(0)
        out.write("[")
        shutil.copyfileobj(self._file, out)
        out.write("]")

    def close(self) -> None:
        self._file.close()


class JsonAnswer:
    """Gathers the JSON object and prints it at the end."""

    def __init__(self, *, series: bool) -> None:
        self._steps, self._windows = _LongList(), _LongList()
        self._series = {name: _LongList() for name in _SERIES} if series else None

    def __enter__(self) -> JsonAnswer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for long in (self._steps, self._windows, *(self._series or {}).values()):
            long.close()

    def add(self, news: News) -> None:
        """Keep what a block made known."""
        update = news.update
        self._steps.add(_elements(map(_step, update.steps)))
        self._windows.add(_elements(map(_window, news.windows)))
        if self._series is not None and update.series is not None:
            for name, long in self._series.items():
                long.add(_numbers(getattr(update.series, _SERIES[name])))

    def finish(self, done: Measured) -> None:
        """Print the object."""
        terminal.expect_json()
        out = sys.stdout
        head = {
            "sampling_rate_hz": done.sampling_rate_hz,
            "place": done.place,
            "duration_s": round(done.duration_s, 3),
            "speed": _rounded(done.speed),
            "alignments": [_alignment(a) for a in done.alignments],
            "slips": [_slip(s) for s in done.slips],
            "summary": _summary(done),
        }
        out.write(json.dumps(head)[:-1])
        for name, long in (("windows", self._windows), ("steps", self._steps)):
            out.write(f', "{name}": ')
            long.copy(out)
        if self._series is not None:
            out.write(', "series": ')
            for i, (name, long) in enumerate(self._series.items()):
                out.write(f'{", " if i else "{"}"{name}": ')
                long.copy(out)
            out.write("}")
        out.write("}\n")


def _step(step: Step) -> dict[str, object]:
    return {
        "ic": round(step.ic, 4),
        "tc": _rounded(step.tc),
        "known": round(step.known, 4),
        "side": step.side,
        **{name: _rounded(step.values.get(name)) for name in SHOWN},
    }


def _window(window: Window) -> dict[str, object]:
    return {
        "t_start": round(window.t_start, 3),
        "t_end": round(window.t_end, 3),
        "activity": window.activity,
        "steps": window.steps,
        **_means(window),
    }


def _summary(done: Measured) -> dict[str, object]:
    whole, pairs = done.whole, done.sides.pairs()
    return {
        "steps": whole.steps,
        "steps_left": done.sides.steps["left"],
        "steps_right": done.sides.steps["right"],
        "running_s": round(whole.spent["running"], 2),
        "walking_s": round(whole.spent["walking"], 2),
        "still_s": round(whole.spent["still"], 2),
        **_means(whole),
        "left_right": {
            name: {"left": _rounded(p.left), "right": _rounded(p.right), "asymmetry": _rounded(p.asymmetry)}
            for name, p in pairs.items()
        },
        "asymmetry": ASYMMETRY,
    }


def _alignment(alignment: Alignment) -> dict[str, object]:
    forward, left, up = ([_rounded(v) for v in axis] for axis in alignment.axes)
    return {
        "known": _rounded(alignment.known),
        "reference": alignment.reference,
        "since": _rounded(alignment.since),
        "until": _rounded(alignment.until),
        "forward": alignment.forward,
        "axes": {"forward": forward, "left": left, "up": up},
        "gyr_bias": [_rounded(v) for v in alignment.gyr_bias],
    }


def _slip(slip: Slip) -> dict[str, object]:
    return {
        "known": _rounded(slip.known),
        "at": _rounded(slip.at),
        "pelvic_tilt": _rounded(slip.pelvic_tilt),
        "pelvic_obliquity": _rounded(slip.pelvic_obliquity),
    }


def _means(window: Window) -> dict[str, float | None]:
    return {name: _rounded(value) for name, value in window.values.items()}


def _elements(things: Iterable[Mapping[str, object]]) -> str:
    return ", ".join([json.dumps(thing) for thing in things])


def _numbers(values: FloatArray) -> str:
    """Write numbers as elements of a JSON array; NaN becomes null."""
    return json.dumps(np.round(values, 4).tolist())[1:-1].replace("NaN", "null")


def _rounded(value: float | None) -> float | None:
    return None if value is None or value != value else round(value, 4)
