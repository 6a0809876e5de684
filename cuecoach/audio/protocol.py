"""What the sound process and its parent say to each other: pickled tuples on two pipes."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from typing import IO, Literal, TypeAlias, TypedDict

from cuecoach.audio.clickset import ClickStyle
from cuecoach.audio.mixer import DEFAULT_BEAT_LEVEL_DB, DEFAULT_LEVEL_DB
from cuecoach.audio.sounds import SAMPLE_RATE_HZ, FloatArray32
from cuecoach.events import AudioEvent, SoundCommand

#: Device name for a sound process without hardware, paced by the clock.
NULL_DEVICE = "null"
#: The way to the device that is taken unless the runner chose.
DEFAULT_SINK = "sounddevice"
#: Length of the device's buffer, s: long enough that no load on the machine was heard through it, short enough for a cue.
DEFAULT_LATENCY_S = 0.1


KeepAwake: TypeAlias = Literal["auto", "on", "off"]


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
    music
        Songs that carry the beat, by path; their beats were found before.
    sink
        The way to the device: `sounddevice`, `miniaudio`, `null`, ``file:PATH``, or what a plug-in brings.
    delay_s
        How much later than the device says its sound reaches the ear, s: that of wireless headphones.
    keep_awake
        Whether very soft noise keeps wireless headphones from sleeping; `auto` is only where they are wireless.
    muted
        Whether it begins silent; see `Mute`.
    again
        Whether it goes on after a break.
    clicks
        What the beat sounds like; made where the device's rate is known.
    """

    device: str
    sample_rate: int = SAMPLE_RATE_HZ
    start_t: float = 0.0
    clock_zero: float | None = None
    level_db: float = DEFAULT_LEVEL_DB
    beat_level_db: float = DEFAULT_BEAT_LEVEL_DB
    latency_s: float = DEFAULT_LATENCY_S
    music: tuple[str, ...] = ()
    sink: str = DEFAULT_SINK
    delay_s: float = 0.0
    keep_awake: KeepAwake = "auto"
    muted: bool = False
    again: bool = False
    clicks: ClickStyle = ClickStyle()  # noqa: RUF009 -- frozen


class Chosen(TypedDict, total=False):
    """Attributes of `SoundSettings` that may be chosen when sound is opened."""

    sample_rate: int
    start_t: float
    clock_zero: float | None
    level_db: float
    beat_level_db: float
    latency_s: float
    music: tuple[str, ...]
    sink: str
    delay_s: float
    keep_awake: KeepAwake
    muted: bool
    clicks: ClickStyle


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """The samples of a text, ready to mix."""

    text: str
    samples: FloatArray32


@dataclass(frozen=True, slots=True)
class Mute:
    """Let nothing out, or everything again; beat and words go on unheard meanwhile."""

    on: bool


@dataclass(frozen=True, slots=True)
class Ready:
    """The device runs evenly: from here on sound is heard at its session time.

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
    """No sound (any more), or a command that made no sense.

    `library`: what the sink needs is not installed; `sink`: no such sink, or it cannot be used; `device`: no such device;
    `busy`: another program has it for itself; `refused`: it cannot be opened for another cause; `lost`: it went away.
    """

    reason: Literal["library", "sink", "device", "busy", "refused", "lost", "command"]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Widened:
    """The device had to wait too often; from now on its buffer is this long, s."""

    latency_s: float


@dataclass(frozen=True, slots=True)
class Told:
    """Something people should know once: a sentence."""

    text: str


@dataclass(frozen=True, slots=True)
class Underflows:
    """How often the device has had to wait for samples so far."""

    count: int


ToSound: TypeAlias = SoundSettings | Words | Mute | SoundCommand
FromSound: TypeAlias = Ready | Failed | Underflows | Widened | Told | AudioEvent


def put(pipe: IO[bytes], message: ToSound | FromSound) -> None:
    """Send one message."""
    pickle.dump(message, pipe, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.flush()
