"""When the coach may speak in a faded session: blocks of a minute or two, strewn over the run, in all the share asked for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

#: A block is no longer than this, and, where the share allows it, no shorter, s.
LONGEST_S: Final = 120.0
SHORTEST_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Windows:
    """Stretches of the session clock in which cues may sound: `blocks` of (from, to), s, in order."""

    blocks: tuple[tuple[float, float], ...]

    def open_at(self, clock: float) -> bool:
        """Whether a window is open at this session clock, s."""
        return any(begin <= clock < end for begin, end in self.blocks)

    @property
    def open_s(self) -> float:
        """How long they are open in all, s."""
        return math.fsum(end - begin for begin, end in self.blocks)


def strew(length_s: float, share: float, seed: int) -> Windows:
    """Place windows over a session.

    The time they are open is `share` of the session exactly. Each lasts one to two minutes (less only when the share is less
    than a minute in all) and does not touch its neighbour; a share of 1 is one block from begin to end.

    Parameters
    ----------
    length_s
        How long the session lasts, s.
    share
        How much of it is open, 0 to 1.
    seed
        The same seed gives the same windows.

    Raises
    ------
    ValueError
        A negative length, or a share outside 0 to 1.
    """
    if length_s < 0.0 or not 0.0 <= share <= 1.0:
        raise ValueError(f"no windows over {length_s} s with a share of {share}")
    open_s = length_s * share
    if open_s == 0.0:
        return Windows(())
    if share == 1.0:
        return Windows(((0.0, length_s),))
    rng = np.random.default_rng(seed)
    fewest, most = max(1, math.ceil(open_s / LONGEST_S)), max(1, math.floor(open_s / SHORTEST_S))
    count = int(rng.integers(fewest, max(fewest, most) + 1))
    lengths = _lengths(open_s, count, rng)
    pauses = rng.dirichlet(np.ones(count + 1)) * (length_s - open_s)
    # No pause shorter than half its even share: windows that run into one another would be a longer one.
    even = (length_s - open_s) / (count + 1)
    pauses = 0.5 * even + 0.5 * pauses
    blocks: list[tuple[float, float]] = []
    at = 0.0
    for pause, length in zip(pauses[:-1], lengths, strict=True):
        begin = at + float(pause)
        at = min(begin + length, length_s)
        blocks.append((begin, at))
    return Windows(tuple(blocks))


def _lengths(open_s: float, count: int, rng: np.random.Generator) -> list[float]:
    """Return `count` lengths that add up to `open_s`, uneven within what a block may last."""
    mean = open_s / count
    room = max(0.0, min(LONGEST_S - mean, mean - SHORTEST_S))
    offsets = rng.uniform(-1.0, 1.0, count)
    offsets -= offsets.mean()
    widest = float(np.abs(offsets).max())
    if widest > 1.0:
        offsets /= widest
    return [mean + room * float(offset) for offset in offsets]
