"""The process that renders speech: one engine, one thread, JSON lines in and out (``python -m cuecoach.audio.voice_worker``).

It is a process of its own because pyttsx3 blocks, prints, corrupts the heap when shared between threads, and on Linux loads a
library under another licence. Here it is only ever asked to write files, one `runAndWait` a phrase; `say` is never called.

Command line: one JSON object, ``{"language": "en", "rate": 175}``. First line out: ``{"ready": true, "voice": …}`` or
``{"ready": false, "kind": "engine" | "language", "error": …}``. Then for each line in, ``{"text": …, "path": …}``, one line
out, ``{"done": true}`` or ``{"done": false, "error": …}``. The reader checks the file: an engine may report success and
leave it empty.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final, Protocol

from cuecoach.audio.child import private_stdout

#: After a phrase, voice and rate are compared with what was asked for, and the phrase is said again if they differ, this
#: often in all; an engine that reports them in another form is believed after that.
_SETTLING_ATTEMPTS: Final = 3


#: Rendering takes milliseconds; an end that is not told by then will not come, s.
_LONGEST_S: Final = 2.0


class VoiceInfo(Protocol):
    """What pyttsx3 tells of a voice."""

    id: str
    name: str | None
    languages: list[str | bytes | None]


def _tag(language: str | bytes | None) -> str:
    text = language.decode("utf-8", "ignore") if isinstance(language, bytes) else language or ""
    return text.strip("\x00\x01\x02\x03\x04\x05\x06\x07\x08\t ").lower().replace("_", "-")


def choose_voice(voices: Iterable[VoiceInfo], language: str, preferred: str | None = None) -> VoiceInfo | None:
    """Return the voice for a language, None when no voice speaks it.

    Parameters
    ----------
    voices
        What is installed.
    language
        A language tag: `en`, `en-GB`, `de`. An exact match goes first, then another region of the same language.
    preferred
        Id of the system's own choice; it wins among equals.
    """
    wanted = _tag(language)
    family = wanted.split("-")[0]
    best: tuple[int, int, VoiceInfo] | None = None
    for order, voice in enumerate(voices):
        tags = [_tag(tag) for tag in voice.languages]
        if wanted in tags:
            rank = 0
        elif any(tag.split("-")[0] == family for tag in tags):
            rank = 2
        else:
            continue
        rank -= voice.id == preferred and rank > 0
        if best is None or (rank, order) < best[:2]:
            best = (rank, order, voice)
    return best[2] if best else None


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


class Speaker:
    """One engine with the voice and rate it was asked to keep."""

    def __init__(self, engine: Any, voice: str, rate: int, *, tells_its_end: bool) -> None:
        self._engine = engine
        self._wanted = {"voice": voice, "rate": rate}
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


def _open_engine(language: str, rate: int) -> tuple[Speaker | None, dict[str, object]]:
    """Return the engine and the first line to say; the engine is None when there is none."""
    load_espeak()
    try:
        import pyttsx3

        tells_its_end = calm_espeak()
        engine: Any = pyttsx3.init()
        voices: list[VoiceInfo] = list(engine.getProperty("voices"))
        chosen = choose_voice(voices, language, str(engine.getProperty("voice")))
    except Exception as error:  # drivers raise RuntimeError, OSError, ImportError, KeyError, COM errors
        return None, {"ready": False, "kind": "engine", "error": f"{type(error).__name__}: {error}"}
    if chosen is None:
        return None, {"ready": False, "kind": "language", "error": f"{len(voices)} voices, none for {language}"}
    return Speaker(engine, chosen.id, rate, tells_its_end=tells_its_end), {"ready": True, "voice": chosen.id}


def main() -> None:
    """Serve until standard input closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent; it ends us by closing the pipe.
    out = private_stdout()

    def tell(message: dict[str, object]) -> None:
        out.write(json.dumps(message).encode() + b"\n")
        out.flush()

    settings = json.loads(sys.argv[1])
    speaker, greeting = _open_engine(str(settings["language"]), int(settings["rate"]))
    tell(greeting)
    if speaker is None:
        return
    for line in sys.stdin.buffer:
        request = json.loads(line)
        try:
            speaker.render(request["text"], request["path"])
            tell({"done": True})
        except Exception as error:  # whatever the driver raises, the parent gets it as a sentence
            tell({"done": False, "error": f"{type(error).__name__}: {error}"})


if __name__ == "__main__":
    main()
