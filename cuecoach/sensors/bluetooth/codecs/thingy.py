"""Nordic Thingy:52: the raw motion characteristic and the configuration of the motion service.

Source: NordicSemiconductor/Nordic-Thingy52-FW, `ble_tms.h` (layouts), `m_motion.c` (fixed-point formats) and `drv_motion.c`
(axes, ranges). The firmware turns all three axes of the accelerometer round, "to get positive readings when axis is aligned
with g (down)"; that is undone here, so that acceleration at rest points up. It leaves the motion library's default range of
±2 g, so the peaks of a run are cut off: fine for cadence, poor for bounce.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

import numpy as np

from cuecoach.sensors.message import Samples
from cuecoach.units import STANDARD_GRAVITY

#: EF68xxxx-9B35-4933-9B10-52FFA9740042
_UUID: Final = "ef68{:04x}-9b35-4933-9b10-52ffa9740042".format
#: Advertised.
CONFIGURATION_SERVICE: Final = _UUID(0x0100)
MOTION_SERVICE: Final = _UUID(0x0400)
MOTION_CONFIG: Final = _UUID(0x0401)
RAW_MOTION: Final = _UUID(0x0406)

#: Rates the firmware takes, Hz. One further below is of no use here, whatever it takes.
LOWEST_RATE_HZ: Final = 5
HIGHEST_RATE_HZ: Final = 200

_RAW_SIZE: Final = 18  # nine i16: acceleration, angular rate, magnetic field
_ACC_UNIT: Final = -STANDARD_GRAVITY / 1024  # m/s² a count: Q6.10 g, and turned round
_GYR_UNIT: Final = 1 / 32  # deg/s a count: Q11.5

_CONFIG: Final = struct.Struct("<HHHHB")


@dataclass(frozen=True, slots=True)
class MotionConfig:
    """The motion service's settings: intervals in ms, `motion_hz` in Hz, and whether motion wakes the device."""

    pedometer_ms: int
    temperature_ms: int
    compass_ms: int
    motion_hz: int
    wake_on_motion: int

    def encode(self) -> bytes:
        """Return it as the characteristic takes it, 9 bytes."""
        return _CONFIG.pack(
            self.pedometer_ms, self.temperature_ms, self.compass_ms, self.motion_hz, self.wake_on_motion
        )


def decode_config(payload: bytes) -> MotionConfig | None:
    """Read the configuration characteristic, None when it is not 9 bytes long."""
    return MotionConfig(*_CONFIG.unpack(payload)) if len(payload) == _CONFIG.size else None


def decode_raw(payload: bytes) -> Samples | None:
    """Read one raw motion notification.

    Returns
    -------
    Samples or None
        One sample, acceleration (1, 3) in m/s² and angular rate (1, 3) in deg/s, without a timestamp. None for another
        length, and for an acceleration of exactly 0 on all axes: the firmware fills in zeros when the sensor had nothing.
    """
    if len(payload) != _RAW_SIZE or not any(payload[:6]):
        return None
    raw = np.frombuffer(payload, dtype="<i2", count=6).astype(np.float64)
    return Samples(acc=raw[:3].reshape(1, 3) * _ACC_UNIT, gyr=raw[3:].reshape(1, 3) * _GYR_UNIT)
