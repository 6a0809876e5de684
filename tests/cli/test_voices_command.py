"""`cuecoach voices`, as typed, and a voice by name for `cues play`."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner, Result

from cuecoach.audio import voices
from cuecoach.audio.voices import VoiceEntry, VoiceSearch
from cuecoach.cli.voices import app
from cuecoach.errors import UsageError

ENTRIES = [
    VoiceEntry("pyttsx3", "Samantha", "com.samantha", ("en-us",)),
    VoiceEntry("pyttsx3", "Tingting", "com.tingting", ("cmn",)),
    VoiceEntry("piper", "de_DE-eva-low", "/models/de_DE-eva-low.onnx", ("de-DE",)),
]


class Hum:
    """Hums as long as the text."""

    id = "hum"

    def __init__(self) -> None:
        self.said: list[str] = []
        self.closed = False

    def speak(self, text: str) -> tuple[np.ndarray, int]:
        self.said.append(text)
        return (0.1 * np.sin(np.arange(2_000 * len(text)) / 9)).astype(np.float32), 16_000

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def hum(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Hum:
    voice = Hum()

    def search(language, rate, engine, name, model) -> VoiceSearch:
        asked.append((language, rate, engine, name, model))
        if name == "Samanta":
            return VoiceSearch(voice, "no voice is called `Samanta`; did you mean `Samantha`?", "Hum")
        return VoiceSearch(None, "no voice is installed") if engine == "none" else VoiceSearch(voice, None, "Hum")

    asked.clear()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(voices, "search_voice", search)
    monkeypatch.setattr(voices, "list_voices", lambda: (list(ENTRIES), ["an engine is missing"]))
    return voice


asked: list[tuple[object, ...]] = []


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_the_list_names_what_a_config_may_name(hum: Hum):
    result = run()
    assert result.exit_code == 0
    assert "note: an engine is missing" in result.stderr
    assert [line.split()[:2] for line in result.stdout.splitlines()[1:]] == [[e.engine, e.name] for e in ENTRIES]


def test_as_json_and_of_one_language_by_any_of_its_names(hum: Hum):
    assert json.loads(run("--json", "--language", "zh-CN").stdout) == [
        {"engine": "pyttsx3", "name": "Tingting", "id": "com.tingting", "languages": ["cmn"]}
    ]
    assert [entry["engine"] for entry in json.loads(run("--json", "--language", "de").stdout)] == ["piper"]
    nobody = run("--language", "tlh")
    assert nobody.exit_code == 1
    assert "no installed voice speaks `tlh`" in nobody.stderr


def test_a_voice_is_heard_as_in_a_run(hum: Hum):
    result = run("try", "5 %", "--language", "de", "--rate", "160", "--name", "Anna", "--out", "a.wav")
    assert result.exit_code == 0, result.output
    assert hum.said == ["5 Prozent"]
    assert hum.closed
    assert asked == [("de", 160, "pyttsx3", "Anna", None)]
    samples, rate = soundfile.read("a.wav")
    assert 0.6 < len(samples) / rate - 2_000 * len("5 Prozent") / 16_000 < 0.65
    assert np.abs(samples).max() > 0.05


def test_a_model_means_piper(hum: Hum):
    run("try", "--model", "de_DE-eva-low", "--out", "a.wav")
    assert asked == [("en", 175, "piper", None, "de_DE-eva-low")]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["try", "hi", "--name", "Samanta"], "did you mean `Samantha`"),
        (["try", "hi", "--engine", "none"], "no voice is installed"),
        (["try", " "], "there is nothing to say"),
    ],
)
def test_what_is_not_as_asked_for_is_refused(hum: Hum, arguments, why):
    result = run(*arguments)
    assert isinstance(result.exception, UsageError)
    assert why in str(result.exception)


@pytest.mark.live
def test_it_plays(hum: Hum):
    result = run("try", "hi", "--device", "null")
    assert result.exit_code == 0, result.output
    assert result.stdout == "Hum: 0.2 s\n"
