"""Virtual Polar H10 and Verity Sense: heart rate, and PMD streams with settings, raw and delta frames."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any, ClassVar, Final, Literal

import numpy as np

from cuecoach.events import FloatArray, ImuBlock, Reading
from tests.air.air import VirtualAir
from tests.air.inertial import GRAVITY, InertialPeripheral, words
from tests.air.metric_pods import heart_rate_measurement
from tests.air.peripheral import characteristic, service

_PMD: Final = "FB005C8{}-02E7-F387-1CAD-8ACD2D8DF0C8"
#: Kinds of measurement, operations, and answers of the control point (Polar Measurement Data specification).
_ACC, _GYRO = 2, 5
_GET_SETTINGS, _START, _STOP = 1, 2, 3
_OK, _BAD_OP, _BAD_KIND, _BAD_PARAMETER, _IN_STATE, _BAD_RATE, _BAD_MTU = 0, 1, 2, 5, 6, 8, 10
#: Setting types and their sizes, bytes.
_RATE, _RESOLUTION, _RANGE, _CHANNELS, _FACTOR = 0, 1, 2, 4, 5
_SIZES: Final = {_RATE: 2, _RESOLUTION: 2, _RANGE: 2, 3: 4, _CHANNELS: 1, _FACTOR: 4}
#: A frame needs this much room, bytes.
_LEAST_MTU: Final = 70

Settings = dict[int, Sequence[int]]


class PolarDevice(InertialPeripheral):
    """A device with the PMD service.

    `remembers`: a stream that was not stopped goes on at the next connection, so that starting it is answered with
    "already in state".
    """

    #: What each kind of measurement can be set to.
    settings: ClassVar[dict[int, Settings]]

    def __init__(
        self, air: VirtualAir, name: str, address: str, *, remembers: bool = False, battery: int = 71, **options: Any
    ) -> None:
        self._remembers = remembers
        #: The kinds that are streamed, and what they were set to.
        self.started: dict[int, dict[int, int]] = {}
        #: At so many commands it breaks the link instead of answering.
        self.hangs_up = 0
        #: Every command of the control point.
        self.commands: list[bytes] = []
        self._control = characteristic(_PMD.format(1), "rwi", self._features, self._asked)
        self._data = characteristic(_PMD.format(2), "n")
        self._heart = characteristic(0x2A37, "n")
        services = [service(0x180D, self._heart), service(_PMD.format(0), self._control, self._data)]
        super().__init__(
            air,
            name,
            address,
            services,
            self._data,
            advertised=(0x180D,),
            manufacturer=(0x006B, bytes([0x72, 0x08, 0x97, 0xC3])),
            battery=battery,
            **options,
        )

    def connected(self) -> None:
        """Streams end with the connection, except where they are remembered."""
        if not self._remembers:
            self.started.clear()
        super().connected()
        self.streaming = bool(self.started)

    async def report(self, reading: Reading) -> None:
        """Send the heart rate."""
        if bpm := reading.values.get("heart_rate"):
            await self.send(heart_rate_measurement(bpm), self._heart)

    def _features(self) -> bytes:
        bits = sum(1 << kind for kind in self.settings)
        return bytes([0x0F]) + bits.to_bytes(2, "little") + bytes(14)

    async def _asked(self, request: bytes) -> None:
        self.commands.append(request)
        if self.hangs_up:
            self.hangs_up -= 1
            await self.drop()
            return
        status, more = self._do(request)
        answer = b"\xf0" + request[:2].ljust(2, b"\0") + bytes([status])
        if status == _OK:
            answer += b"\0" + more
        self.streaming = bool(self.started)
        self.soon(self.device.indicate_subscribers(self._control, answer))

    def _do(self, request: bytes) -> tuple[int, bytes]:
        if len(request) < 2 or request[0] not in (_GET_SETTINGS, _START, _STOP):
            return _BAD_OP, b""
        operation, kind = request[0], request[1] & 0x3F
        if kind not in self.settings:
            return _BAD_KIND, b""
        if operation == _GET_SETTINGS:
            return _OK, b"".join(
                bytes([what, len(values)]) + b"".join(v.to_bytes(_SIZES[what], "little") for v in values)
                for what, values in self.settings[kind].items()
            )
        if operation == _STOP:
            return (_OK if self.started.pop(kind, None) is not None else _IN_STATE), b""
        if kind in self.started:
            return _IN_STATE, b""
        chosen = _read_settings(request[2:])
        if chosen is None or set(chosen) != set(self.settings[kind]):
            return _BAD_PARAMETER, b""
        if any(value not in self.settings[kind][what] for what, value in chosen.items()):
            return _BAD_RATE, b""
        if any(connection.att_mtu < _LEAST_MTU for connection in self.device.connections.values()):
            return _BAD_MTU, b""
        self.started[kind] = chosen
        return _OK, self.start_answer(kind, chosen)

    def start_answer(self, kind: int, chosen: dict[int, int]) -> bytes:
        """What is told along with a start: nothing, or the factor of the samples."""
        return b""

    def head(self, kind: int, last: float, frame: int) -> bytes:
        """The head of a data frame: kind, time of the last sample in ns since 2000-01-01, type of the frame."""
        return struct.pack("<BQB", kind, round(self.device_time(last) * 1e9), frame)


def _read_settings(data: bytes) -> dict[int, int] | None:
    chosen: dict[int, int] = {}
    at = 0
    while at + 2 <= len(data):
        size = _SIZES.get(data[at])
        if size is None or data[at + 1] != 1 or at + 2 + size > len(data):
            return None
        chosen[data[at]] = int.from_bytes(data[at + 2 : at + 2 + size], "little")
        at += 2 + size
    return chosen if at == len(data) else None


class PolarH10(PolarDevice):
    """A chest strap: acceleration in raw 16-bit frames of 36 samples, no gyroscope."""

    batch = 36
    settings: ClassVar[dict[int, Settings]] = {_ACC: {_RATE: (25, 50, 100, 200), _RESOLUTION: (16,), _RANGE: (2, 4, 8)}}

    def __init__(self, air: VirtualAir, address: str = "C0:00:00:00:02:01", **options: Any) -> None:
        options.setdefault("boot_s", 599_616_000.0)  # the clock of a strap that was taken off begins at 2019-01-01
        super().__init__(air, "Polar H10 1A2B3C4D", address, **options)

    async def samples(self, block: ImuBlock, start: float) -> None:
        """Sample at the rate that was asked for; the runner has to be sampled at the same."""
        if _ACC in self.started:
            self.rate_hz = self.started[_ACC][_RATE]
        await super().samples(block, start)

    async def packet(self, times: FloatArray, acc: FloatArray, gyr: FloatArray) -> None:
        """Send a raw frame of type 1: 16 bits, mG."""
        await self.send(self.head(_ACC, times[-1], 1) + words(acc, 1000 / GRAVITY).tobytes())


class PolarVerity(PolarDevice):
    """An optical sensor worn anywhere: acceleration and gyroscope, 52 Hz, in delta frames.

    `acc_frame` is the type of its acceleration frames: 0 (values times the factor are g) or 1 (mG).
    """

    batch = 16
    rate_hz = 52.0
    settings: ClassVar[dict[int, Settings]] = {
        _ACC: {_RATE: (26, 52), _RESOLUTION: (16,), _RANGE: (2, 4, 8), _CHANNELS: (3,)},
        _GYRO: {_RATE: (26, 52), _RESOLUTION: (16,), _RANGE: (250, 500, 1000, 2000), _CHANNELS: (3,)},
    }

    def __init__(
        self, air: VirtualAir, address: str = "C0:00:00:00:02:02", *, acc_frame: Literal[0, 1] = 0, **options: Any
    ) -> None:
        self._acc_frame = acc_frame
        options.setdefault("boot_s", 820_454_400.0)
        super().__init__(air, "Polar Sense 5E6F7A8B", address, **options)

    def start_answer(self, kind: int, chosen: dict[int, int]) -> bytes:
        """Tell the factor."""
        return bytes([_FACTOR, 1]) + struct.pack("<f", self._factor(kind))

    def _factor(self, kind: int) -> float:
        full_scale = self.started[kind][_RANGE]
        milli = kind == _ACC and self._acc_frame == 1
        return full_scale / 32768 * (1000 if milli else 1)

    async def packet(self, times: FloatArray, acc: FloatArray, gyr: FloatArray) -> None:
        """Send a frame of each kind that was started."""
        if _ACC in self.started:
            unit = 1000 if self._acc_frame == 1 else 1
            values = words(acc, unit / GRAVITY / self._factor(_ACC))
            await self.send(self.head(_ACC, times[-1], 0x80 | self._acc_frame) + deltas(values))
        if _GYRO in self.started:
            await self.send(self.head(_GYRO, times[-1], 0x80) + deltas(words(gyr, 1 / self._factor(_GYRO))))


def deltas(values: np.ndarray, block: int = 8) -> bytes:
    """Return samples, shape (n, channels), as a first sample of 16 bits and blocks of differences.

    A block is its bits a value, its number of samples, then the differences, lowest bit first, in two's complement.
    """
    out = values[0].astype("<i2").tobytes()
    steps = np.diff(values.astype(int), axis=0)
    for at in range(0, len(steps), block):
        piece = steps[at : at + block]
        bits = max(int(max(piece.max(), -piece.min() - 1)).bit_length() + 1, 1)
        packed = 0
        for number, step in enumerate(piece.ravel().tolist()):
            packed |= (step & ((1 << bits) - 1)) << (number * bits)
        out += bytes([bits, len(piece)]) + packed.to_bytes(-(-bits * piece.size // 8), "little")
    return out
