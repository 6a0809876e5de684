"""The bank of words: made once, kept, and never in the way."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from cuecoach.audio.earcons import make_earcon
from cuecoach.audio.loudness import SPEECH_LUFS, loudness_lufs
from cuecoach.audio.sounds import SAMPLE_RATE_HZ
from cuecoach.audio.speech import SpeechBank
from cuecoach.audio.speech_cache import SpeechCache
from cuecoach.errors import VoiceError


class Tone:
    """A voice that hums every text, at its own pitch."""

    def __init__(self, name: str = "tone") -> None:
        self.id = name
        self.said: list[str] = []

    def speak(self, text: str) -> tuple[np.ndarray, int]:
        self.said.append(text)
        if text == "cough":
            raise VoiceError("the voice could not say “cough”")
        t = np.arange(8_000) / 16_000
        return (0.1 * np.sin(2 * np.pi * (200 + len(text)) * t)).astype(np.float32), 16_000

    def close(self) -> None:
        self.said.append("closed")


def test_words_are_made_once_and_kept_for_the_next_run(tmp_path: Path):
    voice = Tone()
    bank = SpeechBank(voice, cache_dir=tmp_path)
    ready: list[str] = []
    bank.prepare(["run tall", "light feet"], progress=ready.append)
    first = bank.samples("run tall")
    assert bank.samples("run tall") is first
    assert voice.said == ready == ["run tall", "light feet"]
    assert bank.spoken
    assert bank.problem is None
    later = Tone()
    again = SpeechBank(later, cache_dir=tmp_path)
    assert np.array_equal(again.samples("run tall"), first)
    assert later.said == []
    assert len(list(tmp_path.iterdir())) == 2


def test_another_voice_rate_or_text_is_another_file(tmp_path: Path):
    paths = {SpeechCache(tmp_path, v, r).path(t) for v in ("a", "b") for r in (44_100, 48_000) for t in ("x", "y")}
    assert len(paths) == 8


@pytest.mark.parametrize("damage", ["empty", "cut", "text", "rate"])
def test_a_damaged_file_is_made_anew(tmp_path: Path, damage):
    bank = SpeechBank(Tone(), cache_dir=tmp_path)
    words = bank.samples("run tall")
    path = next(tmp_path.iterdir())
    data = path.read_bytes()
    broken = {
        "empty": b"",
        "cut": data[: len(data) // 2],
        "text": b"not a sound",
        "rate": data[:24] + (8_000).to_bytes(4, "little") + data[28:],
    }
    path.write_bytes(broken[damage])
    voice = Tone()
    assert np.array_equal(SpeechBank(voice, cache_dir=tmp_path).samples("run tall"), words)
    assert voice.said == ["run tall"]
    assert path.read_bytes() == data


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    bank = SpeechBank(Tone(), cache_dir=blocked / "speech")
    assert len(bank.samples("run tall")) > 0
    assert bank.problem is None


def test_without_a_voice_there_is_a_sound_of_its_kind_and_one_sentence(tmp_path: Path):
    bank = SpeechBank(None, cache_dir=tmp_path)
    bank.prepare(["well done"], kind="praise")
    assert not bank.spoken
    assert "no voice" in bank.problem
    assert np.array_equal(bank.samples("run tall"), make_earcon("cue"))
    assert np.array_equal(bank.samples("well done"), make_earcon("praise"))
    assert list(tmp_path.iterdir()) == []
    assert SpeechBank(None, problem="because").problem == "because"
    bank.close()


def test_words_the_voice_cannot_say_become_a_sound_and_are_not_kept(tmp_path: Path):
    bank = SpeechBank(Tone(), cache_dir=tmp_path)
    assert np.array_equal(bank.samples("cough"), make_earcon("cue"))
    assert bank.spoken
    assert "“cough”" in bank.problem
    assert list(tmp_path.iterdir()) == []
    bank.samples("run tall")
    assert len(list(tmp_path.iterdir())) == 1


def test_nobody_can_change_the_words_of_others(tmp_path: Path):
    words = SpeechBank(Tone(), cache_dir=tmp_path).samples("run tall")
    with pytest.raises(ValueError, match="read-only"):
        words[0] = 1.0


def test_closing_the_bank_closes_the_voice(tmp_path: Path):
    voice = Tone()
    SpeechBank(voice, cache_dir=tmp_path).close()
    assert voice.said == ["closed"]


def test_units_are_said_in_words_and_the_text_stays_what_it_is(tmp_path: Path):
    voice = Tone()
    bank = SpeechBank(voice, cache_dir=tmp_path, language="de-AT")
    words = bank.samples("Noch 5 %")
    assert voice.said == ["Noch 5 Prozent"]
    assert bank.samples("Noch 5 %") is words
    assert len(SpeechBank(voice, cache_dir=tmp_path).samples("Noch 5 %"))
    assert voice.said == ["Noch 5 Prozent", "Noch 5 %"]


def test_what_is_there_is_given_without_the_voice(tmp_path: Path):
    path = recorded(tmp_path / "tall.wav")
    SpeechBank(Tone(), cache_dir=tmp_path / "cache").samples("Light feet")
    voice = Tone()
    lost = {"Run tall": path, "Lost": str(tmp_path / "lost.wav")}
    bank = SpeechBank(voice, cache_dir=tmp_path / "cache", recordings=lost)
    assert bank.kept("Light feet") is bank.samples("Light feet")
    assert bank.kept("Run tall") is not None
    assert bank.kept("New words") is None
    assert bank.kept("Lost") is None
    assert voice.said == []
    assert "lost.wav" in bank.problem
    silent = SpeechBank(None, cache_dir=tmp_path / "cache")
    silent.note_kind("Well done", "praise")
    assert np.array_equal(silent.kept("Well done"), make_earcon("praise"))


def test_a_voice_that_is_not_the_one_asked_for_speaks_and_is_told(tmp_path: Path):
    bank = SpeechBank(Tone(), cache_dir=tmp_path, problem="no voice is called `Anna`")
    bank.samples("run tall")
    assert bank.spoken
    assert bank.problem == "no voice is called `Anna`"


# ---------------------------------------------------------------- recordings
def recorded(path: Path, hz: float = 300.0, seconds: float = 1.0, rate: int = 44_100, level: float = 0.02) -> str:
    """Write a quiet stereo recording with silence around it, the left channel only."""
    t = np.arange(round(seconds * rate)) / rate
    silence = np.zeros(round(0.2 * rate))
    left = np.concatenate([silence, level * np.sin(2 * np.pi * hz * t), silence])
    soundfile.write(path, np.column_stack([left, 0 * left]), rate)
    return str(path)


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg"])
def test_a_recording_is_heard_in_place_of_the_voice_as_loud_as_speech(tmp_path: Path, suffix):
    path = recorded(tmp_path / f"tall.{suffix}")
    voice = Tone()
    bank = SpeechBank(voice, cache_dir=tmp_path / "cache", recordings={"Run tall": path})
    bank.prepare(["Run tall", "Light feet"])
    words = bank.samples("Run tall")
    assert voice.said == ["Light feet"]
    assert bank.problem is None
    assert words.ndim == 1
    assert len(words) / SAMPLE_RATE_HZ == pytest.approx(1.0, abs=0.08)  # ogg smears the edges
    assert loudness_lufs(words, SAMPLE_RATE_HZ) == pytest.approx(SPEECH_LUFS, abs=0.5)
    spectrum = np.abs(np.fft.rfft(words))
    assert np.argmax(spectrum) * SAMPLE_RATE_HZ / len(words) == pytest.approx(300, abs=2)


def test_a_recording_is_heard_without_any_voice(tmp_path: Path):
    bank = SpeechBank(None, cache_dir=tmp_path, recordings={"Run tall": recorded(tmp_path / "tall.wav")})
    assert not np.array_equal(bank.samples("Run tall"), make_earcon("cue"))
    assert np.array_equal(bank.samples("Light feet"), make_earcon("cue"))


def spoil(path: Path, how: str) -> None:
    match how:
        case "gone":
            path.unlink(missing_ok=True)
        case "text":
            path.write_text("not a sound")
        case "empty":
            path.write_bytes(b"")
        case "silent":
            soundfile.write(path, np.zeros(40_000), 44_100)
        case "long":
            soundfile.write(path, np.full(44_100 * 20, 0.1), 44_100)
        case "odd":
            soundfile.write(path, np.full(100, 0.1), 100)


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("gone", "there is no such file"),
        ("text", "cannot be read"),
        ("empty", "cannot be read"),
        ("silent", "is silent"),
        ("long", "is 20 s long; cut it to 5 s or less"),
        ("odd", "odd sampling rate"),
    ],
)
def test_a_recording_that_cannot_be_used_is_told_and_the_voice_says_its_text(tmp_path: Path, how, why):
    path = tmp_path / "tall.wav"
    spoil(path, how)
    voice = Tone()
    bank = SpeechBank(voice, cache_dir=tmp_path / "cache", recordings={"Run tall": str(path)})
    bank.prepare(["Run tall"])
    assert voice.said == ["Run tall"]
    assert why in bank.problem
    assert str(path) in bank.problem
    assert bank.problem.endswith("; the voice says its text")


def test_several_bad_recordings_are_one_sentence_and_no_voice_is_told_too(tmp_path: Path):
    bank = SpeechBank(None, cache_dir=tmp_path, recordings={name: str(tmp_path / f"{name}.wav") for name in "abc"})
    bank.prepare("abc")
    assert bank.problem.startswith("there is no voice")
    assert bank.problem.count("there is no such file") == 1
    assert bank.problem.endswith(", and 2 more like it; a short sound takes its place")
