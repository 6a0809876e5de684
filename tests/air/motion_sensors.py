"""Virtual Movella DOT, WitMotion and Thingy:52, encoded from the public formats."""

from __future__ import annotations

import struct
from typing import Any, Final

import numpy as np

from cuecoach.events import FloatArray
from tests.air.air import VirtualAir
from tests.air.inertial import GRAVITY, InertialPeripheral, words
from tests.air.peripheral import characteristic, service


class MovellaDot(InertialPeripheral):
    """Movella (Xsens) DOT: device control, then mode 21 (rate quantities), one sample in a notification."""

    rate_hz = 60.0
    batch = 1
    _RATES: Final = (1, 4, 10, 12, 15, 20, 30, 60, 120)
    _UUID: Final = "1517{}-4947-11E9-8646-D663BD873D93"

    def __init__(self, air: VirtualAir, address: str = "C0:00:00:00:03:02", **options: Any) -> None:
        #: Device control: output rate at 24, filter profile at 26; byte 0, the visit index, says what a write sets.
        self.settings = bytearray(32)
        self.settings[8:24] = b"Xsens DOT".ljust(16, b"\0")
        self.settings[7] = 9
        struct.pack_into("<H", self.settings, 24, 30)
        self.mode = 0
        self._short, self._medium, self._long = (
            characteristic(self._UUID.format(n), "n") for n in ("2004", "2003", "2002")
        )
        charge = characteristic(self._UUID.format("3001"), "rn", bytes([93, 0]))
        services = [
            service(
                self._UUID.format("1000"),
                characteristic(self._UUID.format("1001"), "r", bytes(34)),
                characteristic(self._UUID.format("1002"), "rw", lambda: bytes(self.settings), self._set),
            ),
            service(
                self._UUID.format("2000"),
                characteristic(
                    self._UUID.format("2001"), "rw", lambda: bytes([1, self.streaming, self.mode]), self._control
                ),
                self._long,
                self._medium,
                self._short,
            ),
            service(self._UUID.format("3000"), charge),
        ]
        super().__init__(
            air, "Movella DOT", address, services, self._medium, manufacturer=(0x0886, b"\x01\x02"), **options
        )

    async def _set(self, request: bytes) -> None:
        if len(request) != 32:
            return
        visited = request[0]
        rate = int.from_bytes(request[24:26], "little")
        if visited & 0x10 and rate in self._RATES:
            self.settings[24:26] = request[24:26]
        if visited & 0x20:
            self.settings[26] = request[26]

    async def _control(self, request: bytes) -> None:
        if len(request) == 3 and request[0] == 1:
            self.streaming, self.mode = bool(request[1]), request[2]
            self.rate_hz = float(int.from_bytes(self.settings[24:26], "little"))

    async def packet(self, times: FloatArray, acc: FloatArray, gyr: FloatArray) -> None:
        """Send µs (wraps after 71.6 min), m/s², deg/s in the 40 bytes of a medium payload."""
        if self.mode != 21:
            return
        stamp = round(self.device_time(times[0]) * 1e6) & 0xFFFFFFFF
        await self.send(struct.pack("<I6f", stamp, *acc[0], *gyr[0]).ljust(40, b"\0"))


class WitMotion(InertialPeripheral):
    """WitMotion WT901BLE: frames of 20 bytes without time, packed as they come: `cut` bytes in a notification."""

    rate_hz = 100.0
    batch = 4
    _UUID: Final = "0000{}-0000-1000-8000-00805F9A34FB"
    _RATES: Final = {6: 10.0, 7: 20.0, 8: 50.0, 9: 100.0, 10: 200.0}

    def __init__(
        self,
        air: VirtualAir,
        address: str = "C0:00:00:00:03:03",
        *,
        cut: int = 60,
        swapped: bool = False,
        **options: Any,
    ) -> None:
        self._cut, self._unlocked, self._rest = cut, False, b""
        #: Every command.
        self.commands: list[bytes] = []
        notify, write = ("FFE9", "FFE4") if swapped else ("FFE4", "FFE9")
        self._notify = characteristic(self._UUID.format(notify), "n")
        services = [
            service(
                self._UUID.format("FFE5"),
                self._notify,
                characteristic(self._UUID.format(write), "wc", write=self._asked),
            )
        ]
        super().__init__(
            air, "WT901BLE67", address, services, self._notify, advertised=(self._UUID.format("FFE5"),), **options
        )

    def connected(self) -> None:
        """It streams to whoever listens; the lock closes again."""
        super().connected()
        self.streaming, self._unlocked, self._rest = True, False, b""

    async def _asked(self, request: bytes) -> None:
        self.commands.append(request)
        if request == b"\xff\xaa\x69\x88\xb5":
            self._unlocked = True
        elif request[:3] == b"\xff\xaa\x03" and self._unlocked:
            self.rate_hz = self._RATES.get(request[3], self.rate_hz)
        elif request[:3] == b"\xff\xaa\x27" and len(request) > 3:
            code = next(code for code, rate in self._RATES.items() if rate == self.rate_hz)
            value = bytes([code]) if request[3] == 3 else b"\0"
            rest, self._rest = self._rest, b""
            if rest:
                await self.send(rest)
            await self.send((b"\x55\x71" + request[3:4] + b"\0" + value).ljust(20, b"\0"))

    async def packet(self, times: FloatArray, acc: FloatArray, gyr: FloatArray) -> None:
        """Send `55 61` frames: acceleration of ±16 g, angular rate of ±2000 deg/s, angles (0 here)."""
        values = np.hstack([words(acc, 32768 / 16 / GRAVITY), words(gyr, 32768 / 2000), np.zeros((len(acc), 3), "<i2")])
        self._rest += b"".join(b"\x55\x61" + row.astype("<i2").tobytes() for row in values)
        while len(self._rest) >= self._cut:
            piece, self._rest = self._rest[: self._cut], self._rest[self._cut :]
            await self.send(piece)


class Thingy52(InertialPeripheral):
    """Nordic Thingy:52: motion configuration, then raw motion, a sample in a notification, without time."""

    rate_hz = 100.0
    batch = 1
    _UUID: Final = "EF68{}-9B35-4933-9B10-52FFA9740042"

    def __init__(self, air: VirtualAir, address: str = "C0:00:00:00:03:04", **options: Any) -> None:
        self.configuration = struct.pack("<HHHHB", 5000, 5000, 5000, 60, 1)
        self._raw = characteristic(self._UUID.format("0406"), "n")
        services = [
            service(self._UUID.format("0100"), characteristic(self._UUID.format("0101"), "r", b"Thingy")),
            service(
                self._UUID.format("0400"),
                characteristic(self._UUID.format("0401"), "rw", lambda: self.configuration, self._set),
                self._raw,
            ),
        ]
        super().__init__(
            air, "Thingy", address, services, self._raw, advertised=(self._UUID.format("0100"),), battery=80, **options
        )

    def connected(self) -> None:
        """It streams to whoever listens."""
        super().connected()
        self.streaming = True

    async def _set(self, request: bytes) -> None:
        if len(request) == 9 and 5 <= int.from_bytes(request[6:8], "little") <= 200:
            self.configuration = request
            self.rate_hz = float(int.from_bytes(request[6:8], "little"))

    async def packet(self, times: FloatArray, acc: FloatArray, gyr: FloatArray) -> None:
        """Send nine 16-bit words: g in Q6.10, positive downwards, deg/s in Q11.5, µT in Q12.4."""
        await self.send(words(acc[0], -1024 / GRAVITY).tobytes() + words(gyr[0], 32).tobytes() + bytes(6))
