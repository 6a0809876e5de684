"""Which song serves which cadence: octave folding, the reach of stretching, and the next song of a playlist."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cuecoach.audio.music.beat_map import BeatMap

#: A song is played at most so much faster or slower than it is.
MOST_STRETCH: Final = 0.08
#: Cadences that music is offered for, spm.
SLOWEST_SPM, FASTEST_SPM = 140.0, 200.0
#: Steps to a beat: a song of 85 bpm has two at 170 spm, one of 340 bpm half of one.
FOLDS: Final = (0.5, 1.0, 2.0)

#: A cadence from … to, spm.
Span: TypeAlias = tuple[float, float]


def fold_for(tempo_bpm: float, spm: float) -> float:
    """Return how many steps go to a beat, 0.5, 1 or 2, so that the song is stretched least."""
    return min(FOLDS, key=lambda fold: abs(np.log(spm / (tempo_bpm * fold))))


def stretch_for(tempo_bpm: float, spm: float) -> float:
    """Return how much faster than it is the song must be played, 1 for not at all."""
    return spm / (tempo_bpm * fold_for(tempo_bpm, spm))


def fits(beat_map: BeatMap, spm: float) -> bool:
    """Whether the song can be played to a cadence."""
    if beat_map.unfit() is not None:
        return False
    return abs(stretch_for(beat_map.tempo_bpm, spm) - 1.0) <= MOST_STRETCH + 1e-9


def served(tempo_bpm: float) -> list[Span]:
    """Return the cadences between 140 and 200 spm that a tempo serves, slowest first."""
    spans: list[Span] = []
    for fold in FOLDS:
        low = max(tempo_bpm * fold * (1.0 - MOST_STRETCH), SLOWEST_SPM)
        high = min(tempo_bpm * fold * (1.0 + MOST_STRETCH), FASTEST_SPM)
        if low < high:
            spans.append((low, high))
    return spans


def steps_of(beat_map: BeatMap, fold: float) -> NDArray[np.float64]:
    """Return when the steps of a song fall, s, shape (n,): its beats on a smooth tempo, folded by 0.5, 1 or 2."""
    beats = np.array(beat_map.steady, dtype=np.float64)
    if fold == 0.5:
        return beats[::2]
    if fold == 1.0:
        return beats
    steps = np.empty(2 * len(beats) - 1)
    steps[::2] = beats
    steps[1::2] = 0.5 * (beats[:-1] + beats[1:])
    return steps


def choose(maps: Mapping[str, BeatMap], spm: float, recent: Collection[str] = ()) -> list[str]:
    """Order a playlist for a cadence.

    Parameters
    ----------
    maps
        Beat maps by the path of their song.
    spm
        The cadence, steps/min.
    recent
        What was played last, oldest first; these come at the end, the longest ago first.

    Returns
    -------
    list of str
        The songs that fit: least stretched first, then those played lately.
    """
    order = list(recent)
    fitting = [path for path, beat_map in maps.items() if fits(beat_map, spm)]

    def rank(path: str) -> tuple[int, float, str]:
        stretch = abs(np.log(stretch_for(maps[path].tempo_bpm, spm)))
        return (order.index(path) + 1 if path in order else 0, float(stretch), path)

    return sorted(fitting, key=rank)
