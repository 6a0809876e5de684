"""A small FIT encoder for tests: records, sessions, timer events and developer fields, as watches write them.

Written from the FIT protocol and profile: a 14-byte header, definition and data messages, a CRC-16 at the end. Values are given
in profile units (m/s, mm, ms, strides/min); None writes the type's "invalid". Times are seconds after `START`.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

#: FIT time of t = 0 in these files (some day in 2021).
START = 1_000_000_000

#: Field number, base type, raw value (None: invalid).
RawField = tuple[int, int, float | str | None]

ENUM, UINT8, UINT16, UINT32, FLOAT32, STRING = 0x00, 0x02, 0x84, 0x86, 0x88, 0x07
_FORMATS = {ENUM: "B", UINT8: "B", UINT16: "H", UINT32: "I", FLOAT32: "f"}
_INVALID = {ENUM: 0xFF, UINT8: 0xFF, UINT16: 0xFFFF, UINT32: 0xFFFFFFFF, FLOAT32: float("nan")}

FILE_ID, SPORT, SESSION, RECORD, EVENT, FIELD_DESCRIPTION, DEVELOPER_DATA_ID = 0, 12, 18, 20, 21, 206, 207
SPORTS = {"generic": 0, "running": 1, "cycling": 2, "transition": 3, "swimming": 5, "training": 10, "walking": 11}
SUB_SPORTS = {"generic": 0, "treadmill": 1}
FILE_TYPES = {"activity": 4, "workout": 5, "course": 6}
EVENT_TYPES = {"start": 0, "stop": 1, "stop_all": 4}

#: Name -> field number, type, scale, offset (FIT profile, message `record`).
RECORD_FIELDS = {
    "position_lat": (0, UINT32, 1, 0),
    "altitude": (2, UINT16, 5, 500),
    "heart_rate": (3, UINT8, 1, 0),
    "cadence": (4, UINT8, 1, 0),
    "distance": (5, UINT32, 100, 0),
    "speed": (6, UINT16, 1000, 0),
    "power": (7, UINT16, 1, 0),
    "vertical_oscillation": (39, UINT16, 10, 0),
    "stance_time": (41, UINT16, 10, 0),
    "cadence256": (52, UINT16, 256, 0),
    "fractional_cadence": (53, UINT8, 128, 0),
    "enhanced_speed": (73, UINT32, 1000, 0),
    "enhanced_altitude": (78, UINT32, 5, 500),
    "vertical_ratio": (83, UINT16, 100, 0),
    "stance_time_balance": (84, UINT16, 100, 0),
    "step_length": (85, UINT16, 10, 0),
}


@dataclass(slots=True)
class FitWriter:
    """Collects messages; :meth:`data` is the file. Methods return self, so that a file reads as one sentence."""

    _body: bytearray = field(default_factory=bytearray)
    _layouts: dict[int, bytes] = field(default_factory=dict)
    _developer: dict[str, int] = field(default_factory=dict)

    def file_id(self, kind: str = "activity") -> FitWriter:
        return self.message(FILE_ID, [(0, ENUM, FILE_TYPES[kind])])

    def sport(self, sport: str, sub_sport: str = "generic") -> FitWriter:
        return self.message(SPORT, [(0, ENUM, SPORTS[sport]), (1, ENUM, SUB_SPORTS[sub_sport])])

    def timer(self, t: float, kind: str) -> FitWriter:
        return self.message(EVENT, [(253, UINT32, START + t), (0, ENUM, 0), (1, ENUM, EVENT_TYPES[kind])])

    def session(
        self, sport: str, start: float, elapsed: float, *, sub_sport: str = "generic", saved: float = 0
    ) -> FitWriter:
        """Write a session; `saved` is how long after its end the person pressed save."""
        times = [
            (253, UINT32, START + start + elapsed + saved),
            (2, UINT32, START + start),
            (7, UINT32, elapsed * 1000),
        ]
        return self.message(SESSION, [*times, (5, ENUM, SPORTS[sport]), (6, ENUM, SUB_SPORTS[sub_sport])])

    def developer_field(self, name: str, units: str | None) -> FitWriter:
        """Declare a float field of an app; give its value in :meth:`record` under the same name."""
        if not self._developer:
            self.message(DEVELOPER_DATA_ID, [(3, UINT8, 0)])
        number = self._developer.setdefault(name, len(self._developer))
        fields: list[RawField] = [
            (0, UINT8, 0),
            (1, UINT8, number),
            (2, UINT8, FLOAT32),
            (3, STRING, name),
        ]
        return self.message(FIELD_DESCRIPTION, fields if units is None else [*fields, (8, STRING, units)])

    def record(self, t: float | None, developer: dict[str, float] | None = None, **values: float | None) -> FitWriter:
        fields: list[RawField] = [] if t is None else [(253, UINT32, START + t)]
        for name, value in values.items():
            number, kind, scale, offset = RECORD_FIELDS[name]
            fields.append((number, kind, None if value is None else round((value + offset) * scale)))
        return self.message(
            RECORD, fields, [(self._developer[name], value) for name, value in (developer or {}).items()]
        )

    def message(
        self,
        number: int,
        fields: list[RawField],
        developer: list[tuple[int, float]] | None = None,
    ) -> FitWriter:
        """Write any message: `fields` are field number, base type, raw value."""
        local = {FILE_ID: 0, SPORT: 1, SESSION: 2, RECORD: 3, EVENT: 4}.get(number, 5)
        layout, payload = bytearray(struct.pack("<BBHB", 0, 0, number, len(fields))), bytearray()
        for field_number, kind, value in fields:
            if isinstance(value, str):
                raw = value.encode() + b"\0"
            else:
                plain = _INVALID[kind] if value is None else value
                raw = struct.pack("<" + _FORMATS[kind], plain if kind == FLOAT32 else int(plain))
            layout += bytes((field_number, len(raw), kind))
            payload += raw
        if developer:
            layout += bytes((len(developer), *(byte for index, _ in developer for byte in (index, 4, 0))))
            payload += b"".join(struct.pack("<f", value) for _, value in developer)
        if self._layouts.get(local) != layout:
            self._layouts[local] = bytes(layout)
            self._body += bytes((0x40 | (0x20 if developer else 0) | local,)) + layout
        self._body += bytes((local,)) + payload
        return self

    def data(self, *, size: int | None = None) -> bytes:
        """Return the file; `size` overrides the body length in the header, as a watch that lost power leaves it."""
        header = struct.pack("<BBHI4s", 14, 0x20, 2132, len(self._body) if size is None else size, b".FIT")
        whole = header + struct.pack("<H", crc16(header)) + self._body
        return whole + struct.pack("<H", crc16(whole))


def crc16(data: bytes) -> int:
    """Return the FIT checksum (CRC-16, polynomial 0xA001), bit by bit."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0xA001 if crc & 1 else 0)
    return crc


def steady_run(seconds: int, *, start: int = 0, every: int = 1, **values: float | None) -> FitWriter:
    """Return a running activity with the same values (default: 85 strides/min at 3 m/s) in every record, and its session."""
    writer = FitWriter().file_id().sport("running").timer(start, "start")
    for t in range(start, start + seconds + 1, every):
        writer.record(t, **{"cadence": 85, "enhanced_speed": 3.0, **values})
    return writer.timer(start + seconds, "stop_all").session("running", start, seconds)
