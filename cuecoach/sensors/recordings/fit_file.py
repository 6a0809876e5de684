"""The bytes of a FIT file to plain records, sessions and timer events, however damaged the file; no judgement yet.

Decoding is by fitdecode. Only fields named in :mod:`cuecoach.sensors.recordings.fit_fields` are looked at: positions never.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass, field
from typing import Final

import fitdecode

from cuecoach.fitapp import INPUTS_MESSAGE, PHRASE_MESSAGE
from cuecoach.metrics import METRICS
from cuecoach.sensors.recordings.fit_fields import DEVELOPER_FIELDS, RECORD_FIELDS, developer_key
from cuecoach.sensors.recordings.fit_own import OwnContent

_CRC_TABLE: Final[list[int]] = []


@dataclass(slots=True)
class FitRecord:
    """One `record` message.

    Attributes
    ----------
    t
        Its timestamp, s of FIT's own count; None when it has none.
    sport
        The sport announced before it in the file, None when there was no announcement.
    values
        Native fields in FIT units; invalid ones are absent.
    developer
        Fields of apps and pods, in catalogue units, by metric name.
    """

    t: float | None
    sport: str | None
    values: dict[str, float]
    developer: dict[str, float]


@dataclass(frozen=True, slots=True)
class FitSession:
    """One `session` message: which sport, from when to when (s of FIT's count)."""

    sport: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class TimerEvent:
    """The watch's timer was started or stopped."""

    t: float
    running: bool


@dataclass(slots=True)
class FitContent:
    """What could be read.

    Attributes
    ----------
    file_type
        ``activity``, ``course``, ``workout``, …; None when the file does not say.
    cut_off
        The file ends before it should.
    damaged
        Reading stopped, or may be wrong, because bytes make no sense; a plain clause, empty when all is well.
    created
        When the file says it was begun, s of FIT's count; None when it does not say.
    own
        What this program itself put in.
    """

    records: list[FitRecord] = field(default_factory=lambda: list[FitRecord]())
    sessions: list[FitSession] = field(default_factory=lambda: list[FitSession]())
    timer: list[TimerEvent] = field(default_factory=lambda: list[TimerEvent]())
    file_type: str | None = None
    cut_off: bool = False
    damaged: str = ""
    created: float | None = None
    own: OwnContent = field(default_factory=OwnContent)


def is_fit(start: bytes) -> bool:
    """Whether a file that begins with these (at least 12) bytes is a FIT file."""
    return start[8:12] == b".FIT"


def read_fit(data: bytes) -> FitContent:
    """Decode what can be decoded.

    Parameters
    ----------
    data
        The whole file; several FIT files may follow one another in it.

    Returns
    -------
    FitContent
        In file order. Damage ends the reading, it never raises.
    """
    content = FitContent()
    data = _mend_size(data, content)
    decoder = _Collector(content)
    with _reader(data) as reader:
        try:
            for frame in reader:
                if isinstance(frame, fitdecode.FitDataMessage):
                    decoder.take(frame)
        except fitdecode.FitEOFError:
            content.cut_off = True
        except fitdecode.FitHeaderError:
            # Something follows the last complete file.
            if not content.records:
                content.damaged = "its header makes no sense"
        except (
            Exception
        ) as error:  # hostile bytes make the decoder raise whatever Python raises: KeyError, AssertionError, …
            content.damaged = f"its bytes make no sense from there on ({type(error).__name__} while decoding)"
    if not content.cut_off and not content.damaged and not _checksums_match(data):
        content.damaged = "its checksum does not match, so some values may be wrong"
    return content


def first_time(data: bytes) -> float | None:
    """Return when a FIT file was begun, s of FIT's count, from its first messages; None when it does not say."""
    with _reader(_mend_size(data, FitContent())) as reader:
        try:
            for frame in reader:
                if isinstance(frame, fitdecode.FitDataMessage) and frame.name in ("file_id", "record"):
                    told = _fields(frame)
                    t = _number(told.get("time_created" if frame.name == "file_id" else "timestamp"))
                    if t is not None or frame.name == "record":
                        return t
        except Exception:  # as in `read_fit`; what is wrong is told there
            return None
    return None


def _reader(data: bytes) -> fitdecode.FitReader:
    return fitdecode.FitReader(
        data,
        # Without a processor timestamps stay integers, and decoding takes a third less time.
        processor=None,
        check_crc=fitdecode.CrcCheck.DISABLED,
        error_handling=fitdecode.ErrorHandling.IGNORE,
    )


class _Collector:
    """Sorts decoded messages into a FitContent."""

    def __init__(self, content: FitContent) -> None:
        self._content = content
        self._sport: str | None = None

    def take(self, message: fitdecode.FitDataMessage) -> None:
        match message.name:
            case "record":
                self._content.records.append(self._record(message))
            case "session":
                self._session(_fields(message))
                self._sport = None
            case "sport":
                self._sport = _sport(_fields(message))
            case "event":
                self._event(_fields(message))
            case "developer_data_id":
                self._content.own.begin(message)
            case "device_info":
                self._content.own.sensor(message, _fields(message).get("device_index"))
            case "file_id":
                told = _fields(message)
                kind = told.get("type")
                self._content.created = _number(told.get("time_created"))
                self._content.file_type = kind if isinstance(kind, str) else self._content.file_type
                self._sport = None
            case _:
                if message.global_mesg_num == INPUTS_MESSAGE:
                    self._content.own.piece(message)
                elif message.global_mesg_num == PHRASE_MESSAGE:
                    self._content.own.phrase(message)

    def _record(self, message: fitdecode.FitDataMessage) -> FitRecord:
        t: float | None = None
        own = self._content.own
        values: dict[str, float] = {}
        developer: dict[str, float] = {}
        for data in message.fields:
            value: object = data.value
            if isinstance(value, tuple) and len(value) == 1:  # pyright: ignore[reportUnknownArgumentType]
                value = value[0]  # pyright: ignore[reportUnknownVariableType]
            if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
                continue
            if data.field_def is not None and data.field_def.is_dev:
                if data.field_def.dev_data_index == own.app:
                    if data.name in METRICS:
                        developer[data.name] = float(value)
                    continue
                known = DEVELOPER_FIELDS.get(developer_key(data.name, data.units))
                if known is not None:
                    metric, factor = known
                    developer[metric] = value * factor
            elif data.name == "timestamp":
                t = float(value)
            elif data.name in RECORD_FIELDS and (data.field_def is not None or data.name not in values):
                # (`speed` also comes as an `enhanced_speed` made from it, which must not hide the field of that name.)
                values[data.name] = float(value)
        return FitRecord(t, self._sport, values, developer)

    def _session(self, fields: dict[str, object]) -> None:
        start, end = _number(fields.get("start_time")), _number(fields.get("timestamp"))
        length = _number(fields.get("total_elapsed_time"))
        if start is not None and length is not None:
            # The message itself is written when the person saves, perhaps minutes later: its timestamp is the second choice.
            end = start + length
        if start is not None and end is not None:
            self._content.sessions.append(FitSession(_sport(fields) or "generic", start, end))

    def _event(self, fields: dict[str, object]) -> None:
        t, kind = _number(fields.get("timestamp")), fields.get("event_type")
        if fields.get("event") == "timer" and t is not None and isinstance(kind, str):
            if kind == "start":
                self._content.timer.append(TimerEvent(t, running=True))
            elif kind.startswith("stop"):  # stop, stop_all, stop_disable, stop_disable_all
                self._content.timer.append(TimerEvent(t, running=False))


def _fields(message: fitdecode.FitDataMessage) -> dict[str, object]:
    return {data.name: data.value for data in message.fields if data.value is not None}


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None


def _sport(fields: dict[str, object]) -> str | None:
    """Return the sport, with treadmill running under whichever main sport a device files it."""
    if fields.get("sub_sport") in ("treadmill", "indoor_running"):
        return "running"
    sport = fields.get("sport")
    return None if sport is None else str(sport)


def _mend_size(data: bytes, content: FitContent) -> bytes:
    """Fill in the length that a watch writes last: 0 there means it never closed the file."""
    header, size = data[0], struct.unpack_from("<I", data, 4)[0]
    if size == 0 and len(data) > header + 2:
        content.cut_off = True
        return data[:4] + struct.pack("<I", len(data) - header) + data[8:]
    return data


def _checksums_match(data: bytes) -> bool:
    """Compare the checksum at the end of each FIT file in `data` with its bytes."""
    at = 0
    while at + 14 <= len(data) and is_fit(data[at : at + 12]):
        end = at + data[at] + struct.unpack_from("<I", data, at + 4)[0]
        if end + 2 > len(data) or _crc(data[at : end + 2]) != 0:
            return False
        at = end + 2
    return True


def _crc(data: bytes) -> int:
    """Return the CRC-16 of the FIT protocol (polynomial 0xA001, start 0); 0 over data with its own checksum behind it."""
    if not _CRC_TABLE:
        for value in range(256):
            for _ in range(8):
                value = (value >> 1) ^ (0xA001 if value & 1 else 0)
            _CRC_TABLE.append(value)
    crc = 0
    for byte in data:
        crc = (crc >> 8) ^ _CRC_TABLE[(crc ^ byte) & 0xFF]
    return crc
