"""Messages to the bytes of a FIT file: header, definitions, data and checksum, by the public FIT protocol (version 2.0)."""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

Value: TypeAlias = float | str | bytes | None
TypeName: TypeAlias = Literal[
    "enum", "uint8", "sint8", "uint16", "sint16", "uint32", "sint32", "string", "float64", "byte"
]

#: Protocol 2.0, the first with developer fields; profile 21.32.
_PROTOCOL: Final = 0x20
_PROFILE: Final = 2132
#: A definition holds a local number from 0 to 15.
_LOCALS: Final = 16
#: A string field ends with a zero byte and has at most 255 bytes.
LONGEST_TEXT: Final = 254


@dataclass(frozen=True, slots=True)
class BaseType:
    """A FIT base type: its identifier, the format of `struct`, and what stands for "unknown"."""

    number: int
    form: str
    invalid: float


#: FIT protocol, table of base types. The invalid float64 is all ones, a NaN.
BASE_TYPES: Final[Mapping[TypeName, BaseType]] = {
    "enum": BaseType(0x00, "B", 0xFF),
    "sint8": BaseType(0x01, "b", 0x7F),
    "uint8": BaseType(0x02, "B", 0xFF),
    "sint16": BaseType(0x83, "h", 0x7FFF),
    "uint16": BaseType(0x84, "H", 0xFFFF),
    "sint32": BaseType(0x85, "i", 0x7FFFFFFF),
    "uint32": BaseType(0x86, "I", 0xFFFFFFFF),
    "string": BaseType(0x07, "s", 0),
    "float64": BaseType(0x89, "d", math.nan),
    "byte": BaseType(0x0D, "B", 0xFF),
}
_INVALID_FLOAT: Final = b"\xff" * 8
_RANGES: Final[Mapping[str, tuple[int, int]]] = {
    "B": (0, 0xFE),
    "b": (-0x7F, 0x7E),
    "H": (0, 0xFFFE),
    "h": (-0x7FFF, 0x7FFE),
    "I": (0, 0xFFFFFFFE),
    "i": (-0x7FFFFFFF, 0x7FFFFFFE),
}


@dataclass(frozen=True, slots=True)
class Field:
    """A field as written: its number, type, and how the raw number follows: ``(value + offset) * scale``.

    `size` is the room of a string or of bytes; a field with an `app` is a developer field of that index.
    """

    number: int
    kind: TypeName
    scale: float = 1.0
    offset: float = 0.0
    size: int = 0
    app: int | None = None

    @property
    def length(self) -> int:
        """Bytes in the file."""
        return self.size or struct.calcsize("<" + BASE_TYPES[self.kind].form)


Row: TypeAlias = Sequence[tuple[Field, Value]]


@dataclass(slots=True)
class FitFile:
    """Collects messages; :meth:`data` is the file."""

    _body: bytearray = field(default_factory=bytearray)
    _locals: dict[tuple[int, tuple[Field, ...]], int] = field(
        default_factory=lambda: dict[tuple[int, tuple[Field, ...]], int]()
    )
    _defined: int = 0

    def add(self, message: int, row: Row) -> None:
        """Add one message; None, and what has no room in its field, is written as unknown."""
        layout = (message, tuple(f for f, _ in row))
        local = self._locals.get(layout)
        if local is None:
            local = self._define(layout)
        self._body.append(local)
        own = [(f, v) for f, v in row if f.app is None]
        added = [(f, v) for f, v in row if f.app is not None]
        for each, value in (*own, *added):
            self._body += encode(each, value)

    def _define(self, layout: tuple[int, tuple[Field, ...]]) -> int:
        message, fields = layout
        local = self._defined % _LOCALS
        self._defined += 1
        self._locals = {known: number for known, number in self._locals.items() if number != local}
        self._locals[layout] = local
        own = [f for f in fields if f.app is None]
        added = [f for f in fields if f.app is not None]
        self._body.append(0x40 | (0x20 if added else 0) | local)
        self._body += struct.pack("<BBHB", 0, 0, message, len(own))
        for each in own:
            self._body += bytes((each.number, each.length, BASE_TYPES[each.kind].number))
        if added:
            self._body.append(len(added))
            for each in added:
                self._body += bytes((each.number, each.length, each.app or 0))
        return local

    def data(self) -> bytes:
        """Return the whole file."""
        header = struct.pack("<BBHI4s", 14, _PROTOCOL, _PROFILE, len(self._body), b".FIT")
        whole = header + struct.pack("<H", checksum(header)) + self._body
        return whole + struct.pack("<H", checksum(whole))


def encode(field: Field, value: Value) -> bytes:
    """Return the bytes of one value in its field."""
    base = BASE_TYPES[field.kind]
    if isinstance(value, bytes):
        return value[: field.length].ljust(field.length, b"\xff")
    if isinstance(value, str) or field.kind == "string":
        return cut_text(str(value or ""), field.length - 1).ljust(field.length, b"\0")
    if field.kind == "float64":
        return _INVALID_FLOAT if value is None or not math.isfinite(value) else struct.pack("<d", value)
    low, high = _RANGES[base.form]
    raw = base.invalid
    if value is not None and math.isfinite(value):
        exact = round((value + field.offset) * field.scale)
        raw = exact if low <= exact <= high else base.invalid
    return struct.pack("<" + base.form, int(raw))


def cut_text(text: str, room: int) -> bytes:
    """Return as much of the text as has room, in bytes of UTF-8, no letter cut in two."""
    return text.encode()[:room].decode(errors="ignore").encode()


def text_field(number: int, texts: Sequence[str], app: int | None = None) -> Field:
    """Return a string field with room for the longest of the texts."""
    longest = max((len(text.encode()) for text in texts), default=0)
    return Field(number, "string", size=min(longest, LONGEST_TEXT) + 1, app=app)


def _table() -> tuple[int, ...]:
    table: list[int] = []
    for value in range(256):
        crc = value
        for _ in range(8):
            crc = (crc >> 1) ^ (0xA001 if crc & 1 else 0)
        table.append(crc)
    return tuple(table)


_CRC: Final = _table()


def checksum(data: bytes | bytearray) -> int:
    """Return the CRC-16 of the FIT protocol (polynomial 0xA001, start 0)."""
    crc = 0
    for byte in data:
        crc = (crc >> 8) ^ _CRC[(crc ^ byte) & 0xFF]
    return crc
