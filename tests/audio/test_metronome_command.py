"""``cuecoach metronome`` as a person types it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
import typer
from typer.testing import CliRunner

from cuecoach.cli.metronome import metronome
from cuecoach.errors import CuecoachError

app = typer.Typer()
app.command()(metronome)


def run(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


def clicks(path: Path) -> np.ndarray:
    loud = np.abs(soundfile.read(path)[0]).max(axis=1)
    return np.flatnonzero(loud > 0.97 * loud.max())


def test_a_file_has_its_length_and_every_click_on_its_sample(tmp_path: Path):
    path = tmp_path / "beat.wav"
    result = run("172.5", "--out", str(path), "--for", "20 s", "--level", "-3 dB")
    assert result.exit_code == 0, result.output
    assert soundfile.info(path).frames == 20 * 48_000
    expected = [round((0.25 + 60 * k / 172.5) * 48_000) for k in range(57)]
    assert clicks(path).tolist() == [s for s in expected if s < 20 * 48_000]
    assert "172.5 spm" in result.output


def test_a_ramp_arrives_and_the_file_goes_on_for_a_minute(tmp_path: Path):
    path = tmp_path / "ramp.flac"
    result = run("160 spm", "--to", "176", "--over", "30 s", "--out", str(path))
    assert result.exit_code == 0, result.output
    assert soundfile.info(path).frames == 90 * 48_000
    intervals = np.diff(clicks(path))
    assert 60 * 48_000 / intervals[0] == pytest.approx(160.0, abs=0.01)
    assert 60 * 48_000 / intervals[-1] == pytest.approx(176.0, abs=0.01)
    assert "160 to 176 spm in 4 steps" in result.output


def test_level_is_what_it_says(tmp_path: Path):
    peaks = []
    for level in ("-6 dB", "-26 dB"):
        run("--out", str(tmp_path / "a.wav"), "--for", "1 s", "--level", level)
        peaks.append(np.abs(soundfile.read(tmp_path / "a.wav")[0]).max())
    assert peaks[0] / peaks[1] == pytest.approx(10.0, rel=0.01)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["300"], "40 to 260 spm"),
        (["nan"], "40 to 260 spm"),
        (["fast"], "170 spm"),
        (["170", "--to", "20"], "40 to 260 spm"),
        (["170", "--over", "60 s"], "--to 176"),
        (["170", "--to", "180", "--over", "0 s"], "takes time"),
        (["170", "--for", "5"], "no unit"),
        (["170", "--for", "-5 s"], "no time to play"),
        (["170", "--level", "3 dB"], "above 0 dB"),
        (["170", "--level", "loud"], "-12 dB"),
        (["170", "--out", "beat.mp3"], ".wav or .flac"),
        (["170", "--out", "no-such-folder/beat.wav"], "does not exist"),
    ],
)
def test_a_wrong_word_is_one_plain_sentence_and_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments, says
):
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)
    assert isinstance(result.exception, CuecoachError), result.output
    assert says in str(result.exception)
    assert "\n" not in str(result.exception)
    assert list(tmp_path.iterdir()) == []


def test_without_a_sound_library_it_says_once_what_to_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    result = run("170", "--for", "1 s")
    assert result.exit_code == 0
    assert "PortAudio" in result.output
    assert "--out beat.wav" in result.output
    assert result.output.count("\n") == 1
