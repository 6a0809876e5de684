"""From paths to a track: songs whose beats are known, and sources for a file or for the ear."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

import numpy as np

from cuecoach.audio.music.cache import MapCache
from cuecoach.audio.music.decoding import Ahead, InPlace, Source
from cuecoach.audio.music.stretching import MARGIN, Stretcher
from cuecoach.audio.music.tempo import fits, served
from cuecoach.audio.music.track import MusicTrack
from cuecoach.audio.music.voice import Song
from cuecoach.audio.sounds import SAMPLE_RATE_HZ
from cuecoach.errors import SoundError


def open_music(
    paths: Iterable[str], *, live: bool, cache: MapCache | None = None, sample_rate: int = SAMPLE_RATE_HZ
) -> MusicTrack:
    """Return a track of the songs whose beats were found before; the others are left out.

    Parameters
    ----------
    paths
        Songs, as given to `cuecoach music scan`.
    live
        Decode ahead on a thread, for a sound device; otherwise when it is needed, for a file.
    cache
        Where the beat maps are; the user's cache folder unless said.
    sample_rate
        The mixer's, Hz: songs are decoded at 48 kHz only.

    Raises
    ------
    SoundError
        None of the songs can be used, another sample rate, or the extra `music` is not installed.
    """
    if sample_rate != SAMPLE_RATE_HZ:
        raise SoundError(
            f"music needs a sound device that takes 48000 Hz, not {sample_rate} Hz; the clicks keep the beat"
        )
    maps = cache or MapCache()
    songs: list[Song] = []
    for path in paths:
        found = maps.load(Path(path))
        if found is not None and found.unfit() is None:
            songs.append(Song(path, found))
    if not songs:
        raise SoundError("none of the songs can be a beat; look at them with `cuecoach music scan`")
    stretcher = Stretcher()
    # What is slow the first time is done before the first sample: libraries, and the stretcher's tables.
    for library in ("scipy.signal", "soundfile"):
        import_module(library)
    stretcher.bend(np.zeros((4 * MARGIN, 2), dtype=np.float32), float(MARGIN), 1.0, MARGIN)

    def open_source(song: Song) -> Source:
        return Ahead(Path(song.path)) if live else InPlace(Path(song.path))

    return MusicTrack(songs, open_source, stretcher)


def fitting(songs: Iterable[Song], spm: float) -> list[Song]:
    """Return the songs that can be played to a cadence.

    Raises
    ------
    SoundError
        There is none; the sentence says what they can serve.
    """
    known = list(songs)
    found = [song for song in known if fits(song.beat_map, spm)]
    if found:
        return found
    reasons = [reason for song in known if (reason := song.beat_map.unfit()) is not None]
    if len(reasons) == len(known):
        raise SoundError(reasons[0] if len(reasons) == 1 else f"none of {len(known)} songs can be a beat: {reasons[0]}")
    spans = sorted(
        {span for song in known if song.beat_map.unfit() is None for span in served(song.beat_map.tempo_bpm)}
    )
    there = ", ".join(f"{low:.0f} to {high:.0f} spm" for low, high in spans[:4]) or "none between 140 and 200 spm"
    raise SoundError(f"no song fits {spm:g} spm; the songs serve {there}; choose another tempo or other songs")
