"""The beat map of a song: when its beats fall, how steady they are, how loud it is, and whether it can lead a runner."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cuecoach.errors import SoundError

#: Counts up whenever maps come out differently, so that old ones are made anew.
MAP_VERSION: Final = 1
#: Beats this far off a smooth tempo (nine of ten are nearer) no longer lead the feet, s.
MOST_WANDER_S: Final = 0.022
#: Below this share of beats with an onset of their own, what was found is no beat.
LEAST_CONFIDENCE: Final = 0.6
#: So many beats make a song.
FEWEST_BEATS: Final = 16
#: Beats are smoothed over so many to either side: about three seconds, in which no tempo that people dance to bends.
_REACH: Final = 8


@dataclass(frozen=True, slots=True)
class BeatMap:
    """What is known of a song.

    Attributes
    ----------
    title
        What to call it.
    duration_s
        Its length, s.
    beats
        Times of its beats, s, increasing, as heard.
    steady
        The same beats on a smooth tempo, s: jitter of beats must not become jitter of speed.
    tempo_bpm
        The middle tempo, beats/min; 0 without beats.
    wander_s
        How far the beats lie off the smooth tempo: nine of ten are nearer, s.
    confidence
        Share of the beats at which something is struck, 0 to 1.
    lufs
        Integrated loudness, LUFS.
    peak
        Largest sample, of full scale.
    """

    title: str
    duration_s: float
    beats: tuple[float, ...]
    steady: tuple[float, ...]
    tempo_bpm: float
    wander_s: float
    confidence: float
    lufs: float
    peak: float

    @classmethod
    def of(
        cls, title: str, duration_s: float, beats: NDArray[np.float64], *, confidence: float, lufs: float, peak: float
    ) -> BeatMap:
        """Return the map of a song from its beats, s, shape (n,), increasing, none missing."""
        steady = smooth_beats(beats)
        known = len(beats) > 1
        return cls(
            title=title,
            duration_s=round(duration_s, 3),
            beats=tuple(round(float(beat), 5) for beat in beats),
            steady=tuple(round(float(beat), 5) for beat in steady),
            tempo_bpm=60.0 / float(np.median(np.diff(steady))) if known else 0.0,
            wander_s=float(np.percentile(np.abs(beats - steady), 90)) if known else 0.0,
            confidence=confidence,
            lufs=lufs,
            peak=peak,
        )

    def unfit(self) -> str | None:
        """Return why the song cannot be a beat, one sentence; None when it can."""
        name = f"`{self.title}`"
        if len(self.beats) < FEWEST_BEATS:
            return f"{name} has too few beats to run to ({len(self.beats)}); choose a song with drums"
        if self.confidence < LEAST_CONFIDENCE:
            return f"{name} has no clear beat ({100 * self.confidence:.0f} % of it is struck); choose a song with drums"
        if self.wander_s > MOST_WANDER_S:
            return (
                f"the beat of {name} wanders by {1000 * self.wander_s:.0f} ms, which feet cannot follow; "
                "choose a song with a steady beat"
            )
        return None

    def to_json(self) -> str:
        """Return the map as JSON."""
        return json.dumps({"version": MAP_VERSION, **asdict(self)})

    @classmethod
    def from_json(cls, text: str) -> BeatMap:
        """Read a map.

        Raises
        ------
        SoundError
            Another version, or no map at all.
        """
        try:
            found: dict[str, Any] = json.loads(text)
            if found.pop("version") != MAP_VERSION:
                raise SoundError("the beat map is of another version of the program")
            beats, steady = (tuple(float(beat) for beat in found.pop(key)) for key in ("beats", "steady"))
            title = str(found.pop("title"))
            map_ = cls(title=title, beats=beats, steady=steady, **{key: float(value) for key, value in found.items()})
        except (AttributeError, KeyError, TypeError, ValueError):
            raise SoundError("the beat map is damaged") from None
        for beats in (map_.beats, map_.steady):
            if len(beats) != len(map_.beats) or not np.all(np.isfinite(beats)) or np.any(np.diff(beats) <= 0.0):
                raise SoundError("the beat map is damaged")
        return map_


def smooth_beats(beats: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return beat times with each replaced by a local parabola through its neighbours, robust against strays.

    Parameters
    ----------
    beats
        Beat times, s, shape (n,), increasing, none missing.

    Returns
    -------
    NDArray
        Shape (n,), s, increasing.
    """
    n = len(beats)
    if n < 5:
        return beats.copy()
    weights = np.ones(n)
    smooth = beats
    for _ in range(3):
        smooth = _local_parabolas(beats, weights)
        residual = np.abs(beats - smooth)
        # Bisquare weights: beyond six times the median distance a beat has no say.
        scale = max(6.0 * float(np.median(residual)), 1e-3)
        weights = np.square(np.maximum(1.0 - np.square(residual / scale), 0.0)) + 1e-6
    # A bend so sharp that it would turn time round is no tempo; then the beats are taken as they are.
    return smooth if np.all(np.diff(smooth) > 0.0) else beats.copy()


def _local_parabolas(beats: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    n = len(beats)
    out = np.empty(n)
    for i in range(n):
        first, end = max(i - _REACH, 0), min(i + _REACH + 1, n)
        x = np.arange(first, end, dtype=np.float64) - i
        w = weights[first:end] * np.square(1.0 - np.abs(x / (_REACH + 1)) ** 3)
        basis = np.stack((np.ones_like(x), x, x * x), axis=1)
        scaled = basis * w[:, np.newaxis]
        # Around the mean line, so that times of minutes do not cost digits.
        line = beats[first] + (beats[end - 1] - beats[first]) * np.arange(end - first) / max(end - first - 1, 1)
        fit = np.linalg.solve(basis.T @ scaled + 1e-12 * np.eye(3), scaled.T @ (beats[first:end] - line))
        out[i] = fit[0] + line[i - first]
    return out
