"""The resolution raw samples are kept at: finer than any sensor's own, so that what the coach hears is what is kept."""

from __future__ import annotations

from typing import Final

import numpy as np

from cuecoach.events import Event, FloatArray, ImuBlock

#: Steps in 1 m/s², 1 deg/s and 1 s; powers of two, so that a whole number of steps is an exact float.
ACC_STEPS: Final = 2.0**10
GYR_STEPS: Final = 2.0**7
TIME_STEPS: Final = 2.0**20


def on_grid(event: Event) -> Event:
    """Round a block of samples to the resolution the store keeps; other events are returned as they are.

    Accelerations are rounded to 2⁻¹⁰ m/s² (0.1 mg), angular rates to 2⁻⁷ deg/s and times to 2⁻²⁰ s, below the noise of every
    wearable sensor. Rounding twice changes nothing. A block of which two samples would fall on one moment stays as it is.
    """
    if not isinstance(event, ImuBlock) or not len(event.times):
        return event
    times = _rounded(event.times, TIME_STEPS)
    if not (times[1:] > times[:-1]).all():
        return event
    acc = _rounded(event.acc, ACC_STEPS)
    gyr = None if event.gyr is None else _rounded(event.gyr, GYR_STEPS)
    # A moment rounded down must not come before the last sample, which may have been rounded up.
    t = max(round(event.t * TIME_STEPS) / TIME_STEPS, float(times[-1]))
    return ImuBlock(t, event.source, event.place, times, acc, gyr)


def _rounded(values: FloatArray, steps: float) -> FloatArray:
    """Return the values rounded to the nearest step, row after row in memory."""
    # At this height a float has just these steps, so that adding rounds; taking it off again is exact, and gives no -0.0.
    # The layout in memory is settled too: sums over arrays that are laid out differently may differ in the last bit.
    high = 1.5 * 2.0**52 / steps
    rounded = np.add(values, high, order="C")
    rounded -= high
    return rounded
