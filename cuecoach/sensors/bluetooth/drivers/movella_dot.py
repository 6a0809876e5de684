"""Movella DOT (formerly Xsens DOT): calibrated acceleration and angular rate at 60 Hz."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from cuecoach.errors import SensorError
from cuecoach.sensors.bluetooth.codecs import movella_dot as dot
from cuecoach.sensors.bluetooth.protocol import Decoder, Link, Role, Seen
from cuecoach.sensors.message import Level, Message, SampleTiming

#: The fastest it streams; 120 Hz is for its own recordings only.
_RATE_HZ: Final = 60


class DotDecoder:
    """Decodes samples and the charge of the battery, which this family states in a characteristic of its own."""

    def __init__(self) -> None:
        self.rejected = 0
        self.timing: SampleTiming | None = SampleTiming(float(_RATE_HZ), wrap_s=dot.WRAP_S)

    def feed(self, channel: str, payload: bytes) -> Sequence[Message]:
        """Take one notification."""
        if channel == dot.MEDIUM_PAYLOAD:
            samples = dot.decode(payload)
            if samples is not None:
                return (samples,)
            self.rejected += 1
        elif channel == dot.BATTERY:
            percent = dot.decode_battery(payload)
            if percent is not None:
                return (Level(percent),)
            self.rejected += 1
        return ()


class MovellaDot:
    """Movella DOT and Xsens DOT."""

    family = "movella-dot"
    title = "Movella DOT or Xsens DOT"
    kind: Literal["metrics", "samples"] = "samples"
    roles: tuple[Role, ...] = ("sacrum",)
    able: tuple[Role, ...] = ("sacrum", "torso", "foot")

    def recognises(self, seen: Seen) -> bool:
        """By company or name."""
        return dot.COMPANY in seen.manufacturer or seen.name.startswith(("Movella DOT", "Xsens DOT"))

    async def start(self, link: Link, role: Role) -> Decoder:
        """Set rate and filter profile where they differ, and start measuring."""
        called = f"`{link.name or link.address}`"
        if not link.has(dot.MEDIUM_PAYLOAD):
            raise SensorError(f"{called} does not stream; update its firmware with the Movella DOT app")
        if dot.measures(await link.read(dot.MEASUREMENT_CONTROL)):
            # Left on by somebody, in a mode nobody knows; the rate cannot be changed meanwhile.
            await link.write(dot.MEASUREMENT_CONTROL, dot.stop())
        settings = await link.read(dot.DEVICE_CONTROL)
        if dot.output_rate(settings) is None:
            raise SensorError(f"{called} does not tell its settings; update its firmware with the Movella DOT app")
        wanted = dot.with_settings(settings, _RATE_HZ)
        if wanted is not None:
            await link.write(dot.DEVICE_CONTROL, wanted)
            kept = dot.output_rate(await link.read(dot.DEVICE_CONTROL))
            if kept != _RATE_HZ:
                raise SensorError(f"{called} stays at {kept} Hz; set it to {_RATE_HZ} Hz with the Movella DOT app")
        await link.subscribe(dot.MEDIUM_PAYLOAD)
        if link.has(dot.BATTERY):
            await link.subscribe(dot.BATTERY)
        await link.write(dot.MEASUREMENT_CONTROL, dot.start())
        return DotDecoder()

    async def stop(self, link: Link) -> None:
        """Stop measuring: it would go on until its battery is empty."""
        await link.write(dot.MEASUREMENT_CONTROL, dot.stop())
