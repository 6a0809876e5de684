"""WitMotion's Bluetooth motion sensors (WT901BLE, BWT901BLE5.0 and their kin): set to 100 Hz for as long as they stay on.

The setting is not saved: saving wears the sensor's flash and changes what other programs find, and after a power cycle the
sensor is as its owner left it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from cuecoach.errors import SensorError
from cuecoach.sensors.bluetooth.codecs import witmotion as codec
from cuecoach.sensors.bluetooth.protocol import Link, Role, Seen
from cuecoach.sensors.message import Message, SampleTiming

RATE_HZ: Final = 100
#: Steps of a run need this; a sensor that insists on less is refused, Hz.
_LOWEST_RATE_HZ: Final = 50
#: The rate of a sensor without a timestamp is off by its own crystal and by what the maker calls 100 Hz.
_RATE_ERROR: Final = 0.02
#: A sensor that answers does so at once, s.
_ANSWER_S: Final = 2.0


class WitMotionDecoder:
    """Reads WitMotion frames; they come without a time or a number, so it cannot see what is missing."""

    def __init__(self, rate_hz: float = RATE_HZ) -> None:
        self.rejected = 0
        self.timing: SampleTiming | None = SampleTiming(rate_hz, rate_error=_RATE_ERROR)
        self._cutter = codec.FrameCutter()

    def feed(self, channel: str, payload: bytes) -> Sequence[Message]:
        """Take one notification: frames, and pieces of them."""
        if channel not in (codec.NOTIFY, codec.WRITE):
            return ()
        damaged = self._cutter.damaged
        found = codec.samples(self._cutter.cut(payload))
        self.rejected += self._cutter.damaged > damaged
        return () if found is None else (found,)


class WitMotion:
    """Driver for WitMotion's Bluetooth Low Energy motion sensors; acceleration saturates at ±16 g."""

    family = "witmotion"
    title = "WitMotion WT901BLE"
    kind: Literal["metrics", "samples"] = "samples"
    roles: tuple[Role, ...] = ("sacrum",)
    able: tuple[Role, ...] = ("sacrum", "torso", "foot")

    def recognises(self, seen: Seen) -> bool:
        """Whether it bears WitMotion's name or advertises its service."""
        return seen.name.startswith(("WT", "BWT")) or codec.SERVICE in seen.services

    async def start(self, link: Link, role: Role) -> WitMotionDecoder:
        """Subscribe, unlock, set 100 Hz, and ask what the rate now is.

        Raises
        ------
        SensorError
            It is another kind of sensor, or it stays below 50 Hz.
        """
        notify, write = await _subscribe(link)
        for command in (codec.UNLOCK, codec.set_rate(RATE_HZ)):
            await _command(link, write, command)
        rate_hz = await _rate(link, notify, write)
        if rate_hz < _LOWEST_RATE_HZ:
            raise SensorError(
                f"`{link.name or link.address}` sends only {rate_hz} samples a second and does not change it; "
                f"set its return rate to {RATE_HZ} Hz in WitMotion's app"
            )
        return WitMotionDecoder(rate_hz)

    async def stop(self, link: Link) -> None:
        """Nothing to undo: what was set is forgotten when the sensor is switched off."""


async def _subscribe(link: Link) -> tuple[str, str]:
    """Subscribe the characteristic that notifies; return it and the one that takes commands."""
    who = link.name or link.address
    if not (link.has(codec.NOTIFY) and link.has(codec.WRITE)):
        raise SensorError(
            f"`{who}` has no WitMotion data service; only WitMotion's Bluetooth Low Energy models are understood, "
            "not those with classic Bluetooth"
        )
    try:
        await link.subscribe(codec.NOTIFY)
    except SensorError:
        # Some firmware has the roles of the two swapped.
        await link.subscribe(codec.WRITE)
        return codec.WRITE, codec.NOTIFY
    return codec.NOTIFY, codec.WRITE


async def _command(link: Link, write: str, command: bytes) -> None:
    """Send a command, acknowledged if the sensor does that: the next one relies on the order."""
    try:
        await link.write(write, command)
    except SensorError:
        await link.write(write, command, response=False)


async def _rate(link: Link, notify: str, write: str) -> int:
    """Return the output rate the sensor says it has, Hz; what was set when it does not answer."""
    register = codec.RATE_REGISTER
    try:
        reply = await link.ask(
            write,
            codec.read_register(register),
            answers=lambda payload: codec.register_value(payload, register) is not None,
            on=notify,
            timeout_s=_ANSWER_S,
        )
    except SensorError:
        return RATE_HZ  # older firmware does not answer; a broken link shows itself at the next word
    value = codec.register_value(reply, register)
    return next((hz for hz, code in codec.RATE_CODES.items() if code == value), RATE_HZ)
