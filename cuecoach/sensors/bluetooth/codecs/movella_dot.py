"""Movella DOT (formerly Xsens DOT): settings, start and stop, and samples in mode "rate quantities".

Source of the format: Movella DOT BLE Service Specification (Xsens DOT BLE Services Specifications, XD0506P), sections 2.2
(device control), 3.1 (control) and 3.5 (measurement data). All numbers are little-endian.
"""

from __future__ import annotations

import struct
from typing import Final

import numpy as np

from cuecoach.sensors.message import Samples
from cuecoach.units import STANDARD_GRAVITY


def _uuid(number: int) -> str:
    return f"1517{number:04x}-4947-11e9-8646-d663bd873d93"


DEVICE_CONTROL: Final = _uuid(0x1002)
MEASUREMENT_CONTROL: Final = _uuid(0x2001)
MEDIUM_PAYLOAD: Final = _uuid(0x2003)
BATTERY: Final = _uuid(0x3001)

#: Company identifier in its advertisements.
COMPANY: Final = 0x0886
#: The clock counts µs in 32 bits.
WRAP_S: Final = 2**32 / 1e6

#: Calibrated acceleration with gravity, and angular rate, both in sensor coordinates.
_RATE_QUANTITIES: Final = 21
_MEASUREMENT: Final = 1

#: Device control: its length, and where rate and filter profile are.
_CONTROL_BYTES: Final = 32
_RATE_AT: Final = 24
_PROFILE_AT: Final = 26
#: Bits of its first byte: only what they name is taken from a write.
_VISIT_RATE: Final = 0x10
_VISIT_PROFILE: Final = 0x20
#: Filter profile "Dynamic", made for fast movement such as running.
_DYNAMIC: Final = 1

_SAMPLE: Final = struct.Struct("<I6f")
_MEDIUM_BYTES: Final = 40
#: Twice the widest range of the sensor: beyond, a value is damage, m/s² and deg/s.
_MOST_ACC: Final = 32 * STANDARD_GRAVITY
_MOST_GYR: Final = 4000.0


def start() -> bytes:
    """Return the command that starts measuring rate quantities."""
    return bytes((_MEASUREMENT, 1, _RATE_QUANTITIES))


def stop() -> bytes:
    """Return the command that stops measuring."""
    return bytes((_MEASUREMENT, 0, _RATE_QUANTITIES))


def measures(payload: bytes) -> bool:
    """Whether a read of the measurement control says that the sensor is measuring."""
    return len(payload) >= 2 and payload[0] == _MEASUREMENT and payload[1] == 1


def output_rate(payload: bytes) -> int | None:
    """Return the output rate, Hz, from a read of the device control; None when it is not one."""
    if len(payload) != _CONTROL_BYTES:
        return None
    return int.from_bytes(payload[_RATE_AT : _RATE_AT + 2], "little")


def with_settings(payload: bytes, rate_hz: int) -> bytes | None:
    """Return what to write to the device control so that the sensor sends at `rate_hz` with the profile for running.

    Parameters
    ----------
    payload
        What was read from the device control, 32 bytes. Its other settings are neither changed nor visited.
    rate_hz
        1, 4, 10, 12, 15, 20, 30 or 60.

    Returns
    -------
    bytes or None
        None when the sensor is set so already.
    """
    if output_rate(payload) == rate_hz and payload[_PROFILE_AT] == _DYNAMIC:
        return None
    wanted = bytearray(payload)
    wanted[0] = _VISIT_RATE | _VISIT_PROFILE
    wanted[_RATE_AT : _RATE_AT + 2] = rate_hz.to_bytes(2, "little")
    wanted[_PROFILE_AT] = _DYNAMIC
    return bytes(wanted)


def decode(payload: bytes) -> Samples | None:
    """Decode one notification of the medium payload in mode "rate quantities".

    Returns
    -------
    Samples or None
        One sample, m/s² and deg/s, shape (1, 3) each; None when it is cut short, too long, or holds values that no sensor
        gives.
    """
    if not _SAMPLE.size <= len(payload) <= _MEDIUM_BYTES:
        return None
    stamp_us, *numbers = _SAMPLE.unpack_from(payload)
    values = np.array(numbers, dtype=np.float64).reshape(2, 1, 3)
    # Comparisons with NaN are false, so NaN is rejected too.
    if not np.all(np.abs(values[0]) <= _MOST_ACC) or not np.all(np.abs(values[1]) <= _MOST_GYR):
        return None
    return Samples(values[0], values[1], stamp=stamp_us * 1e-6, stamped="first")


def decode_battery(payload: bytes) -> float | None:
    """Return the charge, percent, of the battery characteristic (level, then whether it charges); None for anything else."""
    if not 1 <= len(payload) <= 2 or payload[0] > 100:
        return None
    return float(payload[0])
