"""A person who taps along with clicks, with the habits that the tapping literature knows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Tapper:
    """Someone with a hand of their own.

    A tap's time follows the two-level model of Vorberg and Wing (1996): a timekeeper, a motor delay, and a correction of a
    share `correcting` of the last asynchrony; so neighbouring taps are alike. With 1 they are independent of each other.
    """

    asynchrony_s: float = -0.030
    spread_s: float = 0.025
    motor_s: float = 0.008
    correcting: float = 1.0
    missing: float = 0.0
    wild: float = 0.0

    @classmethod
    def somebody(cls, rng: np.random.Generator, **habits: float) -> Tapper:
        """Draw someone: people differ by 15 ms in how far ahead they are."""
        return cls(asynchrony_s=float(rng.normal(-0.030, 0.015)), **habits)

    def taps(self, clicks: np.ndarray, delay_s: float, rng: np.random.Generator) -> np.ndarray:
        """Return when they tap, s: along with `clicks` that they hear `delay_s` later."""
        keep = 1.0 - self.correcting
        # The variance of asynchronies is that of what is added each time over 1 - keep², motor noise aside.
        added = np.sqrt(max(self.spread_s**2 - 2 * self.motor_s**2, 0.0) * (1.0 - keep**2))
        kept, off = 0.0, np.empty(len(clicks))
        motor = rng.normal(0.0, self.motor_s, len(clicks) + 1)
        for k in range(len(clicks)):
            kept = keep * kept + rng.normal(0.0, added)
            off[k] = kept + motor[k + 1] - motor[k]
        taps = clicks + delay_s + self.asynchrony_s + off
        wild = rng.random(len(clicks)) < self.wild
        taps[wild] += rng.uniform(0.1, 0.4, int(wild.sum()))
        return np.sort(taps[rng.random(len(clicks)) >= self.missing])
