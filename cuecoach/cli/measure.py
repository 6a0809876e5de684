"""`cuecoach measure`: gait metrics of a raw recording."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cuecoach.cli import terminal
from cuecoach.cli.arguments import WornAt
from cuecoach.errors import RecordingError, UsageError

if TYPE_CHECKING:
    from cuecoach.events import ActivityChange, FloatArray, ImuBlock, Place, Step
    from cuecoach.gait import GaitAnalyser, PelvisSeries
    from cuecoach.gait.summary import Window


def measure(
    recording: Annotated[Path, typer.Argument(help="An IMU CSV (.csv, .csv.gz).", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object: steps, windows, summary.")] = False,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help="Write one line per step to this CSV file.")] = None,
    series: Annotated[
        bool, typer.Option("--series", help="With --json: the continuous angles of the pelvis as well.")
    ] = False,
    place: WornAt = None,
) -> None:
    """Measure cadence, contact, bounce and pelvis from raw samples, step by step and per 10 s.

    Stance time from the waist is an estimate: its changes and asymmetry can be trusted, its absolute value less so.

    Example:  cuecoach measure run.csv --place sacrum --csv steps.csv
    """
    from cuecoach.cli.options import parse_place

    if series and not as_json:
        raise UsageError("--series adds to the JSON only; write `--json --series`")
    if csv is not None:
        _check_target(csv, recording)
    result = _measure(recording, parse_place(place), series=series)
    for note in result.notes:
        terminal.note(note)
    if csv is not None:
        _write_steps(csv, result.steps)
    if as_json:
        terminal.expect_json()
        typer.echo(_json(result))
    else:
        _table(result)


#: What a line of the table holds, with headings that fit beside each other on 80 columns; the summary and the files hold all.
_PER_WINDOW = {
    "cadence": "cadence",
    "stance_time": "stance",
    "vertical_oscillation": "bounce",
    "pelvic_tilt": "tilt",
    "pelvic_obliquity_range": "hips",
    "pelvic_drop": "drop",
    "trunk_lean": "lean",
}


@dataclass(slots=True)
class _Result:
    place: Place
    sampling_rate_hz: float | None = None
    t_start: float = 0.0
    t_end: float = 0.0
    steps: list[Step] = field(default_factory=lambda: list["Step"]())
    activity: list[ActivityChange] = field(default_factory=lambda: list["ActivityChange"]())
    series: list[PelvisSeries] | None = None
    notes: list[str] = field(default_factory=lambda: list[str]())
    windows: list[Window] = field(default_factory=lambda: list["Window"]())


def _measure(path: Path, place: Place | None, *, series: bool) -> _Result:
    from cuecoach.events import ImuBlock
    from cuecoach.gait import GaitAnalyser
    from cuecoach.gait.summary import windows
    from cuecoach.sensors.recordings.recording import open_recording

    opened = open_recording(path, place=place)
    if opened.kind != "imu":
        raise RecordingError(
            f"{path.name} holds finished metrics, not raw samples; look at it with `cuecoach replay {path.name}`"
        )
    analyser: GaitAnalyser | None = None
    result: _Result | None = None
    for event in opened.events():
        if not isinstance(event, ImuBlock) or not len(event.times):
            continue
        if analyser is None or result is None:
            analyser = GaitAnalyser(event.place, series=series)
            result = _Result(event.place, t_start=float(event.times[0]), series=[] if series else None)
        _add(result, analyser, event)
    if analyser is None or result is None:
        raise RecordingError(f"{path.name} holds no samples; record again, or give another file")
    result.sampling_rate_hz = analyser.sampling_rate_hz
    result.notes = list(opened.notes)
    result.windows = windows(result.steps, result.activity, result.t_start, result.t_end)
    return result


def _add(result: _Result, analyser: GaitAnalyser, block: ImuBlock) -> None:
    update = analyser.push(block.times, block.acc, block.gyr)
    result.t_end = float(block.times[-1])
    result.steps += update.steps
    result.activity += update.activity
    if result.series is not None and update.series is not None:
        result.series.append(update.series)


def _summary(result: _Result) -> dict[str, float | int | str | None]:
    from cuecoach.gait.summary import means, seconds

    spent = seconds(result.activity, result.t_start, result.t_end)
    sides = [s.side for s in result.steps]
    out: dict[str, float | int | str | None] = {
        "steps": len(result.steps),
        "steps_left": sides.count("left"),
        "steps_right": sides.count("right"),
        "running_s": round(spent["running"], 2),
        "walking_s": round(spent["walking"], 2),
        "still_s": round(spent["still"], 2),
    }
    return out | {name: _rounded(value) for name, value in means(result.steps).items()}


def _json(result: _Result) -> str:
    import json

    from cuecoach.gait.summary import SHOWN

    out: dict[str, object] = {
        "sampling_rate_hz": result.sampling_rate_hz,
        "place": result.place,
        "duration_s": round(result.t_end - result.t_start, 3),
        "steps": [
            {
                "ic": round(s.ic, 4),
                "tc": None if s.tc is None else round(s.tc, 4),
                "known": round(s.known, 4),
                "side": s.side,
                **{name: _rounded(s.values.get(name)) for name in SHOWN},
            }
            for s in result.steps
        ],
        "windows": [
            {"t_start": round(w.t_start, 3), "t_end": round(w.t_end, 3), "activity": w.activity, "steps": w.steps}
            | {name: _rounded(value) for name, value in w.values.items()}
            for w in result.windows
        ],
        "summary": _summary(result),
    }
    if result.series is not None:
        out["series"] = {
            "t": _column([p.times for p in result.series]),
            "pelvic_tilt": _column([p.pelvic_tilt for p in result.series]),
            "pelvic_obliquity": _column([p.pelvic_obliquity for p in result.series]),
            "pelvic_rotation": _column([p.pelvic_rotation for p in result.series]),
        }
    return json.dumps(out)


def _column(parts: Sequence[FloatArray]) -> list[float | None]:
    return [_rounded(float(v)) for part in parts for v in part]


def _rounded(value: float | None) -> float | None:
    return None if value is None or value != value else round(value, 4)


def _check_target(csv: Path, recording: Path) -> None:
    """Refuse at once what could not be written after minutes of measuring, or should not be."""
    if not csv.parent.is_dir():
        raise UsageError(f"there is no folder {csv.parent} to write {csv.name} in; make it first")
    if csv.is_dir():
        raise UsageError(f"{csv} is a folder; name a file in it, for example {csv / 'steps.csv'}")
    if csv.exists() and recording.exists() and csv.samefile(recording):
        raise UsageError(f"{csv} is the recording itself; write the steps to another file")


def _write_steps(path: Path, steps: Sequence[Step]) -> None:
    import csv
    import os

    from cuecoach.gait.summary import SHOWN

    unfinished = path.with_name(f"{path.name}.part")
    try:
        with unfinished.open("w", newline="", encoding="utf-8") as file:
            out = csv.writer(file)
            out.writerow(["ic", "tc", "side", *SHOWN])
            for s in steps:
                values = [s.ic, s.tc, *(s.values.get(name) for name in SHOWN)]
                numbers = ["" if v is None else f"{v:.4f}" for v in values]
                out.writerow([*numbers[:2], s.side or "", *numbers[2:]])
        os.replace(unfinished, path)  # noqa: PTH105 -- replaces on every system, Path.rename does not
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise UsageError(f"{path} could not be written ({error.strerror}); choose another place") from error


def _table(result: _Result) -> None:
    from rich.table import Table

    from cuecoach.metrics import METRICS

    summary = _summary(result)
    rate = f"{result.sampling_rate_hz:g} Hz" if result.sampling_rate_hz else "rate unknown"
    console = terminal.open_console()
    console.print(
        f"{result.place}, {rate}, {result.t_end - result.t_start:.1f} s: running {summary['running_s']:g} s, "
        f"walking {summary['walking_s']:g} s, still {summary['still_s']:g} s; {len(result.steps)} running steps"
    )
    if not result.steps:
        return
    known = [name for name in METRICS if summary.get(name) is not None]
    overall = Table(box=None, pad_edge=False, show_header=False)
    for name in known:
        overall.add_row(name, _cell(name, summary[name]), METRICS[name].unit, METRICS[name].help)
    console.print(overall)

    shown = [name for name in _PER_WINDOW if name in known]
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("from s", justify="right")
    table.add_column("activity")
    table.add_column("steps", justify="right")
    for name in shown:
        table.add_column(f"{_PER_WINDOW[name]} {METRICS[name].unit}", justify="right")
    for w in result.windows:
        table.add_row(
            f"{w.t_start:.0f}", w.activity or "unknown", str(w.steps), *(_cell(name, w.values[name]) for name in shown)
        )
    console.print(table)


def _cell(name: str, value: float | str | None) -> str:
    if not isinstance(value, int | float):
        return "–"
    whole = name in ("stance_time", "flight_time", "vertical_oscillation")
    return f"{value:.0f}" if whole else f"{value:.1f}"
