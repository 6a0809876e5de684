"""WitMotion's Bluetooth frames: cut out of a byte stream that may be split, joined or damaged anywhere, and scaled.

A frame is 20 bytes, little-endian: ``55 61`` and nine i16 (acceleration, angular rate, angles), or ``55 71`` with a register
number (u16) and eight i16 from there on. There is no checksum, no counter and no timestamp. Source: WITMOTION's public
WitBluetooth_BWT901BLE5_0 repository (Python example) and the WT901BLE user manual.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from cuecoach.sensors.message import Samples
from cuecoach.units import STANDARD_GRAVITY

SERVICE: Final = "0000ffe5-0000-1000-8000-00805f9a34fb"  # 9a34fb: WitMotion's own base, not the one of the SIG (9b34fb)
#: Notifies frames, and takes commands; some firmware has the two the other way round.
NOTIFY: Final = "0000ffe4-0000-1000-8000-00805f9a34fb"
WRITE: Final = "0000ffe9-0000-1000-8000-00805f9a34fb"

FRAME_SIZE: Final = 20
_HEAD: Final = 0x55
_MOTION: Final = 0x61
_REGISTERS: Final = 0x71

#: Full scale of ±32768: the frame has no room for another, so acceleration saturates here, g.
ACC_FULL_SCALE_G: Final = 16.0
GYR_FULL_SCALE_DPS: Final = 2000.0

#: Register of the output rate, and its codes by Hz.
RATE_REGISTER: Final = 0x03
RATE_CODES: Final = {10: 0x06, 20: 0x07, 50: 0x08, 100: 0x09, 200: 0x0A}

#: Settings can be changed for a while after this.
UNLOCK: Final = bytes((0xFF, 0xAA, 0x69, 0x88, 0xB5))


def set_rate(rate_hz: int) -> bytes:
    """Return the command that sets the output rate, one of `RATE_CODES`, Hz."""
    return bytes((0xFF, 0xAA, RATE_REGISTER, RATE_CODES[rate_hz], 0x00))


def read_register(register: int) -> bytes:
    """Return the command that makes the sensor send a ``55 71`` frame from `register` on."""
    return bytes((0xFF, 0xAA, 0x27, register, 0x00))


def register_value(payload: bytes, register: int) -> int | None:
    """Return what a payload says of `register`, None when it holds no reply about it."""
    for frame in FrameCutter().cut(payload):
        if frame[1] == _REGISTERS and int.from_bytes(frame[2:4], "little") == register:
            return int.from_bytes(frame[4:6], "little")
    return None


def samples(frames: Sequence[bytes]) -> Samples | None:
    """Scale the motion frames among `frames`, one sample each.

    Frames whose acceleration is exactly zero on all axes are left out: no accelerometer says that, gravity is always there.

    Returns
    -------
    Samples or None
        Acceleration in m/s², angular rate in deg/s, both (n, 3), without a timestamp; None when there is no sample.
    """
    motion = b"".join(frame for frame in frames if frame[1] == _MOTION and any(frame[2:8]))
    if not motion:
        return None
    raw = np.frombuffer(motion, dtype="<i2").reshape(-1, FRAME_SIZE // 2)[:, 1:7].astype(np.float64) / 32768
    return Samples(acc=raw[:, :3] * (ACC_FULL_SCALE_G * STANDARD_GRAVITY), gyr=raw[:, 3:] * GYR_FULL_SCALE_DPS)


class FrameCutter:
    """Cuts whole frames out of notifications.

    ``55 61`` may also stand inside a frame. So one that ends a notification is believed at once only if it begins where the
    notification begins or a sure frame ends; any other must be followed by a frame. A lost piece costs the frames it touches,
    and a start in the middle is overcome at the first frame that has a successor.

    Attributes
    ----------
    damaged
        Times that bytes had to be skipped.
    """

    def __init__(self) -> None:
        self.damaged = 0
        self._rest = b""

    def cut(self, payload: bytes) -> list[bytes]:
        """Take one notification, any bytes; return the frames that are complete and sure."""
        data = self._rest + payload
        sure_at = len(self._rest)  # where a frame needs no successor to be believed
        frames: list[bytes] = []
        at, skipped = 0, False
        while at + FRAME_SIZE <= len(data):
            end = at + FRAME_SIZE
            begins = _may_begin(data, at)
            if begins and end == len(data) and at != sure_at:
                break  # assembled from pieces: wait for what follows
            if begins and (end == len(data) or _may_begin(data, end)):
                frames.append(data[at:end])
                at = sure_at = end
                continue
            skipped = True
            found = data.find(_HEAD, at + 1)
            at = found if found >= 0 else len(data)
        while at < len(data) and not _may_begin(data, at):
            skipped = True
            found = data.find(_HEAD, at + 1)
            at = found if found >= 0 else len(data)
        self._rest = data[at:]
        self.damaged += skipped
        return frames


def _may_begin(data: bytes, at: int) -> bool:
    """Whether a frame may begin at `at`, as far as the bytes go."""
    return data[at] == _HEAD and (at + 1 == len(data) or data[at + 1] in (_MOTION, _REGISTERS))
