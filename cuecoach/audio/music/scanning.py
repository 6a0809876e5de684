"""From a file to its beat map: decoded once, listened to once, kept in the cache."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

import numpy as np

from cuecoach.audio.loudness import loudness_lufs
from cuecoach.audio.music.beat_map import BeatMap
from cuecoach.audio.music.cache import MapCache
from cuecoach.audio.music.decoding import SUFFIXES, decode
from cuecoach.audio.music.listening import find_beats
from cuecoach.audio.sounds import SAMPLE_RATE_HZ, FloatArray32, StereoArray32
from cuecoach.errors import SoundError

#: Longer files are mixes or audio books; their beats would fill the memory, s.
LONGEST_S: Final = 3600.0
#: Loudness is measured in pieces of so many seconds (the short-term loudness of EBU R 128), the quiet ones left out.
_PIECE_S: Final = 3
_GATE_LU: Final = 10.0


def find_songs(paths: Iterable[Path]) -> list[Path]:
    """Return the songs among files and folders; folders are searched through, by name.

    Raises
    ------
    SoundError
        A path that is not there, or no song at all.
    """
    songs: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
            if not inside:
                raise SoundError(f"there is no song in the folder {path}; name one with WAV, FLAC, OGG or MP3 files")
            songs += inside
        elif path.is_file():
            songs.append(path)
        else:
            raise SoundError(f"there is no file {path}; name a sound file, or a folder with some")
    return list(dict.fromkeys(songs))


def map_song(song: Path, cache: MapCache, before_listening: Callable[[], object] | None = None) -> BeatMap:
    """Return the beat map of a song, from the cache or by listening to it, which takes seconds.

    Parameters
    ----------
    song
        The file.
    cache
        Where maps are kept.
    before_listening
        Called when the song is not in the cache.

    Raises
    ------
    SoundError
        The file cannot be read, or the extra `music` is not installed.
    """
    known = cache.load(song)
    if known is not None:
        return known
    if before_listening is not None:
        before_listening()
    made = listen(song)
    cache.store(song, made)
    return made


def listen(song: Path) -> BeatMap:
    """Return the beat map of a song by listening to it.

    Raises
    ------
    SoundError
        The file cannot be read, or the extra `music` is not installed.
    """
    monos: list[FloatArray32] = []
    powers: list[float] = []
    peak, piece = 0.0, np.zeros((0, 2), dtype=np.float32)
    for number, block in enumerate(decode(song)):
        if number >= LONGEST_S:
            raise SoundError(f"the song `{song}` is longer than an hour; cut it into songs")
        monos.append(block.mean(axis=1, dtype=np.float32))
        peak = max(peak, float(np.abs(block).max(initial=0.0)))
        piece = np.concatenate((piece, block))
        if len(piece) >= _PIECE_S * SAMPLE_RATE_HZ:
            powers.append(_power(piece))
            piece = piece[:0]
    if len(piece):
        powers.append(_power(piece))
    mono = np.concatenate(monos) if monos else np.zeros(0, dtype=np.float32)
    beats, confidence = find_beats(mono)
    return BeatMap.of(
        song.stem, len(mono) / SAMPLE_RATE_HZ, beats, confidence=confidence, lufs=_gated(powers), peak=peak
    )


def _power(piece: StereoArray32) -> float:
    """Return the loudness of both channels together as a power."""
    channels = (loudness_lufs(np.ascontiguousarray(piece[:, c]), SAMPLE_RATE_HZ) for c in (0, 1))
    return sum(10.0 ** (lufs / 10.0) for lufs in channels)


def _gated(powers: list[float]) -> float:
    """Return the loudness of a song without its quiet parts, LUFS; a very low number for silence."""
    loud = np.array([p for p in powers if p > 0.0])
    if len(loud) == 0:
        return -99.0
    gate = float(np.mean(loud)) * 10.0 ** (-_GATE_LU / 10.0)
    return 10.0 * float(np.log10(np.mean(loud[loud >= gate])))
