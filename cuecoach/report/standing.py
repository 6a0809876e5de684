"""How each part of form stood over the run: time in band, time on the faulty side, drift from first third to last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from cuecoach.events import FloatArray
from cuecoach.report.chance import around_difference
from cuecoach.report.columns import Columns

#: Metric and focus of what a runner can work on. Contact time is none of these: it is shown and never judged.
FORM: Final = (
    ("cadence", "cadence"),
    ("pelvic_tilt", "posture"),
    ("pelvic_drop", "hips"),
    ("vertical_oscillation", "bounce"),
    ("stance_time_balance", "symmetry"),
)
#: Which side of its band is a fault: below (-1), above (1) or both (0).
_FAULT: Final = {"cadence": -1, "pelvic_tilt": 1, "pelvic_drop": 1, "vertical_oscillation": 1}
#: Less running than this in view tells nothing, s.
LEAST_S: Final = 60.0
#: Thirds shorter than this are not compared, s; means of blocks of a minute tell how sure a third is.
THIRD_S: Final = 180.0
_BLOCK_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Standing:
    """How one metric stood.

    Attributes
    ----------
    metric, focus
        What it is and the group of rules it belongs to.
    known_s
        For how long it could be judged while running, s.
    near
        Share of that time in band.
    faulty
        Share of that time beyond the band on the side that is a fault.
    targeted
        Whether the band is around a target that was asked, not around the runner's normal.
    """

    metric: str
    focus: str
    known_s: float
    near: float
    faulty: float
    targeted: bool


@dataclass(frozen=True, slots=True)
class Drift:
    """How a metric changed from the first third of the running to the last, with the effect of speed taken out.

    `first` and `last` are mean distances from normal, `around` half the width of the 95 % interval of `change`; all None
    where that is unknown, and `minutes` says how much there was to go by. `spread` is the personal spread of the metric.
    """

    metric: str
    minutes: float
    first: float | None = None
    last: float | None = None
    around: float | None = None
    spread: float = 0.0

    @property
    def change(self) -> float | None:
        """The last third less the first."""
        return None if self.first is None or self.last is None else self.last - self.first

    @property
    def clear(self) -> bool:
        """Whether the change is more than chance explains, and no less than half the personal spread."""
        if self.change is None or self.around is None:
            return False
        return abs(self.change) > max(self.around, self.spread / 2)


def standings(columns: Columns) -> list[Standing]:
    """Return how each metric stood that was known for a minute of running or more."""
    out: list[Standing] = []
    for metric, focus in FORM:
        value = columns.values(metric)
        low, high = columns.band(metric)
        known = np.isfinite(value) & np.isfinite(low) & np.isfinite(high)
        if known.sum() < LEAST_S:
            continue
        value, low, high = value[known], low[known], high[known]
        way = _FAULT.get(metric, 0)
        beyond = (value > high) & (way >= 0) | (value < low) & (way <= 0)
        near = (value >= low) & (value <= high)
        targeted = metric == "cadence" and bool(np.isfinite(columns.target).any())
        out.append(Standing(metric, focus, float(known.sum()), float(near.mean()), float(beyond.mean()), targeted))
    return out


def drift(columns: Columns, metric: str) -> Drift:
    """Return how the metric drifted; seconds with a beat are left out for cadence, which the beat leads."""
    off = columns.residual(metric)
    if metric == "cadence":
        off = np.where(np.isfinite(columns.beat), np.nan, off)
    at = np.flatnonzero(columns.running)
    thirds = np.array_split(at, 3)
    first, last = off[thirds[0]], off[thirds[-1]]
    early, late = _blocks(columns.t[thirds[0]], first), _blocks(columns.t[thirds[-1]], last)
    minutes = min(np.isfinite(first).sum(), np.isfinite(last).sum()) / 60.0
    if minutes * 60 < THIRD_S or min(len(early), len(late)) < 3:
        return Drift(metric, float(minutes))
    around = around_difference(early, late)
    noise = columns.noise(metric)
    spread = float(np.median(noise[np.isfinite(noise)])) if np.isfinite(noise).any() else 0.0
    return Drift(metric, float(minutes), float(np.mean(early)), float(np.mean(late)), around, spread)


def _blocks(t: FloatArray, values: FloatArray) -> Sequence[float]:
    """Return the means of each minute that is at least half known."""
    out: list[float] = []
    block = np.floor(t / _BLOCK_S)
    for number in np.unique(block).tolist():
        known = values[(block == number) & np.isfinite(values)]
        if known.size >= _BLOCK_S / 2:
            out.append(float(known.mean()))
    return out
