"""What the app Sensor Logger pushes over HTTP: messages put in order, and made even samples of. Pure; any bytes are fine.

Messages may overtake each other on the network; `messageId` counts them within a recording (PUSHING.md of
github.com/tszheichoi/awesome-sensor-logger; frames: COORDINATES.md and CROSSPLATFORM.md there).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final, cast

import numpy as np

from cuecoach.events import FloatArray
from cuecoach.sensors.message import Level, Message, Samples
from cuecoach.sensors.phone.grid import Grid
from cuecoach.sensors.phone.push import Push, read_push
from cuecoach.sensors.phone.taken import Taken

_DEG: Final = 180.0 / math.pi
#: So many messages may wait for one that has been overtaken.
_WAITING: Final = 4
#: So many late messages in a row: the phone has begun to count anew.
_RECOUNTED: Final = 10
#: Another phone may take over after so long without a message of the first, s.
_TAKEOVER_S: Final = 5.0
#: So many messages without acceleration are not an accident.
_PATIENCE: Final = 5
#: The mean length of acceleration with gravity over a second; on earth it is near 9.8 standing and running, m/s².
_LEAST_ACC: Final = 4.0

NOT_JSON: Final = "this is no message of Sensor Logger; use `HTTP Push` with the address that cuecoach shows"
OTHER_PHONE: Final = "another phone is sending already; stop its recording first"
NO_ACCELERATION: Final = "no acceleration comes; switch on Accelerometer, Gravity and Gyroscope in Sensor Logger"
NO_GRAVITY: Final = "acceleration comes without gravity; switch on Gravity beside Accelerometer in Sensor Logger"
NOT_SI: Final = "acceleration is not in m/s²; switch on `Standardise Units & Frames` in Sensor Logger"


class SensorLogger:
    """Puts the messages of one phone in order and makes even samples of them.

    Acceleration is the first of these that a recording has: with gravity (``totalacceleration``, Android), without gravity
    plus the sensor ``gravity``, or uncalibrated. Standardised frames point up at rest, as ours do.

    Attributes
    ----------
    rejected
        Messages and readings that could not be used.
    duplicates
        Messages and samples that came twice, or too late.
    device
        The phone that is listened to.
    """

    def __init__(self) -> None:
        self.rejected = 0
        self.device = ""
        self._late = 0
        self._over: str | None = None  # the recording before this one
        self._heard = -math.inf
        self._grid = Grid()
        self._start_session(None)

    @property
    def duplicates(self) -> int:
        """Messages and samples that came twice, or too late."""
        return self._late + self._grid.duplicates

    def take(self, now: float, body: bytes) -> Taken:
        """Take one pushed message, at session time `now` in s."""
        push = read_push(body)
        if push is None:
            self.rejected += 1
            return Taken(complaint=NOT_JSON)
        self.rejected += push.bad
        if not push.size:
            return Taken()  # the app tests the connection
        if push.device != self.device and now - self._heard < _TAKEOVER_S:
            self.rejected += 1
            return Taken(complaint=OTHER_PHONE)
        if push.device == self.device and push.session == self._over and push.session != self._session:
            self._late += 1  # a straggler of the recording before
            return Taken()
        fresh = push.session != self._session or push.device != self.device
        if fresh:
            self._over = self._session if push.device == self.device else None
            self.device = push.device
            self._start_session(push.session)
        self._heard = now
        messages: list[Message] = []
        for one in self._in_order(push):
            messages += self._samples(one)
        return Taken(tuple(messages), fresh, self._complaint())

    def _start_session(self, session: str | None) -> None:
        self._late += self._grid.duplicates
        self._session = session
        self._grid = Grid()
        self._acc = ""  # the kind of acceleration that is used
        self._expected: int | None = None
        self._waiting: dict[int, Push] = {}
        self._behind = 0  # late messages in a row
        self._taken = 0
        self._length = 9.81  # running mean of the acceleration's length, m/s²

    def _in_order(self, push: Push) -> list[Push]:
        """Return the messages whose turn it is now."""
        if push.number is None:
            return [push]
        if self._expected is None or self._behind >= _RECOUNTED:
            self._expected = push.number
            self._waiting.clear()
        if push.number < self._expected or push.number in self._waiting:
            self._late += 1
            self._behind += 1
            return []
        self._behind = 0
        self._waiting[push.number] = push
        if len(self._waiting) > _WAITING:  # the one they wait for will not come any more
            self._expected = min(self._waiting)
        turn: list[Push] = []
        while self._expected in self._waiting:
            turn.append(self._waiting.pop(self._expected))
            self._expected += 1
        return turn

    def _samples(self, push: Push) -> list[Message]:
        readings = push.readings
        self._taken += 1
        if not self._acc:
            self._choose(readings)
        if self._acc in readings:
            self._grid.add("acc", *readings[self._acc])
        if self._acc == "accelerometer" and "gravity" in readings:
            self._grid.add("gravity", *readings["gravity"])
        for gyroscope in ("gyroscope", "gyroscopeuncalibrated"):
            if gyroscope in readings:
                times, turned = readings[gyroscope]
                self._grid.add("gyr", times, turned * _DEG)
                break
        messages: list[Message] = [s for s in self._grid.take() if self._plausible(s)]
        if push.battery is not None:
            messages.append(Level(push.battery))
        return messages

    def _choose(self, readings: Mapping[str, Any]) -> None:
        plain = "accelerometer" if "gravity" in readings else ""
        kinds = ("totalacceleration", plain, "accelerometeruncalibrated", "accelerometer")
        self._acc = next((kind for kind in kinds if kind in readings), "")
        self._grid = Grid(gravity=self._acc == "accelerometer")

    def _plausible(self, samples: Samples) -> bool:
        """Whether acceleration is about as long as it is on earth: in g, or without gravity, it is not."""
        acc = cast("FloatArray", samples.acc)
        share = min(len(acc) / 100.0, 1.0)
        self._length += share * (float(np.mean(np.linalg.norm(acc, axis=1))) - self._length)
        if self._length < _LEAST_ACC:
            self.rejected += 1
        return self._length >= _LEAST_ACC

    def _complaint(self) -> str:
        if self._length < _LEAST_ACC:
            return NOT_SI
        if self._grid.starving:
            return NO_GRAVITY
        return NO_ACCELERATION if not self._acc and self._taken >= _PATIENCE else ""
