"""Cycling Power Measurement 0x2A63, in which running pods state running power: only the power is read.

Source: Bluetooth SIG, Cycling Power Service 1.1 (0x1818) and GATT Specification Supplement: flags u16, instantaneous power
i16 in W, then the fields the flags promise. All numbers are little-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from types import MappingProxyType

#: Bytes of the optional fields by the bit of the flag that promises them.
_OPTIONAL_BYTES: Mapping[int, int] = MappingProxyType(
    {
        0: 1,  # pedal power balance
        2: 2,  # accumulated torque
        4: 6,  # wheel revolutions and their time
        5: 4,  # crank revolutions and their time
        6: 4,  # extreme forces
        7: 4,  # extreme torques
        8: 3,  # extreme angles, 12 bit each
        9: 2,  # top dead spot angle
        10: 2,  # bottom dead spot angle
        11: 2,  # accumulated energy
    }
)
#: All of them together, and room for padding.
_MAX_BYTES = 40


def decode(payload: bytes) -> float | None:
    """Return the power, W, −32768 to 32767; None when the payload is shorter than its flags say, or far too long."""
    if not 4 <= len(payload) <= _MAX_BYTES:
        return None
    flags, power = struct.unpack_from("<Hh", payload)
    if len(payload) < 4 + sum(size for bit, size in _OPTIONAL_BYTES.items() if flags >> bit & 1):
        return None
    return float(power)
