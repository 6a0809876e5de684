"""Heart Rate Measurement 0x2A37: beats a minute, skin contact, intervals between beats.

Source: Bluetooth SIG, Heart Rate Service 1.0 (0x180D) and GATT Specification Supplement. Flags u8: bit 0 rate is u16,
else u8; bit 1 contact detected, meaningful with bit 2 contact supported; bit 3 energy expended (u16, kJ) present; bit 4
RR intervals (u16 each, 1/1024 s, oldest first) present. All numbers are little-endian.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from cuecoach.metrics import plausible
from cuecoach.sensors.message import Stated

_WIDE = 0x01
_CONTACT_DETECTED = 0x02
_CONTACT_SUPPORTED = 0x04
_ENERGY = 0x08
_RR = 0x10


@dataclass(frozen=True, slots=True)
class HeartRate:
    """One measurement as sent, not yet checked for plausibility.

    Attributes
    ----------
    bpm
        Beats a minute; 0 from many straps that find no pulse.
    contact
        Whether the sensor touches the skin; None when it cannot tell.
    energy_kj
        Energy expended since it was reset, kJ; None when not sent.
    rr_s
        Intervals between beats, s, oldest first.
    """

    bpm: float
    contact: bool | None = None
    energy_kj: float | None = None
    rr_s: tuple[float, ...] = ()


def decode(payload: bytes) -> HeartRate | None:
    """Read a measurement; None when it is shorter than its flags say or ends within a number."""
    if not payload:
        return None
    flags = payload[0]
    at = 3 if flags & _WIDE else 2
    if len(payload) < at:
        return None
    bpm = float(int.from_bytes(payload[1:at], "little"))
    contact = bool(flags & _CONTACT_DETECTED) if flags & _CONTACT_SUPPORTED else None
    energy: float | None = None
    if flags & _ENERGY:
        if len(payload) < at + 2:
            return None
        energy = float(struct.unpack_from("<H", payload, at)[0])
        at += 2
    intervals: tuple[float, ...] = ()
    if flags & _RR:
        if (len(payload) - at) % 2:
            return None
        intervals = tuple(ticks / 1024 for (ticks,) in struct.iter_unpack("<H", payload[at:]))
    return HeartRate(bpm, contact, energy, intervals)


def stated(payload: bytes) -> Stated | None:
    """Return what a measurement tells the coach; None when it cannot be read.

    Empty, but a sign of life, is what comes from a strap off the skin, or without a plausible pulse.
    """
    heart = decode(payload)
    if heart is None:
        return None
    if heart.contact is False or not plausible("heart_rate", heart.bpm):
        return Stated()
    return Stated({"heart_rate": heart.bpm})
