"""Sound files: what was mixed is what is read back, whole or not there."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from cuecoach.audio.files import FileSink, render_to_file
from cuecoach.audio.mixer import Mixer
from cuecoach.errors import SoundError
from cuecoach.events import AudioEvent, Beat, Say

RATE = 48_000


def words(text: str) -> np.ndarray:
    return np.linspace(0.5, 0.1, 24_000, dtype=np.float32)


SCRIPT = (
    Beat(t=0.0, at=0.5, id=1, rule="r", spm=171.3),
    Say(t=2.0, at=2.05, id=7, rule="r", text="run tall", duration=0.5),
)


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".WAV"])
def test_the_file_holds_what_the_mixer_gives(tmp_path: Path, suffix):
    path = tmp_path / f"run{suffix}"
    events = render_to_file(Mixer(words), path, 6.3, SCRIPT)
    pcm, rate = soundfile.read(path, dtype="int16", always_2d=True)
    assert rate == RATE
    assert soundfile.info(path).subtype == "PCM_16"
    reference = Mixer(words)
    for action in SCRIPT:
        reference.handle(action)
    expected = reference.render(round(6.3 * RATE))
    assert np.array_equal(pcm, np.rint(expected * np.float32(32767)).astype(np.int16))
    assert events == [AudioEvent(2.05, "started", 7), AudioEvent(2.55, "ended", 7)]
    assert list(tmp_path.iterdir()) == [path]


def test_clicks_and_words_are_read_back_to_the_sample(tmp_path: Path):
    path = tmp_path / "run.wav"
    render_to_file(Mixer(words, level_db=0.0, beat_level_db=0.0), path, 10.0, SCRIPT)
    out, _ = soundfile.read(path)
    loud = np.abs(out).max(axis=1)
    clicks = [i for i in np.flatnonzero(loud > 0.85) if loud[i - 960 : i].max(initial=0.0) < 0.6 or i < 960]
    expected = [round((0.5 + 60 * k / 171.3) * RATE) for k in range(28)]
    ducked = [s for s in expected if 2.02 <= s / RATE < 2.85]
    assert clicks == [s for s in expected if s not in ducked and s < 10 * RATE]
    assert len(ducked) == 2
    middle = (out[:, 0] + out[:, 1]) / 2
    onset = next(i for i in range(2 * RATE, 3 * RATE) if abs(middle[i]) > 0.3)
    assert onset == round(2.05 * RATE)


def test_trailing_silence_is_part_of_the_file(tmp_path: Path):
    for suffix in (".wav", ".flac"):
        path = tmp_path / f"quiet{suffix}"
        render_to_file(Mixer(words), path, 12.5)
        assert soundfile.info(path).frames == 12.5 * RATE
        assert not soundfile.read(path, dtype="int16")[0].any()


def test_a_sink_can_be_fed_step_by_step(tmp_path: Path):
    mixer = Mixer(words, start_t=50.0)
    with FileSink(tmp_path / "a.wav") as sink:
        mixer.handle(Beat(t=50.0, at=50.0, id=1, rule="r", spm=180.0))
        for tick in range(1, 9):
            sink.render(mixer, 50.0 + tick * 0.25)
        sink.render(mixer, 51.0)  # already there
    assert sink.frames == mixer.position == 2 * RATE
    out, _ = soundfile.read(tmp_path / "a.wav", dtype="int16")
    assert len(out) == 2 * RATE


def test_an_error_on_the_way_leaves_the_old_file_and_nothing_else(tmp_path: Path):
    path = tmp_path / "run.wav"
    path.write_bytes(b"precious")

    def words_fail(text: str) -> np.ndarray:
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        render_to_file(Mixer(words_fail), path, 5.0, SCRIPT)
    assert path.read_bytes() == b"precious"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("run.mp3", ".wav or .flac"),
        ("run", ".wav or .flac"),
        ("no/such/run.wav", "does not exist"),
        ("a.wav", "is a folder"),
    ],
)
def test_a_place_that_cannot_be_is_one_plain_sentence(tmp_path: Path, name, says):
    (tmp_path / "a.wav").mkdir()
    with pytest.raises(SoundError, match=says) as caught:
        FileSink(tmp_path / name)
    assert "\n" not in str(caught.value)
    assert [p.name for p in tmp_path.iterdir()] == ["a.wav"]


@pytest.mark.skipif(os.name == "nt" or getattr(os, "geteuid", int)() == 0, reason="the superuser may write anywhere")
def test_a_folder_without_the_right_to_write_is_said(tmp_path: Path):
    tmp_path.chmod(0o500)
    with pytest.raises(SoundError, match="cannot write"):
        FileSink(tmp_path / "run.wav")
    tmp_path.chmod(0o700)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_said_and_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    sink = FileSink("run.wav")
    part = next(tmp_path.iterdir())
    part.unlink()
    sink._file._file.close()  # the same writer, on a disk that is full
    sink._file._file = Path("/dev/full").open("wb", buffering=0)  # noqa: SIM115
    with pytest.raises(SoundError, match=r"cannot write run\.wav: No space left on device"):
        sink.write(np.zeros((10, 2), np.float32))
    sink.discard()
    assert list(tmp_path.iterdir()) == []


def test_a_wav_that_would_not_fit_its_own_format_is_refused_before_it_is_written(tmp_path: Path):
    with pytest.raises(SoundError, match=r"\.flac instead"):
        render_to_file(Mixer(words), tmp_path / "day.wav", 24 * 3600.0)
    assert list(tmp_path.iterdir()) == []


def test_writing_after_the_end_is_an_error_not_a_crash(tmp_path: Path):
    sink = FileSink(tmp_path / "a.flac")
    sink.close()
    sink.close()
    with pytest.raises(SoundError, match="closed"):
        sink.write_silence(1)
