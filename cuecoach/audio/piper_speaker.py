"""Piper's neural voices (`cuecoach[piper]`); imported in the process that renders speech only, for Piper is under the GPL.

A voice is two files, ``NAME.onnx`` and ``NAME.onnx.json`` beside it, that a person has put there. Nothing is fetched here.
"""

from __future__ import annotations

import json
import wave
from pathlib import Path
from typing import Any, Final

from cuecoach.audio.voice_messages import NoSpeaker, SpeakerSettings

#: The rate that a model's own speed counts as, words a minute.
_NATURAL_WPM: Final = 175
#: Beyond half and double its own speed a model garbles.
_FASTEST: Final = 0.5
_SLOWEST: Final = 2.0


class PiperSpeaker:
    """One model at one speed.

    Raises
    ------
    NoSpeaker
        Piper is not installed, or the model cannot be used.
    """

    def __init__(self, settings: SpeakerSettings) -> None:
        model = Path(settings.model or "")
        told = _read(model)
        try:
            from piper import PiperVoice, SynthesisConfig  # pyright: ignore[reportMissingImports]
        except ImportError as error:
            raise NoSpeaker("engine", f"{type(error).__name__}: {error}") from error
        try:
            # Files that a model asks for besides itself are looked for beside it.
            self._voice: Any = PiperVoice.load(str(model), download_dir=str(model.parent))
        except Exception as error:  # onnxruntime raises errors of its own, and a config may lack any key
            raise NoSpeaker("model", f"{type(error).__name__}: {error}") from error
        scale = min(max(_NATURAL_WPM / settings.rate, _FASTEST), _SLOWEST)
        self._how: Any = SynthesisConfig(length_scale=scale * float(self._voice.config.length_scale))
        self.id = f"{model.stem}-{model.stat().st_size}"
        self.title = model.stem
        language = told.get("language")
        spoken = str(language.get("code", "")) if isinstance(language, dict) else ""
        family = spoken.replace("-", "_").lower().split("_")[0]
        other = bool(family) and family != settings.language.replace("-", "_").lower().split("_")[0]
        #: What to know about this voice, None when there is nothing.
        self.problem = f"the voice `{model.stem}` speaks `{spoken}` and not `{settings.language}`" if other else None

    def render(self, text: str, path: str) -> None:
        """Write one file; a text without sounds raises."""
        with wave.open(path, "wb") as file:
            self._voice.synthesize_wav(text, file, syn_config=self._how)


def _read(model: Path) -> dict[str, Any]:
    """Return what is written beside the model, and refuse one that would fetch more by itself."""
    try:
        told: Any = json.loads(Path(f"{model}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NoSpeaker("model", f"{model.name}.json: {type(error).__name__}") from error
    if not isinstance(told, dict):
        raise NoSpeaker("model", f"{model.name}.json says nothing about a voice")
    if told.get("phoneme_type") == "pinyin" and not (model.parent / "g2pW").is_dir():
        raise NoSpeaker("model", f"this Chinese model needs the folder g2pW beside it, in {model.parent}")
    return told
