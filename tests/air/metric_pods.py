"""Virtual foot pod, heart-rate strap and power pod: values about once a second, encoded from the SIG's formats."""

from __future__ import annotations

import struct
from typing import Final, Literal

from bumble.gatt import Service

from cuecoach.events import Reading
from tests.air.air import VirtualAir
from tests.air.peripheral import Peripheral, characteristic, service

#: Sensor locations (GATT Specification Supplement, Sensor Location): top of shoe, in shoe, hip.
TOP_OF_SHOE, IN_SHOE = 1, 2
#: Answers of the SC control point: success, not supported, wrong parameter.
_OK, _UNSUPPORTED, _WRONG = 1, 2, 3
#: A runner of 72 kg, W for each m/s; what a pod would say is for the pod to know.
_POWER_PER_SPEED: Final = 75.0


def running_speed_and_cadence(
    speed: float, cadence: float, stride_length: float | None, distance: float | None, running: bool
) -> bytes:
    """Return an RSC Measurement (0x2A53): m/s, 1/min, m, m."""
    flags = (stride_length is not None) | (distance is not None) << 1 | running << 2
    payload = struct.pack("<BHB", flags, round(speed * 256), min(round(cadence), 255))
    if stride_length is not None:
        payload += struct.pack("<H", round(stride_length * 100))
    if distance is not None:
        payload += struct.pack("<I", round(distance * 10))
    return payload


class FootPod(Peripheral):
    """RSC (0x1814) with control point, device information and battery; with `power` it also has 0x1818, as Stryd has.

    `unit` is what its cadence counts: the specification says strides, devices do as they like.
    """

    def __init__(
        self,
        air: VirtualAir,
        name: str = "Virtual Pod",
        address: str = "C0:00:00:00:01:01",
        *,
        unit: Literal["strides", "steps"] = "strides",
        stride_length: bool = True,
        power: bool = False,
        battery: int | None = 87,
        shy: bool = False,
    ) -> None:
        self.unit, self.location, self.distance = unit, TOP_OF_SHOE, 0.0
        self._stride_length, self._last_t = stride_length, 0.0
        self._measurement = characteristic(0x2A53, "n")
        self._control = characteristic(0x2A55, "wi", write=self._asked)
        self._power = characteristic(0x2A63, "n") if power else None
        services: list[Service] = [
            service(
                0x1814,
                self._measurement,
                characteristic(0x2A54, "r", struct.pack("<H", 0b10111 if stride_length else 0b10110)),
                characteristic(0x2A5D, "r", lambda: bytes([self.location])),
                self._control,
            ),
            service(0x180A, characteristic(0x2A29, "r", b"cuecoach"), characteristic(0x2A24, "r", b"VP-1")),
        ]
        if self._power:
            services.append(service(0x1818, self._power, characteristic(0x2A65, "r", bytes(4))))
        super().__init__(
            air,
            name,
            address,
            services,
            self._measurement,
            advertised=(0x1814,),
            appearance=0x0442,
            battery=battery,
            shy=shy,
        )

    async def report(self, reading: Reading) -> None:
        """Send one measurement."""
        speed, cadence = reading.values.get("speed", 0.0), reading.values.get("cadence", 0.0)
        self.distance += speed * (reading.t - self._last_t)
        self._last_t = reading.t
        stride = 120 * speed / cadence if cadence and self._stride_length else 0.0
        counted = cadence / 2 if self.unit == "strides" else cadence
        await self.send(
            running_speed_and_cadence(
                speed, counted, stride if self._stride_length else None, self.distance, speed > 1.9
            )
        )
        if self._power:
            await self.send(struct.pack("<Hh", 0, round(speed * _POWER_PER_SPEED)), self._power)

    async def _asked(self, request: bytes) -> None:
        """Answer the SC control point (0x2A55) with an indication."""
        code, parameter = request[:1], request[1:]
        if code == b"\x01" and len(parameter) == 4:
            self.distance = int.from_bytes(parameter, "little") / 10
            answer = bytes([_OK])
        elif code == b"\x03" and len(parameter) == 1:
            known = parameter[0] in (TOP_OF_SHOE, IN_SHOE)
            self.location = parameter[0] if known else self.location
            answer = bytes([_OK if known else _WRONG])
        elif code == b"\x04":
            answer = bytes([_OK, TOP_OF_SHOE, IN_SHOE])
        else:
            answer = bytes([_UNSUPPORTED])
        self.soon(self.device.indicate_subscribers(self._control, b"\x10" + code + answer))


class HeartStrap(Peripheral):
    """Heart rate (0x180D) with contact and RR intervals, and a battery."""

    def __init__(
        self,
        air: VirtualAir,
        name: str = "Virtual Strap",
        address: str = "C0:00:00:00:01:02",
        *,
        wide: bool = False,
        battery: int | None = 64,
    ) -> None:
        self._wide = wide
        self._measurement = characteristic(0x2A37, "n")
        services = [service(0x180D, self._measurement, characteristic(0x2A38, "r", b"\x01"))]
        super().__init__(
            air, name, address, services, self._measurement, advertised=(0x180D,), appearance=0x0341, battery=battery
        )

    async def report(self, reading: Reading) -> None:
        """Send one Heart Rate Measurement (0x2A37)."""
        await self.send(heart_rate_measurement(reading.values.get("heart_rate", 0.0), wide=self._wide))


def heart_rate_measurement(bpm: float, *, wide: bool = False) -> bytes:
    """Return a Heart Rate Measurement (0x2A37) with skin contact and one RR interval of 1/1024 s."""
    value = round(bpm)
    interval = round(60 / value * 1024) if value else 0
    return struct.pack("<BH" if wide else "<BB", 0x16 | wide, value) + struct.pack("<H", interval)


class PowerPod(Peripheral):
    """Nothing but Cycling Power (0x1818), as some running power meters are."""

    def __init__(
        self, air: VirtualAir, name: str = "Virtual Power", address: str = "C0:00:00:00:01:03", *, battery: int = 55
    ) -> None:
        self._measurement = characteristic(0x2A63, "n")
        services = [
            service(
                0x1818,
                self._measurement,
                characteristic(0x2A65, "r", bytes(4)),
                characteristic(0x2A5D, "r", bytes([TOP_OF_SHOE])),
            )
        ]
        super().__init__(
            air, name, address, services, self._measurement, advertised=(0x1818,), appearance=0x0484, battery=battery
        )

    async def report(self, reading: Reading) -> None:
        """Send one Cycling Power Measurement (0x2A63) without optional fields."""
        await self.send(struct.pack("<Hh", 0, round(reading.values.get("speed", 0.0) * _POWER_PER_SPEED)))
