"""What a test gives: a value over time, ``10 deg for 20 s, from 10 to 15 deg over 30 s, missing for 4 s, 15 deg``."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Generic, TypeVar

Value = TypeVar("Value", float, bool)


@dataclass(frozen=True, slots=True)
class Piece(Generic[Value]):
    """One stretch: a value that stays or moves evenly to another; None for missing.

    `length_s` is None for a last piece that simply goes on.
    """

    begin: Value | None
    end: Value | None = None
    length_s: float | None = None

    def at(self, t: float) -> Value | None:
        """Return the value `t` seconds into the piece; past its end the value it ended with."""
        if self.end is None or self.begin is None or not self.length_s or isinstance(self.begin, bool):
            return self.begin
        share = min(max(t / self.length_s, 0.0), 1.0)
        return self.end if share == 1.0 else self.begin + (self.end - self.begin) * share


@dataclass(frozen=True, slots=True)
class Script(Generic[Value]):
    """Pieces one after the other. Before the first the value is as it begins, after the last as it ends."""

    pieces: tuple[Piece[Value], ...]
    _begins: tuple[float, ...] = field(init=False, repr=False, compare=False, default=())

    def __post_init__(self) -> None:
        lengths = [piece.length_s or 0.0 for piece in self.pieces]
        # Hundredths of a millisecond of rounding must not move a step to the next tick.
        begins = tuple(round(begin, 6) for begin in accumulate([0.0, *lengths[:-1]]))
        object.__setattr__(self, "_begins", begins)

    @property
    def length_s(self) -> float:
        """How long the pieces are together, s; a last piece that simply goes on counts nothing."""
        return sum(piece.length_s or 0.0 for piece in self.pieces)

    @property
    def constant(self) -> bool:
        """Whether it says the same all the time."""
        return len(self.pieces) == 1 and self.pieces[0].end is None

    def at(self, t: float) -> Value | None:
        """Return the value at test time `t` in s, None while it is missing."""
        n = max(bisect_right(self._begins, t) - 1, 0)
        return self.pieces[n].at(t - self._begins[n])
