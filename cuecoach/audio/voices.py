"""Voices: whoever turns a text into samples, and the search for one on this machine."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Final, Protocol

from cuecoach.audio.sounds import FloatArray32
from cuecoach.audio.voice_messages import SpeakerSettings
from cuecoach.audio.voice_plugins import open_plugin, plugin_engines
from cuecoach.audio.voice_process import NoVoiceError, WorkerVoice, list_system_voices
from cuecoach.errors import UsageError, VoiceError

#: The engines a config may name; packages may bring more.
ENGINES: Final = ("pyttsx3", "piper", "off")
#: Words a minute: brisk, still clear with wind in the ears.
DEFAULT_RATE_WPM: Final = 175


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
    """What a search found.

    Attributes
    ----------
    voice
        Who speaks; None for nobody.
    problem
        One sentence that says why there is no voice, or why it is another than asked for, and what to do.
    title
        The voice as people know it.
    """

    voice: Voice | None
    problem: str | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class VoiceEntry:
    """A voice that can be chosen: its engine, what to write as `name` or `model`, and its languages."""

    engine: str
    name: str
    id: str
    languages: tuple[str, ...] = ()


def models_folder() -> Path:
    """Return where voice models are looked for by their name."""
    import platformdirs

    return Path(platformdirs.user_data_dir("cuecoach", appauthor=False)) / "voices"


def list_voices() -> tuple[list[VoiceEntry], list[str]]:
    """Return every voice of this machine that can be chosen, and one sentence for each engine that has none and why."""
    entries: list[VoiceEntry] = []
    problems: list[str] = []
    try:
        entries += [VoiceEntry("pyttsx3", name, id_, tuple(tags)) for id_, name, tags in list_system_voices()]
    except NoVoiceError:
        problems.append(f"no voice is installed; {_how_to_get_a_voice()}")
    for model in sorted(models_folder().glob("*.onnx")):
        entries.append(VoiceEntry("piper", model.stem, str(model), (model.stem.split("-")[0].replace("_", "-"),)))
    entries += [VoiceEntry(name, "", entry.value) for name, entry in plugin_engines().items()]
    return entries, problems


def check_engine(engine: str) -> Mapping[str, EntryPoint]:
    """Raise UsageError for an engine that does not exist; return those that other packages bring."""
    brought = plugin_engines()
    if engine not in ENGINES and engine not in brought:
        close = difflib.get_close_matches(engine, [*ENGINES, *brought], n=1, cutoff=0.6)
        mend = f"did you mean `{close[0]}`?" if close else f"use {', '.join(ENGINES[:-1])} or {ENGINES[-1]}"
        raise UsageError(f"`{engine}` is not a voice engine; {mend}")
    return brought


def search_voice(
    language: str = "en",
    rate: int = DEFAULT_RATE_WPM,
    engine: str = "pyttsx3",
    name: str | None = None,
    model: str | None = None,
) -> VoiceSearch:
    """Look for a voice on this machine.

    Parameters
    ----------
    language
        A language tag, `en` or `de-CH`.
    rate
        Words a minute.
    engine
        One of `ENGINES`, or the name of a plug-in.
    name
        Part of a system voice's name. Where there is none, the voice of the language speaks, and `problem` says so.
    model
        For Piper: the model's file, or its name in `models_folder`.

    Returns
    -------
    VoiceSearch
        The voice, or the reason why there is none and the remedy, in one sentence.

    Raises
    ------
    UsageError
        An engine that does not exist.
    """
    brought = check_engine(engine)
    if engine == "off":
        return VoiceSearch(None, "the voice is switched off; cues are printed and marked by a short sound")
    try:
        if engine in brought and engine not in ENGINES:
            plugged = open_plugin(brought[engine], SpeakerSettings(engine, language, rate, name, model))
            return VoiceSearch(plugged, title=plugged.title)
        if engine == "piper":
            found = _find_model(model)
            if isinstance(found, str):
                return VoiceSearch(None, found)
            model = str(found)
        voice = WorkerVoice(SpeakerSettings(engine, language, rate, name, model))
        return VoiceSearch(voice, voice.problem, voice.title)
    except NoVoiceError as error:
        return VoiceSearch(None, _why_not(error, engine, language, model))
    except VoiceError as error:
        return VoiceSearch(None, f"{error}; cues are printed and marked by a short sound")


def find_voice(language: str = "en", rate: int = DEFAULT_RATE_WPM, engine: str = "pyttsx3") -> Voice | None:
    """Return a voice of this machine, or None; `search_voice` also says why."""
    return search_voice(language, rate, engine).voice


# ---------------------------------------------------------------- why there is none
def _why_not(error: NoVoiceError, engine: str, language: str, model: str | None) -> str:
    if engine == "piper":
        if error.lack == "engine":
            return "Piper is not installed; type `pip install 'cuecoach[piper]'`, or use the engine `pyttsx3`"
        return f"the voice model `{model}` cannot be used ({error}); put it and its .onnx.json there again"
    if error.lack == "language":
        return f"no installed voice speaks `{language}`; choose another language, or {_how_to_get_a_voice()}"
    return f"no voice is installed; {_how_to_get_a_voice()}"


def _find_model(model: str | None) -> Path | str:
    """Return the file of a Piper model, or one sentence that says what is missing and where it goes."""
    where = f"put NAME.onnx and NAME.onnx.json into {models_folder()} and write `model: NAME`"
    if model is None:
        return f"the engine `piper` needs a voice model; {where}"
    given = Path(model).expanduser()
    for path in (given, models_folder() / f"{model}.onnx", models_folder() / model):
        if path.is_file():
            if not Path(f"{path}.json").is_file():
                return f"beside the voice model `{path}` its settings `{path.name}.json` are missing; put them there"
            return path.resolve()
    return f"there is no voice model `{model}`; {where}, or the path of the file"


def _how_to_get_a_voice() -> str:
    if sys.platform.startswith("linux"):
        return "type `pip install 'cuecoach[voice]'`, or install espeak-ng with the system's package manager"
    if sys.platform == "darwin":
        return "add a voice in System Settings, Accessibility, Spoken Content"
    return "add a voice in Settings, Time & language, Speech"
