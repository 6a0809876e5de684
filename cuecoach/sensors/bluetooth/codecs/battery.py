"""Battery Level 0x2A19: one byte, percent.

Source: Bluetooth SIG, Battery Service 1.1 (0x180F): u8, 0 to 100; other numbers are reserved.
"""

from __future__ import annotations


def decode(payload: bytes) -> float | None:
    """Return the level, percent; None when it is not one byte from 0 to 100."""
    return float(payload[0]) if len(payload) == 1 and payload[0] <= 100 else None
