"""Voices that other packages bring: found by entry point, checked, and kept from stopping a run.

A package names its engine in the entry-point group ``cuecoach.voices``; the entry's name is what a config says, ``voice:
{engine: NAME}``. The object has ``open(language, rate, name, model)``, which returns a `Voice`; a class is called without
arguments first. It is used in a thread of its own, ahead of time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Final

import numpy as np

from cuecoach.audio.sounds import FloatArray32
from cuecoach.audio.voice_messages import SpeakerSettings
from cuecoach.audio.voice_process import is_heard
from cuecoach.errors import VoiceError

#: Where packages name what they bring.
GROUP: Final = "cuecoach.voices"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
#: No voice has another sampling rate, Hz.
_RATES: Final = range(4_000, 192_001)


def plugin_engines() -> dict[str, EntryPoint]:
    """Return the engines that other packages bring, by name; none is loaded."""
    found = sorted(entry_points(group=GROUP), key=lambda e: (e.name, e.value))
    return {entry.name: entry for entry in reversed(found) if _NAME.fullmatch(entry.name)}


def open_plugin(entry: EntryPoint, settings: SpeakerSettings) -> PluginVoice:
    """Return the voice of a plug-in.

    Raises
    ------
    VoiceError
        The plug-in is broken, or has no such voice; one sentence that names it.
    """
    name = f"`{entry.name}`" + (f" of `{entry.dist.name}`" if entry.dist is not None else "")
    try:
        found = entry.load()
        engine: Any = found() if isinstance(found, type) else found
        if not hasattr(engine, "open"):
            raise VoiceError(f"the voice plug-in {name} lacks `open`")
        voice = engine.open(settings.language, settings.rate, settings.name, settings.model)
        missing = [part for part in ("id", "speak", "close") if not hasattr(voice, part)]
        if missing:
            raise VoiceError(f"the voice plug-in {name} gave a voice that lacks {_listed(missing)}")
        return PluginVoice(voice, entry.name, name, f"{entry.name}/{voice.id}/{settings.rate}")
    except VoiceError:
        raise
    except (Exception, SystemExit) as error:  # whatever foreign code does
        raise VoiceError(f"the voice plug-in {name} failed ({_what_happened(error)})") from error


class PluginVoice:
    """A plug-in's voice: whatever it raises or returns becomes samples or a `VoiceError`."""

    def __init__(self, voice: Any, title: str, name: str, id_: str) -> None:
        self._voice = voice
        self._name = name
        self._id = id_
        #: As people know the voice.
        self.title = title
        #: Nothing is known to be wrong with it.
        self.problem: str | None = None

    @property
    def id(self) -> str:
        """Engine, voice and rate."""
        return self._id

    def speak(self, text: str) -> tuple[FloatArray32, int]:
        """Render a text; raise VoiceError when that gave no words."""
        try:
            given, rate = self._voice.speak(text)
            samples = np.asarray(given, dtype=np.float32)
            rate = int(rate)
        except (Exception, SystemExit) as error:  # whatever foreign code does
            raise VoiceError(f"the voice {self._name} could not say “{text}”: {_what_happened(error)}") from error
        if samples.ndim != 1 or rate not in _RATES or not np.all(np.isfinite(samples)):
            raise VoiceError(f"the voice {self._name} gave something that is no sound for “{text}”")
        if not is_heard(samples, rate):
            raise VoiceError(f"the voice {self._name} could not say “{text}”: it gave only silence")
        return np.clip(samples, -1.0, 1.0), rate

    def close(self) -> None:
        """Let the voice go; what it raises then is of no use to anybody."""
        try:
            self._voice.close()
        except (Exception, SystemExit) as error:
            self.problem = f"the voice {self._name} failed at its end ({_what_happened(error)})"


def _listed(parts: Sequence[str]) -> str:
    return ", ".join(f"`{part}`" for part in parts)


def _what_happened(error: BaseException) -> str:
    """Return an exception as a few words on one line."""
    text = " ".join(str(error).split())[:160].rstrip(".")
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
