"""What a device says, decoded and in catalogue units, but not yet interpreted: its clock and its unit of cadence come later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, TypeAlias

from cuecoach.events import FloatArray

_NOTHING: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Stated:
    """Values that a device has computed itself.

    Attributes
    ----------
    values
        By canonical metric name, catalogue units; without cadence.
    cadence_raw
        1/min as sent: strides or steps, nobody knows yet. None when the message has none.
    stride_length_raw
        m as sent: a stride or a step.
    running
        The device's own word for running (True) or walking; None when it has none.
    """

    values: Mapping[str, float] = field(default_factory=lambda: _NOTHING)
    cadence_raw: float | None = None
    stride_length_raw: float | None = None
    running: bool | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """A run of raw samples of an inertial sensor, evenly spaced.

    Attributes
    ----------
    acc
        Acceleration with gravity, shape (n, 3), m/s²; None in a message of the gyroscope alone.
    gyr
        Angular rate, shape (n, 3), deg/s; None in a message of the accelerometer alone.
    stamp
        The device's own clock, s, at the `stamped` sample; it may wrap and restart. None without a timestamp.
    stamped
        Which sample `stamp` belongs to.
    """

    acc: FloatArray | None
    gyr: FloatArray | None = None
    stamp: float | None = None
    stamped: Literal["first", "last"] = "first"


@dataclass(frozen=True, slots=True)
class Level:
    """Charge of the battery, percent."""

    percent: float


Message: TypeAlias = Stated | Samples | Level


@dataclass(frozen=True, slots=True)
class SampleTiming:
    """How the times of an inertial stream are to be read.

    Attributes
    ----------
    rate_hz
        Nominal sampling rate.
    wrap_s
        The device's clock restarts at 0 after so many seconds; None when it never does, or there is none.
    rate_error
        By how much the nominal rate (without timestamps) or the device's clock may be off, as a share.
    silence_s
        Without samples for so long the stream is stale, s; longer than it ever waits between two packets.
    """

    rate_hz: float
    wrap_s: float | None = None
    rate_error: float = 0.0005
    silence_s: float = 1.0
