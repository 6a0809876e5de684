"""The seconds of a run as columns, with NaN for what is unknown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cuecoach.events import FloatArray
from cuecoach.metrics import METRICS
from cuecoach.runrecord import RunRecord, Second
from cuecoach.runsummary import SPREADS, TARGET_BAND

BoolArray: TypeAlias = NDArray[np.bool_]
#: Seconds that lie further apart than this leave a hole in a line, s.
HOLE_S: Final = 5.0


@dataclass(frozen=True)
class Columns:
    """The seconds of a run; every array has shape (n,).

    Attributes
    ----------
    t
        Session time, s.
    running
        Whether the runner ran; all True where nothing ever told what they did.
    """

    seconds: tuple[Second, ...]
    t: FloatArray
    running: BoolArray

    @cached_property
    def bout_s(self) -> FloatArray:
        """For how long the runner had been running, s; 0 when not."""
        begins = self.running & ~np.concatenate([[False], self.running[:-1]])
        since = np.maximum.accumulate(np.where(begins, self.t, -np.inf)) if self.t.size else self.t
        return np.where(self.running, self.t - since, 0.0)

    def values(self, name: str) -> FloatArray:
        """Return the metric while running.

        The first seconds of running are left out where the smoothed value still holds what was before.
        """
        raw = _column(second.values.get(name) for second in self.seconds)
        began_running = self.running & (self.t - self.bout_s <= HOLE_S)
        settled = self.running & ((self.bout_s >= METRICS[name].window_s) | began_running)
        return np.where(settled, raw, np.nan)

    def normal(self, name: str) -> FloatArray:
        """Return the runner's normal at the speed of the moment, while running."""
        return np.where(self.running, _column(second.normal.get(name) for second in self.seconds), np.nan)

    def noise(self, name: str) -> FloatArray:
        """Return the personal spread of the smoothed metric, one standard deviation."""
        return _column(second.noise.get(name) for second in self.seconds)

    def residual(self, name: str) -> FloatArray:
        """Return how far the metric was from normal."""
        return self.values(name) - self.normal(name)

    @cached_property
    def target(self) -> FloatArray:
        """What was asked of the cadence, spm, while running."""
        return np.where(self.running, _column(second.target for second in self.seconds), np.nan)

    @cached_property
    def beat(self) -> FloatArray:
        """The tempo of the beat that sounded, spm; NaN in silence."""
        return _column(second.beat for second in self.seconds)

    def band(self, name: str) -> tuple[FloatArray, FloatArray]:
        """Return what counts as in band: around the target of the cadence where there is one, else around normal."""
        if name == "cadence" and np.isfinite(self.target).any():
            return TARGET_BAND[0] * self.target, TARGET_BAND[1] * self.target
        usual, wide = self.normal(name), SPREADS * self.noise(name)
        return usual - wide, usual + wide

    def stretches(self, said: Iterable[str | None]) -> list[tuple[float, float, str]]:
        """Return from when to when the same word was said of each second; None says nothing."""
        out: list[tuple[float, float, str]] = []
        for t, word in zip(self.t.tolist(), said, strict=True):
            if word is None:
                continue
            if out and out[-1][2] == word and t - out[-1][1] <= 1.0:
                out[-1] = (out[-1][0], t + 1.0, word)
            else:
                out.append((t, t + 1.0, word))
        return out


def columns(record: RunRecord) -> Columns:
    """Return the seconds of a run as columns."""
    told = any(second.activity is not None for second in record.seconds)
    running = [second.activity == "running" or not told for second in record.seconds]
    t = np.array([second.t for second in record.seconds], dtype=np.float64)
    return Columns(tuple(record.seconds), t, np.array(running, dtype=np.bool_))


def mean(values: FloatArray) -> float | None:
    """Return the mean of what is known of the values; None where nothing is."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else None


def _column(values: Iterable[float | None]) -> FloatArray:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
