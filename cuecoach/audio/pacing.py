"""Keeps sample count and session clock together when the sound device slips, stalls or runs at its own speed."""

from __future__ import annotations

import math
from typing import Final

#: Callbacks come in bursts, so how far the mix is ahead is averaged over about this, s.
_SMOOTHING_S: Final = 2.0
#: What is normal for this device is known after this, s.
_SETTLING_S: Final = 3.0
#: Corrected in the next silence without a beat, s: words a twentieth of a second late harm no one.
_TOLERANCE_S: Final = 0.05
#: Corrected at once, s: the sound was interrupted anyway.
_INTERRUPTION_S: Final = 0.5


class Pacer:
    """Says how far the mix has fallen behind the session clock.

    A beat is never stretched or cut for this: only an interruption, which the runner has heard already, moves the sample count
    while the beat plays.
    """

    def __init__(self) -> None:
        self._last: float | None = None
        self._average = 0.0
        self._usual: float | None = None

    def slip(self, mixed_s: float, elapsed_s: float, *, free: bool) -> float:
        """Return by how many seconds to move the mix now: forward when positive, wait when negative, mostly 0.

        Parameters
        ----------
        mixed_s
            Sound mixed since the stream started, s.
        elapsed_s
            Time since then on the session's clock, s.
        free
            Nothing sounds and no beat runs.
        """
        lead = mixed_s - elapsed_s
        if self._last is None:
            self._average = lead
        else:
            self._average += (lead - self._average) * -math.expm1(-max(elapsed_s - self._last, 0.0) / _SMOOTHING_S)
        self._last = elapsed_s
        if self._usual is None:
            if elapsed_s >= _SETTLING_S:
                self._usual = self._average
            return 0.0
        if lead - self._usual < -_INTERRUPTION_S:
            move = self._usual - lead
        elif free and abs(self._average - self._usual) > _TOLERANCE_S:
            move = self._usual - self._average
        else:
            return 0.0
        self._average = self._usual
        return move
