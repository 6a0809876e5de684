"""UUIDs of the Bluetooth SIG that more than one device speaks, written as scans and links write them.

Source: Bluetooth SIG, Assigned Numbers (public), sections GATT Services and GATT Characteristics.
"""

from __future__ import annotations

from typing import Final


def sig(number: int) -> str:
    """Return a UUID of the Bluetooth SIG in full: 128 bit, lower case.

    Parameters
    ----------
    number
        The assigned number, 16 or 32 bit: ``0x1814``.
    """
    return f"{number:08x}-0000-1000-8000-00805f9b34fb"


# Services
HEART_RATE_SERVICE: Final = sig(0x180D)
BATTERY_SERVICE: Final = sig(0x180F)
RSC_SERVICE: Final = sig(0x1814)
CYCLING_POWER_SERVICE: Final = sig(0x1818)

# Characteristics
BATTERY_LEVEL: Final = sig(0x2A19)
HEART_RATE_MEASUREMENT: Final = sig(0x2A37)
RSC_MEASUREMENT: Final = sig(0x2A53)
RSC_FEATURE: Final = sig(0x2A54)
SC_CONTROL_POINT: Final = sig(0x2A55)
SENSOR_LOCATION: Final = sig(0x2A5D)
CYCLING_POWER_MEASUREMENT: Final = sig(0x2A63)
