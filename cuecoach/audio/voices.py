"""Voices: whoever turns a text into samples, and the search for one on this machine."""

from __future__ import annotations

import json
import queue
import re
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import numpy as np

from cuecoach.audio.child import end_child, start_child
from cuecoach.audio.sounds import FloatArray32
from cuecoach.errors import UsageError, VoiceError

#: The engines a config may name.
ENGINES: Final = ("pyttsx3", "off")
#: Words a minute: brisk, still clear with wind in the ears.
DEFAULT_RATE_WPM: Final = 175
#: What some systems call a language: espeak-ng knows Mandarin as `cmn` and Norwegian as `nb`.
_OTHER_NAMES: Final = {"zh": "cmn", "no": "nb"}
#: A phrase takes milliseconds; a worker that is silent this long hangs, s.
_PATIENCE_S: Final = 20.0
#: 2 to 11 % of fresh pyttsx3 processes give one empty file without a word; never two in a row so far.
_ATTEMPTS: Final = 4
#: Less than this is not a word, s.
_SHORTEST_S: Final = 0.05
#: Less than this is not a sound, of full scale.
_FAINTEST: Final = 1e-3


class Voice(Protocol):
    """Turns a text into samples. Slow or fast, it is called ahead of time and its words are kept."""

    @property
    def id(self) -> str:
        """What tells this voice from another: same id and text, same samples."""
        ...

    def speak(self, text: str) -> tuple[FloatArray32, int]:
        """Return mono samples, shape (n,), ±1, and their rate in Hz; raise VoiceError when it cannot."""
        ...

    def close(self) -> None:
        """End whatever the voice keeps running."""
        ...


@dataclass(frozen=True, slots=True)
class VoiceSearch:
    """What a search found: a voice, or one sentence that says why there is none and what to do."""

    voice: Voice | None
    problem: str | None = None


class _NoEngineError(VoiceError):
    """The system has no speech at all."""


class _NoLanguageError(VoiceError):
    """It has speech, but not in this language."""


def _read_sound(path: Path) -> tuple[FloatArray32, int]:
    """Return mono samples and rate of whatever the system wrote: WAV, or AIFF on macOS, whatever its suffix."""
    import soundfile

    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return np.ascontiguousarray(samples.mean(axis=1, dtype=np.float32)), int(rate)


def _settle(path: Path) -> None:
    """Wait until the file stops growing; macOS goes on writing after it said that it was done."""
    if sys.platform != "darwin":
        return
    size = -1
    for _ in range(100):
        now = path.stat().st_size if path.exists() else 0
        if now == size and now > 0:
            return
        size = now
        time.sleep(0.02)


class SystemVoice:
    """The system's own voice through pyttsx3, in a worker process that is restarted if it dies or hangs.

    Parameters
    ----------
    language
        A language tag, `en` or `de-CH`.
    rate
        Words a minute.

    Raises
    ------
    VoiceError
        No speech on this system, or none in this language.
    """

    def __init__(self, language: str = "en", rate: int = DEFAULT_RATE_WPM) -> None:
        self._settings = json.dumps({"language": language, "rate": rate})
        self._folder = tempfile.TemporaryDirectory(prefix="cuecoach-voice-")
        self._process: subprocess.Popen[bytes] | None = None
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        try:
            name = self._start()
        except VoiceError:
            self.close()
            raise
        self._id = f"pyttsx3/{sys.platform}/{name}/{rate}"

    @property
    def id(self) -> str:
        """Engine, system, voice and rate."""
        return self._id

    def _start(self) -> str:
        """Start the worker and return the name of its voice."""
        self._process = process = start_child("cuecoach.audio.voice_worker", self._settings)
        self._lines = lines = queue.SimpleQueue[bytes]()
        source = process.stdout
        assert source is not None

        def read() -> None:
            # A thread, since pipes cannot be waited on with a time limit on every system. b"" tells the end.
            try:
                for line in source:
                    lines.put(line)
            except ValueError:
                pass  # Closed under our hands by `close`.
            lines.put(b"")

        threading.Thread(target=read, name="cuecoach-voice", daemon=True).start()
        greeting = self._answer()
        if greeting.get("ready"):
            return str(greeting["voice"])
        kind = _NoLanguageError if greeting.get("kind") == "language" else _NoEngineError
        raise kind(str(greeting.get("error", "no answer")))

    def _answer(self) -> dict[str, object]:
        try:
            line = self._lines.get(timeout=_PATIENCE_S)
        except queue.Empty:
            self._stop()
            return {"error": "the speech engine does not answer"}
        if not line:
            self._stop()
            return {"error": "the speech engine ended unexpectedly"}
        return json.loads(line)

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            end_child(self._process)
            self._process = None

    def speak(self, text: str) -> tuple[FloatArray32, int]:
        """Render a text.

        Raises
        ------
        VoiceError
            No sound after several attempts, or the voice was closed.
        """
        reason = "it gave only silence"
        for attempt in range(_ATTEMPTS):
            path = Path(self._folder.name) / f"{attempt}.wav"
            path.unlink(missing_ok=True)
            if self._process is None:
                self._start()
            process = self._process
            assert process is not None
            assert process.stdin is not None
            try:
                process.stdin.write(json.dumps({"text": text, "path": str(path)}).encode() + b"\n")
                process.stdin.flush()
            except OSError:
                self._stop()
                reason = "the speech engine ended unexpectedly"
                continue
            answer = self._answer()
            if not answer.get("done"):
                reason = str(answer.get("error"))
                continue
            _settle(path)
            try:
                samples, rate = _read_sound(path)
            except (OSError, RuntimeError):  # soundfile's own error is a RuntimeError: missing, empty or half-written
                continue
            if len(samples) >= _SHORTEST_S * rate and float(np.abs(samples).max()) >= _FAINTEST:
                return samples, rate
        raise VoiceError(f"the voice could not say “{text}”: {reason}")

    def close(self) -> None:
        """End the worker and remove its files; safe to call twice."""
        if self._process is not None:
            end_child(self._process)
            self._process = None
        self._folder.cleanup()


def _how_to_get_a_voice() -> str:
    if sys.platform.startswith("linux"):
        return "type `pip install 'cuecoach[voice]'`, or install espeak-ng with the system's package manager"
    if sys.platform == "darwin":
        return "add a voice in System Settings, Accessibility, Spoken Content"
    return "add a voice in Settings, Time & language, Speech"


def search_voice(language: str = "en", rate: int = DEFAULT_RATE_WPM, engine: str = "pyttsx3") -> VoiceSearch:
    """Look for a voice on this machine.

    Parameters
    ----------
    language
        A language tag, `en` or `de-CH`.
    rate
        Words a minute.
    engine
        One of `ENGINES`.

    Returns
    -------
    VoiceSearch
        The voice, or the reason why there is none and the remedy, in one sentence.

    Raises
    ------
    UsageError
        An engine that does not exist.
    """
    if engine not in ENGINES:
        raise UsageError(f"`{engine}` is not a voice engine; use {' or '.join(ENGINES)}")
    if engine == "off":
        return VoiceSearch(None, "the voice is switched off; cues are printed and marked by a short sound")
    names = [language]
    family = re.split("[-_]", language.lower())[0]
    if family in _OTHER_NAMES:
        names.append(_OTHER_NAMES[family])
    try:
        for name in names:
            with suppress(_NoLanguageError):
                return VoiceSearch(SystemVoice(name, rate))
        return VoiceSearch(
            None, f"no installed voice speaks `{language}`; choose another language, or {_how_to_get_a_voice()}"
        )
    except VoiceError as error:
        # A driver that did start and then failed says something of use; one that is absent says it at length.
        detail = f" ({error})" if not isinstance(error, _NoEngineError) else ""
        return VoiceSearch(None, f"no voice is installed{detail}; {_how_to_get_a_voice()}")


def find_voice(language: str = "en", rate: int = DEFAULT_RATE_WPM, engine: str = "pyttsx3") -> Voice | None:
    """Return a voice of this machine, or None; `search_voice` also says why."""
    return search_voice(language, rate, engine).voice
