"""Foot pods and whatever else states running speed and cadence: clip-on pods, straps that count steps, treadmills.

Sources: Bluetooth SIG, Running Speed and Cadence Service 1.0. Names are those that OpenTracks (README_TESTED_SENSORS.md)
and qdomyos-zwift list for devices seen in the field.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from cuecoach.errors import SensorError
from cuecoach.metrics import plausible
from cuecoach.sensors.bluetooth.codecs import cycling_power, heart_rate, rsc
from cuecoach.sensors.bluetooth.protocol import Link, Role, Seen
from cuecoach.sensors.bluetooth.uuids import (
    CYCLING_POWER_MEASUREMENT,
    HEART_RATE_MEASUREMENT,
    RSC_FEATURE,
    RSC_MEASUREMENT,
    RSC_SERVICE,
    SC_CONTROL_POINT,
)
from cuecoach.sensors.message import Message, SampleTiming, Stated

#: Beginnings of the names of pods that do not always advertise the service; lower case.
KNOWN_NAMES: Final = (
    "stryd",
    "polar stride",
    "polar sdm",
    "zwift runpod",
    "runpod",
    "milestone",
    "tickr x",
)
#: A cadence of 255 is how an 8-bit field says that it knows nothing.
_NO_CADENCE = 255


def known_pod(name: str) -> bool:
    """Whether a device of this name is known for running speed and cadence, whatever it advertises."""
    return name.strip().lower().startswith(KNOWN_NAMES)


class FootPodDecoder:
    """Reads running speed and cadence, and power and heart rate where a pod has them.

    Parameters
    ----------
    tells_gait
        Whether the pod says that it tells walking from running; without that, "walking" means nothing.
    """

    def __init__(self, tells_gait: bool = False) -> None:
        self.rejected = 0
        self.timing: SampleTiming | None = None
        self._tells_gait = tells_gait

    def feed(self, channel: str, payload: bytes) -> Sequence[Message]:
        """Take one notification; those of the control point and the like are not for here."""
        if channel == RSC_MEASUREMENT:
            stated = self._measurement(payload)
        elif channel == CYCLING_POWER_MEASUREMENT:
            stated = stated_power(payload)
        elif channel == HEART_RATE_MEASUREMENT:
            stated = heart_rate.stated(payload)
        else:
            return ()
        if stated is None:
            self.rejected += 1
            return ()
        return (stated,)

    def _measurement(self, payload: bytes) -> Stated | None:
        m = rsc.decode(payload)
        if m is None:
            return None
        # A pod that has once said "running" does tell the two apart, whatever its feature bits say.
        self._tells_gait = self._tells_gait or m.running
        values = {"speed": m.speed} if plausible("speed", m.speed) else {}
        # 0 is a pod asleep, or a runner who stands: no cadence in either case.
        cadence = float(m.cadence) if 0 < m.cadence < _NO_CADENCE else None
        if not values and cadence is None:
            return None
        length = m.stride_length
        if length is not None and not (plausible("step_length", length) or plausible("stride_length", length)):
            length = None
        return Stated(values, cadence, length, m.running if self._tells_gait else None)


def stated_power(payload: bytes) -> Stated | None:
    """Return the power that a Cycling Power Measurement states, W; None when it cannot be used."""
    power = cycling_power.decode(payload)
    return Stated({"power": power}) if power is not None and plausible("power", power) else None


class FootPod:
    """Driver for devices with the Running Speed and Cadence service."""

    family = "foot-pod"
    title = "Foot pod (RSC)"
    kind: Literal["metrics", "samples"] = "metrics"
    roles: tuple[Role, ...] = ("foot",)
    able: tuple[Role, ...] = ("foot",)

    def recognises(self, seen: Seen) -> bool:
        """Whether the device advertises the service, or bears the name of a pod that has it."""
        return RSC_SERVICE in seen.services or known_pod(seen.name)

    async def start(self, link: Link, role: Role) -> FootPodDecoder:
        """Subscribe the measurement, and power and heart rate where there are any.

        Raises
        ------
        SensorError
            It has no running speed and cadence, or the link broke.
        """
        if not link.has(RSC_MEASUREMENT):
            raise SensorError(
                f"`{link.name or link.address}` states no running speed and cadence over Bluetooth; "
                "switch on its broadcast or foot-pod mode in the maker's app, or use another pod"
            )
        decoder = FootPodDecoder(await _tells_gait(link))
        for channel in (RSC_MEASUREMENT, CYCLING_POWER_MEASUREMENT, HEART_RATE_MEASUREMENT):
            if link.has(channel):
                await link.subscribe(channel)
        return decoder

    async def stop(self, link: Link) -> None:
        """Nothing to undo: a pod rests when nobody is connected."""


async def _tells_gait(link: Link) -> bool:
    """Whether the pod says that it tells walking from running."""
    if not link.has(RSC_FEATURE):
        return False
    try:
        features = rsc.decode_features(await link.read(RSC_FEATURE))
    except SensorError:
        return False  # it does not let its features be read; a broken link shows at the next step
    return features is not None and features.walking_or_running


# ---------------------------------------------------------------- the control point
async def set_distance(link: Link, metres: float) -> None:
    """Set the total distance that a pod has counted, m.

    Raises
    ------
    SensorError
        The pod has no control point, refuses, or does not answer.
    ValueError
        `metres` is negative, or too far for the field.
    """
    await _request(link, rsc.request_distance(metres), "set its distance")


async def calibrate(link: Link) -> None:
    """Start the pod's own calibration; it answers when it is done.

    Raises
    ------
    SensorError
        The pod has no control point, refuses, or does not answer.
    """
    await _request(link, rsc.request_calibration(), "calibrate itself", timeout_s=30.0)


async def supported_locations(link: Link) -> tuple[str, ...]:
    """Return where the pod may be worn, in words; numbers nobody has given a name are left out.

    Raises
    ------
    SensorError
        The pod has no control point, refuses, or does not answer.
    """
    numbers = await _request(link, rsc.request_locations(), "tell where it may be worn")
    return tuple(rsc.LOCATIONS[number] for number in numbers if number in rsc.LOCATIONS)


async def update_location(link: Link, location: str) -> None:
    """Tell the pod where it is worn: a name of `rsc.LOCATIONS`, such as ``top of shoe``.

    Raises
    ------
    SensorError
        The pod has no control point, refuses, or does not answer.
    ValueError
        There is no such location.
    """
    numbers = [number for number, name in rsc.LOCATIONS.items() if name == location]
    if not numbers:
        raise ValueError(f"`{location}` is no sensor location; it is one of {', '.join(rsc.LOCATIONS.values())}")
    await _request(link, rsc.request_location(numbers[0]), f"be worn at `{location}`")


async def _request(link: Link, request: bytes, wish: str, *, timeout_s: float = 5.0) -> bytes:
    """Ask the control point, and return the parameter of its answer."""
    who = f"`{link.name or link.address}`"
    if not link.has(SC_CONTROL_POINT):
        raise SensorError(f"{who} cannot {wish}: it has no control point")
    # Unless it is subscribed first, the pod refuses with ATT error 0x81.
    await link.subscribe(SC_CONTROL_POINT)

    def answers(payload: bytes) -> bool:
        response = rsc.decode_response(payload)
        return response is not None and response.operation == request[0]

    response = rsc.decode_response(await link.ask(SC_CONTROL_POINT, request, answers=answers, timeout_s=timeout_s))
    if response is None or not response.ok:
        raise SensorError(f"{who} did not {wish}: {response.status if response else 'its answer cannot be read'}")
    return response.parameter
