"""Piper as a voice: a real worker with a stand-in for the package, whose calls are those of piper-tts 1.8."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cuecoach.audio import voices
from cuecoach.audio.voices import list_voices, search_voice
from cuecoach.errors import VoiceError

PIPER = """
import json, wave
from dataclasses import dataclass
from pathlib import Path
from typing import Optional
@dataclass
class SynthesisConfig:
    speaker_id: Optional[int] = None
    length_scale: Optional[float] = None
    noise_scale: Optional[float] = None
    noise_w_scale: Optional[float] = None
    normalize_audio: bool = True
    volume: float = 1.0
@dataclass
class PiperConfig:
    sample_rate: int
    length_scale: float = 1.0
@dataclass
class AudioChunk:
    sample_rate: int
    sample_width: int
    sample_channels: int
    audio_int16_bytes: bytes
@dataclass
class PiperVoice:
    config: PiperConfig
    @staticmethod
    def load(model_path, config_path=None, use_cuda=False, espeak_data_dir=None, download_dir=None,
             include_alignments=False):
        config_path = config_path or f"{model_path}.json"
        told = json.loads(Path(config_path).read_text())
        if Path(model_path).read_bytes() != b"model": raise RuntimeError("INVALID_PROTOBUF")
        assert Path(download_dir) == Path(model_path).parent
        return PiperVoice(PiperConfig(told["audio"]["sample_rate"], told.get("inference", {}).get("length_scale", 1.0)))
    def synthesize(self, text, syn_config=None, include_alignments=False):
        for sentence in filter(str.strip, text.split(".")):
            n = round(1000 * len(sentence) * syn_config.length_scale)
            yield AudioChunk(self.config.sample_rate, 2, 1, (8000).to_bytes(2, "little") * n)
    def synthesize_wav(self, text, wav_file, syn_config=None, set_wav_format=True, include_alignments=False):
        first = True
        for chunk in self.synthesize(text, syn_config=syn_config, include_alignments=include_alignments):
            if first and set_wav_format:
                wav_file.setframerate(chunk.sample_rate)
                wav_file.setsampwidth(chunk.sample_width)
                wav_file.setnchannels(chunk.sample_channels)
            first = False
            wav_file.writeframes(chunk.audio_int16_bytes)
"""


@pytest.fixture
def piper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of models with one in it, and a package that reads it."""
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "piper.py").write_text(PIPER)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "package"))
    folder = tmp_path / "models"
    folder.mkdir()
    monkeypatch.setattr(voices, "models_folder", lambda: folder)
    write(folder, "en_US-test-medium")
    return folder


def write(folder: Path, name: str, model: bytes = b"model", **more: object) -> Path:
    path = folder / f"{name}.onnx"
    path.write_bytes(model)
    told = {"audio": {"sample_rate": 22_050}, "language": {"code": name.split("-")[0]}, **more}
    (folder / f"{name}.onnx.json").write_text(json.dumps(told))
    return path


def length(model: str, rate: int = 175, text: str = "run tall") -> int:
    voice = search_voice("en", rate, "piper", None, model).voice
    assert voice is not None
    try:
        samples, hz = voice.speak(text)
        assert hz == 22_050
        return len(samples)
    finally:
        voice.close()


def test_a_model_speaks_by_its_name_or_its_path_at_the_rate_asked_for(piper: Path):
    assert length("en_US-test-medium") == 8000
    assert length(str(piper / "en_US-test-medium.onnx"), rate=350) == 4000
    assert length("en_US-test-medium", rate=80) == 16_000  # twice as slow, and no slower
    slow = write(piper, "en_US-slow-low", inference={"length_scale": 1.5})
    assert length(str(slow)) == 12_000


def test_another_model_rate_or_file_is_another_voice(piper: Path):
    write(piper, "en_GB-other-low")
    ids = set()
    for name, rate in (("en_US-test-medium", 175), ("en_US-test-medium", 160), ("en_GB-other-low", 175)):
        voice = search_voice("en", rate, "piper", None, name).voice
        assert voice is not None
        voice.close()
        ids.add(voice.id)
    assert len(ids) == 3


def test_a_text_without_sounds_is_an_error_and_the_next_one_is_said(piper: Path):
    voice = search_voice("en", 175, "piper", None, "en_US-test-medium").voice
    assert voice is not None
    try:
        with pytest.raises(VoiceError, match="could not say"):
            voice.speak(" ")
        assert len(voice.speak("well")[0]) == 4000
    finally:
        voice.close()


def test_a_model_of_another_language_speaks_and_is_told(piper: Path):
    found = search_voice("de", 175, "piper", None, "en_US-test-medium")
    assert found.voice is not None
    found.voice.close()
    assert found.problem == "the voice `en_US-test-medium` speaks `en_US` and not `de`"


def test_what_is_missing_is_one_sentence_that_says_where_it_goes(piper: Path):
    def problem(model: str | None) -> str:
        found = search_voice("en", 175, "piper", None, model)
        assert found.voice is None
        assert "\n" not in found.problem
        return found.problem

    assert problem(None).startswith("the engine `piper` needs a voice model; put NAME.onnx and NAME.onnx.json into ")
    assert problem("nobody").startswith(
        f"there is no voice model `nobody`; put NAME.onnx and NAME.onnx.json into {piper}"
    )
    alone = piper / "alone.onnx"
    alone.write_bytes(b"model")
    assert "its settings `alone.onnx.json` are missing" in problem("alone")
    write(piper, "en-broken", b"junk")
    assert "cannot be used (RuntimeError: INVALID_PROTOBUF)" in problem("en-broken")
    write(piper, "zh_CN-pinyin", phoneme_type="pinyin")
    assert "needs the folder g2pW beside it" in problem("zh_CN-pinyin")
    (piper / "en-odd.onnx").write_bytes(b"model")
    (piper / "en-odd.onnx.json").write_text("[]")
    assert "says nothing about a voice" in problem("en-odd")


def test_without_the_package_it_is_said_how_to_get_it(piper: Path, monkeypatch: pytest.MonkeyPatch):
    (piper.parent / "package" / "piper.py").write_text("raise ImportError('no module named piper')")
    found = search_voice("en", 175, "piper", None, "en_US-test-medium")
    assert found.voice is None
    assert found.problem.startswith("Piper is not installed; type `pip install 'cuecoach[piper]'`")


def test_models_are_listed(piper: Path):
    models = [entry for entry in list_voices()[0] if entry.engine == "piper"]
    assert [(entry.name, entry.languages) for entry in models] == [("en_US-test-medium", ("en-US",))]
