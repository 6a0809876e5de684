"""How fast the song must go so that its next beat meets the next footfall: a small phase-locked loop, one decision a step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cuecoach.audio.beat_track import BeatTrack
from cuecoach.audio.music.tempo import MOST_STRETCH

#: The share of a phase error that the next beat makes up.
GAIN: Final = 0.25
#: The speed changes at most so much from one step to the next: the tempo bends, it does not jump.
MOST_SLEW: Final = 0.03
#: A grid whose clicks are rarer than steps (one a stride) still has a step at least so often, spm.
_SLOWEST_STEPS: Final = 115.0


@dataclass(frozen=True, slots=True)
class Grid:
    """The steps around a moment: one at `onset`, one every `interval` samples."""

    onset: int
    interval: float

    def error(self, at: int) -> float:
        """Return how late `at` is, in samples: at most half an interval either way."""
        return (at - self.onset + 0.5 * self.interval) % self.interval - 0.5 * self.interval


def read_grid(beats: BeatTrack, position: int, sample_rate: int, step: float | None = None) -> Grid | None:
    """Return the steps from `position` on; None when fewer than two clicks are to come.

    Parameters
    ----------
    beats
        The clicks.
    position
        Only clicks from here on are looked at: older ones may be forgotten.
    sample_rate
        In Hz.
    step
        About how long a step of the music is, samples; clicks that are rarer are divided. None: as a runner steps.
    """
    onset = beats.next_onset(position)
    after = None if onset is None else beats.next_onset(onset + 1)
    if onset is None or after is None:
        return None
    between = after - onset
    longest = sample_rate * 60.0 / _SLOWEST_STEPS
    parts = max(1, round(between / step)) if step is not None else 1
    while between / parts > longest:
        parts *= 2
    return Grid(onset, between / parts)


def next_speed(step: float, speed: float, grid: Grid | None, late: float) -> float:
    """Return the speed of the song until its next beat.

    Parameters
    ----------
    step
        From this beat to the next, samples of the song.
    speed
        The speed so far.
    grid
        The footfalls; None lets the song go back to its own tempo.
    late
        By how much this beat is late, samples.
    """
    wish = 1.0 if grid is None else step / max(grid.interval - GAIN * late, 0.25 * grid.interval)
    wish = min(max(wish, speed * (1.0 - MOST_SLEW)), speed * (1.0 + MOST_SLEW))
    return _within_reach(wish)


def start_speed(step: float, interval: float) -> float:
    """Return the speed at which a song begins: that of the footfalls, `interval` samples apart, as far as it can."""
    return _within_reach(step / interval)


def _within_reach(speed: float) -> float:
    return min(max(speed, 1.0 - MOST_STRETCH), 1.0 + MOST_STRETCH)
