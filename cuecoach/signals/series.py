"""The values of one metric from one sensor, and statistics over their recent past."""

from __future__ import annotations

import math
from bisect import bisect_right
from typing import Literal, TypeAlias

Statistic: TypeAlias = Literal["mean", "median", "min", "max", "sd", "slope"]

#: Values older than this are let go, s; no window of a rule may be longer.
KEEP_S = 1200.0
#: A source that reports every 6 s is not stale after 5: allow this many of its usual intervals,
INTERVALS = 2.5
#: but never call a value older than this fresh, s.
NEVER_FRESH_S = 20.0


class Series:
    """Time-stamped values, released as time passes.

    A value may be added ahead of the moment it becomes known (a block of samples covers many ticks); `advance` releases
    what is known by then. So results do not depend on how the stream was cut into blocks.
    """

    __slots__ = ("_cache", "_gap", "_known", "times", "values")

    def __init__(self) -> None:
        self.times: list[float] = []
        self.values: list[float] = []
        self._known = 0
        self._gap = 0.0
        self._cache: dict[tuple[str, float], tuple[int, int, float | None]] = {}

    def add(self, t: float, value: float) -> None:
        """Append a value known from `t` on; an older `t` than the last one's is ignored (a duplicate)."""
        if not self.times or t > self.times[-1]:
            self.times.append(t)
            self.values.append(value)

    def advance(self, now: float) -> bool:
        """Release all values known by `now`; True if there was a new one."""
        n, times = self._known, self.times
        start = n
        while n < len(times) and times[n] <= now:
            if n:
                gap = times[n] - times[n - 1]
                if gap < NEVER_FRESH_S:
                    self._gap = gap if self._gap == 0 else 0.9 * self._gap + 0.1 * gap
            n += 1
        self._known = n
        if n > 4096 and times[n // 2] < now - KEEP_S:
            cut = bisect_right(times, now - KEEP_S)
            del self.times[:cut], self.values[:cut]
            self._known -= cut
            self._cache.clear()
        return n > start

    def fresh(self, now: float, stale_s: float) -> bool:
        """Whether the newest released value is young enough to be used."""
        if not self._known:
            return False
        age = now - self.times[self._known - 1]
        return age <= min(max(stale_s, INTERVALS * self._gap), NEVER_FRESH_S)

    @property
    def newest(self) -> tuple[float, float] | None:
        """Time and value of the newest released value."""
        n = self._known - 1
        return (self.times[n], self.values[n]) if n >= 0 else None

    def since(self, t: float) -> list[float]:
        """Return the released values known after `t`."""
        return self.values[bisect_right(self.times, t, 0, self._known) : self._known]

    def statistic(self, function: Statistic, now: float, window_s: float) -> float | None:
        """Return `function` of the values in ``(now - window_s, now]``; None without any (slope and sd need three)."""
        first, last = bisect_right(self.times, now - window_s, 0, self._known), self._known
        key = (function, window_s)
        kept = self._cache.get(key)
        if kept and kept[0] == first and kept[1] == last:
            return kept[2]
        result = _compute(function, self.times[first:last], self.values[first:last])
        self._cache[key] = (first, last, result)
        return result


def median(values: list[float]) -> float:
    """Return the median of a non-empty list."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else 0.5 * (ordered[half - 1] + ordered[half])


def _compute(function: Statistic, times: list[float], values: list[float]) -> float | None:
    n = len(values)
    if not n or (n < 3 and function in ("sd", "slope")):
        return None
    match function:
        case "median":
            return median(values)
        case "mean":
            return math.fsum(values) / n
        case "min":
            return min(values)
        case "max":
            return max(values)
        case "sd":
            m = math.fsum(values) / n
            return math.sqrt(math.fsum((v - m) ** 2 for v in values) / (n - 1))
        case "slope":  # least squares, unit per second
            mt, mv = math.fsum(times) / n, math.fsum(values) / n
            spread = math.fsum((t - mt) ** 2 for t in times)
            if spread == 0:
                return None
            return math.fsum((t - mt) * (v - mv) for t, v in zip(times, values, strict=True)) / spread
