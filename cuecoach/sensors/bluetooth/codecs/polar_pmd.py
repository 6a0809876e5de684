"""Polar measurement data (PMD): commands, answers and sample frames of the H10, Verity Sense, OH1 and 360.

Source of the format: Polar BLE SDK, public documentation and technical documentation (GitHub, polarofficial/polar-ble-sdk).
All numbers are little-endian. A frame carries one sensor, and the time of its *last* sample in ns since 2000-01-01.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cuecoach.events import FloatArray
from cuecoach.sensors.message import Samples
from cuecoach.units import STANDARD_GRAVITY

SERVICE: Final = "fb005c80-02e7-f387-1cad-8acd2d8df0c8"
CONTROL: Final = "fb005c81-02e7-f387-1cad-8acd2d8df0c8"
DATA: Final = "fb005c82-02e7-f387-1cad-8acd2d8df0c8"

#: Kinds of measurement.
ACC: Final = 2
GYRO: Final = 5

#: Operations of the control point.
GET_SETTINGS: Final = 1
START: Final = 2
STOP: Final = 3

#: Settings by their identifier: sampling rate, Hz; resolution, bit; range, g or deg/s; number of channels; factor.
RATE: Final = 0
RESOLUTION: Final = 1
RANGE: Final = 2
CHANNELS: Final = 4
FACTOR: Final = 5
#: Bytes of one value: also of range in thousandths (3) and of the security setting (6), which are skipped.
_WIDTH: Final = {RATE: 2, RESOLUTION: 2, RANGE: 2, 3: 4, CHANNELS: 1, FACTOR: 4, 6: 16}

#: Statuses of an answer that are more than a refusal.
ALREADY_STREAMING: Final = 6
INVALID_MTU: Final = 10
IN_CHARGER: Final = 13
#: Statuses in words.
STATUS: Final[Mapping[int, str]] = MappingProxyType(
    {
        0: "done",
        1: "it does not know the command",
        2: "it does not have that sensor",
        3: "it does not support that",
        4: "the command has a wrong length",
        5: "a setting is wrong",
        ALREADY_STREAMING: "it is streaming already",
        7: "it does not have that resolution",
        8: "it does not have that sampling rate",
        9: "it does not have that range",
        INVALID_MTU: "the packets of this connection are too small",
        11: "it does not have so many channels",
        12: "it cannot do that in its present mode",
        IN_CHARGER: "it is in its charger",
        14: "its memory is full",
    }
)

_ANSWER: Final = 0xF0
_FEATURES: Final = 0x0F
#: Of the first byte of a frame, the kind of measurement.
_KIND: Final = 0x3F
_COMPRESSED: Final = 0x80
_AXES: Final = 3
_HEADER: Final = struct.Struct("<BQB")
#: Longest value of an attribute (Bluetooth Core, Vol 3, Part F, 3.2.9).
_MOST_BYTES: Final = 512
#: A real frame has far fewer; blocks of "no change" could ask for 65 000 in 512 bytes.
_MOST_SAMPLES: Final = 1024
_MOST_BITS: Final = 32
#: Beyond twice the widest range that any of these sensors has, a value is damage, m/s² and deg/s.
_MOST_ACC: Final = 32 * STANDARD_GRAVITY
_MOST_GYR: Final = 4000.0
_NO_FACTORS: Mapping[int, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Answer:
    """What the control point says to a command.

    Attributes
    ----------
    op, kind
        The command, and the measurement it was for.
    status
        0 when done; see `STATUS`.
    settings
        Values by setting; empty unless asked for.
    factor
        What samples are to be multiplied with; None when the answer has none.
    """

    op: int
    kind: int
    status: int
    settings: Mapping[int, tuple[int, ...]] = field(default_factory=lambda: dict[int, tuple[int, ...]]())
    factor: float | None = None


def get_settings(kind: int) -> bytes:
    """Return the command that asks which settings a measurement allows."""
    return bytes((GET_SETTINGS, kind))


def start(kind: int, settings: Mapping[int, int]) -> bytes:
    """Return the command that starts a stream with one value for each of `settings`."""
    body = b"".join(bytes((key, 1)) + value.to_bytes(_WIDTH[key], "little") for key, value in settings.items())
    return bytes((START, kind)) + body


def stop(kind: int) -> bytes:
    """Return the command that stops a stream."""
    return bytes((STOP, kind))


def parse_features(payload: bytes) -> frozenset[int] | None:
    """Return the measurements a device has, from a read of the control point; None for anything else."""
    if len(payload) < 2 or payload[0] != _FEATURES:
        return None
    bits = int.from_bytes(payload[1:3], "little")
    return frozenset(kind for kind in range(16) if bits >> kind & 1)


def parse_answer(payload: bytes) -> Answer | None:
    """Parse ``F0 op kind status [more [settings]]``; None for anything else.

    Settings that do not fit the notification are left out: an answer may go on in another one.
    """
    if not 4 <= len(payload) <= _MOST_BYTES or payload[0] != _ANSWER:
        return None
    op, kind, status = payload[1:4]
    settings: dict[int, tuple[int, ...]] = {}
    factor: float | None = None
    at = 5
    while status == 0 and at + 2 <= len(payload):
        key, count = payload[at], payload[at + 1]
        width = _WIDTH.get(key)
        end = at + 2 + count * (width or 0)
        if width is None or end > len(payload):
            break
        values = [payload[i : i + width] for i in range(at + 2, end, width)]
        if key == FACTOR and values:
            (factor,) = struct.unpack("<f", values[0])
        elif count:
            settings[key] = tuple(int.from_bytes(value, "little") for value in values)
        at = end
    return Answer(op, kind, status, settings, factor)


def kind_of(payload: bytes) -> int | None:
    """Return the kind of measurement a frame carries."""
    return payload[0] & _KIND if payload else None


def decode(payload: bytes, factors: Mapping[int, float] = _NO_FACTORS) -> Samples | None:
    """Decode a frame of the accelerometer or the gyroscope.

    Parameters
    ----------
    payload
        One notification of the data characteristic.
    factors
        By kind of measurement, the factor of the start answer; 1 where there is none.

    Returns
    -------
    Samples or None
        Acceleration in m/s² or angular rate in deg/s, stamped at the last sample; None for other measurements, unknown
        frame types, and frames that are cut short, too long or hold values that no sensor gives.
    """
    if not _HEADER.size < len(payload) <= _MOST_BYTES:
        return None
    kind, stamp_ns, frame_type = _HEADER.unpack_from(payload)
    kind &= _KIND
    body = payload[_HEADER.size :]
    factor = factors.get(kind, 1.0)
    if kind == ACC:
        acc = _acceleration(frame_type, body, factor)
        if acc is None or not _believable(acc, _MOST_ACC):
            return None
        return Samples(acc, stamp=stamp_ns * 1e-9, stamped="last")
    if kind == GYRO:
        gyr = _angular_rate(frame_type, body, factor)
        if gyr is None or not _believable(gyr, _MOST_GYR):
            return None
        return Samples(None, gyr, stamp=stamp_ns * 1e-9, stamped="last")
    return None


def _acceleration(frame_type: int, body: bytes, factor: float) -> FloatArray | None:
    if frame_type & _COMPRESSED:
        subtype = frame_type & ~_COMPRESSED
        counts = _deltas(body, 16) if subtype in (0, 1) else None
        # Type 0 is in g, type 1 in thousandths of it.
        scale = factor * STANDARD_GRAVITY * (1.0 if subtype == 0 else 1e-3)
    else:
        counts = _raw(body, frame_type + 1) if frame_type in (0, 1, 2) else None
        scale = 1e-3 * STANDARD_GRAVITY
    return None if counts is None else counts.astype(np.float64) * scale


def _angular_rate(frame_type: int, body: bytes, factor: float) -> FloatArray | None:
    if frame_type == _COMPRESSED:
        counts = _deltas(body, 16)
        return None if counts is None else counts.astype(np.float64) * factor
    if frame_type == _COMPRESSED | 1:
        # Floats travel as their bit patterns; the differences are those of the patterns as 32-bit integers.
        counts = _deltas(body, 32)
        if counts is None:
            return None
        patterns = (counts & 0xFFFFFFFF).astype(np.uint32)
        with np.errstate(invalid="ignore"):  # a damaged pattern may be a signalling NaN
            return patterns.view(np.float32).astype(np.float64) * factor
    return None


def _raw(body: bytes, width: int) -> NDArray[np.int64] | None:
    """Read x, y, z as signed integers of `width` bytes, shape (n, 3)."""
    if not body or len(body) % (_AXES * width):
        return None
    columns = np.frombuffer(body, np.uint8).reshape(-1, width).astype(np.int64)
    return _signed(columns @ (1 << 8 * np.arange(width)), 8 * width).reshape(-1, _AXES)


def _deltas(body: bytes, resolution: int) -> NDArray[np.int64] | None:
    """Unpack a reference sample and the blocks of differences behind it, shape (n, 3).

    A block is ``bits count`` and `count` × 3 two's-complement differences of `bits` bits, least significant bit first,
    padded to whole bytes; each is the difference to the sample before.
    """
    width = resolution // 8
    reference = _raw(body[: _AXES * width], width)
    if reference is None:
        return None
    runs = [reference]
    total, at = 1, _AXES * width
    while at < len(body):
        if at + 2 > len(body):
            return None
        bits, count = body[at], body[at + 1]
        size = math.ceil(bits * count * _AXES / 8)
        total += count
        at += 2
        if bits > _MOST_BITS or total > _MOST_SAMPLES or at + size > len(body):
            return None
        runs.append(_unpacked(body[at : at + size], bits, count))
        at += size
    return np.cumsum(np.concatenate(runs), axis=0)


def _unpacked(packed: bytes, bits: int, count: int) -> NDArray[np.int64]:
    if bits == 0 or count == 0:
        return np.zeros((count, _AXES), np.int64)
    stream = np.unpackbits(np.frombuffer(packed, np.uint8), bitorder="little")[: bits * count * _AXES]
    values = stream.reshape(-1, bits).astype(np.int64) @ (1 << np.arange(bits, dtype=np.int64))
    return _signed(values, bits).reshape(-1, _AXES)


def _signed(values: NDArray[np.int64], bits: int) -> NDArray[np.int64]:
    """Read unsigned numbers as two's complement of so many bits."""
    half = 1 << (bits - 1)
    return (values ^ half) - half


def _believable(values: FloatArray, most: float) -> bool:
    """Whether all are finite and none is beyond `most`; NaN is not."""
    return bool(np.all(np.abs(values) <= most))
