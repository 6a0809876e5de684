"""A virtual Movesense, encoded from Movesense's GATT SensorData Protocol specification, version 1."""

from __future__ import annotations

import struct
from typing import Any, Final

from cuecoach.events import FloatArray
from tests.air.air import VirtualAir
from tests.air.inertial import InertialPeripheral
from tests.air.peripheral import characteristic, service


class Movesense(InertialPeripheral):
    """GATT SensorData Protocol 1: HELLO, SUBSCRIBE, UNSUBSCRIBE; IMU6 in packets that do not fit one notification."""

    #: The most a notification carries; its ATT MTU is 158.
    _ROOM: Final = 155
    #: Samples in a packet at each rate.
    _BATCHES: Final = {13: 1, 26: 2, 52: 4, 104: 8, 208: 16}
    rate_hz = 104.0
    batch = 8

    def __init__(
        self,
        air: VirtualAir,
        address: str = "C0:00:00:00:03:01",
        *,
        refuses: tuple[str, ...] = (),
        gsp: bool = True,
        **options: Any,
    ) -> None:
        base = "3480{}-7185-4D5D-B431-630E7050E8F0"
        self._refuses = refuses
        self._reference = 0
        self._gyroscope = True
        #: Paths that are subscribed to.
        self.paths: list[str] = []
        self._notify = characteristic(base.format("0002"), "n")
        write = characteristic(base.format("0001"), "wc", write=self._asked)
        services = [service(base.format("2252"), write, self._notify)] if gsp else [service(0xFDF3)]
        super().__init__(
            air,
            "Movesense 204730000081",
            address,
            services,
            self._notify,
            advertised=(0xFDF3,),
            battery=90,
            mtu=158,
            **options,
        )

    def connected(self) -> None:
        """Subscriptions end with the connection."""
        self.paths.clear()
        super().connected()

    async def _asked(self, request: bytes) -> None:
        if len(request) < 2:
            return
        command, reference = request[0], request[1:2]
        answer = b"\x01" + reference
        if command == 0:
            answer += b"\x01204730000081\0Movesense\0" + bytes(6)
        elif command == 1:
            answer += struct.pack("<H", self._subscribe(request[2:].decode("ascii", "replace"), reference[0]))
        elif command == 2:
            self.paths.clear()
            self.streaming = False
            answer += struct.pack("<H", 200)
        else:
            answer += struct.pack("<H", 501)
        self.soon(self.send(answer))

    def _subscribe(self, path: str, reference: int) -> int:
        *_, kind, rate = path.split("/")
        if path.startswith(self._refuses) if self._refuses else False:
            return 404
        if not path.startswith("/Meas/") or kind not in ("IMU6", "Acc") or not rate.isdigit():
            return 404
        if int(rate) not in self._BATCHES:
            return 400
        self.rate_hz, self.batch = float(rate), self._BATCHES[int(rate)]
        self._reference, self._gyroscope, self.streaming = reference, kind == "IMU6", True
        self.paths.append(path)
        return 200

    async def packet(self, times: FloatArray, acc: FloatArray, gyr: FloatArray) -> None:
        """Send ms since boot of the first sample, all accelerations, all angular rates; in two parts if it must be."""
        stamp = round(self.device_time(times[0]) * 1000) & 0xFFFFFFFF
        body = struct.pack("<I", stamp) + acc.astype("<f4").tobytes()
        if self._gyroscope:
            body += gyr.astype("<f4").tobytes()
        room = min(self._ROOM, *(c.att_mtu - 3 for c in self.device.connections.values())) - 2
        for part, at in enumerate(range(0, len(body), room)):
            await self.send(bytes([3 if part else 2, self._reference]) + body[at : at + room])
