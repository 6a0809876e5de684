"""What may carry the beat in place of the clicks: music that the mixer plays under the words."""

from __future__ import annotations

from typing import Protocol

from cuecoach.audio.beat_track import BeatTrack
from cuecoach.audio.sounds import StereoArray32


class Backing(Protocol):
    """Sound that follows the beat; the mixer ducks it like the beat and limits the sum."""

    @property
    def sounding(self) -> bool:
        """Whether the next sample may be other than 0 without a new command."""
        ...

    def render(self, first: int, end: int, beats: BeatTrack) -> StereoArray32:
        """Return the samples [first, end), shape (end − first, 2), before any level.

        Calls follow each other; where `first` is not the last `end`, the samples between were never wanted.
        """
        ...

    def carries(self, onset: int) -> bool:
        """Whether a beat of the music falls on the click at `onset` (of the range just rendered), so it need not be heard."""
        ...
