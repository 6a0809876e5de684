"""The open cuecoach frame: raw motion from a sensor that anybody can build, with a counter and the sensor's own clock.

One notification is one frame, little-endian::

    off  type         field
    0    u8           version, 1
    1    u8           n, samples in this frame, 1 to 40
    2    u16          seq, counts frames, wraps
    4    u32          t_us, the sensor's clock at the first sample, µs, wraps after 71.6 min
    8    u16          dt_us, time from sample to sample, µs
    10   u8           acc_fs, full scale of acceleration, g: ±acc_fs
    11   u8           gyr_fs, full scale of angular rate in units of 125 deg/s: 16 is ±2000; 0 for no gyroscope
    12   n × 6 × i16  acceleration x y z, angular rate x y z; value = raw / 32768 × full scale

Axes are right-handed, and one and the same for both; acceleration includes gravity and points up at rest. Ten samples at 100 Hz
make 132 bytes, ten times a second. The info characteristic is text, ``board=…;rate_hz=104;samples=10``. docs/open-frame.md
tells how to build a sensor, examples/arduino has one.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

import numpy as np

from cuecoach.events import FloatArray
from cuecoach.units import STANDARD_GRAVITY

_UUID: Final = "2106{:04x}-8c9c-4896-851b-bb4800ec04d4".format  # drawn at random once
SERVICE: Final = _UUID(0x0001)  # advertised
DATA: Final = _UUID(0x0002)  # notify
INFO: Final = _UUID(0x0003)  # read

VERSION: Final = 1
MAX_SAMPLES: Final = 40
#: The clock's range, s.
WRAP_S: Final = 2**32 / 1e6
#: Sampling rates that make sense here; others are taken for damage, Hz.
LOWEST_RATE_HZ: Final = 25.0
HIGHEST_RATE_HZ: Final = 1000.0

_HEADER: Final = struct.Struct("<BBHIHBB")
_SAMPLE_SIZE: Final = 12
_GYR_FS_UNIT: Final = 125.0  # deg/s


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One frame.

    Attributes
    ----------
    seq
        Its number, modulo 65536.
    t_us, dt_us
        The sensor's clock at the first sample, modulo 2³², and the time between samples, µs.
    acc
        Acceleration with gravity, shape (n, 3), m/s².
    gyr
        Angular rate, shape (n, 3), deg/s; None without a gyroscope.
    """

    seq: int
    t_us: int
    dt_us: int
    acc: FloatArray
    gyr: FloatArray | None


@dataclass(frozen=True, slots=True)
class Info:
    """What a sensor tells of itself: its board, nominal sampling rate in Hz, and the most samples it puts into a frame."""

    board: str
    rate_hz: float
    samples: int


def frame_size(samples: int) -> int:
    """Bytes of a frame with so many samples."""
    return _HEADER.size + samples * _SAMPLE_SIZE


def decode(payload: bytes) -> Frame | None:
    """Read one frame.

    Returns
    -------
    Frame or None
        None for any bytes that are not exactly one frame of version 1 with a sensible rate and full scale.
    """
    if len(payload) < _HEADER.size:
        return None
    version, n, seq, t_us, dt_us, acc_fs, gyr_fs = _HEADER.unpack_from(payload)
    if version != VERSION or not 1 <= n <= MAX_SAMPLES or len(payload) != frame_size(n) or not acc_fs:
        return None
    if not 1e6 / HIGHEST_RATE_HZ <= dt_us <= 1e6 / LOWEST_RATE_HZ:
        return None
    raw = np.frombuffer(payload, dtype="<i2", offset=_HEADER.size).reshape(n, 6).astype(np.float64) / 32768
    gyr = raw[:, 3:] * (gyr_fs * _GYR_FS_UNIT) if gyr_fs else None
    return Frame(seq, t_us, dt_us, raw[:, :3] * (acc_fs * STANDARD_GRAVITY), gyr)


def encode(frame: Frame, *, acc_fs: int = 16, gyr_fs: int = 16) -> bytes:
    """Write a frame, as a sensor does.

    Parameters
    ----------
    frame
        1 to 40 samples; `seq` and `t_us` are wrapped, values beyond full scale saturate.
    acc_fs
        Full scale of acceleration, g.
    gyr_fs
        Full scale of angular rate, units of 125 deg/s; 0 is written when there is no gyroscope.

    Raises
    ------
    ValueError
        Too many samples or none, or shapes that do not fit.
    """
    n = len(frame.acc)
    if not 1 <= n <= MAX_SAMPLES:
        raise ValueError(f"a frame holds 1 to {MAX_SAMPLES} samples, not {n}")
    if frame.gyr is None:
        gyr, gyr_fs = np.zeros((n, 3)), 0
    else:
        gyr = frame.gyr / (gyr_fs * _GYR_FS_UNIT)
    share = np.hstack((frame.acc / (acc_fs * STANDARD_GRAVITY), gyr))
    raw = np.clip(np.rint(share * 32768), -32768, 32767).astype("<i2")
    header = _HEADER.pack(VERSION, n, frame.seq % 2**16, frame.t_us % 2**32, frame.dt_us, acc_fs, gyr_fs)
    return header + raw.tobytes()


def decode_info(payload: bytes) -> Info | None:
    """Read the info characteristic: UTF-8, ``key=value`` parted by semicolons, in any order; unknown keys are passed over.

    Returns
    -------
    Info or None
        None when `rate_hz` or `samples` is missing or makes no sense.
    """
    pairs = (part.partition("=") for part in payload.decode("utf-8", "replace").rstrip("\0").split(";"))
    said = {key.strip(): value.strip() for key, _, value in pairs}
    try:
        rate_hz, samples = float(said["rate_hz"]), int(said["samples"])
    except (KeyError, ValueError):
        return None
    if not (LOWEST_RATE_HZ <= rate_hz <= HIGHEST_RATE_HZ and 1 <= samples <= MAX_SAMPLES):
        return None
    return Info(said.get("board", "")[:60], rate_hz, samples)


def encode_info(info: Info) -> bytes:
    """Write the info characteristic."""
    return f"board={info.board};rate_hz={info.rate_hz:g};samples={info.samples}".encode()
