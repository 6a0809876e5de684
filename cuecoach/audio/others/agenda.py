"""When other programs are to be down: a little before words, until a little after the last of them. Pure, on any clock."""

from __future__ import annotations

from typing import Final

from cuecoach.audio.others.shape import HOLD_S, RAMP_S

#: Words whose end is never told are taken for over so long after they should be, s: longer than words may wait.
_PATIENCE_S: Final = 10.0


class Agenda:
    """Words that are to come or sound, by their ids."""

    def __init__(self) -> None:
        self._spans: dict[int, tuple[float, float]] = {}

    def add(self, id_: int, begin: float, length: float) -> None:
        """Words will begin at `begin` and last for about `length`, s."""
        self._spans[id_] = (begin - RAMP_S, begin + length + _PATIENCE_S)

    def over(self, id_: int, at: float) -> None:
        """Words have ended, or will never be heard."""
        span = self._spans.pop(id_, None)
        if span is not None and span[0] < at:
            self._spans[id_] = (span[0], min(span[1], at + HOLD_S))

    def clear(self) -> None:
        """Nothing more comes."""
        self._spans.clear()

    def wants_quiet(self, now: float) -> bool:
        """Return whether other programs are to be down now."""
        self._spans = {id_: span for id_, span in self._spans.items() if span[1] > now}
        return any(begin <= now for begin, _ in self._spans.values())

    def next_change(self, now: float) -> float | None:
        """Return the next time at which that may change, None when nothing is known to come."""
        times = [t for span in self._spans.values() for t in span if t > now]
        return min(times, default=None)
