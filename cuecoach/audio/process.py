"""Live sound, as seen by the coach: a child process that plays what it is told and tells what was heard."""

from __future__ import annotations

import pickle
import queue
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from types import TracebackType
from typing import Final

from cuecoach.audio.child import end_child, start_child
from cuecoach.audio.mixer import DEFAULT_BEAT_LEVEL_DB, DEFAULT_LEVEL_DB
from cuecoach.audio.protocol import Failed, FromSound, Ready, SoundSettings, ToSound, Underflows, Words, put
from cuecoach.audio.sounds import SAMPLE_RATE_HZ, FloatArray32
from cuecoach.errors import DeviceError, SoundError
from cuecoach.events import AudioEvent, Beat, BeatOff, Say, SoundCommand

#: Length of the device's buffer, s: long enough that no load on the machine was heard through it, short enough for a cue.
DEFAULT_LATENCY_S: Final = 0.1
#: Opening a device takes tenths of a second; a Bluetooth one a few, s.
_OPENING_S: Final = 15.0


def _sentence(failed: Failed, device: str) -> str:
    """Say why there is no sound, and what to do."""
    if failed.reason == "library":
        if sys.platform.startswith("linux"):
            return "no sound: PortAudio is not installed; type `sudo apt install libportaudio2`, or your system's like"
        return "no sound: PortAudio is missing; type `pip install --force-reinstall sounddevice`"
    if failed.reason == "device":
        if device != "default":
            there = f"there are: {failed.detail}" if failed.detail else "there is none on this machine"
            return f"no sound device is called `{device}`; {there}"
        return "there is no sound device on this machine; connect one, or start its sound service"
    if failed.reason == "refused":
        return f"the sound device refused ({failed.detail}); close programs that hold it, or choose another device"
    if failed.reason == "lost":
        return "the sound device is gone; connect it again"
    return failed.detail


class SoundProcess:
    """A running sound process; make one with `open`.

    Sending never blocks and never fails: when the process has died, `alive` is False and commands go nowhere until `restart`.
    Not to be shared between threads.
    """

    def __init__(self, settings: SoundSettings, words: Mapping[str, FloatArray32]) -> None:
        self._settings = settings
        self._words = dict(words)
        #: Beat commands that may still matter, for a restart.
        self._beats: list[Beat | BeatOff] = []
        #: Words sent whose end was not told yet; True once they have started.
        self._open_ids: dict[int, bool] = {}
        #: Events of a process that was restarted before they were asked for.
        self._backlog: list[AudioEvent] = []
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
        sample_rate: int = SAMPLE_RATE_HZ,
        start_t: float = 0.0,
        level_db: float = DEFAULT_LEVEL_DB,
        beat_level_db: float = DEFAULT_BEAT_LEVEL_DB,
        latency_s: float = DEFAULT_LATENCY_S,
    ) -> SoundProcess:
        """Start the process and its device; return when the first sample is on its way.

        Parameters
        ----------
        device
            `default`, `null` for none (the clock paces it), a number, or part of a device's name.
        words
            The samples of the texts that may be said, at `sample_rate`; more with `add_words`.
        sample_rate
            In Hz.
        start_t
            Session time of the first sample, s.
        level_db, beat_level_db
            As of the mixer, at most 0.
        latency_s
            Length of the device's buffer, s.

        Raises
        ------
        DeviceError
            No device, or it refused; one sentence with the remedy.
        """
        if max(level_db, beat_level_db) > 0.0:
            raise SoundError(f"the level is {max(level_db, beat_level_db):g} dB; it may be at most 0 dB")
        settings = SoundSettings(device, sample_rate, start_t, None, level_db, beat_level_db, latency_s)
        return cls(settings, words or {})

    # ------------------------------------------------------------ life
    def _start(self) -> None:
        self._process = process = start_child("cuecoach.audio.sound_worker")
        self._incoming = incoming = queue.SimpleQueue[FromSound | None]()
        self._outgoing = outgoing = queue.SimpleQueue[ToSound | None]()
        source, target = process.stdout, process.stdin
        assert source is not None
        assert target is not None

        def read() -> None:
            # ValueError: closed under our hands by `close`.
            with suppress(EOFError, OSError, ValueError, pickle.UnpicklingError):
                while True:
                    incoming.put(pickle.load(source))
            incoming.put(None)

        def write() -> None:
            with suppress(OSError, ValueError):
                while (message := outgoing.get()) is not None:
                    put(target, message)

        self._threads = [threading.Thread(target=f, name="cuecoach-sound", daemon=True) for f in (read, write)]
        for thread in self._threads:
            thread.start()
        self._alive = True
        outgoing.put(self._settings)
        for text, samples in self._words.items():
            outgoing.put(Words(text, samples))
        for action in self._beats:
            outgoing.put(action)
        try:
            first = incoming.get(timeout=_OPENING_S)
        except queue.Empty:
            first = Failed("refused", "it does not answer")
        if isinstance(first, Ready):
            self._clock_zero = first.clock_zero
            self.latency_s = first.latency_s
            return
        failed = first if isinstance(first, Failed) else Failed("refused", "the sound process ended unexpectedly")
        self.close()
        raise DeviceError(_sentence(failed, self._settings.device))

    @property
    def alive(self) -> bool:
        """Whether sound is being played; False once the process has died or was closed."""
        return self._alive and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Process id of the sound process."""
        return self._process.pid

    def session_time(self) -> float:
        """Return the present session time, s, on the clock that places the samples."""
        return time.monotonic() - self._clock_zero

    def restart(self) -> None:
        """Start again after a death: same device, same words, and the beat goes on at its old phase.

        Raises
        ------
        DeviceError
            Still no device; try again later.
        """
        self.close()
        self._backlog += self.poll()
        self._settings = replace(self._settings, clock_zero=self._clock_zero)
        self.problem = None
        self._start()

    def close(self) -> None:
        """End the process; safe to call twice."""
        self._alive = False
        self._outgoing.put(None)
        # The writer first, so that the pipe is not closed under a message. One that hangs ends with the process.
        self._threads[1].join(1.0)
        if self._threads[1].is_alive():
            self._process.kill()
        end_child(self._process)
        for thread in self._threads:
            thread.join(1.0)

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
            self._open_ids[action.id] = False
        elif isinstance(action, Beat | BeatOff):
            # As in the mixer: a beat replaces all from its `at` on. What was over when this was decided is history.
            kept = [a for a in self._beats if a.at < action.at]
            current = max((i for i, a in enumerate(kept) if a.at <= action.t), default=0)
            self._beats = [*kept[current:], action]
        self._outgoing.put(action)

    def add_words(self, text: str, samples: FloatArray32) -> None:
        """Give the samples of a text, shape (n,); before the `Say` that needs them."""
        self._words[text] = samples
        self._outgoing.put(Words(text, samples))

    def poll(self) -> list[AudioEvent]:
        """Return what has happened to the words since the last call, in order.

        When the process has died, words that were sounding have ended and words that waited are dropped, now.
        """
        events, self._backlog = self._backlog, []
        if self._alive and self._process.poll() is not None:
            self._threads[0].join(1.0)  # reads to the end what it still said before it died
        while not self._incoming.empty():
            message = self._incoming.get()
            if isinstance(message, AudioEvent):
                events.append(message)
                if message.kind == "started":
                    self._open_ids[message.id] = True
                else:
                    self._open_ids.pop(message.id, None)
            elif isinstance(message, Underflows):
                self.underflows = message.count
            elif isinstance(message, Failed):
                self.problem = _sentence(message, self._settings.device)
            elif message is None:
                if self._alive:
                    self.problem = self.problem or "the sound process ended unexpectedly; it can be started again"
                self._alive = False
        if not self.alive and self._open_ids:
            now = self.session_time()
            for id_, started in self._open_ids.items():
                events.append(AudioEvent(now, "ended" if started else "dropped", id_))
            self._open_ids.clear()
        return events
