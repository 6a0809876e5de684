"""Voices of other packages: really installed, some of them broken."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from cuecoach.audio.voice_plugins import plugin_engines
from cuecoach.audio.voices import list_voices, search_voice
from cuecoach.errors import UsageError, VoiceError

CODE = """
import numpy as np
class Voice:
    def __init__(self, name): self.id = name or "plain"
    def speak(self, text):
        match text:
            case "raise": raise KeyError("text")
            case "exit": raise SystemExit
            case "silence": return np.zeros(9000), 16_000
            case "stereo": return np.ones((9000, 2)), 16_000
            case "nan": return np.full(9000, np.nan), 16_000
            case "odd rate": return np.ones(9000), 3
            case "nothing": return None
        return [2.0] * 8_000, 16_000
    def close(self): raise OSError("already gone")
class Engine:
    def open(self, language, rate, name, model):
        if language == "tlh": raise LookupError("no Klingon")
        return Voice(name)
class Empty: pass
class Poor:
    def open(self, *_): return object()
class Angry:
    def __init__(self): raise RuntimeError("not today")
"""
ENTRIES = {
    "hum": "Engine",
    "empty": "Empty",
    "poor": "Poor",
    "angry": "Angry",
    "gone": "Nobody",
    "Not A Name": "Engine",
}


@pytest.fixture(autouse=True)
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "humvoice.py").write_text(CODE)
    info = tmp_path / "humvoice-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: humvoice\nVersion: 1.0\n")
    points = "\n".join(f"{name} = humvoice:{what}" for name, what in ENTRIES.items())
    (info / "entry_points.txt").write_text(f"[cuecoach.voices]\n{points}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "humvoice", raising=False)


def test_a_voice_of_another_package_is_an_engine_by_its_name():
    voice = search_voice("en", 160, "hum", "soft").voice
    assert voice is not None
    assert voice.id == "hum/soft/160"
    samples, rate = voice.speak("run tall")
    assert (samples.dtype, samples.shape, samples.max(), rate) == (np.float32, (8000,), 1.0, 16_000)
    voice.close()
    assert "hum" in [entry.engine for entry in list_voices()[0]]
    assert "Not A Name" not in plugin_engines()
    with pytest.raises(UsageError, match="did you mean `hum`"):
        search_voice(engine="humm")


@pytest.mark.parametrize("text", ["raise", "exit", "silence", "stereo", "nan", "odd rate", "nothing"])
def test_what_is_no_speech_is_one_sentence_with_its_name(text):
    voice = search_voice(engine="hum").voice
    assert voice is not None
    with pytest.raises(VoiceError, match="`hum` of `humvoice`") as caught:
        voice.speak(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("engine", "why"),
    [
        ("empty", "lacks `open`"),
        ("poor", "gave a voice that lacks `id`, `speak`, `close`"),
        ("angry", "failed (RuntimeError: not today)"),
        ("gone", "failed (AttributeError"),
    ],
)
def test_a_broken_one_is_told_and_never_fatal(engine, why):
    found = search_voice(engine=engine)
    assert found.voice is None
    assert why in found.problem
    assert found.problem.endswith("; cues are printed and marked by a short sound")


def test_one_that_lacks_the_language_is_told():
    assert "no Klingon" in search_voice("tlh", engine="hum").problem
