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
    (tmp_path / "miniaudio.py").write_text("raise ImportError('No module named miniaudio')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    result = run("170", "--for", "1 s")
    assert result.exit_code == 0
    assert "PortAudio" in result.output
    assert "--out beat.wav" in result.output
    assert result.output.count("\n") == 1


# ---------------------------------------------------------------- which click, where
@pytest.mark.parametrize(("on", "every"), [("step", 1), ("stride", 2), ("second stride", 4)])
def test_it_clicks_on_the_steps_that_were_asked_for(tmp_path: Path, on, every):
    path = tmp_path / "beat.wav"
    result = run("172.5", "--on", on, "--sound", "wood", "--out", str(path), "--for", "20 s", "--level", "-3 dB")
    assert result.exit_code == 0, result.output
    expected = [round((0.25 + 60 * k / 172.5) * 48_000) for k in range(0, 57, every)]
    assert clicks(path).tolist() == [s for s in expected if s < 20 * 48_000]


def test_a_ramp_on_every_second_stride_keeps_its_steps(tmp_path: Path):
    path = tmp_path / "ramp.wav"
    arguments = ["160", "--to", "176", "--over", "30 s", "--on", "second stride", "--for", "60 s", "--out", str(path)]
    assert run(*arguments).exit_code == 0
    tempos = 4 * 60 * 48_000 / np.diff(clicks(path))
    assert tempos[0] == pytest.approx(160.0, abs=0.01)
    assert tempos[-1] == pytest.approx(176.0, abs=0.01)
    assert (np.diff(tempos) / tempos[:-1] < 0.0251).all()
    assert (np.diff(tempos) > -0.01).all()


def test_pan_and_accent_are_heard(tmp_path: Path):
    path = tmp_path / "beat.wav"
    arguments = ["120", "--pan", "100 %", "--accent", "left", "--for", "2 s", "--level", "-12 dB", "--out", str(path)]
    assert run(*arguments).exit_code == 0
    samples = np.abs(soundfile.read(path)[0])
    left, right = samples[12_000:36_000], samples[36_000:60_000]
    assert left[:, 1].max() == 0.0
    assert right[:, 0].max() == 0.0
    assert 20 * np.log10(left.max() / right.max()) == pytest.approx(3.0, abs=0.05)


def test_an_own_click_is_played(tmp_path: Path):
    t = np.arange(4_800) / 48_000
    soundfile.write(tmp_path / "own.wav", 0.1 * np.exp(-50 * t) * np.cos(2 * np.pi * 1_500 * t), 48_000)
    path = tmp_path / "beat.wav"
    arguments = ["180", "--sound", str(tmp_path / "own.wav"), "--for", "5 s", "--level", "-6 dB", "--out", str(path)]
    assert run(*arguments).exit_code == 0
    # Its two pitches have their peaks a sample or two apart.
    expected = np.array([round((0.25 + k / 3) * 48_000) for k in range(15)])
    loud = np.abs(soundfile.read(path)[0]).max(axis=1) > 0.2
    first = np.flatnonzero(loud & ~np.concatenate(([False], loud[:-1])))
    first = first[np.diff(first, prepend=-10_000) > 4_800]
    assert len(first) == 15
    assert np.abs(first - expected).max() <= 24


def test_the_sounds_are_listed():
    result = run("--list-sounds")
    assert result.exit_code == 0
    assert len(result.output.split()) == 10
    assert "hi-hat" in result.output.splitlines()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--on", "foot"], "second stride"),
        (["--sound", "knack"], "there are: knock"),
        (["--sound", "gone.wav"], "no such file"),
        (["--pan", "120 %"], "'100 %'"),
        (["--pan", "left"], "40 %"),
        (["--accent", "both"], "every 4"),
    ],
)
def test_a_click_that_cannot_be_is_one_plain_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments, says):
    monkeypatch.chdir(tmp_path)
    result = run(*arguments, "--out", "beat.wav")
    assert isinstance(result.exception, CuecoachError), result.output
    assert says in str(result.exception)
    assert list(tmp_path.iterdir()) == []
