"""Running Speed and Cadence: what a foot pod notifies, can do and where it sits, and its control point.

Sources: Bluetooth SIG, Running Speed and Cadence Service 1.0 (0x1814) and GATT Specification Supplement: RSC Measurement
0x2A53, RSC Feature 0x2A54, Sensor Location 0x2A5D, SC Control Point 0x2A55. All numbers are little-endian.

``0x2A53``: flags u8 (bit 0 stride length present, bit 1 total distance present, bit 2 running, else walking), speed u16
in 1/256 m/s, cadence u8 in 1/min, then as promised stride length u16 in cm and total distance u32 in 1/10 m.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

_STRIDE_LENGTH = 0x01
_TOTAL_DISTANCE = 0x02
_RUNNING = 0x04

#: The longest measurement is 10 bytes; some firmware pads it. More than one plain notification is no measurement.
_MAX_BYTES = 20

#: Names of the places a sensor can sit, by number (0x2A5D); the wheels and cranks belong to bicycles.
LOCATIONS: Final[Mapping[int, str]] = MappingProxyType(
    {
        0: "other",
        1: "top of shoe",
        2: "in shoe",
        3: "hip",
        4: "front wheel",
        5: "left crank",
        6: "right crank",
        7: "left pedal",
        8: "right pedal",
        9: "front hub",
        10: "rear dropout",
        11: "chainstay",
        12: "rear wheel",
        13: "rear hub",
        14: "chest",
        15: "spider",
        16: "chain ring",
    }
)


@dataclass(frozen=True, slots=True)
class RscMeasurement:
    """One measurement as sent, in SI units, not yet checked for plausibility.

    Attributes
    ----------
    speed
        m/s, 0 to 255.996.
    cadence
        1/min, 0 to 255: strides by the specification, steps from some devices.
    stride_length, total_distance
        m; None when not sent.
    running
        Bit 2: True for running, False for walking or for a device that does not tell the two apart.
    """

    speed: float
    cadence: int
    stride_length: float | None = None
    total_distance: float | None = None
    running: bool = False


def decode(payload: bytes) -> RscMeasurement | None:
    """Read a measurement; None when it is shorter than its flags say, or far too long."""
    if not 4 <= len(payload) <= _MAX_BYTES:
        return None
    flags, speed, cadence = struct.unpack_from("<BHB", payload)
    stride_length = total_distance = None
    at = 4
    if flags & _STRIDE_LENGTH:
        if len(payload) < at + 2:
            return None
        stride_length = struct.unpack_from("<H", payload, at)[0] / 100
        at += 2
    if flags & _TOTAL_DISTANCE:
        if len(payload) < at + 4:
            return None
        total_distance = struct.unpack_from("<I", payload, at)[0] / 10
    return RscMeasurement(speed / 256, cadence, stride_length, total_distance, bool(flags & _RUNNING))


def encode(measurement: RscMeasurement) -> bytes:
    """Write a measurement as a pod would.

    Raises
    ------
    ValueError
        A value does not fit its field.
    """
    m = measurement
    flags = _RUNNING if m.running else 0
    rest = b""
    try:
        if m.stride_length is not None:
            flags |= _STRIDE_LENGTH
            rest += struct.pack("<H", round(m.stride_length * 100))
        if m.total_distance is not None:
            flags |= _TOTAL_DISTANCE
            rest += struct.pack("<I", round(m.total_distance * 10))
        return struct.pack("<BHB", flags, round(m.speed * 256), m.cadence) + rest
    except struct.error as error:
        raise ValueError(f"{m} does not fit an RSC measurement") from error


@dataclass(frozen=True, slots=True)
class RscFeatures:
    """What a pod says it can do (0x2A54, u16, bits 0 to 4)."""

    stride_length: bool
    total_distance: bool
    walking_or_running: bool
    calibration: bool
    locations: bool


def decode_features(payload: bytes) -> RscFeatures | None:
    """Read RSC Feature; None when it is no u16."""
    if len(payload) != 2:
        return None
    bits = int.from_bytes(payload, "little")
    return RscFeatures(*(bool(bits >> n & 1) for n in range(5)))


def decode_location(payload: bytes) -> str | None:
    """Read Sensor Location in words; None when it is no u8, or a reserved number."""
    return LOCATIONS.get(payload[0]) if len(payload) == 1 else None


# ---------------------------------------------------------------- SC Control Point 0x2A55
SET_CUMULATIVE_VALUE: Final = 0x01
START_CALIBRATION: Final = 0x02
UPDATE_LOCATION: Final = 0x03
REQUEST_LOCATIONS: Final = 0x04
_RESPONSE = 0x10
_SUCCESS = 0x01

_STATUS: Mapping[int, str] = MappingProxyType(
    {
        _SUCCESS: "done",
        0x02: "it does not support this",
        0x03: "it does not accept the value",
        0x04: "it could not do it",
    }
)


@dataclass(frozen=True, slots=True)
class ControlResponse:
    """The answer to a request: whether it was done, `status` in words, and what follows (the supported locations)."""

    operation: int
    ok: bool
    status: str
    parameter: bytes = b""


def request_distance(metres: float) -> bytes:
    """Return the request to set the total distance, 0 to 429 496 729.5 m.

    Raises
    ------
    ValueError
        It does not fit the field.
    """
    if not 0 <= metres <= 0xFFFFFFFF / 10:  # NaN fails too
        raise ValueError(f"{metres} m is no total distance")
    return struct.pack("<BI", SET_CUMULATIVE_VALUE, round(metres * 10))


def request_calibration() -> bytes:
    """Return the request to start the pod's own calibration."""
    return bytes([START_CALIBRATION])


def request_location(number: int) -> bytes:
    """Return the request to take the pod to sit at location `number` (see `LOCATIONS`)."""
    return bytes([UPDATE_LOCATION, number])


def request_locations() -> bytes:
    """Return the request for the locations that the pod supports."""
    return bytes([REQUEST_LOCATIONS])


def decode_response(payload: bytes) -> ControlResponse | None:
    """Read an indication of the control point; None when it is no response."""
    if len(payload) < 3 or payload[0] != _RESPONSE:
        return None
    status = payload[2]
    return ControlResponse(payload[1], status == _SUCCESS, _STATUS.get(status, f"it answers {status}"), payload[3:])
