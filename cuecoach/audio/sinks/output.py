"""What every sink has in common: it is opened with a function that gives samples, and runs until it is closed."""

from __future__ import annotations

from typing import Protocol

from cuecoach.audio.protocol import Failed, SoundSettings
from cuecoach.audio.sounds import StereoArray32
from cuecoach.errors import DeviceError

#: Frames a callback: 11 ms at 48 kHz, short beside the buffer, long enough to cost little.
BLOCK = 512


class Fill(Protocol):
    """Gives the next samples; called from the sink's own thread."""

    def __call__(self, frames: int, ahead_s: float, /) -> StereoArray32:
        """Return the next `frames` samples, shape (frames, 2), at `SoundSettings.sample_rate`.

        `ahead_s` tells after how many seconds from now the first of them leaves the device.
        """
        ...


class Output(Protocol):
    """A running output."""

    #: What the device granted, s.
    latency_s: float
    #: How often it had to wait for samples.
    underflows: int
    #: Whether it still asks for samples, as far as it knows.
    running: bool

    def close(self) -> None:
        """Stop asking for samples."""
        ...


class Sink(Protocol):
    """A way to a device; packages may bring their own in the entry-point group ``cuecoach.sinks``."""

    #: The word people choose it by, in small letters.
    name: str
    #: Whether there may be an ear at its end, so that a headphones' delay counts and they may fall asleep.
    audible: bool

    def open(self, fill: Fill, settings: SoundSettings) -> Output:
        """Start an output.

        Raises
        ------
        OpenFailedError
            It cannot be, and why.
        """
        ...


class OpenFailedError(DeviceError):
    """Carries the message that the parent makes its sentence from."""

    def __init__(self, failed: Failed) -> None:
        super().__init__(failed.detail)
        self.failed = failed
