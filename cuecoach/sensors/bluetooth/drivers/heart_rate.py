"""Heart-rate straps and armbands, and watches that broadcast the heart rate.

Source: Bluetooth SIG, Heart Rate Service 1.0 (0x180D).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from cuecoach.errors import SensorError
from cuecoach.sensors.bluetooth.codecs import heart_rate
from cuecoach.sensors.bluetooth.protocol import Link, Role, Seen
from cuecoach.sensors.bluetooth.uuids import HEART_RATE_MEASUREMENT, HEART_RATE_SERVICE
from cuecoach.sensors.message import Message, SampleTiming


class HeartRateDecoder:
    """Reads Heart Rate Measurements."""

    def __init__(self) -> None:
        self.rejected = 0
        self.timing: SampleTiming | None = None

    def feed(self, channel: str, payload: bytes) -> Sequence[Message]:
        """Take one notification; only measurements are for here."""
        if channel != HEART_RATE_MEASUREMENT:
            return ()
        stated = heart_rate.stated(payload)
        if stated is None:
            self.rejected += 1
            return ()
        return (stated,)


class HeartRateStrap:
    """Driver for devices with the Heart Rate service."""

    family = "heart-rate"
    title = "Heart-rate strap"
    kind: Literal["metrics", "samples"] = "metrics"
    roles: tuple[Role, ...] = ("heart",)
    able: tuple[Role, ...] = ("heart",)

    def recognises(self, seen: Seen) -> bool:
        """Whether the device advertises the service; its specification asks for that."""
        return HEART_RATE_SERVICE in seen.services

    async def start(self, link: Link, role: Role) -> HeartRateDecoder:
        """Subscribe the measurement.

        Raises
        ------
        SensorError
            It has no heart rate, or the link broke.
        """
        if not link.has(HEART_RATE_MEASUREMENT):
            raise SensorError(
                f"`{link.name or link.address}` sends no heart rate over Bluetooth; switch on its heart-rate broadcast"
            )
        await link.subscribe(HEART_RATE_MEASUREMENT)
        return HeartRateDecoder()

    async def stop(self, link: Link) -> None:
        """Nothing to undo: a strap rests when nobody is connected."""
