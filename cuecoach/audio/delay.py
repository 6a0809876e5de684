"""How late headphones are heard, told from the taps or steps that a person makes along with their clicks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cuecoach.errors import SoundError

#: From click to click, s (75 a minute): long enough that no delay of headphones could be taken for the next click's.
INTERVAL_S: Final = 0.8
#: Taps earlier than this before a click belong to the click before it, s.
EARLIEST_S: Final = -0.2
#: Fewer taps tell nothing.
FEWEST: Final = 12
#: Taps that are spread wider than this do not follow the clicks, s. People have 15 to 40 ms (Repp 2005).
WIDEST_S: Final = 0.060
#: A tap is left out when it lies further off than so many robust standard deviations, and than this, s.
_OUTLIER: Final = 3.0
_NEVER_OUT_S: Final = 0.05
#: Who misses more clicks than this share is not with them.
_MOST_OUT: Final = 1 / 3
#: Taps hang together, so that thirty of them tell less than thirty would alone; never taken to be worse than this.
_MOST_ALIKE: Final = 0.8
#: More of a minus than this is no delay of the device, s.
_TOO_EARLY_S: Final = -0.1

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Anticipation:
    """How far ahead of a click they hear people move (negative, s), and how much that differs between them (sd, s)."""

    mean_s: float
    spread_s: float


#: Fingers come 20 to 50 ms before the click they follow, feet more (Repp 2005; Aschersleben and Prinz 1995).
TAPPING: Final = Anticipation(-0.030, 0.015)
STEPPING: Final = Anticipation(-0.050, 0.020)


class NotTogetherError(SoundError):
    """The taps do not tell a delay; one sentence for the person who made them."""


@dataclass(frozen=True, slots=True)
class Along:
    """How someone moved along with clicks.

    Attributes
    ----------
    offset_s
        How long after a click was due they moved, on average, s, from `EARLIEST_S` to `INTERVAL_S` after that.
    spread_s
        Standard deviation of single taps, s.
    error_s
        Standard error of `offset_s`, s; taps that resemble the one before count for less.
    used, left_out
        How many taps counted, and how many were too far off to.
    """

    offset_s: float
    spread_s: float
    error_s: float
    used: int
    left_out: int


@dataclass(frozen=True, slots=True)
class Delay:
    """How late a device is heard, s, and the standard error of that, s."""

    delay_s: float
    error_s: float


def measure(moments: Sequence[float], at: float, interval_s: float = INTERVAL_S, *, moving: str = "tap") -> Along:
    """Return how someone moved along with regular clicks.

    Parameters
    ----------
    moments
        When they tapped or stepped, session time, s, rising. Clicks may have been missed.
    at
        When one of the clicks was due, session time, s.
    interval_s
        From click to click, s.
    moving
        What they did, for the sentence: ``tap`` or ``step``.

    Raises
    ------
    NotTogetherError
        Fewer than `FEWEST` of them, more than a third off, or spread wider than `WIDEST_S`.

    Notes
    -----
    Where in the interval a tap lies is a point on a circle. The circle's median says where most of them are, whatever the
    others do; taps beyond three robust standard deviations are left out; of the rest, the mean is taken.
    """
    if len(moments) < FEWEST:
        raise NotTogetherError(f"only {len(moments)} {moving}s came; it takes {FEWEST} or more")
    places = (np.asarray(moments, dtype=np.float64) - at) % interval_s
    apart = np.abs(_around(places[:, np.newaxis] - places[np.newaxis, :], interval_s)).sum(axis=1)
    centre = float(places[int(np.argmin(apart))])
    off = _around(places - centre, interval_s)
    near = off
    for _ in range(2):
        robust = 1.4826 * float(np.median(np.abs(off - np.median(off))))
        middle = float(np.median(near))
        near = off[np.abs(off - middle) <= max(_OUTLIER * robust, _NEVER_OUT_S)]
    used, spread = len(near), float(np.std(near, ddof=1))
    if used < max(FEWEST, (1.0 - _MOST_OUT) * len(off)) or spread > WIDEST_S:
        raise NotTogetherError(f"the {moving}s did not follow the clicks; {moving} once on each click, as you hear it")
    alike = _likeness(near - near.mean())
    error = spread / used**0.5 * ((1.0 + alike) / (1.0 - alike)) ** 0.5
    return Along(_in_window(centre + float(near.mean()), interval_s), spread, error, used, len(off) - used)


def delay_of(along: Along, anticipation: Anticipation, reference: Along | None = None) -> Delay:
    """Return how late a device is heard.

    Parameters
    ----------
    along
        How someone moved along with it.
    anticipation
        What people do; used where `reference` is not given, and then most of the error is that nobody is exactly so.
    reference
        How the same person moved along with a device whose sound is not delayed. Then their own anticipation, and the time
        that the keyboard takes, cancel.

    Raises
    ------
    NotTogetherError
        They moved well before the clicks, which no device can be the cause of.
    """
    if reference is None:
        delay = along.offset_s - anticipation.mean_s
        error = float(np.hypot(along.error_s, anticipation.spread_s))
    else:
        delay = _in_window(along.offset_s - reference.offset_s, INTERVAL_S)
        error = float(np.hypot(along.error_s, reference.error_s))
    if delay < _TOO_EARLY_S:
        raise NotTogetherError(
            f"you were {-1000 * along.offset_s:.0f} ms before the clicks, more than people are; "
            "move with each click as with music, not before it"
        )
    return Delay(max(delay, 0.0), error)


def _around(apart: FloatArray, interval_s: float) -> FloatArray:
    """Return differences the short way round, from minus half an interval to half."""
    return (apart + interval_s / 2) % interval_s - interval_s / 2


def _in_window(offset: float, interval_s: float) -> float:
    return (offset - EARLIEST_S) % interval_s + EARLIEST_S


def _likeness(off: FloatArray) -> float:
    """Return how much each tap resembles the one before: the autocorrelation of neighbours, from 0 to `_MOST_ALIKE`."""
    power = float(off @ off)
    alike = float(off[1:] @ off[:-1]) / power if power > 0.0 else 0.0
    # Short series look less alike than they are, by about so much (Kendall 1954).
    alike += (1.0 + 4.0 * alike) / len(off)
    return min(max(alike, 0.0), _MOST_ALIKE)
