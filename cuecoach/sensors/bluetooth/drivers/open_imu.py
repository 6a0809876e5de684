"""Any sensor that speaks the open cuecoach frame: the Arduino sketch in examples/arduino, or one built by others."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final, Literal

from cuecoach.errors import SensorError
from cuecoach.sensors.bluetooth.codecs import open_frame as codec
from cuecoach.sensors.bluetooth.protocol import Link, Role, Seen
from cuecoach.sensors.message import Message, Samples, SampleTiming

#: A frame whose spacing is farther than this from the rate the sensor told is damaged or another sensor's, as a share.
_SPACING_TOLERANCE: Final = 0.1
#: A second copy of a frame comes within so many frames.
_REMEMBERED: Final = 8
#: A jump of `seq` beyond this is a restart, not a loss.
_RESTART: Final = 1000


class OpenImuDecoder:
    """Reads open frames; drops second copies and counts what the numbering says is missing.

    Attributes
    ----------
    rejected, duplicates, lost
        Frames that could not be used, that came twice, and that never came.
    """

    def __init__(self, rate_hz: float) -> None:
        self.rejected = 0
        self.duplicates = 0
        self.lost = 0
        self.timing: SampleTiming | None = SampleTiming(rate_hz, wrap_s=codec.WRAP_S)
        self._rate_hz = rate_hz
        self._recent: deque[tuple[int, int]] = deque(maxlen=_REMEMBERED)

    def feed(self, channel: str, payload: bytes) -> Sequence[Message]:
        """Take one notification: one frame."""
        if channel != codec.DATA:
            return ()
        frame = codec.decode(payload)
        if frame is None or abs(frame.dt_us * 1e-6 * self._rate_hz - 1) > _SPACING_TOLERANCE:
            self.rejected += 1
            return ()
        name = (frame.seq, frame.t_us)  # with the time: after a restart the numbers come again
        if name in self._recent:
            self.duplicates += 1
            return ()
        if self._recent:
            missing = (frame.seq - self._recent[-1][0] - 1) % 2**16
            self.lost += missing if missing < _RESTART else 0
        self._recent.append(name)
        return (Samples(frame.acc, frame.gyr, frame.t_us * 1e-6, "first"),)


class OpenImu:
    """Driver for sensors with the open cuecoach service."""

    family = "cuecoach-imu"
    title = "Open cuecoach sensor"
    kind: Literal["metrics", "samples"] = "samples"
    roles: tuple[Role, ...] = ("sacrum",)
    able: tuple[Role, ...] = ("sacrum", "torso", "foot")

    def recognises(self, seen: Seen) -> bool:
        """Whether it advertises the open service."""
        return codec.SERVICE in seen.services

    async def start(self, link: Link, role: Role) -> OpenImuDecoder:
        """Read what the sensor tells of itself, and subscribe its data.

        Raises
        ------
        SensorError
            It lacks a characteristic, does not tell its rate, or its frames do not fit the link.
        """
        who = link.name or link.address
        if not (link.has(codec.DATA) and link.has(codec.INFO)):
            raise SensorError(
                f"`{who}` has the cuecoach service without its data or info characteristic; "
                "put the sketch of this version on it"
            )
        info = codec.decode_info(await link.read(codec.INFO))
        if info is None:
            raise SensorError(
                f"`{who}` does not tell its sampling rate and frame length; "
                "its info characteristic must hold `rate_hz=…;samples=…`"
            )
        needed = codec.frame_size(info.samples)
        if link.payload_size < needed:
            raise SensorError(
                f"`{who}` sends frames of {needed} bytes, but this connection carries only {link.payload_size}; "
                "lower the number of samples a frame in its sketch, or use a Bluetooth adapter that allows longer packets"
            )
        await link.subscribe(codec.DATA)
        return OpenImuDecoder(info.rate_hz)

    async def stop(self, link: Link) -> None:
        """Nothing to undo: it sends only while somebody is subscribed."""
