"""Four seconds of the raw signal from the middle of the run, to see the contacts in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from cuecoach.cli.measure.measuring import LEGS, Wanted
from cuecoach.events import FloatArray, ImuBlock
from cuecoach.sensors.recordings.recording import open_recording
from cuecoach.units import STANDARD_GRAVITY

ZOOM_S: Final = 4.0
#: Steps follow each other evenly when none takes this many times the usual.
_EVEN: Final = 1.4
#: Fewer samples than this are no picture of a signal.
_LEAST_SAMPLES: Final = 10


@dataclass(frozen=True, slots=True, eq=False)
class Zoom:
    """A stretch of raw signal.

    Attributes
    ----------
    times, signal
        Shape (n,), s and g.
    upright
        Whether the signal is the vertical; on a leg, which swings, it is the length of the acceleration.
    """

    times: FloatArray
    signal: FloatArray
    upright: bool


def steady_stretch(ic: FloatArray) -> tuple[float, float] | None:
    """Find even steps near the middle of all, for the length of a zoom or what there is.

    Parameters
    ----------
    ic
        Initial contacts, shape (n,), s.

    Returns
    -------
    tuple of float or None
        Begin and end, s; None when no three steps follow each other.
    """
    if len(ic) < 3:
        return None
    between = np.diff(ic)
    usual = float(np.median(between))
    broken = np.concatenate(([-1], np.flatnonzero(between > _EVEN * usual), [len(between)]))
    # stretches of even steps, as the numbers of their first and last contacts
    firsts, lasts = broken[:-1] + 1, broken[1:]
    lengths = np.minimum(ic[lasts] - ic[firsts], ZOOM_S)
    middle = float(ic[len(ic) // 2])
    away = np.maximum(np.maximum(ic[firsts] - middle, middle - ic[lasts]), 0.0)
    k = int(np.lexsort((away, -lengths))[0])
    if lasts[k] - firsts[k] < 2:
        return None
    begin, end = float(ic[firsts[k]]), float(ic[lasts[k]])
    start = min(max(middle - 0.5 * ZOOM_S, begin), max(begin, end - ZOOM_S)) - 0.3 * usual
    return start, start + ZOOM_S


def read_zoom(wanted: Wanted, stretch: tuple[float, float]) -> Zoom | None:
    """Read a stretch of the recording again; None when it holds next to nothing."""
    opened = open_recording(wanted.path, place=wanted.place)
    times: list[FloatArray] = []
    samples: list[FloatArray] = []
    for block in opened.events():
        if isinstance(block, ImuBlock) and len(block.times):
            if block.times[0] > stretch[1]:
                break
            a, b = np.searchsorted(block.times, stretch)
            if b > a:
                times.append(block.times[a:b])
                samples.append(block.acc[a:b])
    if sum(map(len, times)) < _LEAST_SAMPLES:
        return None
    t, acc = np.concatenate(times), np.concatenate(samples) / STANDARD_GRAVITY
    if opened.place in LEGS:
        return Zoom(t, np.linalg.norm(acc, axis=1), upright=False)
    # over several strides the mean acceleration is gravity, whichever way the sensor sits
    up = acc.mean(axis=0)
    return Zoom(t, acc @ (up / max(float(np.linalg.norm(up)), 1e-9)), upright=True)
