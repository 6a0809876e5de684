"""What the sound process and its parent say to each other: pickled tuples on two pipes."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from typing import IO, Literal, TypeAlias

from cuecoach.audio.sounds import FloatArray32
from cuecoach.events import AudioEvent, SoundCommand

#: Device name for a sound process without hardware, paced by the clock.
NULL_DEVICE = "null"


@dataclass(frozen=True, slots=True)
class SoundSettings:
    """How the sound process is set up.

    Attributes
    ----------
    device
        `default`, `null`, a number, or part of a device's name.
    sample_rate
        In Hz.
    start_t
        Session time of the first sample, s; used when `clock_zero` is None.
    clock_zero
        The reading of the system's monotonic clock at session time 0: after a restart the first sample takes the session
        time at which it really comes.
    level_db, beat_level_db
        As of the mixer.
    latency_s
        Length of the device's buffer, s.
    """

    device: str
    sample_rate: int
    start_t: float
    clock_zero: float | None
    level_db: float
    beat_level_db: float
    latency_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """The samples of a text, ready to mix."""

    text: str
    samples: FloatArray32


@dataclass(frozen=True, slots=True)
class Ready:
    """The first sample was asked for.

    Attributes
    ----------
    clock_zero
        What the system's monotonic clock, the same for all processes, read at session time 0.
    latency_s
        The length of buffer that the device granted, s.
    """

    clock_zero: float
    latency_s: float


@dataclass(frozen=True, slots=True)
class Failed:
    """No sound (any more): no library, no such device, refused, or lost on the way."""

    reason: Literal["library", "device", "refused", "lost", "command"]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Underflows:
    """How often the device has had to wait for samples so far."""

    count: int


ToSound: TypeAlias = SoundSettings | Words | SoundCommand
FromSound: TypeAlias = Ready | Failed | Underflows | AudioEvent


def put(pipe: IO[bytes], message: ToSound | FromSound) -> None:
    """Send one message."""
    pickle.dump(message, pipe, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.flush()
