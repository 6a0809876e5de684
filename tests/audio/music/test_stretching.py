"""What bends the tempo keeps the pitch, and puts every beat where it belongs."""

from __future__ import annotations

import numpy as np
import pytest

from cuecoach.audio.music.voice import Song
from tests.audio.music.songs import RATE, a_map, a_song, a_track, clicks

pytest.importorskip("python_stretch")

from cuecoach.audio.music.stretching import Stretcher


class Tone:
    """A source that is a tone of 440 Hz without end."""

    broken = False

    def take(self, first: int, end: int) -> np.ndarray:
        tone = 0.3 * np.sin(2 * np.pi * 440.0 * np.arange(first, end) / RATE)
        return np.repeat(tone.astype(np.float32)[:, np.newaxis], 2, axis=1)

    def close(self) -> None:
        return None


@pytest.mark.parametrize("spm", [157.0, 176.0])
def test_a_tone_keeps_its_pitch_and_its_loudness(spm: float):
    track = a_track(Song("tone", a_map(165.0, 30.0)), bender=Stretcher(), open_source=lambda song: Tone())
    sound = track.render(0, 7 * RATE, clicks((0.1, spm)))[RATE : 7 * RATE, 0]
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    assert np.fft.rfftfreq(len(sound), 1 / RATE)[spectrum.argmax()] == pytest.approx(440.0, abs=1.0)
    level = np.sqrt(np.mean(sound.reshape(-1, RATE // 20) ** 2, axis=1)) / (0.3 / np.sqrt(2.0))
    assert level.min() > 0.7
    assert level.max() < 1.3


@pytest.mark.parametrize("speed", [0.92, 0.97, 1.0, 1.05, 1.08])
def test_the_stretchers_own_delay_is_taken_off(speed: float):
    sound = np.zeros((2 * RATE, 2), dtype=np.float32)
    at = RATE + 5000
    sound[at - 100 : at + 100] = np.hanning(200)[:, np.newaxis]
    first, end = Stretcher.reach(float(RATE), speed, 16_000)
    bent = np.abs(Stretcher().bend(sound[first:end], float(RATE), speed, 16_000)[:, 0])
    centre = float(np.sum(bent**2 * np.arange(len(bent))) / np.sum(bent**2))
    assert bent.shape == (16_000,)
    assert centre == pytest.approx(5000 / speed, abs=48)  # 1 ms


def test_drums_meet_the_clicks_through_the_real_stretcher(tmp_path):
    track, grid = a_track(a_song(tmp_path, 165.0), bender=Stretcher()), clicks((0.5, 172.0))
    loud = np.abs(track.render(0, 6 * RATE, grid)).max(axis=1)
    for onset, _ in grid.onsets(RATE, 5 * RATE):
        window = loud[onset - 2400 : onset + 4800]
        rise = int(np.argmax(window > 0.5 * window.max())) - 2400
        assert abs(rise) < 0.006 * RATE
