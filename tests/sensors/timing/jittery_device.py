"""A sensor with a clock of its own behind a radio: connection intervals, missed events, drift, rounding, wraps, reboots."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from cuecoach.events import FloatArray, Gap, ImuBlock
from cuecoach.sensors.message import Samples, SampleTiming
from cuecoach.sensors.timing import ImuStream


@dataclass(frozen=True)
class Packet:
    """One notification: samples `first` to `first + n - 1`."""

    arrived: float
    stamp: float | None
    first: int
    n: int


@dataclass(frozen=True)
class JitteryDevice:
    """What a device of nominally `rate_hz` sends in packets of `n` samples.

    `rate_error` is that of the sampling rate, `drift` that of its clock, `resolution_s` that of its stamps. A packet waits for
    the next connection event, of which one in `missed` fails, and then 1-4 ms more.
    """

    rate_hz: float = 52.0
    n: int = 4
    interval_s: float = 0.03
    missed: float = 0.1
    drift: float = 40e-6
    rate_error: float = 0.0
    resolution_s: float = 1e-3
    wrap_s: float | None = None
    booted: float = 1234.5
    stamped: Literal["first", "last"] | None = "first"
    seed: int = 1
    reboots: tuple[float, ...] = field(default=())

    @property
    def timing(self) -> SampleTiming:
        return SampleTiming(self.rate_hz, self.wrap_s, 0.02 if self.stamped is None else 0.0005)

    def sample_times(self, duration_s: float) -> FloatArray:
        """True times of its samples."""
        return np.arange(int(duration_s * self.rate_hz)) / (self.rate_hz * (1 + self.rate_error))

    def packets(self, times: FloatArray) -> Iterator[Packet]:
        """Send samples taken at these true times."""
        random = np.random.default_rng(self.seed)
        count = len(times) // self.n
        last = times[self.n - 1 :: self.n][:count]
        phase = random.uniform(0, self.interval_s)
        arrived = (np.floor((last - phase) / self.interval_s) + 1) * self.interval_s + phase
        arrived += (random.geometric(1 - self.missed, count) - 1) * self.interval_s + random.uniform(
            0.001, 0.004, count
        )
        arrived = np.maximum.accumulate(arrived)
        for k in range(count):
            first = k * self.n
            stamp = (
                None
                if self.stamped is None
                else self._stamp(times[first if self.stamped == "first" else first + self.n - 1])
            )
            yield Packet(float(arrived[k]), stamp, first, self.n)

    def _stamp(self, t: float) -> float:
        since = [boot for boot in self.reboots if boot <= t]
        clock = (t - since[-1] if since else t + self.booted) * (1 + self.drift)
        stamp = round(clock / self.resolution_s) * self.resolution_s
        return float(stamp if self.wrap_s is None else stamp % self.wrap_s)


def samples_of(packet: Packet, stamped: Literal["first", "last"] | None = "first") -> Samples:
    """Samples whose x acceleration is their number, so that each can be found again."""
    acc = np.zeros((packet.n, 3))
    acc[:, 0] = np.arange(packet.first, packet.first + packet.n) % 8192
    acc[:, 1] = np.arange(packet.first, packet.first + packet.n) // 8192
    return Samples(acc, -acc, packet.stamp, stamped or "first")


@dataclass
class Heard:
    """What came out of a stream, sample by sample."""

    stream: ImuStream
    times: FloatArray
    numbers: np.ndarray
    arrived: FloatArray
    gaps: list[Gap]


def hear(device: JitteryDevice, packets: list[Packet], stream: ImuStream | None = None) -> Heard:
    """Feed packets to a stream and collect what it gives."""
    stream = stream or ImuStream("imu", "sacrum", device.timing)
    blocks: list[ImuBlock] = []
    gaps: list[Gap] = []
    for packet in packets:
        for event in stream.feed(packet.arrived, samples_of(packet, device.stamped)):
            if isinstance(event, Gap):
                gaps.append(event)
            else:
                blocks.append(event)
    acc = np.concatenate([b.acc for b in blocks])
    return Heard(
        stream,
        np.concatenate([b.times for b in blocks]),
        (acc[:, 0] + 8192 * acc[:, 1]).astype(int),
        np.concatenate([np.full(len(b.times), b.t) for b in blocks]),
        gaps,
    )
