"""A radio in memory and in virtual time: devices come into range and leave it, drop, fall silent, lie, refuse, sleep."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Literal

import numpy as np

from cuecoach.clock import Clock
from cuecoach.errors import RadioError, SensorError
from cuecoach.sensors.bluetooth.protocol import Link, Role, Seen
from cuecoach.sensors.message import Message, Samples, SampleTiming, Stated
from tests.sensors.bluetooth.fake_link import Answer, FakeLink

#: Advertisements come so often, s.
ADVERTISING_S = 0.25
CONNECT_S = 15.0
#: The channel of the two plain devices below.
DATA = "0000da7a-0000-1000-8000-00805f9b34fb"


class FakeDevice:
    """A device in the air.

    Attributes
    ----------
    near
        In range and awake: advertises, can be connected.
    dead
        The link is a zombie: nothing comes, nothing is answered, nobody is told.
    refuses
        Connecting fails at once.
    copies
        How often each notification comes, as with a registration left behind.
    delivered
        Notifications that reached the host, copies not counted.
    stopped
        How often a driver said goodbye, `DATA` written.
    """

    def __init__(
        self,
        address: str,
        name: str = "",
        services: Iterable[str] = (),
        *,
        characteristics: Iterable[str] = (DATA,),
        reads: Mapping[str, bytes] | None = None,
        answer: Answer | None = None,
        rssi: int = -60,
        connect_s: float = 0.1,
    ) -> None:
        self.address, self.name = address, name
        self.services, self.characteristics = frozenset(services), frozenset(characteristics)
        self.reads = dict(reads or {})
        self.answer, self.rssi, self.connect_s = answer, rssi, connect_s
        self.near, self.dead, self.refuses, self.copies = True, False, False, 1
        self.link: FakeOpenLink | None = None
        self.delivered = self.connected = self.stopped = 0

    @property
    def seen(self) -> Seen:
        return Seen(self.address, self.name, self.services, self.rssi, handle=self)

    def notify(self, payload: bytes, channel: str = DATA) -> bool:
        """Send; whether the host got it."""
        link = self.link
        if link is None or self.dead or not self.near or channel not in link.subscribed:
            return False
        for _ in range(self.copies):
            link.arrived(channel, payload)
        self.delivered += 1
        return True

    def drop(self) -> None:
        """Break the connection."""
        link, self.link = self.link, None
        if link is not None:
            link.gone.set()

    def leave(self) -> None:
        """Go out of range, or to sleep."""
        self.near = False
        self.drop()


class FakeOpenLink(FakeLink):
    """A connection to a `FakeDevice`; fulfils `OpenLink`."""

    def __init__(self, device: FakeDevice, arrived: Callable[[str, bytes], None]) -> None:
        super().__init__(
            {*device.services, *device.characteristics},
            device.reads,
            device.answer,
            address=device.address,
            name=device.name,
        )
        self.device = device
        self.arrived = arrived
        self.gone = asyncio.Event()

    async def broken(self) -> None:
        await self.gone.wait()

    async def read(self, uuid: str) -> bytes:
        await self._air()
        return await super().read(uuid)

    async def write(self, uuid: str, payload: bytes, *, response: bool = True) -> None:
        await self._air()
        await super().write(uuid, payload, response=response)
        self.device.stopped += payload == GOODBYE

    async def subscribe(self, uuid: str) -> None:
        await self._air()
        await super().subscribe(uuid)

    def notify(self, uuid: str, payload: bytes) -> None:
        super().notify(uuid, payload)
        if uuid in self.subscribed:
            self.arrived(uuid, payload)

    async def _air(self) -> None:
        if self.gone.is_set():
            raise SensorError(f"`{self.name}` is not connected")
        if self.device.dead:
            await asyncio.Event().wait()


class FakeRadio:
    """An adapter; fulfils `Radio`.

    Attributes
    ----------
    trouble
        What is wrong with the adapter: raised by every use of it. Set it with `fail`.
    searching, connecting, open
        How many search, connect and are connected now.
    """

    def __init__(self, clock: Clock, devices: Sequence[FakeDevice] = ()) -> None:
        self.clock, self.devices = clock, list(devices)
        self.trouble: RadioError | None = None
        self.searching = self.connecting = self.open = self.most_connecting = 0
        self._turn = asyncio.Lock()

    def fail(self, text: str) -> None:
        """Pull the adapter out."""
        self.trouble = RadioError(text)
        for device in self.devices:
            device.drop()

    async def find(self, wanted: Callable[[Seen], bool], *, settle_s: float = 0.0) -> Seen:
        self.searching += 1
        try:
            until: float | None = None
            found: dict[str, Seen] = {}
            while True:
                if self.trouble:
                    raise self.trouble
                for device in self.devices:
                    if device.near and device.link is None and wanted(device.seen):
                        found[device.address] = device.seen
                if found and until is None:
                    until = self.clock.now() + settle_s
                if until is not None and self.clock.now() >= until:
                    return max(found.values(), key=lambda seen: seen.rssi or -200)
                await self.clock.sleep_until(self.clock.now() + ADVERTISING_S)
        finally:
            self.searching -= 1

    @asynccontextmanager
    async def connect(self, seen: Seen, arrived: Callable[[str, bytes], None]) -> AsyncGenerator[FakeOpenLink, None]:
        device: FakeDevice = seen.handle
        async with self._turn:
            self.connecting += 1
            self.most_connecting = max(self.connecting, self.most_connecting)
            try:
                await self._reach(device)
            finally:
                self.connecting -= 1
            link = device.link = FakeOpenLink(device, arrived)
        device.connected += 1
        self.open += 1
        try:
            yield link
        finally:
            self.open -= 1
            if device.link is link:
                device.drop()
            link.gone.set()

    async def _reach(self, device: FakeDevice) -> None:
        slow = device.connect_s > CONNECT_S or not device.near
        await self.clock.sleep_until(self.clock.now() + (CONNECT_S if slow else device.connect_s))
        if self.trouble:
            raise self.trouble
        if slow or device.refuses or not device.near:
            raise SensorError(f"`{device.name}` cannot be reached")


# ---------------------------------------------------------------- two plain families
GOODBYE = b"bye"


class PlainPod:
    """Driver of pods that state `speed` and `cadence` (strides a minute) and a running number, 16 bit each."""

    family, title = "plain-pod", "Plain pod"
    kind: Literal["metrics", "samples"] = "metrics"
    roles: tuple[Role, ...] = ("foot",)
    able: tuple[Role, ...] = ("foot", "sacrum")

    def __init__(self, beginning: str = "Pod", error: str = "") -> None:
        self.beginning, self.error = beginning, error

    def recognises(self, seen: Seen) -> bool:
        return seen.name.startswith(self.beginning)

    async def start(self, link: Link, role: Role) -> PlainDecoder:
        if self.error:
            raise SensorError(self.error)
        await link.subscribe(DATA)
        return PlainDecoder()

    async def stop(self, link: Link) -> None:
        await link.write(DATA, GOODBYE)


class PlainDecoder:
    def __init__(self) -> None:
        self.rejected = 0
        self.timing: SampleTiming | None = None

    def feed(self, channel: str, payload: bytes) -> Sequence[Message]:
        if len(payload) != 6:
            self.rejected += 1
            return ()
        speed, cadence, number = struct.unpack("<3H", payload)
        return (Stated({"speed": speed / 256, "power": float(number % 400)}, float(cadence), None, speed > 0),)


def pod_payload(number: int, speed: float = 3.0, cadence: int = 85) -> bytes:
    return struct.pack("<3H", round(speed * 256), cadence, number % 2**16)


#: The plain inertial sensor: samples a second, samples a packet, and when its µs clock wraps, s.
RATE_HZ, PER_PACKET, WRAP_S = 52.0, 8, 2**32 / 1e6


class PlainImu(PlainPod):
    """Driver of inertial sensors that send a 32-bit clock in µs, of the first sample, and eight samples, 16 bit."""

    family, title = "plain-imu", "Plain inertial sensor"
    kind: Literal["metrics", "samples"] = "samples"
    roles: tuple[Role, ...] = ("sacrum",)
    able: tuple[Role, ...] = ("sacrum",)

    def __init__(self, beginning: str = "Imu", error: str = "") -> None:
        super().__init__(beginning, error)

    async def start(self, link: Link, role: Role) -> PlainDecoder:
        await super().start(link, role)
        return ImuDecoder()


class ImuDecoder(PlainDecoder):
    def __init__(self) -> None:
        super().__init__()
        self.timing = SampleTiming(RATE_HZ, WRAP_S)

    def feed(self, channel: str, payload: bytes) -> Sequence[Message]:
        if len(payload) != 4 + 2 * 6 * PER_PACKET:
            self.rejected += 1
            return ()
        raw = np.frombuffer(payload, "<i2", offset=4).reshape(PER_PACKET, 6).astype(np.float64)
        return (Samples(raw[:, :3] / 100, raw[:, 3:] / 10, struct.unpack_from("<I", payload)[0] / 1e6),)


_STILL = np.tile(np.array([0, 0, 981, 0, 0, 0], dtype="<i2"), (PER_PACKET, 1))


def imu_payload(device_s: float, number: int) -> bytes:
    """The packet whose first sample was taken at `device_s` of the device's clock; its rows tell its number."""
    raw = _STILL.copy()
    raw[:, 3] = number % 30_000
    return struct.pack("<I", round(device_s * 1e6) % 2**32) + raw.tobytes()
