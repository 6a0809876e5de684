"""``cuecoach music`` as a person types it, with beats that were found before."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

from cuecoach.audio.music import cache
from cuecoach.cli.music import app
from cuecoach.errors import CuecoachError
from tests.audio.music.songs import RATE, a_map, a_song

pytest.importorskip("python_stretch")


@pytest.fixture
def song(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(cache, "default_folder", lambda: tmp_path / "maps")
    made = a_song(tmp_path, 168.0, 9.0, "runner")
    cache.MapCache().store(Path(made.path), made.beat_map)
    return Path(made.path)


def run(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


def test_scan_tells_tempo_and_what_it_serves(song: Path):
    result = run("scan", str(song))
    assert result.exit_code == 0, result.output
    assert "168 bpm" in result.output
    assert "155 to 181 spm" in result.output


def test_scan_says_why_a_song_is_not_used(song: Path):
    cache.MapCache().store(song, a_map(168.0, confidence=0.2))
    result = run("scan", str(song))
    assert result.exit_code == 1
    assert "not used: `runner` has no clear beat" in result.output


def test_a_file_has_a_drum_on_every_step(song: Path, tmp_path: Path):
    out = tmp_path / "run.flac"
    result = run("play", str(song), "--spm", "172", "--out", str(out), "--for", "6 s", "--level", "-3 dB")
    assert result.exit_code == 0, result.output
    sound, rate = soundfile.read(out)
    assert len(sound) == 6 * rate
    loud = np.abs(sound).max(axis=1)
    for k in range(3, 14):
        onset = round((0.5 + 60 * k / 172) * RATE)
        assert loud[onset - 480 : onset + 960].max() > 4 * loud[onset - 6000 : onset - 2400].max()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--spm", "120"], "140 to 200 spm"),
        (["--spm", "fast"], "170 spm"),
        (["--spm", "198"], "the songs serve 155 to 181 spm"),
        (["--spm", "170", "--to", "195"], "no song fits 195 spm"),
        (["--spm", "170", "--over", "60 s"], "--to 176"),
        (["--spm", "170", "--level", "3 dB"], "above 0 dB"),
        (["--spm", "170", "--out", "music.mp3"], ".wav or .flac"),
    ],
)
def test_a_wrong_word_is_one_plain_sentence(song: Path, arguments: list[str], says: str):
    result = run("play", str(song), *arguments)
    assert isinstance(result.exception, CuecoachError), result.output
    assert says in str(result.exception)
    assert "\n" not in str(result.exception)


def test_a_song_that_is_not_there_is_one_plain_sentence(tmp_path: Path):
    result = run("play", str(tmp_path / "gone.mp3"))
    assert isinstance(result.exception, CuecoachError)
    assert "there is no file" in str(result.exception)
