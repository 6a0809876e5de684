"""A recording is a file of sensor data that can be coached again: opened by what is in it, not by what it is called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from cuecoach.errors import RecordingError
from cuecoach.events import AudioEvent, Event, ImuBlock, Place, Reading, SensorState, Tick
from cuecoach.metrics import METRICS, OTHER_NAMES
from cuecoach.sensors.cadence import CadenceUnit
from cuecoach.sensors.recordings.csv_text import ByteSource, read_head, suggestion, unreadable


@dataclass(frozen=True, slots=True)
class LivedRun:
    """A coached run with all that went into the coach, so that it can be lived through again.

    Attributes
    ----------
    inputs
        Everything, in its order: sensors, keys, ticks, sounds. Changed cue files are not among it.
    asked
        Number of each phrase that the coach asked for, and when it was to begin, s.
    """

    inputs: Sequence[Event]
    asked: Mapping[int, float]

    def fed(self) -> Iterator[Event]:
        """Yield what sensors said and keys did, for a driver that makes ticks and sounds of its own."""
        return (event for event in self.inputs if not isinstance(event, AudioEvent | Tick))


class Recording(Protocol):
    """A file of sensor data.

    Attributes
    ----------
    path
        The file.
    kind
        ``imu``: raw samples come as ImuBlocks; ``metrics``: Readings.
    place
        Where the sensor was worn, None when unknown.
    notes
        Plain sentences about what was assumed, left out or broken; complete once `events()` is exhausted.
    duration_s
        From the first to the last sample, s; may be NaN until `events()` is exhausted.
    lived
        The whole run, where the file holds one that was coached; None otherwise.
    """

    @property
    def path(self) -> Path: ...  # noqa: D102 -- all six are described above
    @property
    def kind(self) -> Literal["imu", "metrics"]: ...  # noqa: D102
    @property
    def place(self) -> Place | None: ...  # noqa: D102
    @property
    def notes(self) -> list[str]: ...  # noqa: D102
    @property
    def duration_s(self) -> float: ...  # noqa: D102
    @property
    def lived(self) -> LivedRun | None: ...  # noqa: D102

    def events(self) -> Iterator[ImuBlock | Reading | SensorState]:
        """Yield what the sensor gave in time order, t in s since the first sample; the same on every call.

        Raises
        ------
        RecordingError
            The file turns out to be unusable further in.
        """
        ...


#: What a file is that begins so, and what to do about it.
_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "is a zip archive or a spreadsheet; unpack it, or save the sheet as CSV"),
    (b"SQLite format 3", "is a database; export the run you want from it"),
    (b"{", "is JSON; give the FIT or CSV file"),
    (b"[", "is JSON; give the FIT or CSV file"),
    (b"%PDF", "is a PDF; give the FIT or CSV file"),
    (b"RIFF", "is a sound or video file; give the FIT or CSV file"),
)


def open_recording(
    path: Path, *, place: Place | None = None, cadence_unit: CadenceUnit = "auto", block_s: float = 60.0
) -> Recording:
    """Open a FIT activity, an IMU CSV or a metric CSV, each also gzipped.

    Parameters
    ----------
    path
        The file; its content decides what it is.
    place
        Where the sensor was worn, when the caller knows better than the file.
    cadence_unit
        What cadence values count. ``auto`` decides for a FIT file from its values; a CSV column `cadence` is in steps.
    block_s
        Length of the ImuBlocks, s.

    Returns
    -------
    Recording
        A FIT file is decoded already; a CSV is read while its events are taken, in bounded memory.

    Raises
    ------
    RecordingError
        One sentence: what is wrong, where, and how to mend it.
    """
    path = Path(path)
    start = _first_bytes(path)
    if start[8:12] == b".FIT":
        from cuecoach.sensors.recordings.fit import open_fit  # the decoder's profile takes 0.2 s to import

        recording: Recording = open_fit(path, place=place, cadence_unit=cadence_unit)
        if ".csv" in path.suffixes:
            recording.notes.insert(0, "The file is named .csv but is a FIT file; it was read as FIT.")
        return recording
    if path.name.lower().endswith((".fit", ".fit.gz")) and not start.isascii():
        raise RecordingError(f"`{path}` is not a FIT file, or is cut off in its header; export it again")
    _refuse_foreign(path, start)

    from cuecoach.sensors.recordings.imu_csv import is_imu_head, open_imu_csv
    from cuecoach.sensors.recordings.metric_csv import open_metric_csv

    head = read_head(path)
    if is_imu_head(head):
        return open_imu_csv(path, head, place=place, block_s=block_s)
    if "t" in head.columns or any(suggestion(name, METRICS, OTHER_NAMES) for name in head.columns):
        return open_metric_csv(path, head, place=place, cadence_unit=cadence_unit)
    raise RecordingError(
        f"`{path}`, line {head.line}: these are no columns of a recording; raw samples are `t,acc_x,acc_y,acc_z` with "
        "`gyr_x,gyr_y,gyr_z`, metrics for example `t,cadence,speed`"
    )


def _first_bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise RecordingError(f"`{path}` is a folder; give a file in it")
        if not path.exists():
            raise RecordingError(f"`{path}` does not exist; check the name and the folder")
        if not path.is_file():
            raise RecordingError(f"`{path}` is not an ordinary file; give a .fit, .csv or .csv.gz file")
    except OSError as error:
        raise RecordingError(unreadable(path, error)) from error
    with ByteSource(path) as source:
        start = source.read(512)
        if not start:
            broken = (
                "is a gzip archive that holds nothing readable; pack" if source.packed else "is empty; record or export"
            )
            raise RecordingError(f"`{path}` {broken} it again")
        return start


def _refuse_foreign(path: Path, start: bytes) -> None:
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    for magic, told in _FOREIGN:
        if text.startswith(magic):
            raise RecordingError(f"`{path}` {told}")
    if text.startswith(b"<"):
        kind = next(
            (name for mark, name in ((b"<gpx", "GPX"), (b"TrainingCenterDatabase", "TCX")) if mark in start), None
        )
        told = f"is a {kind} file, which lacks most running metrics" if kind else "is a web page or XML"
        raise RecordingError(f"`{path}` {told}; export the original FIT file instead")
