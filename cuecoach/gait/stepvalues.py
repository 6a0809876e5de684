"""The values of a step from its contacts: cadence and times, and how far the body bounces between them."""

from __future__ import annotations

import numpy as np

from cuecoach.events import FloatArray, Side
from cuecoach.gait.constants import BOUNCE_STRIDES, CADENCE_STRIDES, GRID_S, STEP_EVIDENCE, STRIDES_ALIKE
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


def add_timing(step: Draft, running: int, *, leg: bool) -> None:
    """Cadence, stance time, flight time and duty factor.

    Parameters
    ----------
    running
        How many of the last contacts were running steps, this one with them.
    leg
        Whether all contacts are those of one leg.
    """
    series, tc = step.series, step.tc
    contact = series[-1]
    # walking, the two jolts of a leg's stride look like strides of their own
    strides = _strides_back(series if not leg else series[-running:], 1 if leg else 2)
    step_s = None
    if strides:
        step_s = sum(strides) / len(strides) * GRID_S / 2.0
        step.put("cadence", 60.0 / step_s)
    if tc is not None:
        stance_s = (tc - contact.ic) * GRID_S
        step.put("stance_time", 1000.0 * stance_s)
        if step_s is not None and "stance_time" in step.values:
            step.put("duty_factor", 100.0 * stance_s / (2.0 * step_s))
    before = series[-2].tc if len(series) > 1 and not leg else None
    if before is not None:
        step.put("flight_time", 1000.0 * GRID_S * (contact.ic - before))


def _strides_back(series: list[Contact], cycles: int) -> list[float]:
    """Length of the last strides of so many cycles each, in grid samples, that cadence may be told from; none where unsure.

    Where running begins and ends, what was walked just before is no part of its cadence; so they must look like running, and
    be alike.
    """
    strides: list[float] = []
    last = len(series) - 1
    while len(strides) < CADENCE_STRIDES and last >= cycles:
        if any(c.evidence is None or c.evidence < STEP_EVIDENCE for c in series[last - cycles + 1 : last + 1]):
            break
        strides.append(series[last].ic - series[last - cycles].ic)
        last -= cycles
    if strides and max(strides) > STRIDES_ALIKE * min(strides):
        return []
    return strides


def add_bounce(steps: list[Draft], trail: Trail, row: int) -> None:
    """Vertical oscillation of each step, from the vertical acceleration in that row of a trail."""
    fit: list[tuple[Draft, int, int, int]] = []
    for step in steps:
        length, end = step.stride[2] - step.stride[0], step.series[-1].at + 1
        count = min(BOUNCE_STRIDES, (end - trail.first) // max(length, 1) - 1)
        if count >= 1:
            fit.append((step, end, length, count))
    if not fit:
        return
    end, length, count = np.array([numbers for _, *numbers in fit]).T
    begin = end - (count + 1) * length
    drafts = [step for step, *_ in fit]
    contact = np.array([step.stride[2] for step in drafts])
    rising = trail.stretches(row, row + 1, begin, end)[0]
    put_each(drafts, "vertical_oscillation", bounces(rising, length, count, contact - begin))


def bounces(rising: FloatArray, lengths: IndexArray, counts: IndexArray, contacts: IndexArray) -> FloatArray:
    """Vertical oscillation of the last step of each stretch, mm, shape (s,): from its lowest point to the top of its flight.

    Double integration. Gravity is the mean over `counts` strides, averaged over all phases at which these may begin, for a body
    that bounces does not have the same speed at two contacts that are read 10 ms apart from the truth; the speed has zero mean
    over the last stride. A top that is not reached yet is where free flight would have it.

    Parameters
    ----------
    rising
        Vertical acceleration, shape (s, longest); of any scale and with gravity, since its mean is gravity.
    lengths
        Samples of a stride, shape (s,).
    counts
        Strides that gravity is the mean of; each stretch holds one more, and what follows that in its row does not matter.
    contacts
        Where in its stretch each step begins, shape (s,).
    """
    # running sums, not sums of rows: these must not depend on the longest stretch beside them
    row, n = np.arange(len(lengths)), (counts + 1) * lengths
    first = np.add.accumulate(rising, axis=1)
    second = np.add.accumulate(first, axis=1)
    late = second[row, n - 1] - second[row, n - 1 - lengths]
    early = second[row, lengths - 1].copy()
    gravity = (late - early) / (lengths * (n - lengths))
    # the last stride alone: its columns end with the stretch
    k = np.arange(np.maximum.reduce(lengths))
    at = np.minimum((n - lengths)[:, None] + k, (n - 1)[:, None])
    speed = np.add.accumulate(rising[row[:, None], at] - gravity[:, None], axis=1)
    last = lengths - 1
    total = np.add.accumulate(speed, axis=1)
    speed -= (total[row, last] / lengths)[:, None]
    height = np.add.accumulate(speed, axis=1)
    inside = k <= last[:, None]
    from_contact = inside & (at >= contacts[:, None])
    lowest = np.argmin(np.where(from_contact, height, np.inf), axis=1)
    low = height[row, lowest]
    top = np.maximum.reduce(np.where(inside & (k >= lowest[:, None]), height, -np.inf), axis=1)
    # without gravity there is no scale: the value becomes too large to be plausible
    gravity = np.maximum(gravity, 1e-9)
    off = speed[row, last]
    flight = height[row, last] + 0.5 * np.maximum(off, 0.0) ** 2 / gravity
    return (np.maximum(top, flight) - low) * (GRID_S * GRID_S * 1000.0 * STANDARD_GRAVITY) / gravity
