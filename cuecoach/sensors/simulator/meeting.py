"""How a step is timed to meet a click: drawn to it, never on it, as people are."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from cuecoach.events import Beat
from cuecoach.sensors.simulator.person import Response

#: Share of cadence by which it may differ from the beat's for steps to aim at the clicks.
_IN_TEMPO: Final = 0.02
#: Share of a step by which it is shortened or lengthened to meet a click, at most; about the scatter of steps, so unnoticed.
_MOST_SHIFT: Final = 0.012
#: What a step takes over of the error of the step before: errors of timing to a beat hang together over several steps.
_KEPT: Final = 0.9


class Meeting:
    """The timing of steps to clicks.

    Parameters
    ----------
    response
        How early the person steps, how firmly they are drawn, and how well they hit what they aim at.
    rng
        Where the error comes from; None, or a person without error, draws nothing.
    """

    def __init__(self, response: Response, rng: np.random.Generator | None) -> None:
        self._response = response
        self._rng = rng if response.beat_error_s > 0 else None
        self._error_s = 0.0

    def shift(self, beat: Beat | None, cadence: float, lands: float) -> float:
        """Return by how much to lengthen a step that would end at `lands`, s, so that the next lands nearer to a click."""
        if beat is None:
            return 0.0
        r = self._response
        # First the tempo, then the phase: who is still catching up does not aim at single clicks.
        in_tempo = max(1.0 - abs(cadence / beat.spm - 1.0) / _IN_TEMPO, 0.0)
        period = 60.0 / beat.spm
        late = (lands + r.beat_lead_s + self._aim() - beat.at) / period
        off = (round(late) - late) * period
        most = _MOST_SHIFT * period
        return min(max(r.phase_pull * in_tempo * off, -most), most)

    def _aim(self) -> float:
        """Return by how much the person now aims too early, s."""
        if self._rng is not None:
            fresh = float(self._rng.standard_normal()) * self._response.beat_error_s
            self._error_s = _KEPT * self._error_s + math.sqrt(1.0 - _KEPT * _KEPT) * fresh
        return self._error_s
