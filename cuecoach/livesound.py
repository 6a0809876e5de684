"""Sound for a live run: the sound process when there is a device, its model when there is none, and back when it returns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cuecoach.audio.process import SoundProcess
from cuecoach.audio.sounds import FloatArray32
from cuecoach.config import Sound as SoundSettings
from cuecoach.errors import DeviceError
from cuecoach.events import Action, AudioEvent, SoundCommand
from cuecoach.modelled import ModelledSound

#: A device that vanished is looked for again so often, s.
RETRY_S: Final = 1.0


class LiveSound:
    """Plays the coach's actions. Coaching never stops for lack of sound: what cannot be heard is modelled.

    Parameters
    ----------
    settings
        Device and level.
    words
        The samples of every text that may be said.
    """

    def __init__(self, settings: SoundSettings, words: Mapping[str, FloatArray32]) -> None:
        self._silent = ModelledSound()
        self._process: SoundProcess | None = None
        self._retry_at = 0.0
        #: Why nothing is heard, one sentence; None while sound plays.
        self.problem: str | None = None
        try:
            self._process = SoundProcess.open(str(settings.device), words=words, level_db=settings.level)
        except DeviceError as error:
            self.problem = str(error)

    def add_words(self, words: Mapping[str, FloatArray32]) -> None:
        """Give the samples of more texts, each shape (n,); returns at once. Texts without samples are short sounds."""
        if self._process is not None:
            for text, samples in words.items():
                self._process.add_words(text, samples)

    def session_time(self) -> float:
        """Return the time on the clock that places the samples, s; 0 without a device."""
        return self._process.session_time() if self._process else 0.0

    def send(self, action: Action) -> None:
        """Hand over what is to be heard; returns at once."""
        if not isinstance(action, SoundCommand):
            return
        process = self._process
        if process is not None:
            process.send(action)  # also while it is down: a beat resumes at its phase
        if process is None or not process.alive:
            self._silent.send(action)

    def poll(self, now: float) -> list[AudioEvent]:
        """Return what has become of the sounds since the last call, and look for a lost device."""
        events = self._silent.poll(now)
        if self._process is not None:
            events += self._process.poll()
            if self._process.alive:
                self.problem = None
            elif now >= self._retry_at:
                self._retry_at = now + RETRY_S
                self._revive(self._process)
        return sorted(events, key=lambda event: event.t)

    def close(self) -> None:
        """Stop the sound and let the device go."""
        if self._process is not None:
            self._process.close()

    def _revive(self, process: SoundProcess) -> None:
        try:
            process.restart()
            self.problem = None
        except DeviceError as error:
            self.problem = str(error)
