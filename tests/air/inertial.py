"""What virtual inertial sensors share: a clock of their own, and samples gathered until they fill a packet."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from cuecoach.events import FloatArray, ImuBlock
from tests.air.peripheral import Peripheral

#: Standard gravity, m/s².
GRAVITY: Final = 9.80665


class InertialPeripheral(Peripheral):
    """A device that samples acceleration and angular rate.

    Attributes
    ----------
    rate_hz
        Samples a second, which the runner's stream has to match.
    batch
        Samples in a packet.
    boot_s
        What its clock shows at session time 0, s.
    drift
        By how much its clock is fast, as a share.
    streaming
        Whether it was told to send.
    """

    rate_hz: float = 100.0
    batch: int = 10

    def __init__(self, *args: Any, boot_s: float = 1234.5, drift: float = 0.0, **options: Any) -> None:
        self.boot_s, self.drift, self.streaming = boot_s, drift, False
        self._gathered: list[tuple[FloatArray, FloatArray, FloatArray]] = []
        super().__init__(*args, **options)

    def connected(self) -> None:
        """A new connection starts with nothing gathered and nothing asked for."""
        self.streaming = False
        self._gathered.clear()

    async def samples(self, block: ImuBlock, start: float) -> None:
        """Gather the samples and send every packet they fill."""
        if not self.streaming:
            self._gathered.clear()
            return
        gyr = np.zeros_like(block.acc) if block.gyr is None else block.gyr
        self._gathered.append((block.times + start, block.acc, gyr))
        times, acc, gyr = (np.concatenate(column) for column in zip(*self._gathered, strict=True))
        full = len(times) // self.batch * self.batch
        for at in range(0, full, self.batch):
            piece = slice(at, at + self.batch)
            await self.packet(times[piece], acc[piece], gyr[piece])
        self._gathered = [(times[full:], acc[full:], gyr[full:])] if full < len(times) else []

    async def packet(self, times: FloatArray, acc: FloatArray, gyr: FloatArray) -> None:
        """Send `batch` samples: session time in s, m/s², deg/s."""
        raise NotImplementedError

    def device_time(self, t: float) -> float:
        """What the device's clock shows at session time `t`, s."""
        return self.boot_s + t * (1 + self.drift)

    def reboot(self, t: float) -> None:
        """Let the device's clock begin at 0 at session time `t`."""
        self.boot_s = -t * (1 + self.drift)


def words(values: FloatArray, scale: float) -> np.ndarray:
    """Return `values` times `scale` as 16-bit integers that clip at the ends of their range."""
    return np.clip(np.round(values * scale), -32768, 32767).astype("<i2")
