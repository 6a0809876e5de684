"""A voice in a process of its own, that is started again if it dies or hangs, and whose every file is checked."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, cast

import numpy as np

from cuecoach.audio.child import end_child, start_child
from cuecoach.audio.sounds import FloatArray32
from cuecoach.audio.voice_messages import Lack, SpeakerSettings
from cuecoach.errors import VoiceError

#: A phrase takes milliseconds, with a large model a second; a worker that is silent this long hangs, s.
_PATIENCE_S: Final = 20.0
#: 2 to 11 % of fresh pyttsx3 processes give one empty file without a word; never two in a row so far.
_ATTEMPTS: Final = 4
#: Less than this is not a word, s.
_SHORTEST_S: Final = 0.05
#: Less than this is not a sound, of full scale.
_FAINTEST: Final = 1e-3


class NoVoiceError(VoiceError):
    """The engine cannot speak at all, or not like this; `lack` says what is missing."""

    def __init__(self, lack: Lack, detail: str) -> None:
        super().__init__(detail)
        self.lack: Lack = lack


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


class WorkerVoice:
    """A voice of the system, or of a model, in a worker process. Not to be shared between threads.

    Raises
    ------
    NoVoiceError
        No speech on this system, none in this language, or a model that cannot be used.
    """

    def __init__(self, settings: SpeakerSettings) -> None:
        self._settings = json.dumps(asdict(settings))
        self._folder = tempfile.TemporaryDirectory(prefix="cuecoach-voice-")
        self._process: subprocess.Popen[bytes] | None = None
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        try:
            greeting = self._start()
        except VoiceError:
            self.close()
            raise
        #: As people know the voice.
        self.title = str(greeting["title"])
        #: Why it is not the voice that was asked for, None when it is.
        self.problem = cast("str | None", greeting["problem"])
        self._id = f"{settings.engine}/{sys.platform}/{greeting['voice']}/{settings.rate}"

    @property
    def id(self) -> str:
        """Engine, system, voice and rate."""
        return self._id

    def _start(self) -> dict[str, Any]:
        """Start the worker and return what it says of its voice."""
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
            return greeting
        raise NoVoiceError(cast("Lack", greeting.get("kind", "engine")), str(greeting.get("error", "no answer")))

    def _answer(self) -> dict[str, Any]:
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
            if is_heard(samples, rate):
                return samples, rate
        raise VoiceError(f"the voice could not say “{text}”: {reason}")

    def close(self) -> None:
        """End the worker and remove its files; safe to call twice."""
        if self._process is not None:
            end_child(self._process)
            self._process = None
        self._folder.cleanup()


def is_heard(samples: FloatArray32, rate: int) -> bool:
    """Tell whether these samples can be words: long and loud enough."""
    return len(samples) >= _SHORTEST_S * rate and float(np.abs(samples).max(initial=0.0)) >= _FAINTEST


def list_system_voices() -> list[tuple[str, str, list[str]]]:
    """Return id, name and languages of every voice of this system; raise NoVoiceError when there is no speech."""
    process = start_child("cuecoach.audio.voice_worker", json.dumps({"list": True}))
    try:
        said, _ = process.communicate(timeout=_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise NoVoiceError("engine", "the speech engine does not answer") from None
    answer: dict[str, Any] = json.loads(said) if said.strip() else {"error": "the speech engine ended unexpectedly"}
    if "voices" not in answer:
        raise NoVoiceError("engine", str(answer.get("error")))
    return [(id_, name, tags) for id_, name, tags in answer["voices"]]
