"""The system's own voices through pyttsx3; imported in the process that renders speech only.

pyttsx3 is only ever asked to write files, one `runAndWait` a phrase; `say` is never called.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from typing import Any, Final

from cuecoach.audio.voice_choice import VoiceInfo, choose_voice, language_tag, named_voice, nearest_names
from cuecoach.audio.voice_messages import NoSpeaker, SpeakerSettings

#: After a phrase, voice and rate are compared with what was asked for, and the phrase is said again if they differ, this
#: often in all; an engine that reports them in another form is believed after that.
_SETTLING_ATTEMPTS: Final = 3
#: Rendering takes milliseconds; an end that is not told by then will not come, s.
_LONGEST_S: Final = 2.0
#: What system voices can be told to speak at, words a minute: espeak-ng takes no less, and above it none is understood.
SLOWEST_WPM: Final = 80
FASTEST_WPM: Final = 400


def load_espeak() -> None:
    """Make the espeak-ng of the `espeakng-loader` package the one that pyttsx3 finds, where the package is installed."""
    if not sys.platform.startswith("linux"):
        return  # Elsewhere the system has voices of its own.
    try:
        import ctypes

        import espeakng_loader  # pyright: ignore[reportMissingImports]

        # Loaded first and for all, it answers to its own name when pyttsx3 asks for libespeak-ng.so.1.
        os.environ["ESPEAK_DATA_PATH"] = str(espeakng_loader.get_data_path())
        ctypes.CDLL(str(espeakng_loader.get_library_path()), mode=ctypes.RTLD_GLOBAL)
    except (ImportError, OSError, RuntimeError):
        os.environ.pop("ESPEAK_DATA_PATH", None)  # The system's own espeak-ng, if any, with its own data.


def calm_espeak() -> bool:
    """Keep pyttsx3 from cancelling what it has just asked of espeak; return whether espeak is its engine here.

    At the end of every phrase its driver calls `espeak_Cancel` if espeak still reports playing. That empties espeak's queue
    in the background: now and then the next phrase is an empty file, or voice and rate are lost. Nothing is ever to be
    cancelled here.
    """
    if sys.platform.startswith("linux"):
        with suppress(ImportError, RuntimeError, OSError):
            from pyttsx3.drivers.espeak import EspeakDriver

            EspeakDriver.stop = lambda self: None
            return True
    return False


class SystemSpeaker:
    """One engine with the voice and rate it was asked to keep.

    Raises
    ------
    NoSpeaker
        No speech on this system, or none in this language.
    """

    def __init__(self, settings: SpeakerSettings) -> None:
        engine, voices, tells_its_end = _open()
        preferred = str(engine.getProperty("voice"))
        chosen = named_voice(voices, settings.name, settings.language, preferred) if settings.name else None
        #: Why the voice is not the one that was asked for, None when it is.
        self.problem = _not_there(voices, settings.name) if settings.name and chosen is None else None
        chosen = chosen or choose_voice(voices, settings.language, preferred)
        if chosen is None:
            raise NoSpeaker("language", f"{len(voices)} voices, none for {settings.language}")
        self.id = chosen.id
        self.title = chosen.name or chosen.id
        rate = min(max(settings.rate, SLOWEST_WPM), FASTEST_WPM)
        self._engine = engine
        self._wanted = {"voice": chosen.id, "rate": rate}
        self._finished: threading.Event | None = None
        if tells_its_end:
            self._finished = threading.Event()
            engine.connect("finished-utterance", self._note_end)

    def _note_end(self, name: object, completed: object) -> None:
        del name, completed
        if self._finished is not None:
            self._finished.set()

    def render(self, text: str, path: str) -> None:
        """Ask for one file; whether it holds anything is for the reader to see."""
        for _ in range(_SETTLING_ATTEMPTS):
            # Only what differs: a voice set anew is loaded in the background, and the phrase may be lost meanwhile.
            for name, value in self._wanted.items():
                if self._engine.getProperty(name) != value:
                    self._engine.setProperty(name, value)
            if self._finished is not None:
                self._finished.clear()
            self._engine.save_to_file(text, path)
            self._engine.runAndWait()
            if self._finished is not None:
                # On a busy machine `runAndWait` returns while espeak's thread still writes the file.
                self._finished.wait(_LONGEST_S)
            if all(self._engine.getProperty(name) == value for name, value in self._wanted.items()):
                return


def system_voices() -> list[tuple[str, str, list[str]]]:
    """Return id, name and languages of every voice of this system.

    Raises
    ------
    NoSpeaker
        No speech on this system.
    """
    _, voices, _ = _open()
    told = [(v.id, " ".join((v.name or v.id).split()), [language_tag(tag) for tag in v.languages]) for v in voices]
    return [(id_, name, [tag for tag in tags if tag]) for id_, name, tags in told]


def _open() -> tuple[Any, list[VoiceInfo], bool]:
    """Return the engine, its voices, and whether it tells when a phrase is done."""
    load_espeak()
    try:
        import pyttsx3

        tells_its_end = calm_espeak()
        engine: Any = pyttsx3.init()
        return engine, list(engine.getProperty("voices")), tells_its_end
    except Exception as error:  # drivers raise RuntimeError, OSError, ImportError, KeyError, COM errors
        raise NoSpeaker("engine", f"{type(error).__name__}: {error}") from error


def _not_there(voices: list[VoiceInfo], name: str) -> str:
    near = nearest_names(voices, name)
    mend = f"did you mean {' or '.join(f'`{each}`' for each in near)}?" if near else "`cuecoach voices` lists them"
    return f"no voice is called `{name}`; {mend}"
