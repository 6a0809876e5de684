"""Songs for the tests: drums and a tone with known beats, their maps, and stand-ins for decoder and stretcher."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from cuecoach.audio.beat_track import BeatTrack
from cuecoach.audio.music.beat_map import BeatMap
from cuecoach.audio.music.decoding import InPlace
from cuecoach.audio.music.track import MusicTrack
from cuecoach.audio.music.voice import Song
from cuecoach.events import Beat

RATE = 48_000


def beats_at(bpm: float, seconds: float, first: float = 0.3) -> np.ndarray:
    return np.arange(first, seconds - 0.2, 60.0 / bpm)


def drums(beats: np.ndarray, seconds: float, pitch_hz: float = 60.0) -> np.ndarray:
    """A drum on every beat over a quiet tone, shape (n, 2)."""
    t = np.arange(round(seconds * RATE)) / RATE
    out = 0.02 * np.sin(2 * np.pi * 330.0 * t)
    u = np.arange(round(0.12 * RATE)) / RATE
    hit = 0.6 * np.sin(2 * np.pi * pitch_hz * u + 1.0) * np.exp(-u / 0.03)
    hit += 0.2 * np.random.default_rng(3).normal(0.0, 1.0, len(u)) * np.exp(-u / 0.008)
    for beat in beats:
        first = round(beat * RATE)
        n = min(len(hit), len(out) - first)
        out[first : first + n] += hit[:n]
    return np.repeat(out.astype(np.float32)[:, np.newaxis], 2, axis=1)


def a_map(bpm: float = 165.0, seconds: float = 9.0, title: str = "song", **facts: float) -> BeatMap:
    known = {"confidence": 1.0, "lufs": -16.0, "peak": 0.5, **facts}
    return BeatMap.of(title, seconds, beats_at(bpm, seconds), **known)


def a_song(folder: Path, bpm: float = 165.0, seconds: float = 9.0, name: str = "song") -> Song:
    path = folder / f"{name}.wav"
    soundfile.write(path, drums(beats_at(bpm, seconds), seconds), RATE)
    return Song(str(path), a_map(bpm, seconds, name))


class PlainBender:
    """Plays a piece at its own speed: fast, and its beats are where they should be at speed 1."""

    def reach(self, at: float, speed: float, frames: int) -> tuple[int, int]:
        return int(at), int(at) + int(frames * max(speed, 1.0)) + 2

    def bend(self, samples: np.ndarray, at: float, speed: float, frames: int) -> np.ndarray:
        places = np.minimum((np.arange(frames) * speed).astype(int), len(samples) - 1)
        return samples[places]


def clicks(*beats: tuple[float, float]) -> BeatTrack:
    """A grid: (time, spm), each replacing the one before."""
    track = BeatTrack(RATE, 0.0)
    for at, spm in beats:
        track.play(Beat(t=at, at=at, id=1, rule="test", spm=spm), 0)
    return track


def open_in_place(song: Song) -> InPlace:
    return InPlace(Path(song.path))


def a_track(*songs: Song, bender=None, open_source=open_in_place) -> MusicTrack:
    return MusicTrack(songs, open_source, bender or PlainBender())
