"""Songs as samples: every rate without a seam, in place and ahead, damaged and dry."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from cuecoach.audio.music.decoding import BLOCK, Ahead, InPlace, decode
from cuecoach.errors import SoundError
from tests.audio.music.songs import RATE


@pytest.mark.parametrize("rate", [48_000, 44_100, 22_050, 96_000, 11_025])
def test_every_rate_comes_out_at_48_khz_without_a_seam(tmp_path: Path, rate: int):
    path, seconds = tmp_path / "tone.wav", 3.4
    t = np.arange(round(seconds * rate)) / rate
    soundfile.write(path, 0.5 * np.sin(2 * np.pi * 440.0 * t), rate, subtype="FLOAT")
    blocks = list(decode(path))
    out = np.concatenate(blocks)
    assert all(len(block) == BLOCK for block in blocks[:-1])
    assert len(out) == pytest.approx(seconds * RATE, abs=2)
    expected = 0.5 * np.sin(2 * np.pi * 440.0 * np.arange(len(out)) / RATE)
    inner = slice(RATE // 50, -RATE // 50)
    assert np.abs(out[inner, 0] - expected[inner]).max() < 0.01
    assert np.array_equal(out[:, 0], out[:, 1])


def test_only_the_first_two_channels_are_heard(tmp_path: Path):
    path = tmp_path / "five.wav"
    soundfile.write(path, np.tile([0.1, 0.2, 0.3, 0.4, 0.5], (RATE, 1)), RATE, subtype="FLOAT")
    assert np.concatenate(list(decode(path)))[100] == pytest.approx([0.1, 0.2])


def test_outside_the_song_there_is_silence(tmp_path: Path):
    path = tmp_path / "a.wav"
    soundfile.write(path, np.full((RATE, 2), 0.5), RATE, subtype="FLOAT")
    source = InPlace(path)
    found = source.take(-10, 10)
    assert found is not None
    assert found[:, 0].tolist() == [0.0] * 10 + [0.5] * 10
    found = source.take(RATE - 10, RATE + 10)
    assert found is not None
    assert found[:, 0].tolist() == [0.5] * 10 + [0.0] * 10
    source.close()


@pytest.mark.parametrize(("name", "content"), [("a.wav", b"RIFF no sound"), ("a.mp3", b""), ("b.flac", b"fLaC\x00")])
def test_what_is_no_sound_is_one_sentence(tmp_path: Path, name: str, content: bytes):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SoundError, match="cannot be read"):
        list(decode(tmp_path / name))


def test_a_file_that_is_gone_ends_the_song(tmp_path: Path):
    source = InPlace(tmp_path / "gone.wav")
    assert source.take(0, 10) is not None
    assert source.broken


def test_a_thread_keeps_ahead_and_who_comes_too_early_is_not_kept_waiting(tmp_path: Path):
    path = tmp_path / "long.wav"
    soundfile.write(path, np.random.default_rng(1).uniform(-0.5, 0.5, (30 * RATE, 2)), RATE)
    source, whole = Ahead(path), np.concatenate(list(decode(path)))
    begin = time.monotonic()
    while (found := source.take(100, 300)) is None:
        assert time.monotonic() - begin < 20.0
        time.sleep(0.01)
    assert np.array_equal(found, whole[100:300])
    begin = time.monotonic()
    assert source.take(25 * RATE, 26 * RATE) is None  # far ahead of what is decoded
    assert time.monotonic() - begin < 0.1
    source.close()
