"""Live sound, as seen by the coach: a child process that plays what it is told and tells what was heard."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from types import TracebackType
from typing import Final, Unpack

from cuecoach.audio.link import SoundLink
from cuecoach.audio.problems import sentence
from cuecoach.audio.protocol import (
    Chosen,
    FromSound,
    Mute,
    Ready,
    SoundSettings,
    Told,
    Underflows,
    Widened,
    Words,
)
from cuecoach.audio.sounds import FloatArray32
from cuecoach.audio.standing import Spoken, Standing
from cuecoach.errors import DeviceError, SoundError
from cuecoach.events import AudioEvent, Say, SoundCommand

#: Opening a device takes tenths of a second; a Bluetooth one a few, s.
_OPENING_S: Final = 15.0
#: A process that died is started again no more often than this, s.
_RETRY_S: Final = 1.0
BACK: Final = "the sound is back"
_DIED: Final = "the sound process ended unexpectedly; it is started again"


class SoundProcess:
    """A running sound process; make one with `open`.

    Sending and polling never block and never fail. While there is no sound `alive` is False: beats are remembered, words go
    nowhere. The process looks for a device that has gone, once a second, and `poll` starts a process that has died; the beat
    then goes on at its old phase. Not to be shared between threads.
    """

    def __init__(self, settings: SoundSettings, words: Mapping[str, FloatArray32]) -> None:
        self._settings = settings
        self._words = dict(words)
        self._standing = Standing()
        self._spoken = Spoken()
        self._news: list[str] = []
        self._clock_zero = settings.clock_zero
        self._was_lost = False
        #: How often the device had to wait for samples.
        self.underflows = 0
        #: What the device granted, s.
        self.latency_s = settings.latency_s
        #: Why there is no sound, or what was wrong with a command; one sentence.
        self.problem: str | None = None
        self._start()

    @classmethod
    def open(
        cls,
        device: str = "default",
        *,
        words: Mapping[str, FloatArray32] | None = None,
        wait: bool = True,
        **chosen: Unpack[Chosen],
    ) -> SoundProcess:
        """Start the process and its device; return when sound is heard at its session time from now on.

        Parameters
        ----------
        device
            `default`, `null` for none (the clock paces it), a number, or part of a device's name.
        words
            The samples of the texts that may be said, at `sample_rate`; more with `add_words`.
        wait
            Whether to wait for the device; otherwise `poll` finds out, and a device that is not there is looked for.
        **chosen
            Attributes of `SoundSettings` by name. `start_t` is the session time at the return of this call.

        Raises
        ------
        DeviceError
            No device, or it refused; one sentence with the remedy. Only while waiting.
        SoundError
            A level above 0 dB.
        """
        settings = SoundSettings(device, **chosen)
        if max(settings.level_db, settings.beat_level_db) > 0.0:
            raise SoundError(
                f"the level is {max(settings.level_db, settings.beat_level_db):g} dB; it may be at most 0 dB"
            )
        process = cls(settings, words or {})
        if wait:
            process._wait_or_close()
        return process

    # ------------------------------------------------------------ life
    def _start(self) -> None:
        self._link = link = SoundLink()
        self._playing = self._failed = self._closed = False
        self._started_at = time.monotonic()
        link.send(self._settings)
        for text, samples in self._words.items():
            link.send(Words(text, samples))
        for action in self._standing.commands():
            link.send(action)

    def wait(self) -> str | None:
        """Wait until there is sound; return None then, otherwise why there is none. Session time runs from here on."""
        end = time.monotonic() + _OPENING_S
        while not self._playing and not self._failed and time.monotonic() < end and self._link.alive:
            for message in self._link.take(0.1):
                self._hear(message)
        self._drain()
        if self._playing:
            return None
        if self._clock_zero is None:
            self._clock_zero = time.monotonic() - self._settings.start_t
            self._settings = replace(self._settings, clock_zero=self._clock_zero)
            self._link.send(self._settings)
        self.problem = self.problem or ("the sound device does not answer" if self._link.alive else _DIED)
        return self.problem

    def _wait_or_close(self) -> None:
        problem = self.wait()
        if problem is not None:
            self.close()
            raise DeviceError(problem)

    @property
    def alive(self) -> bool:
        """Whether sound is being played; False while the device is looked for, when the process has died, or was closed."""
        return self._playing and self._link.alive

    @property
    def pid(self) -> int:
        """Process id of the sound process."""
        return self._link.pid

    def session_time(self) -> float:
        """Return the present session time, s, on the clock that places the samples; its start until there is sound."""
        return self._settings.start_t if self._clock_zero is None else time.monotonic() - self._clock_zero

    def restart(self) -> None:
        """Start again at once and wait for it: same device, same words, and the beat goes on at its old phase.

        Raises
        ------
        DeviceError
            Still no device; try again later.
        """
        self._drain()
        self._link.close()
        self._spoken.settle(self.session_time())
        self.problem = None
        self._start()
        self._wait_or_close()

    def close(self) -> None:
        """End the process; safe to call twice."""
        self._closed = True
        self._playing = False
        self._link.close()

    def __enter__(self) -> SoundProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ------------------------------------------------------------ talk
    def send(self, action: SoundCommand) -> None:
        """Pass a command on."""
        if isinstance(action, Say):
            if not self.alive:
                return
            self._spoken.sent(action)
        self._standing.note(action)
        self._link.send(action)

    def mute(self, *, on: bool) -> None:
        """Let nothing out, or everything again; beat and words go on unheard meanwhile, and are told as if they were heard."""
        self._settings = replace(self._settings, muted=on)
        self._link.send(Mute(on))

    def add_words(self, text: str, samples: FloatArray32) -> None:
        """Give the samples of a text, shape (n,); before the `Say` that needs them."""
        self._words[text] = samples
        self._link.send(Words(text, samples))

    def take_news(self) -> list[str]:
        """Return since the last call, a sentence each: that the sound went, came back, or got a longer buffer."""
        news, self._news = self._news, []
        return news

    def poll(self) -> list[AudioEvent]:
        """Return what has happened to the words since the last call, in order; start a process that has died.

        When there is no sound any more, words that were sounding have ended and words that waited are dropped, now.
        """
        self._drain()
        if not self._closed and not self._link.alive:
            self._down(_DIED)
            if time.monotonic() - self._started_at > _RETRY_S:
                self._link.abandon()
                self._start()
        return self._spoken.take()

    def _drain(self) -> None:
        for message in self._link.take():
            self._hear(message)

    def _hear(self, message: FromSound) -> None:
        if isinstance(message, AudioEvent):
            self._spoken.happened(message)
        elif isinstance(message, Ready):
            self._playing = True
            self.latency_s = message.latency_s
            # From here on the clock stands, whichever process places the samples.
            self._clock_zero = message.clock_zero if self._clock_zero is None else self._clock_zero
            self._settings = replace(self._settings, clock_zero=self._clock_zero, again=True)
            self.problem = None
            if self._was_lost:
                self._was_lost = False
                self._news.append(BACK)
        elif isinstance(message, Underflows):
            self.underflows = message.count
        elif isinstance(message, Widened):
            self._settings = replace(self._settings, latency_s=message.latency_s)
            self._news.append(f"the sound stuttered, so its buffer is {message.latency_s:g} s long from now on")
        elif isinstance(message, Told):
            self._news.append(message.text)
        elif message.reason == "command":
            self.problem = message.detail
        else:
            self._down(sentence(message, self._settings))

    def _down(self, problem: str) -> None:
        """There is no sound for this reason; told once."""
        if self._playing:
            self._was_lost = True
            self._news.append(f"{problem}; the coach looks for it")
        self._playing, self._failed = False, True
        self.problem = problem
        self._spoken.settle(self.session_time())
