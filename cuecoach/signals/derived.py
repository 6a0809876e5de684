"""Metrics that follow from others: step and stride length, and bounce as a share of them, where no sensor states them."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Final

from cuecoach.metrics import METRICS, plausible
from cuecoach.signals.log import Log

#: What each follows from.
PARTS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "step_length": ("speed", "cadence"),
        "stride_length": ("speed", "cadence"),
        "vertical_ratio": ("vertical_oscillation", "step_length"),
    }
)


def derivable(given: Collection[str]) -> frozenset[str]:
    """Return the metrics that follow from these."""
    found = set(given)
    for name, parts in PARTS.items():
        if found.issuperset(parts):
            found.add(name)
    return frozenset(found.difference(given))


def follow(
    speed: float | None, cadence: float | None, bounce: float | None, stated: float | None = None
) -> dict[str, float]:
    """Return what follows from speed, m/s, cadence, spm, and bounce, mm; a step length that was stated, m, goes first."""
    values: dict[str, float] = {}
    step = None
    if speed and cadence:
        step = 60.0 * speed / cadence
        values = {"step_length": step, "stride_length": 2.0 * step}
    step = step if stated is None else stated
    if bounce is not None and step:
        values["vertical_ratio"] = 100.0 * bounce / (1000.0 * step)  # mm over m
    return {name: value for name, value in values.items() if plausible(name, value)}


class Derived:
    """What follows from the newest fresh values of the other metrics, once a second."""

    def __init__(self) -> None:
        self._log = Log()

    def add(self, t: float, last: Callable[[str], float | None]) -> bool:
        """Derive what can be at `t`, s, from the newest values (None for one that is not fresh); True if there was any."""
        bounce = last("vertical_oscillation")
        stated = last("step_length") if bounce is not None else None
        values = follow(last("speed"), last("cadence"), bounce, stated)
        if values:
            self._log.add(t, values)
            self._log.advance(t)
        return bool(values)

    def choose(
        self, name: str, now: float, part: Callable[[str], tuple[Log | None, float]]
    ) -> tuple[Log | None, float]:
        """Return the log that holds the metric, and until when it is fresh, s: no longer than what it follows from."""
        until = self._log.fresh_until(name, METRICS[name].stale_s)
        for other in PARTS[name]:
            log, until_part = part(other)
            if log is None:
                return None, math.inf
            until = min(until, until_part)
        return (None, math.inf) if now > until else (self._log, until)
