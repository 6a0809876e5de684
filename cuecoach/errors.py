"""Every error the program raises on purpose.

::

    CuecoachError                 one plain sentence: what, where, how to mend; the command line exits with `exit_code`
    ├── UsageError                a command, option or name that does not exist
    ├── DocumentError             cue files and configs: carries all diagnostics of one run
    ├── RecordingError            a file of sensor data that cannot be used
    ├── SensorError               a live sensor that cannot be reached
    │   └── RadioError            this machine's Bluetooth: none, switched off, or not allowed
    ├── StoreError                the file of stored runs cannot be used
    └── SoundError                sound could not be made
        ├── VoiceError            no voice, or the voice gave no words
        └── DeviceError           no sound device, or it refused
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from cuecoach.diagnostics import Diagnostic


class CuecoachError(Exception):
    """Root of all errors that a person can mend; its text is one plain sentence for that person.

    `exit_code` is the command line's: 2 for wrong use or bad input, 1 where the answer is "no".
    """

    exit_code: ClassVar[int] = 2


class UsageError(CuecoachError):
    """A command, option, sensor or name that does not exist or does not fit."""


class DocumentError(CuecoachError):
    """A cue file or config with mistakes.

    Parameters
    ----------
    message
        One sentence, shown where the diagnostics are not.
    diagnostics
        Every problem found in the run, sorted by place.
    """

    def __init__(self, message: str, diagnostics: Sequence[Diagnostic] = ()) -> None:
        super().__init__(message)
        self.diagnostics = tuple(diagnostics)


class RecordingError(CuecoachError):
    """A recording that cannot be used: missing, empty, of an unknown kind, or broken."""


class SensorError(CuecoachError):
    """A live sensor that cannot be reached."""

    exit_code = 1


class RadioError(SensorError):
    """Bluetooth cannot be used on this machine: there is none, it is switched off, or it is not allowed."""


class StoreError(CuecoachError):
    """The file of stored runs cannot be opened, read or written."""


class SoundError(CuecoachError):
    """Sound could not be made."""


class VoiceError(SoundError):
    """No voice is installed, or it gave no words."""


class DeviceError(SoundError):
    """No sound device, or it refused."""
