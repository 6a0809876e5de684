"""One song while it plays: where it is, at what speed, and the next piece of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from cuecoach.audio.music.beat_map import BeatMap
from cuecoach.audio.music.decoding import Source
from cuecoach.audio.music.stretching import FADE, LEAD, fade_out, join
from cuecoach.audio.music.tempo import fold_for, steps_of
from cuecoach.audio.sounds import SAMPLE_RATE_HZ, StereoArray32, db_to_gain, gain_to_db

#: All songs are brought to this loudness, LUFS: that of words, under which they are ducked.
MUSIC_LUFS: Final = -16.0
#: … but no peak above this, dBFS, and no silence raised to noise, dB.
_MUSIC_PEAK_DB: Final = -1.0
_MOST_GAIN_DB: Final = 20.0


class Bender(Protocol):
    """What bends tempo: `Stretcher`."""

    def reach(self, at: float, speed: float, frames: int) -> tuple[int, int]:
        """Return which samples of the song are needed."""
        ...

    def bend(self, samples: StereoArray32, at: float, speed: float, frames: int) -> StereoArray32:
        """Return `frames` samples played at `speed`."""
        ...


@dataclass(frozen=True, slots=True)
class Song:
    """A file and its beat map."""

    path: str
    beat_map: BeatMap


def music_gain(beat_map: BeatMap) -> float:
    """Return the factor that brings a song to -16 LUFS, or as near as its peaks allow."""
    if not np.isfinite(beat_map.lufs) or beat_map.peak <= 0.0:
        return 1.0
    room_db = _MUSIC_PEAK_DB - gain_to_db(beat_map.peak)
    return db_to_gain(min(MUSIC_LUFS - beat_map.lufs, room_db, _MOST_GAIN_DB))


class Voice:
    """A song being played, step by step.

    Parameters
    ----------
    song
        What is played.
    source
        Its samples.
    spm
        The cadence it is to serve: decides how many steps go to a beat.
    """

    def __init__(self, song: Song, source: Source, spm: float) -> None:
        self.song = song
        self.source = source
        steps_s = steps_of(song.beat_map, fold_for(song.beat_map.tempo_bpm, spm))
        self._steps: NDArray[np.float64] = steps_s * SAMPLE_RATE_HZ
        self._gain = np.float32(music_gain(song.beat_map))
        self._tail: StereoArray32 | None = None
        #: The number of the beat that the next piece begins with.
        self.step = 0
        self.speed = 1.0

    @property
    def left(self) -> int:
        """How many steps of the song are still to come."""
        return 0 if self.source.broken else len(self._steps) - 1 - self.step

    @property
    def length(self) -> float:
        """From this beat to the next, samples of the song."""
        return float(self._steps[self.step + 1] - self._steps[self.step])

    def ready(self, bender: Bender) -> bool:
        """Whether the first piece could be played now."""
        first, end = bender.reach(float(self._steps[0]), 1.1, round(self.length) + FADE)
        return self.source.take(first, end) is not None

    def piece(self, frames: int, bender: Bender) -> StereoArray32 | None:
        """Return this step in `frames` samples, from `LEAD` before its beat on, and move on; None when not decoded yet."""
        speed = self.length / frames
        at = float(self._steps[self.step]) - LEAD * speed
        samples = self.source.take(*bender.reach(at, speed, frames + FADE))
        if samples is None:
            return None
        bent = bender.bend(samples, at, speed, frames + FADE) * self._gain
        out = join(self._tail, bent[:frames])
        self._tail = bent[frames:]
        self.step += 1
        self.speed = speed
        return out

    def finish(self) -> StereoArray32:
        """Return the last samples of what was played, fading out, shape (FADE, 2)."""
        tail, self._tail = self._tail, None
        return np.zeros((FADE, 2), dtype=np.float32) if tail is None else fade_out(tail)

    def drop_tail(self) -> None:
        """Forget what was to be joined: time went on without this song."""
        self._tail = None
