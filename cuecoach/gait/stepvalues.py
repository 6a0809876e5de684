"""The values of a step from its contacts: cadence and times, and how far the body bounces between them."""

from __future__ import annotations

import numpy as np

from cuecoach.events import FloatArray, Side
from cuecoach.gait.constants import CADENCE_STEPS, GRID_S
from cuecoach.gait.contacts import Contact
from cuecoach.gait.trail import IndexArray, Trail
from cuecoach.metrics import LIMITS
from cuecoach.units import STANDARD_GRAVITY


class Draft:
    """A running step while its values are put together.

    Attributes
    ----------
    series
        Contacts that follow each other, oldest first, one a step (on a leg one a stride); the last is the step's own.
    stride
        Grid indices of the last three of them: the stride that ends with this step. Shorter when there are fewer.
    tc
        Terminal contact of the step, grid index, or None.
    middle
        Grid index of mid-stance, or what stands in for it when `tc` is not known.
    side
        Its foot, where it can be told.
    values
        By names of the catalogue; what is unknown or implausible is absent.
    """

    __slots__ = ("middle", "series", "side", "stride", "tc", "values")

    def __init__(self, series: list[Contact], tc: float | None) -> None:
        self.series = series
        self.stride = [int(contact.ic) for contact in series[-3:]]
        self.tc = tc
        half = 12 if tc is None else round(0.5 * (tc - series[-1].ic))
        self.middle = min(self.stride[-1] + half, series[-1].at)
        self.side: Side | None = None
        self.values: dict[str, float] = {}

    def put(self, name: str, value: float) -> None:
        """Keep a value that the catalogue holds plausible."""
        low, high = LIMITS[name]
        if low <= value <= high:
            self.values[name] = value


def put_each(steps: list[Draft], name: str, values: FloatArray) -> None:
    """Keep a value of each step, shape (s,), where the catalogue holds it plausible."""
    low, high = LIMITS[name]
    for step, value in zip(steps, values.tolist(), strict=True):
        if low <= value <= high:
            step.values[name] = value


def add_timing(step: Draft, *, leg: bool) -> None:
    """Cadence, stance time, flight time and duty factor; `leg` when all contacts are those of one leg."""
    series, tc = step.series, step.tc
    contact = series[-1]
    back = min(len(series) - 1, CADENCE_STEPS // 2 if leg else CADENCE_STEPS)
    if not leg:
        back -= back % 2
    step_s = None
    if back:
        step_s = (contact.ic - series[-1 - back].ic) * GRID_S / (2 * back if leg else back)
        step.put("cadence", 60.0 / step_s)
    if tc is not None:
        stance_s = (tc - contact.ic) * GRID_S
        step.put("stance_time", 1000.0 * stance_s)
        if step_s is not None and "stance_time" in step.values:
            step.put("duty_factor", 100.0 * stance_s / (2.0 * step_s))
    before = series[-2].tc if len(series) > 1 and not leg else None
    if before is not None:
        step.put("flight_time", 1000.0 * GRID_S * (contact.ic - before))


def add_bounce(steps: list[Draft], trail: Trail, row: int) -> None:
    """Vertical oscillation of the step before each, from the vertical acceleration in that row of a trail."""
    steps = [s for s in steps if s.stride[0] >= trail.first and s.stride[1] >= s.stride[0] + 3]
    if not steps:
        return
    begin, middle, end = np.array([step.stride for step in steps]).T
    heights = bounces(trail.stretches(row, row + 1, begin, end)[0], end - begin, middle - begin)
    put_each(steps, "vertical_oscillation", heights)


def bounces(rising: FloatArray, lengths: IndexArray, middles: IndexArray) -> FloatArray:
    """Vertical oscillation of the first step of each stride, mm, shape (s,).

    It is the last whole step of the foot whose contact ends the stride; the step of that contact itself ends too late.

    Double integration with the drift of the stride removed: acceleration, then velocity, get zero mean over it.

    Parameters
    ----------
    rising
        Vertical acceleration over each stride, shape (s, longest); of any scale and with gravity, since its mean is gravity.
    lengths
        Samples of each stride, shape (s,); what follows them in its row does not matter.
    middles
        Where each first step ends, shape (s,).
    """
    # running sums, not sums of rows: these must not depend on the longest stride beside them
    last = (np.arange(len(lengths)), lengths - 1)
    count = np.arange(1.0, rising.shape[1] + 1.0)
    speed = np.add.accumulate(rising, axis=1)
    gravity = speed[last] / lengths
    speed -= gravity[:, None] * count
    height = np.add.accumulate(speed, axis=1)
    height -= (height[last] / lengths)[:, None] * count
    first_step = np.where(count - 1.0 <= middles[:, None], height, height[:, :1])
    span = np.maximum.reduce(first_step, axis=1) - np.minimum.reduce(first_step, axis=1)
    # without gravity there is no scale: the value becomes too large to be plausible
    return span * (GRID_S * GRID_S * 1000.0 * STANDARD_GRAVITY) / np.maximum(gravity, 1e-9)
