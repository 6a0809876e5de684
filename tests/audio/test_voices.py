"""Voices: the right one for a language, and a worker that survives what speech engines do."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from cuecoach.audio import voices
from cuecoach.audio.loudness import SPEECH_LUFS, loudness_lufs, prepare_words
from cuecoach.audio.voice_choice import choose_voice, named_voice, nearest_names
from cuecoach.audio.voice_messages import SpeakerSettings
from cuecoach.audio.voice_process import WorkerVoice
from cuecoach.audio.voices import find_voice, list_voices, search_voice
from cuecoach.config import bundled
from cuecoach.errors import UsageError, VoiceError
from cuecoach.rules.load import load_rules
from cuecoach.rules.speaking import speaking_time
from cuecoach.rules.translation_files import spoken_texts
from cuecoach.rules.translations import translated

RATE = 48_000
needs_espeak = pytest.mark.skipif(
    not sys.platform.startswith("linux")
    or not (importlib.util.find_spec("espeakng_loader") or shutil.which("espeak-ng")),
    reason="no espeak-ng on this machine",
)


@dataclass
class Info:
    id: str
    languages: list
    name: str = ""


# ---------------------------------------------------------------- choice
def test_the_exact_language_wins_then_the_system_choice_then_the_first():
    gb, us, de = Info("gb", ["en-gb"]), Info("us", ["en_US"]), Info("de", [b"\x05de"])
    plain = Info("plain", ["en"])
    assert choose_voice([de, gb, us, plain], "en") is plain
    assert choose_voice([de, gb, us], "en") is gb
    assert choose_voice([de, gb, us], "en", preferred="us") is us
    assert choose_voice([de, gb, us], "en-US", preferred="gb") is us
    assert choose_voice([de, gb, us, plain], "en_AU") is gb
    assert choose_voice([de, gb, us], "DE") is de
    assert choose_voice([de, gb, us], "fr") is None
    assert choose_voice([Info("odd", [None])], "en") is None


VOICES = [
    Info("com.voice.en-US.Samantha", ["en-US"], "Samantha"),
    Info("com.voice.de-DE.Anna", ["de-DE"], "Anna"),
    Info("com.voice.en-GB.Daniel", ["en-GB"], "Daniel"),
    Info("com.voice.fr-FR.Daniel", ["fr-FR"], "Daniel (Enhanced)"),
    Info("HKEY/TTS_MS_EN-US_ZIRA_11.0", ["en-US"], "Microsoft Zira Desktop"),
]


@pytest.mark.parametrize(
    ("name", "language", "chosen"),
    [
        ("Samantha", "en", 0),
        ("samANTHA", "de", 0),
        ("sam", "en", 0),
        ("zira", "en", 4),
        ("microsoft  zira", "en", 4),
        ("Daniel", "fr", 2),  # the whole name before the language
        ("Dan", "fr", 3),
        ("Dan", "en-GB", 2),
        ("com.voice.de-DE.Anna", "en", 1),
    ],
)
def test_a_voice_is_found_by_its_name_or_a_part_of_it(name, language, chosen):
    assert named_voice(VOICES, name, language) is VOICES[chosen]


def test_a_name_that_nobody_has_is_answered_with_the_nearest():
    assert named_voice(VOICES, "Samanta", "en") is None
    assert nearest_names(VOICES, "Samanta") == ["Samantha"]
    assert nearest_names(VOICES, "Zirra") == ["Microsoft Zira Desktop"]
    assert nearest_names(VOICES, "xyzzy") == []


# ---------------------------------------------------------------- the real engine
@needs_espeak
def test_espeak_speaks_and_is_ready_for_the_mixer():
    voice = WorkerVoice(SpeakerSettings())
    try:
        assert "en" in voice.id
        for text in ("run tall", "keep your belt level", "light, quick feet", "Größe 42 – naïve “quotes”"):
            samples, rate = voice.speak(text)
            assert samples.dtype == np.float32
            ready = prepare_words(samples, rate, RATE)
            assert 0.3 < len(ready) / RATE < 4.0
            assert np.flatnonzero(np.abs(ready) > 0.004)[0] < 0.001 * RATE
            assert loudness_lufs(ready, RATE) == pytest.approx(SPEECH_LUFS, abs=1.0)
            assert np.abs(ready).max() <= 10 ** (-1 / 20) + 1e-4
    finally:
        voice.close()
    voice.close()


@needs_espeak
def test_a_worker_that_died_is_started_again():
    voice = WorkerVoice(SpeakerSettings())
    try:
        before, _ = voice.speak("run tall")
        voice._process.kill()
        voice._process.wait()
        after, _ = voice.speak("run tall")
        assert len(after) == pytest.approx(len(before), rel=0.01)  # espeak itself varies by a few samples
    finally:
        voice.close()


@needs_espeak
def test_a_text_without_words_is_an_error_not_a_silence():
    voice = WorkerVoice(SpeakerSettings())
    try:
        with pytest.raises(VoiceError, match="could not say"):
            voice.speak(" ")
        assert len(voice.speak("run tall")[0]) > 0
    finally:
        voice.close()


@needs_espeak
def test_a_language_no_voice_speaks_is_one_sentence_with_a_remedy():
    found = search_voice("tlh")
    assert found.voice is None
    assert "`tlh`" in found.problem
    assert "\n" not in found.problem


# ---------------------------------------------------------------- languages
@needs_espeak
@pytest.mark.parametrize(
    ("language", "spoken"),
    [("zh", "cmn"), ("zh-TW", "cmn"), ("zh_CN", "cmn"), ("no", "nb"), ("de-AT", "de"), ("ja", "ja")],
)
def test_a_language_is_found_under_its_other_name_and_a_region_by_its_language(language: str, spoken: str):
    voice = search_voice(language).voice
    assert voice is not None
    assert f"/{spoken}/" in voice.id
    voice.close()


@needs_espeak
@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "zh", "ja"])
def test_words_rarely_take_longer_than_modelled_in_any_language_of_the_library(language: str):
    library = bundled("cues")
    rules = translated(load_rules([library]).rules, language).rules
    texts = sorted({text for rule in rules for text in spoken_texts(rule)})[::4]
    voice = search_voice(language).voice
    assert voice is not None
    try:
        late = [len(prepare_words(*voice.speak(text), RATE)) / RATE - speaking_time(text) for text in texts]
    finally:
        voice.close()
    assert max(late) < 0.3 + 0.05  # the pause between phrases, and a little for another version of espeak
    assert np.percentile(late, 95) < 0.2 + 0.05
    assert np.mean(late) > -0.6  # nor is it so long that the coach waits for nothing


def test_a_language_with_several_names_and_no_voice_is_told_by_the_name_that_was_asked_for(fake_engine):
    found = search_voice("zh-CN")
    assert found.voice is None
    assert found.problem.startswith("no installed voice speaks `zh-CN`; choose another language, or ")


@needs_espeak
def test_a_name_chooses_the_voice_and_one_that_does_not_exist_the_language():
    found = search_voice("en", name="english (scotland)")
    assert found.voice is not None
    found.voice.close()
    assert (found.problem, found.title) == (None, "English (Scotland)")
    other = search_voice("de", name="Germn")
    assert other.voice is not None
    other.voice.close()
    assert other.title == "German"
    assert other.problem.startswith("no voice is called `Germn`; did you mean `German`")
    assert other.voice.id != found.voice.id


@needs_espeak
def test_the_voices_of_the_system_can_be_listed():
    entries, problems = list_voices()
    german = [entry for entry in entries if "de" in entry.languages]
    assert [(entry.engine, entry.name) for entry in german] == [("pyttsx3", "German")]
    assert problems == []


# ---------------------------------------------------------------- engines that misbehave: a real worker, another pyttsx3
ENGINE = """
import json, os, pathlib, sys, wave
print("chatter on standard output")
class Voice:
    id, name, languages = "fake", "Fake", ["en"]
class Engine:
    count = 0
    rate, voice = 200, "fake"
    def getProperty(self, name):
        return [Voice()] if name == "voices" else getattr(self, name)
    def setProperty(self, name, value):
        if name == "rate": self.asked = getattr(self, "asked", 0) + 1
        # The first time it is lost on the way, as with espeak.
        if name != "rate" or self.asked > 1: setattr(self, name, value)
    def say(self, text): raise SystemExit("say was called")
    def save_to_file(self, text, path): self.job = text, path
    def runAndWait(self):
        Engine.count += 1
        os.write(1, b"more chatter, from C\\n")
        text, path = self.job
        if text == "crash": os._exit(3)
        if text == "raise": raise RuntimeError("engine trouble")
        frames = 0 if text == "empty" or (text == "flaky" and Engine.count == 1) else 4000
        if text == "nothing": return
        with wave.open(path, "wb") as f:
            f.setnchannels(1); f.setsampwidth(2); f.setframerate(8000)
            f.writeframes((10 * self.rate).to_bytes(2, "little") * frames)
def init():
    if os.environ.get("FAKE_ENGINE") == "none": raise RuntimeError("no eSpeak here")
    return Engine()
"""


@pytest.fixture
def fake_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyttsx3.py").write_text(ENGINE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return tmp_path


def test_an_empty_file_is_asked_for_again_and_chatter_does_no_harm(fake_engine):
    voice = find_voice()
    assert voice is not None
    try:
        samples, rate = voice.speak("flaky")
        assert (len(samples), rate) == (4000, 8000)
    finally:
        voice.close()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("empty", "only silence"),
        ("nothing", "only silence"),
        ("raise", "engine trouble"),
        ("crash", "ended unexpectedly"),
    ],
)
def test_an_engine_that_goes_on_failing_is_one_sentence(fake_engine, text, reason):
    voice = WorkerVoice(SpeakerSettings())
    try:
        with pytest.raises(VoiceError, match=reason):
            voice.speak(text)
        assert len(voice.speak("well")[0]) == 4000
    finally:
        voice.close()


def test_a_rate_that_was_lost_on_the_way_is_asked_for_again(fake_engine):
    voice = WorkerVoice(SpeakerSettings(rate=150))
    try:
        samples, _ = voice.speak("well")
        assert samples[0] == pytest.approx(1500 / 32768)  # this engine speaks as loud as it is fast
    finally:
        voice.close()


def test_no_engine_is_none_with_a_reason_and_a_remedy(fake_engine, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FAKE_ENGINE", "none")
    assert find_voice() is None
    problem = search_voice().problem
    assert problem.startswith("no voice is installed")
    assert "install" in problem or "Settings" in problem


def test_engines_by_name():
    assert search_voice(engine="off").voice is None
    assert "switched off" in search_voice(engine="off").problem
    with pytest.raises(UsageError, match="`espeak` is not a voice engine; use pyttsx3, piper or off"):
        search_voice(engine="espeak")


def test_a_rate_no_voice_can_keep_is_brought_within_what_it_can(fake_engine):
    voice = WorkerVoice(SpeakerSettings(rate=1000))
    try:
        samples, _ = voice.speak("well")
        assert samples[0] == pytest.approx(4000 / 32768)
    finally:
        voice.close()


def test_without_speech_the_list_is_empty_and_says_why(fake_engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("FAKE_ENGINE", "none")
    monkeypatch.setattr(voices, "models_folder", lambda: tmp_path)
    entries, problems = list_voices()
    assert entries == []
    assert problems[0].startswith("no voice is installed; ")


def test_a_worker_leaves_no_process_and_no_folder(fake_engine):
    voice = WorkerVoice(SpeakerSettings())
    process, folder = voice._process, Path(voice._folder.name)
    assert folder.is_dir()
    voice.close()
    assert process.returncode == 0
    assert not folder.exists()
    assert json.loads(voice._settings)["rate"] == 175
    if os.name == "posix":
        with pytest.raises(ProcessLookupError):
            os.kill(process.pid, 0)
