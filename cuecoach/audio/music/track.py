"""The music as it is heard: songs of a playlist, each of their beats on a footfall, one song fading into the next on a beat."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cuecoach.audio.beat_track import BeatTrack
from cuecoach.audio.music.decoding import Source
from cuecoach.audio.music.lock import Grid, next_speed, read_grid, start_speed
from cuecoach.audio.music.stretching import FADE, LEAD
from cuecoach.audio.music.tempo import choose, stretch_for
from cuecoach.audio.music.voice import Bender, Song, Voice
from cuecoach.audio.sounds import SAMPLE_RATE_HZ, StereoArray32

#: A beat of the music this near a click is that click, s: about what a runner's step strays by itself.
IN_PHASE_S: Final = 0.015
#: One song fades into the next over so many steps.
_CROSSING: Final = 2
#: The next song is opened so many steps before the end of this one: ten seconds and more.
_FORESIGHT: Final = 30
#: A song that cannot follow the grid is left after so many steps …
_PATIENCE: Final = 8
#: … of being needed this much faster or slower than it is: a little more than it can be played.
_MISFIT: Final = 0.085
#: Songs played lately are not played again while there are others.
_MEMORY: Final = 8


class MusicTrack:
    """Plays songs so that every footfall of a grid has its beat.

    Silent until there is a grid of clicks and a song that fits it. When the clicks end, the song goes back to its own tempo and
    plays on. What comes out depends on the beats known at each piece's first sample, never on how rendering is cut.

    Parameters
    ----------
    songs
        The playlist; songs that cannot be a beat are never chosen.
    open_source
        Gives the samples of a song: `InPlace` for a file, `Ahead` for a sound device.
    bender
        What bends tempo.
    """

    def __init__(self, songs: Sequence[Song], open_source: Callable[[Song], Source], bender: Bender) -> None:
        self._songs = {song.path: song for song in songs}
        self._maps = {song.path: song.beat_map for song in songs}
        self._open = open_source
        self._bender = bender
        self._recent: deque[str] = deque(maxlen=min(_MEMORY, max(len(songs) - 1, 0)))
        self._lead: Voice | None = None
        self._leaving: Voice | None = None
        self._crossed = 0
        self._next: Voice | None = None
        self._misfits = 0
        #: The sample of the lead's next beat; None while nothing is scheduled.
        self._onset: int | None = None
        self._position = 0
        self._made: StereoArray32 = np.zeros((0, 2), dtype=np.float32)
        self._beats_heard: deque[int] = deque()

    # ------------------------------------------------------------ for the mixer
    @property
    def sounding(self) -> bool:
        """Whether the next sample may be other than 0 without a new command."""
        return self._onset is not None or len(self._made) > 0

    @property
    def playing(self) -> str | None:
        """The path of the song that leads; None in silence."""
        return None if self._lead is None or self._onset is None else self._lead.song.path

    def carries(self, onset: int) -> bool:
        """Whether a beat of the music falls on the click at `onset`, of the range rendered last."""
        return any(abs(onset - beat) <= IN_PHASE_S * SAMPLE_RATE_HZ for beat in self._beats_heard)

    def render(self, first: int, end: int, beats: BeatTrack) -> StereoArray32:
        """Return the samples [first, end), shape (end − first, 2), each song at -16 LUFS."""
        if first != self._position:
            self._lose_time()
        while self._beats_heard and self._beats_heard[0] < first - SAMPLE_RATE_HZ:
            self._beats_heard.popleft()
        out = np.zeros((end - first, 2), dtype=np.float32)
        position = first
        while position < end:
            count = min(len(self._made), end - position)
            out[position - first : position - first + count] = self._made[:count]
            self._made = self._made[count:]
            position += count
            if position < end:
                position = self._go_on(position, end, beats)
        self._position = end
        return out

    def close(self) -> None:
        """Let all files go."""
        for voice in (self._lead, self._leaving, self._next):
            if voice is not None:
                voice.source.close()
        self._lead = self._leaving = self._next = self._onset = None

    # ------------------------------------------------------------ one piece after another
    def _go_on(self, position: int, end: int, beats: BeatTrack) -> int:
        """Make the next piece, or wait for a click; return where the output has come to."""
        if self._onset is not None:
            self._piece(position, self._onset, beats)
            return position
        # Waiting: the first click that leaves room for what comes before a beat.
        onset = beats.next_onset(position + LEAD)
        if onset is None or onset - LEAD >= end:
            return end
        if onset - LEAD > position:
            return onset - LEAD
        grid = read_grid(beats, onset, SAMPLE_RATE_HZ)
        if grid is None or not self._begin(grid):
            return position + 1
        self._piece(position, onset, beats)
        return position

    def _begin(self, grid: Grid) -> bool:
        """Make sure that there is a song to lead this grid; False when there is none (yet)."""
        spm = 60.0 * SAMPLE_RATE_HZ / grid.interval
        lead = self._lead
        if (
            lead is not None
            and lead.left > _CROSSING
            and abs(stretch_for(lead.song.beat_map.tempo_bpm, spm) - 1.0) < _MISFIT
        ):
            lead.speed = start_speed(lead.length, grid.interval)
            return True
        if lead is not None:
            lead.source.close()
            self._lead = None
        self._prepare(spm)
        if self._next is None or not self._next.ready(self._bender):
            return False
        self._take_over(grid.interval)
        return True

    def _prepare(self, spm: float) -> None:
        """Open the song that fits best, unless it is open already."""
        names = choose(self._maps, spm, tuple(self._recent))
        if self._next is not None and self._next.song.path in names[:1]:
            return
        if self._next is not None:
            self._next.source.close()
            self._next = None
        for name in names[:1]:
            self._next = Voice(self._songs[name], self._open(self._songs[name]), spm)

    def _take_over(self, interval: float) -> None:
        voice, self._next = self._next, None
        assert voice is not None
        voice.speed = start_speed(voice.length, interval)
        if self._recent.maxlen:
            self._recent.append(voice.song.path)
        self._leaving, self._lead, self._crossed = self._lead, voice, 0
        self._misfits = 0

    def _piece(self, position: int, onset: int, beats: BeatTrack) -> None:
        """Make the sound from here until just before the next beat."""
        lead = self._lead
        assert lead is not None
        grid = read_grid(beats, position, SAMPLE_RATE_HZ, lead.length / lead.speed if lead.left > 0 else None)
        self._look_ahead(lead, grid)
        lead = self._lead or lead
        if lead.left <= 0 or self._misfits > _PATIENCE:
            self._fall_silent()
            return
        late = 0.0 if grid is None else grid.error(onset)
        frames = round(lead.length / next_speed(lead.length, lead.speed, grid, late))
        made = lead.piece(frames, self._bender)
        if made is None:
            self._fall_silent(keep=True)
            return
        if self._leaving is not None:
            made = self._cross(made, self._leaving, frames)
        self._made = made
        self._beats_heard.append(onset)
        self._onset = onset + frames

    def _look_ahead(self, lead: Voice, grid: Grid | None) -> None:
        """Open the next song in time, and let it take over on its beat."""
        wanted = lead.length if grid is None and lead.left > 0 else None if grid is None else grid.interval
        if wanted is None:
            return
        spm = 60.0 * SAMPLE_RATE_HZ / wanted
        fitting = lead.left > 0 and abs(lead.length / wanted - 1.0) <= _MISFIT
        self._misfits = 0 if fitting else self._misfits + 1
        leaving = lead.left <= _CROSSING or self._misfits >= _PATIENCE
        if (lead.left <= _FORESIGHT or self._misfits > 0) and self._leaving is None:
            self._prepare(spm)
            if leaving and self._next is not None and self._next.ready(self._bender):
                self._take_over(wanted)

    def _cross(self, made: StereoArray32, leaving: Voice, frames: int) -> StereoArray32:
        """Fade the song that led out under the one that leads."""
        place = (self._crossed + np.arange(frames) / frames) / _CROSSING
        other = leaving.piece(frames, self._bender) if leaving.left > 0 else None
        if other is None:
            other = np.zeros_like(made)
            other[:FADE] = leaving.finish()
        angle: NDArray[np.float32] = (0.5 * np.pi * place).astype(np.float32)[:, np.newaxis]
        # The new song is on its first beat at once: a fade from nothing would take its onset.
        rising = np.sin(0.25 * np.pi + 0.5 * angle)
        self._crossed += 1
        if self._crossed >= _CROSSING:
            leaving.source.close()
            self._leaving = None
        return (made * rising + other * np.cos(angle)).astype(np.float32)

    def _fall_silent(self, *, keep: bool = False) -> None:
        """Fade out and wait for a click; `keep` the song, which goes on when it is decoded."""
        assert self._lead is not None
        self._made = self._lead.finish()
        self._onset, self._misfits = None, 0
        for voice in (self._leaving, None if keep else self._lead):
            if voice is not None:
                voice.source.close()
        self._leaving = None
        if not keep:
            self._lead = None

    def _lose_time(self) -> None:
        """Time went on without this track: begin again at the next click, where the song was."""
        self._made = self._made[:0]
        self._onset = None
        if self._lead is not None:
            self._lead.drop_tail()
        if self._leaving is not None:
            self._leaving.source.close()
            self._leaving = None
