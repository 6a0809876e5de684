"""How far other programs' sound steps back, how fast, and whether a volume is one that we set. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeAlias

#: One volume a channel, as sound servers count: the cube root of the factor on the samples; 1.0 is 100 %.
Volumes: TypeAlias = tuple[float, ...]

#: How far down, dB: what Android does to music under a spoken direction.
DEPTH_DB: Final = -14.0
#: Time from full to down and back, s.
RAMP_S: Final = 0.5
#: Words that follow each other so closely find the music still down, s.
HOLD_S: Final = 0.7
#: Volumes closer than this are the same one: servers round what they are given. 0.1 dB.
_SAME: Final = 0.004


def factor(position: float) -> float:
    """Return what volumes are multiplied with, at 0 (as before) to 1 (down); equal steps are equal steps in dB."""
    return 10.0 ** (position * DEPTH_DB / 60.0)


def lowered(volumes: Volumes, position: float) -> Volumes:
    """Return volumes at a position of the ramp; at 0 exactly those given."""
    return tuple(volume * factor(position) for volume in volumes) if position > 0.0 else volumes


def same(a: Volumes, b: Volumes) -> bool:
    """Return whether two volumes are one, rounding aside."""
    return len(a) == len(b) and all(abs(x - y) <= _SAME * max(x, y) for x, y in zip(a, b, strict=True))


def any_same(volumes: Volumes, candidates: Iterable[Volumes]) -> bool:
    """Return whether it is one of these."""
    return any(same(volumes, candidate) for candidate in candidates)


def on_the_way(volumes: Volumes, original: Volumes) -> bool:
    """Return whether `volumes` lie below `original` where a ramp would have put them: all channels by one factor.

    This tells what a program that was killed left behind from what a person chose. Unchanged volumes are not on the way.
    """
    if len(volumes) != len(original) or max(original, default=0.0) <= 0.0:
        return False
    shares = [now / before for now, before in zip(volumes, original, strict=True) if before > 0.0]
    if any(now > 0.0 for now, before in zip(volumes, original, strict=True) if before <= 0.0):
        return False
    lowest, highest = min(shares), max(shares)
    return highest - lowest <= _SAME and factor(1.0) - _SAME <= lowest and highest < 1.0 - _SAME
