"""A radio in memory and in real time for the command line: devices send while they are connected."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from cuecoach.clock import WallClock
from cuecoach.sensors.bluetooth.protocol import Seen
from cuecoach.sensors.bluetooth.uuids import (
    BATTERY_LEVEL,
    HEART_RATE_MEASUREMENT,
    HEART_RATE_SERVICE,
    RSC_MEASUREMENT,
    RSC_SERVICE,
)
from tests.sensors.bluetooth.fake_radio import FakeDevice, FakeRadio

#: Running at 3 m/s with 84 strides a minute, and standing (Bluetooth SIG, RSC Measurement 0x2A53).
RUNNING, STANDING = bytes.fromhex("04000354"), bytes.fromhex("00000000")
POD, BELT, LAMP = "C0:FF:EE:00:00:01", "C0:FF:EE:00:00:02", "C0:FF:EE:00:00:03"


class Air(FakeRadio):
    """A radio whose devices send while they are connected."""

    def __init__(self) -> None:
        super().__init__(WallClock())
        self.sends: dict[str, tuple[str, bytes]] = {}
        #: What happens, once, when a device has sent so many notifications.
        self.after: dict[str, tuple[int, Callable[[], object]]] = {}

    def add(self, device: FakeDevice, channel: str = "", payload: bytes = b"") -> FakeDevice:
        self.devices.append(device)
        self.sends[device.address] = (channel, payload)
        return device

    async def seen(self, seconds: float | None = None) -> AsyncGenerator[Seen, None]:
        end = self.clock.now() + (seconds or 1e9)
        while self.clock.now() < end:
            if self.trouble:
                raise self.trouble
            for device in self.devices:
                if device.near:
                    yield device.seen
            await asyncio.sleep(0.02)

    @asynccontextmanager
    async def connect(self, seen, arrived):
        async with super().connect(seen, arrived) as link:
            task = asyncio.create_task(self._send(seen.handle))
            try:
                yield link
            finally:
                task.cancel()

    async def _send(self, device: FakeDevice) -> None:
        channel, payload = self.sends[device.address]
        while channel:
            device.notify(payload, channel)
            if device.address in self.after and device.delivered >= self.after[device.address][0]:
                self.after.pop(device.address)[1]()
            await asyncio.sleep(0.1)


def pod(address: str = POD, name: str = "Stryd", rssi: int = -55) -> FakeDevice:
    here = (RSC_MEASUREMENT, BATTERY_LEVEL)
    return FakeDevice(address, name, {RSC_SERVICE}, characteristics=here, reads={BATTERY_LEVEL: b"\x50"}, rssi=rssi)


def belt() -> FakeDevice:
    return FakeDevice(BELT, "Belt \x1b[31m7", {HEART_RATE_SERVICE}, characteristics={HEART_RATE_MEASUREMENT}, rssi=-75)
