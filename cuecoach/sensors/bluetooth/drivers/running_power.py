"""Pods that state running power alone; taken only when named, for a bicycle's power meter has the same service.

Source: Bluetooth SIG, Cycling Power Service 1.1 (0x1818); there is no service of its own for running power.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from cuecoach.errors import SensorError
from cuecoach.sensors.bluetooth.drivers.foot_pod import known_pod, stated_power
from cuecoach.sensors.bluetooth.protocol import Link, Role, Seen
from cuecoach.sensors.bluetooth.uuids import CYCLING_POWER_MEASUREMENT, CYCLING_POWER_SERVICE, RSC_SERVICE
from cuecoach.sensors.message import Message, SampleTiming


class RunningPowerDecoder:
    """Reads the power of Cycling Power Measurements."""

    def __init__(self) -> None:
        self.rejected = 0
        self.timing: SampleTiming | None = None

    def feed(self, channel: str, payload: bytes) -> Sequence[Message]:
        """Take one notification; only measurements are for here."""
        if channel != CYCLING_POWER_MEASUREMENT:
            return ()
        stated = stated_power(payload)
        if stated is None:
            self.rejected += 1
            return ()
        return (stated,)


class RunningPower:
    """Driver for pods with the Cycling Power service and no running speed and cadence."""

    family = "running-power"
    title = "Running power pod"
    kind: Literal["metrics", "samples"] = "metrics"
    roles: tuple[Role, ...] = ()
    able: tuple[Role, ...] = ("foot",)

    def recognises(self, seen: Seen) -> bool:
        """Whether the device advertises power, and is no foot pod that has power besides."""
        return CYCLING_POWER_SERVICE in seen.services and RSC_SERVICE not in seen.services and not known_pod(seen.name)

    async def start(self, link: Link, role: Role) -> RunningPowerDecoder:
        """Subscribe the measurement.

        Raises
        ------
        SensorError
            It has no power, or the link broke.
        """
        if not link.has(CYCLING_POWER_MEASUREMENT):
            raise SensorError(f"`{link.name or link.address}` states no power over Bluetooth; use another pod")
        await link.subscribe(CYCLING_POWER_MEASUREMENT)
        return RunningPowerDecoder()

    async def stop(self, link: Link) -> None:
        """Nothing to undo: a pod rests when nobody is connected."""
