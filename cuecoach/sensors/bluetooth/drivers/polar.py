"""Polar sensors that stream raw motion: the H10 chest strap, and the Verity Sense, OH1 and 360.

They speak Polar measurement data (PMD) beside the heart-rate service; both are used. A stream left on empties the battery,
so every start has its stop.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final, Literal

from cuecoach.errors import SensorError
from cuecoach.sensors.bluetooth.codecs import heart_rate
from cuecoach.sensors.bluetooth.codecs import polar_pmd as pmd
from cuecoach.sensors.bluetooth.merge import SensorMerger
from cuecoach.sensors.bluetooth.protocol import Decoder, Link, Role, Seen
from cuecoach.sensors.bluetooth.uuids import HEART_RATE_MEASUREMENT
from cuecoach.sensors.message import Message, SampleTiming

_SENSOR: Final = {pmd.ACC: "accelerometer", pmd.GYRO: "gyroscope"}
#: x, y, z; the codec reads no other number of channels.
_AXES: Final = 3
#: How systems say "insufficient authentication" (0x05) and "insufficient encryption" (0x0F).
_UNPAIRED: Final = ("authenticat", "authoriz", "encrypt")


class PmdDecoder:
    """Decodes the streams of one connection.

    Parameters
    ----------
    rates_hz
        By kind of measurement, the rate it was started with; with a gyroscope the two are merged.
    factors
        By kind of measurement, the factor of its start answer.
    left_on
        Kinds that were streaming already, with other settings: their frames are left out until the new start is confirmed.
    silence_s
        Without a frame for so long the stream is stale, s.
    """

    def __init__(
        self,
        rates_hz: Mapping[int, float],
        factors: Mapping[int, float],
        left_on: Collection[int] = (),
        *,
        silence_s: float = 1.0,
    ) -> None:
        self.rejected = 0
        self._left_on = set(left_on)
        self.timing: SampleTiming | None = SampleTiming(rates_hz[pmd.ACC], silence_s=silence_s)
        self._factors = factors
        self._merger: SensorMerger | None = None
        if pmd.GYRO in rates_hz:
            self._merger = SensorMerger(rates_hz[pmd.ACC], rates_hz[pmd.GYRO])

    def feed(self, channel: str, payload: bytes) -> Sequence[Message]:
        """Take one notification."""
        if channel == pmd.DATA:
            return self._motion(payload)
        if channel == HEART_RATE_MEASUREMENT:
            return self._heart(payload)
        if channel == pmd.CONTROL:
            answer = pmd.parse_answer(payload)
            if answer is not None and (answer.op, answer.status) == (pmd.START, 0):
                self._left_on.discard(answer.kind)
        return ()

    def _motion(self, payload: bytes) -> Sequence[Message]:
        if pmd.kind_of(payload) in self._left_on:
            return ()
        samples = pmd.decode(payload, self._factors)
        if samples is None or (samples.acc is None and self._merger is None):
            self.rejected += 1
            return ()
        return (samples,) if self._merger is None else self._merger.feed(samples)

    def _heart(self, payload: bytes) -> Sequence[Message]:
        stated = heart_rate.stated(payload)
        if stated is None:
            self.rejected += 1
            return ()
        return (stated,) if stated.values else ()  # without values: worn where it finds no pulse


class PolarVerity:
    """Verity Sense; also OH1 and 360, which have no gyroscope."""

    family = "polar"
    title = "Polar Verity Sense, OH1 or 360"
    kind: Literal["metrics", "samples"] = "samples"
    roles: tuple[Role, ...] = ("sacrum",)
    able: tuple[Role, ...] = ("sacrum", "torso", "foot")
    #: What they have as delivered. More needs a mode in which they do not measure the heart rate.
    _rate_hz: Final = 52
    #: A frame is sent when it is full: after a second of running, and after some three seconds of standing still.
    _silence_s: Final = 4.0

    def recognises(self, seen: Seen) -> bool:
        """By name: the service is often not advertised. The Verity Sense calls itself ``Polar Sense``."""
        return seen.name.startswith(("Polar Sense", "Polar Verity", "Polar OH1", "Polar 360"))

    async def start(self, link: Link, role: Role) -> Decoder:
        """Start accelerometer, gyroscope where there is one, and heart rate."""
        return await _start(link, (pmd.ACC, pmd.GYRO), self._rate_hz, self._silence_s)

    async def stop(self, link: Link) -> None:
        """Stop both streams."""
        await _stop(link, (pmd.ACC, pmd.GYRO))


class PolarH10:
    """Heart-rate strap with an accelerometer, at the chest."""

    family = "polar-h10"
    title = "Polar H10"
    kind: Literal["metrics", "samples"] = "samples"
    roles: tuple[Role, ...] = ("torso",)
    able: tuple[Role, ...] = ("torso",)
    #: The movement of a trunk in running lies below 25 Hz. Its 200 Hz would tell no more of it, with twice the packets to
    #: lose and to pay for from a coin cell.
    _rate_hz: Final = 100
    #: Its frames are not compressed: one every third of a second.
    _silence_s: Final = 1.5

    def recognises(self, seen: Seen) -> bool:
        """By name: the service is not advertised."""
        return seen.name.startswith("Polar H10")

    async def start(self, link: Link, role: Role) -> Decoder:
        """Start accelerometer and heart rate."""
        return await _start(link, (pmd.ACC,), self._rate_hz, self._silence_s)

    async def stop(self, link: Link) -> None:
        """Stop the stream: left on, it would empty the cell."""
        await _stop(link, (pmd.ACC,))


async def _start(link: Link, kinds: Sequence[int], rate_hz: int, silence_s: float) -> Decoder:
    if not link.has(pmd.CONTROL):
        raise SensorError(f"{_called(link)} offers no raw motion; update its firmware with Polar Flow")
    rates: dict[int, float] = {}
    factors: dict[int, float] = {}
    tried: list[int] = []
    left_on: list[int] = []
    try:
        # Both before the first command: its answer and the stream would be lost otherwise.
        await link.subscribe(pmd.CONTROL)
        await link.subscribe(pmd.DATA)
        offered = pmd.parse_features(await link.read(pmd.CONTROL))
        if offered is None or pmd.ACC not in offered:
            raise SensorError(f"{_called(link)} has no accelerometer to stream; use another sensor for this place")
        for kind in kinds:
            if kind in offered:
                tried.append(kind)
                rates[kind], factors[kind], was_on = await _start_stream(link, kind, rate_hz)
                left_on += [kind] if was_on else []
        if link.has(HEART_RATE_MEASUREMENT):
            await link.subscribe(HEART_RATE_MEASUREMENT)
    except SensorError as error:
        await _stop(link, tried, broken_is_fine=True)  # also one whose answer was lost
        if _asks_to_be_paired(error):
            raise SensorError(
                f"{_called(link)} must be paired before it streams; pair it in the Bluetooth settings of this computer"
            ) from error
        raise
    return PmdDecoder(rates, factors, left_on, silence_s=silence_s)


async def _start_stream(link: Link, kind: int, rate_hz: int) -> tuple[float, float, bool]:
    """Start one stream with the settings nearest to what is wanted.

    Returns
    -------
    rate_hz, factor, was_on
        Its rate, what its samples are to be multiplied with, and whether it was streaming before.
    """
    offered = _done(link, kind, await _command(link, pmd.get_settings(kind))).settings
    chosen: dict[int, int] = {}
    for setting in (pmd.RATE, pmd.RESOLUTION, pmd.RANGE, pmd.CHANNELS):
        if values := offered.get(setting):
            # The widest range: a clipped foot strike is worse than a coarser one.
            wanted = {pmd.RATE: rate_hz, pmd.CHANNELS: _AXES}.get(setting, max(values))
            chosen[setting] = min(values, key=lambda value, wanted=wanted: abs(value - wanted))
    if not chosen.get(pmd.RATE):
        raise SensorError(f"{_called(link)} names no sampling rate for its {_SENSOR[kind]}; switch it off and on again")
    answer = await _command(link, pmd.start(kind, chosen))
    was_on = answer.status == pmd.ALREADY_STREAMING
    if was_on:
        # Left on by somebody, with settings nobody knows.
        await _command(link, pmd.stop(kind))
        answer = await _command(link, pmd.start(kind, chosen))
    factor = _done(link, kind, answer).factor
    if factor is not None and not 0.0 < factor < float("inf"):
        raise SensorError(f"{_called(link)} gives its {_SENSOR[kind]} a scale of {factor}; switch it off and on again")
    return float(chosen[pmd.RATE]), 1.0 if factor is None else factor, was_on


async def _stop(link: Link, kinds: Sequence[int], *, broken_is_fine: bool = False) -> None:
    """Stop streams; every one is tried, also when one before it fails."""
    failure: SensorError | None = None
    for kind in kinds:
        try:
            await link.write(pmd.CONTROL, pmd.stop(kind))
        except SensorError as error:
            failure = failure or error
    if failure is not None and not broken_is_fine:
        raise failure


async def _command(link: Link, command: bytes) -> pmd.Answer:
    found: list[pmd.Answer] = []

    def answers(payload: bytes) -> bool:
        answer = pmd.parse_answer(payload)
        if answer is None or (answer.op, answer.kind) != (command[0], command[1]):
            return False
        found.append(answer)
        return True

    await link.ask(pmd.CONTROL, command, answers=answers)
    return found[-1]


def _done(link: Link, kind: int, answer: pmd.Answer) -> pmd.Answer:
    """Return the answer when the command was carried out.

    Raises
    ------
    SensorError
        It was refused; says why and what helps.
    """
    if answer.status == 0:
        return answer
    why = pmd.STATUS.get(answer.status, f"it gives the reason {answer.status}")
    remedy = {
        pmd.INVALID_MTU: "connect it to a newer Bluetooth adapter",
        pmd.IN_CHARGER: "take it out",
    }.get(answer.status, "switch it off and on again")
    raise SensorError(f"{_called(link)} does not stream its {_SENSOR[kind]}: {why}; {remedy}")


def _asks_to_be_paired(error: SensorError) -> bool:
    said = f"{error} {error.__cause__ or ''}".lower()
    return any(word in said for word in _UNPAIRED)


def _called(link: Link) -> str:
    return f"`{link.name or link.address}`"
