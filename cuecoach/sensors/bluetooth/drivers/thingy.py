"""Nordic Thingy:52 as a motion sensor: its raw motion at 100 Hz."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Literal

from cuecoach.errors import SensorError
from cuecoach.sensors.bluetooth.codecs import thingy as codec
from cuecoach.sensors.bluetooth.protocol import Link, Role, Seen
from cuecoach.sensors.message import Message, SampleTiming

RATE_HZ: Final = 100
#: It sends no time, and its motion chip's clock is good to a percent or two.
_RATE_ERROR: Final = 0.02


class ThingyDecoder:
    """Reads raw motion, one sample a notification."""

    def __init__(self) -> None:
        self.rejected = 0
        self.timing: SampleTiming | None = SampleTiming(RATE_HZ, rate_error=_RATE_ERROR)

    def feed(self, channel: str, payload: bytes) -> Sequence[Message]:
        """Take one notification."""
        if channel != codec.RAW_MOTION:
            return ()
        found = codec.decode_raw(payload)
        if found is None:
            self.rejected += 1
            return ()
        return (found,)


class Thingy52:
    """Driver for the Nordic Thingy:52 with Nordic's firmware; acceleration saturates at ±2 g."""

    family = "thingy-52"
    title = "Nordic Thingy:52"
    kind: Literal["metrics", "samples"] = "samples"
    roles: tuple[Role, ...] = ("sacrum",)
    able: tuple[Role, ...] = ("sacrum", "torso", "foot")

    def recognises(self, seen: Seen) -> bool:
        """Whether it bears the name, or advertises the configuration service."""
        return codec.CONFIGURATION_SERVICE in seen.services or seen.name.startswith("Thingy")

    async def start(self, link: Link, role: Role) -> ThingyDecoder:
        """Set the motion rate, then subscribe raw motion; changing the rate later would restart its motion chip.

        Raises
        ------
        SensorError
            It has no motion service, or its settings cannot be read.
        """
        who = link.name or link.address
        if not (link.has(codec.MOTION_CONFIG) and link.has(codec.RAW_MOTION)):
            raise SensorError(f"`{who}` has no motion service; put Nordic's own firmware for the Thingy:52 on it")
        config = codec.decode_config(await link.read(codec.MOTION_CONFIG))
        if config is None:
            raise SensorError(f"`{who}` has motion settings of an unknown form; update its firmware with Nordic's app")
        if config.motion_hz != RATE_HZ:  # it keeps every write in flash, so not without need
            await link.write(codec.MOTION_CONFIG, replace(config, motion_hz=RATE_HZ).encode())
        await link.subscribe(codec.RAW_MOTION)
        return ThingyDecoder()

    async def stop(self, link: Link) -> None:
        """Nothing to undo: its motion chip is switched off when the link ends."""
