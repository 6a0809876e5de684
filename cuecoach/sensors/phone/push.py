"""One message of the app Sensor Logger, read from JSON. Pure; any bytes are fine.

Format and units as the app's author documents them (github.com/tszheichoi/awesome-sensor-logger: PUSHING.md, UNITS.md).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

import numpy as np

from cuecoach.events import FloatArray
from cuecoach.sensors.phone.json_values import number, read_object

#: No phone measures more: m/s² (50 g), rad/s (5700 deg/s).
_ACC_LIMIT: Final = 500.0
_GYR_LIMIT: Final = 100.0
_LIMIT: Final = {
    "totalacceleration": _ACC_LIMIT,
    "accelerometer": _ACC_LIMIT,
    "gravity": 20.0,
    "accelerometeruncalibrated": _ACC_LIMIT,
    "gyroscope": _GYR_LIMIT,
    "gyroscopeuncalibrated": _GYR_LIMIT,
}
#: Times are nanoseconds since 1970; later than this (the year 2096) is no time, s.
_LAST_S: Final = 4e9


@dataclass(frozen=True, slots=True, eq=False)
class Push:
    """One message, read but not yet put in order.

    Attributes
    ----------
    number
        Its place in the recording, None when it has none.
    session, device
        Identifiers of recording and phone, as sent.
    readings
        By sensor: times, shape (n,), s since 1970, and values, shape (n, 3), in the app's units.
    battery
        Percent; None when the message has none.
    size
        Readings of all sensors in the message; 0 for a mere test of the connection.
    bad
        Readings that could not be used.
    """

    number: int | None
    session: str
    device: str
    readings: Mapping[str, tuple[FloatArray, FloatArray]]
    battery: float | None = None
    size: int = 0
    bad: int = 0


def read_push(body: bytes) -> Push | None:
    """Read one pushed message; None when it is none.

    Parameters
    ----------
    body
        As it came, of bounded size. Sensors that are of no use are passed over, readings that cannot be are counted.
    """
    message = read_object(body)
    if message is None:
        return None
    payload: object = message.get("payload", [])
    if not isinstance(payload, list):
        return None
    rows: dict[str, list[tuple[float, float, float, float]]] = {}
    battery: float | None = None
    bad = 0
    for reading in cast("list[Any]", payload):
        name, time, values = _reading(reading)
        if name in _LIMIT:
            x, y, z = (number(values.get(axis)) for axis in "xyz")
            if 0.0 <= time < _LAST_S and all(abs(v) <= _LIMIT[name] for v in (x, y, z)):
                rows.setdefault(name, []).append((time, x, y, z))
            else:
                bad += 1
        elif name == "battery" and 0.0 <= (level := number(values.get("batteryLevel"))) <= 1.0:
            battery = 100.0 * level
    readings: dict[str, tuple[FloatArray, FloatArray]] = {}
    for name, sensor in rows.items():
        table = np.array(sensor)
        readings[name] = table[:, 0], table[:, 1:]
    place: object = message.get("messageId")
    count = place if type(place) is int and 0 <= place < 2**53 else None
    session, device = _word(message.get("sessionId")), _word(message.get("deviceId"))
    return Push(count, session, device, readings, battery, len(cast("list[Any]", payload)), bad)


def _reading(reading: object) -> tuple[str, float, dict[str, Any]]:
    """Return a reading's sensor, time in s and values; an empty name when it is no reading."""
    if not isinstance(reading, dict):
        return "", math.nan, {}
    fields = cast("dict[str, Any]", reading)
    name, values = fields.get("name"), fields.get("values")
    if not isinstance(name, str) or not isinstance(values, dict):
        return "", math.nan, {}
    return name.lower(), 1e-9 * number(fields.get("time")), cast("dict[str, Any]", values)


def _word(value: object) -> str:
    return value[:80] if isinstance(value, str) else ""
