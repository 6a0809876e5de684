"""Movesense sensors with the GATT SensorData Protocol: acceleration and angular rate at 104 Hz."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from cuecoach.errors import SensorError
from cuecoach.sensors.bluetooth.codecs import movesense_gsp as gsp
from cuecoach.sensors.bluetooth.protocol import Decoder, Link, Role, Seen
from cuecoach.sensors.message import Message, SampleTiming

_HELLO_REF: Final = 1
_STREAM_REF: Final = 2
#: What is asked for, the best first: path, rate in Hz, vectors of each sample.
_STREAMS: Final = (
    ("/Meas/IMU6/104", 104, 2),
    ("/Meas/IMU6/52", 52, 2),
    ("/Meas/Acc/104", 104, 1),
)


class GspDecoder:
    """Decodes the one subscription of a connection."""

    def __init__(self, rate_hz: int, vectors: int) -> None:
        self.rejected = 0
        self.timing: SampleTiming | None = SampleTiming(float(rate_hz), wrap_s=gsp.WRAP_S)
        self._stream = gsp.GspStream(_STREAM_REF, rate_hz, vectors)

    def feed(self, channel: str, payload: bytes) -> Sequence[Message]:
        """Take one notification."""
        if channel != gsp.NOTIFY:
            return ()
        samples = self._stream.feed(payload)
        self.rejected = self._stream.rejected
        return samples


class Movesense:
    """Movesense HR2, HR+, Active and Medical, with a firmware that has the protocol."""

    family = "movesense"
    title = "Movesense"
    kind: Literal["metrics", "samples"] = "samples"
    roles: tuple[Role, ...] = ("sacrum",)
    able: tuple[Role, ...] = ("sacrum", "torso", "foot")

    def recognises(self, seen: Seen) -> bool:
        """By name or service: with another firmware it should be found too, so that the runner is told what it lacks."""
        return seen.name.startswith("Movesense") or gsp.SERVICE in seen.services

    async def start(self, link: Link, role: Role) -> Decoder:
        """Say hello and subscribe the best stream the sensor has."""
        called = f"`{link.name or link.address}`"
        if not link.has(gsp.NOTIFY):
            raise SensorError(
                f"{called} has a firmware without the GATT SensorData Protocol (GSP); "
                "install one that has it, such as `gatt_sensordata_app` of Movesense"
            )
        await link.subscribe(gsp.NOTIFY)
        await link.ask(gsp.COMMAND, gsp.hello(_HELLO_REF), answers=_is_hello, on=gsp.NOTIFY)
        status: int | None = None
        for path, rate_hz, vectors in _STREAMS:
            command = gsp.subscribe(_STREAM_REF, path)
            answer = await link.ask(gsp.COMMAND, command, answers=_is_stream, on=gsp.NOTIFY)
            status = gsp.parse_status(answer, _STREAM_REF)
            if status is None or status == gsp.OK:  # None: data, whose answer was lost
                return GspDecoder(rate_hz, vectors)
        raise SensorError(
            f"{called} does not stream its motion (status {status}); "
            "end other apps' recordings, then take the battery out and put it back"
        )

    async def stop(self, link: Link) -> None:
        """End the subscription."""
        await link.write(gsp.COMMAND, gsp.unsubscribe(_STREAM_REF))


def _is_hello(payload: bytes) -> bool:
    return payload[:2] == bytes((gsp.ANSWER, _HELLO_REF))


def _is_stream(payload: bytes) -> bool:
    """Whether it is the answer to the subscription, or its data: delivery of answers is not guaranteed."""
    return gsp.parse_status(payload, _STREAM_REF) is not None or payload[:2] == bytes((gsp.DATA, _STREAM_REF))
