"""Movesense GATT SensorData Protocol (GSP), version 1: commands, answers, and data that may come in two parts.

Source of the format: Movesense, GATT SensorData Protocol specification (movesense.com/docs/esw/gatt_sensordata_protocol).
Answers and data share one characteristic; each begins with a code and the reference the command was given.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final

import numpy as np

from cuecoach.sensors.message import Samples
from cuecoach.units import STANDARD_GRAVITY

SERVICE: Final = "34802252-7185-4d5d-b431-630e7050e8f0"
COMMAND: Final = "34800001-7185-4d5d-b431-630e7050e8f0"
NOTIFY: Final = "34800002-7185-4d5d-b431-630e7050e8f0"

#: Commands.
_HELLO: Final = 0
_SUBSCRIBE: Final = 1
_UNSUBSCRIBE: Final = 2
#: What a notification is: an answer, data, the second part of data.
ANSWER: Final = 1
DATA: Final = 2
DATA_PART2: Final = 3
#: Status of an answer when all is well.
OK: Final = 200

#: The clock counts ms since the sensor was switched on, in 32 bits.
WRAP_S: Final = 2**32 / 1000

#: The sensor collects samples and sends 13 messages a second, whatever the rate.
_MESSAGES_HZ: Final = 13
_STAMP_BYTES: Final = 4
_VECTOR_BYTES: Final = 12
#: Twice the widest range of the sensor: beyond, a value is damage, m/s² and deg/s.
_MOST_ACC: Final = 32 * STANDARD_GRAVITY
_MOST_GYR: Final = 4000.0
#: So many messages of one length in a row, none with a second part, show that this firmware sends shorter messages.
_LEARN_FROM: Final = 8
#: No message is longer: 1666 Hz of two vectors.
_MOST_BYTES: Final = _STAMP_BYTES + 128 * 2 * _VECTOR_BYTES


def hello(ref: int) -> bytes:
    """Return the command that asks the sensor who it is."""
    return bytes((_HELLO, ref))


def subscribe(ref: int, path: str) -> bytes:
    """Return the command that subscribes a resource such as ``/Meas/IMU6/104`` under the reference `ref`."""
    return bytes((_SUBSCRIBE, ref)) + path.encode("ascii")


def unsubscribe(ref: int) -> bytes:
    """Return the command that ends the subscription `ref`."""
    return bytes((_UNSUBSCRIBE, ref))


def parse_status(payload: bytes, ref: int) -> int | None:
    """Return the status of the answer to command `ref` (200 when all is well); None for anything else."""
    if len(payload) < 4 or payload[0] != ANSWER or payload[1] != ref:
        return None
    return int.from_bytes(payload[2:4], "little")


class GspStream:
    """Puts the messages of one subscription together and decodes them.

    The length of a whole message follows from rate and vectors, so one that fits a notification is out at once and the
    others with their second part. Firmware that batches differently is learnt from what it sends.

    Parameters
    ----------
    ref
        Reference of the subscription.
    rate_hz
        Sampling rate in the path.
    vectors
        Vectors of each sample: 1 for ``Acc``, 2 for ``IMU6`` (all accelerations of the message, then all angular rates).

    Attributes
    ----------
    rejected
        Notifications that could not be used, those with a lost counterpart among them.
    """

    def __init__(self, ref: int, rate_hz: int, vectors: int) -> None:
        self.rejected = 0
        self._ref = ref
        self._vectors = vectors
        self._computed = _STAMP_BYTES + max(1, rate_hz // _MESSAGES_HZ) * vectors * _VECTOR_BYTES
        self._full = self._computed
        self._first = b""
        self._alone_length = 0
        self._alone = 0

    def feed(self, payload: bytes) -> Sequence[Samples]:
        """Take one notification of the data characteristic."""
        if len(payload) < 2 or payload[0] not in (ANSWER, DATA, DATA_PART2):
            self.rejected += 1
            return ()
        if payload[0] == ANSWER or payload[1] != self._ref:
            return ()  # an answer, or another subscription's
        return self._begin(payload[2:]) if payload[0] == DATA else self._complete(payload[2:])

    def _begin(self, part: bytes) -> Sequence[Samples]:
        if self._first:
            self.rejected += 1  # the second part of the one before was lost, or it never has one
            self._learn(len(self._first))
        self._first = b""
        if len(part) == self._full:
            return self._decoded(part)
        if not 0 < len(part) <= _MOST_BYTES:
            self.rejected += 1
            return ()
        self._first = part
        return ()

    def _complete(self, part: bytes) -> Sequence[Samples]:
        # A second part shows that messages are split: what was learnt from those without one was wrong.
        self._full, self._alone = self._computed, 0
        first, self._first = self._first, b""
        if not first:
            self.rejected += 1  # its first part was lost
            return ()
        return self._decoded(first + part)

    def _learn(self, length: int) -> None:
        if not self._is_whole(length):
            self._alone = 0
            return
        self._alone = self._alone + 1 if length == self._alone_length else 1
        self._alone_length = length
        if self._alone >= _LEARN_FROM:
            self._full = length

    def _is_whole(self, length: int) -> bool:
        body = length - _STAMP_BYTES
        return 0 < body <= _MOST_BYTES - _STAMP_BYTES and body % (_VECTOR_BYTES * self._vectors) == 0

    def _decoded(self, message: bytes) -> Sequence[Samples]:
        if not self._is_whole(len(message)):
            self.rejected += 1
            return ()
        (stamp_ms,) = struct.unpack_from("<I", message)
        with np.errstate(invalid="ignore"):  # a damaged float may be a signalling NaN
            values = np.frombuffer(message, "<f4", offset=_STAMP_BYTES).astype(np.float64)
        acc, *rest = values.reshape(self._vectors, -1, 3)
        gyr = rest[0] if rest else None
        # Comparisons with NaN are false, so NaN is rejected too.
        if not np.all(np.abs(acc) <= _MOST_ACC) or not (gyr is None or np.all(np.abs(gyr) <= _MOST_GYR)):
            self.rejected += 1
            return ()
        return (Samples(acc, gyr, stamp=stamp_ms * 1e-3, stamped="first"),)
