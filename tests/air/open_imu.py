"""A virtual sensor that anybody could have built: the open cuecoach frame, encoded from docs/open-frame.md."""

from __future__ import annotations

import struct
from typing import Any, Final

import numpy as np

from cuecoach.events import FloatArray
from tests.air.air import VirtualAir
from tests.air.inertial import GRAVITY, InertialPeripheral, words
from tests.air.peripheral import characteristic, service


class OpenImu(InertialPeripheral):
    """Frames of ten samples with number, time, spacing and full scales."""

    rate_hz = 100.0
    batch = 10
    #: Full scales: g, and units of 125 deg/s.
    _ACC_FS: Final = 16
    _GYR_FS: Final = 16
    _UUID: Final = "2106000{}-8C9C-4896-851B-BB4800EC04D4"

    def __init__(
        self, air: VirtualAir, address: str = "C0:00:00:00:03:05", *, rate_hz: float = 100.0, **options: Any
    ) -> None:
        self.rate_hz = rate_hz
        self._number = 65530  # wraps soon
        self._data = characteristic(self._UUID.format(2), "n")
        info = f"board=virtual;rate_hz={rate_hz:g};samples={self.batch}".encode()
        services = [service(self._UUID.format(1), self._data, characteristic(self._UUID.format(3), "r", info))]
        super().__init__(
            air,
            "Virtual IMU",
            address,
            services,
            self._data,
            advertised=(self._UUID.format(1),),
            battery=77,
            **options,
        )

    def connected(self) -> None:
        """It streams to whoever listens."""
        super().connected()
        self.streaming = True

    async def packet(self, times: FloatArray, acc: FloatArray, gyr: FloatArray) -> None:
        """Send one frame; its clock wraps after 71.6 min."""
        stamp = round(self.device_time(times[0]) * 1e6) & 0xFFFFFFFF
        head = struct.pack(
            "<BBHIHBB", 1, len(times), self._number, stamp, round(1e6 / self.rate_hz), self._ACC_FS, self._GYR_FS
        )
        scaled = [words(acc, 32768 / self._ACC_FS / GRAVITY), words(gyr, 32768 / (125 * self._GYR_FS))]
        self._number = (self._number + 1) % 65536
        await self.send(head + np.hstack(scaled).astype("<i2").tobytes())
