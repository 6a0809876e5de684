"""Bends the tempo of a stretch of song and leaves its pitch: Signalsmith Stretch, one step of the runner at a time.

The binding (python-stretch 0.3) works on whole pieces only: each call starts afresh. Fed in blocks of some milliseconds it
plays out of tune: a tone of 440 Hz at 0.95 of its speed comes out at 418 Hz. So one piece reaches from just before one beat
to just before the next, with what lies around it as run-up. That each beat begins a piece also keeps drums crisp: the
phases of the song are its own there.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from cuecoach.audio.music.needs import need
from cuecoach.audio.sounds import SAMPLE_RATE_HZ, StereoArray32

#: Run-up and run-out of a piece, in samples: half a window of the stretcher.
MARGIN: Final = 2880
#: Where two pieces meet: they are mixed over `FADE` samples, which end some milliseconds before the beat.
LEAD: Final = 960
FADE: Final = 720
#: Two pieces that cancel each other are raised by no more than for this correlation.
_LEAST_CORRELATION: Final = -0.3


class Stretcher:
    """Bends pieces of stereo sound at 48 kHz.

    Raises
    ------
    SoundError
        The extra `music` is not installed.
    """

    def __init__(self) -> None:
        self._stretch: Any = need("python_stretch").Signalsmith.Stretch(1)
        self._stretch.preset(2, float(SAMPLE_RATE_HZ))

    @staticmethod
    def reach(at: float, speed: float, frames: int) -> tuple[int, int]:
        """Return which samples of the song [first, end) are needed to bend `frames` samples from `at` on."""
        return int(np.floor(at)) - MARGIN, int(np.ceil(at + frames * speed)) + MARGIN

    def bend(self, samples: StereoArray32, at: float, speed: float, frames: int) -> StereoArray32:
        """Return `frames` samples of a song played at `speed`, beginning with its sample `at`, shape (frames, 2).

        `samples` are those of `reach` for the same arguments. What comes out is already at its place: the stretcher's own
        delay is taken off.
        """
        first, _ = self.reach(at, speed, frames)
        self._stretch.setTimeFactor(speed)
        bent: StereoArray32 = self._stretch.process(np.ascontiguousarray(samples.T, dtype=np.float32))
        begin = round((at - first) / speed)
        return np.ascontiguousarray(bent[:, begin : begin + frames].T)


_RISE: Final = (0.5 - 0.5 * np.cos(np.pi * (np.arange(FADE) + 0.5) / FADE))[:, np.newaxis]


def join(before: StereoArray32 | None, after: StereoArray32) -> StereoArray32:
    """Return `after` with `before` (shape (FADE, 2), None for silence) mixed into its beginning, at even loudness.

    Where the two are alike their sum is plain; where they are not, the dip between them is made up.
    """
    out = after.copy()
    head = after[:FADE].astype(np.float64)
    if before is None:
        out[:FADE] = head * _RISE
        return out
    tail = before.astype(np.float64)
    energy = float(np.sqrt(np.sum(head**2) * np.sum(tail**2)))
    alike = max(float(np.sum(head * tail)) / energy, _LEAST_CORRELATION) if energy > 0.0 else 1.0
    even = np.sqrt(_RISE**2 + (1.0 - _RISE) ** 2 + 2.0 * _RISE * (1.0 - _RISE) * alike)
    out[:FADE] = (head * _RISE + tail * (1.0 - _RISE)) / even
    return out


def fade_out(before: StereoArray32) -> StereoArray32:
    """Return the end of a piece after which nothing comes, shape (FADE, 2)."""
    return (before * (1.0 - _RISE)).astype(np.float32)
