"""What one sensor has said lately, and statistics over it."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Mapping
from operator import itemgetter
from typing import Literal, TypeAlias

Statistic: TypeAlias = Literal["mean", "median", "min", "max", "sd", "slope"]

#: Values older than this are let go, s: the longest window that a rule may name.
KEEP_S = 1800.0
#: A source that reports every 6 s is not stale after 5: allow this many of its usual intervals,
INTERVALS = 2.5
#: but never call a value older than this fresh, s.
NEVER_FRESH_S = 20.0


class Log:
    """Metric values of one source by time, released as time passes.

    Values may be added ahead of the moment they become known (a block of samples covers many ticks); `advance` releases
    what is known by then. So results do not depend on how the stream was cut into blocks.
    """

    __slots__ = ("_gap", "_known", "_newest", "_said", "_times", "_windows")

    def __init__(self) -> None:
        self._times: list[float] = []
        self._said: list[Mapping[str, float]] = []
        self._known = 0
        self._gap = 0.0
        self._newest: dict[str, tuple[float, float]] = {}
        self._windows: dict[tuple[str, float], _Window] = {}

    def add(self, t: float, values: Mapping[str, float]) -> None:
        """Append values known from `t` on; a `t` no later than the last one's is ignored (a duplicate)."""
        if not self._times or t > self._times[-1]:
            self._times.append(t)
            self._said.append(values)

    def advance(self, now: float) -> bool:
        """Release all values known by `now`; True if there were new ones."""
        n, times = self._known, self._times
        if n == len(times) or times[n] > now:
            return False
        while n < len(times) and times[n] <= now:
            t = times[n]
            if n:
                gap = t - times[n - 1]
                if gap < NEVER_FRESH_S:
                    self._gap = gap if self._gap == 0 else 0.9 * self._gap + 0.1 * gap
            for name, value in self._said[n].items():
                self._newest[name] = (t, value)
            n += 1
        self._known = n
        if n > 4096 and times[n // 2] < now - KEEP_S:
            cut = bisect_right(times, now - KEEP_S)
            del self._times[:cut], self._said[:cut]
            self._known -= cut
        return True

    def newest(self, name: str) -> float | None:
        """Return the newest released value of the metric."""
        found = self._newest.get(name)
        return None if found is None else found[1]

    def fresh_until(self, name: str, stale_s: float) -> float:
        """Return until when the newest released value of the metric is young enough to be used, s."""
        found = self._newest.get(name)
        if found is None:
            return -math.inf
        return found[0] + min(max(stale_s, INTERVALS * self._gap), NEVER_FRESH_S)

    def statistic(self, function: Statistic, name: str, window_s: float) -> float | None:
        """Return `function` of the metric over the `window_s` before its newest value, that one included.

        It is None for a metric never heard; slope and sd need three values. It changes only with something new: whether the
        newest value is still fresh is another question.
        """
        newest = self._newest.get(name)
        if newest is None:
            return None
        if function in ("median", "min", "max"):
            ordered = self._ordered(name, window_s, newest[0])
            return _middle(ordered) if function == "median" else ordered[0 if function == "min" else -1]
        first = bisect_right(self._times, newest[0] - window_s, 0, self._known)
        said = self._said[first : self._known]
        try:  # nearly always every entry has the metric
            values = list(map(itemgetter(name), said))
        except KeyError:
            values = [v[name] for v in said if name in v]
        if function == "mean":
            return math.fsum(values) / len(values)
        if function == "sd":
            return _spread(values)
        return _slope([t for t, v in zip(self._times[first : self._known], said, strict=True) if name in v], values)

    def _ordered(self, name: str, window_s: float, newest: float) -> list[float]:
        """Return the values of the window in order of size; not to be changed."""
        window = self._windows.get((name, window_s))
        if window is None:
            window = self._windows[name, window_s] = _Window()
        for i in range(bisect_right(self._times, window.taken, 0, self._known), self._known):
            value = self._said[i].get(name)
            if value is not None:
                window.add(self._times[i], value)
        window.taken = self._times[self._known - 1]
        window.drop(newest - window_s)
        return window.ordered


class _Window:
    """Values of one metric over a moving window, kept in order: a rule that looks at minutes costs no more than at seconds."""

    __slots__ = ("_values", "ordered", "taken")

    def __init__(self) -> None:
        self._values: deque[tuple[float, float]] = deque()
        self.ordered: list[float] = []
        #: Up to this time everything has been taken in, s.
        self.taken = -math.inf

    def add(self, t: float, value: float) -> None:
        self._values.append((t, value))
        insort(self.ordered, value)

    def drop(self, until: float) -> None:
        """Let go of what is not later than `until`, s."""
        while self._values[0][0] <= until:
            _, value = self._values.popleft()
            del self.ordered[bisect_left(self.ordered, value)]


def median(values: list[float]) -> float:
    """Return the median of a non-empty list."""
    return _middle(sorted(values))


def _middle(ordered: list[float]) -> float:
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else 0.5 * (ordered[half - 1] + ordered[half])


def _spread(values: list[float]) -> float | None:
    """Return the sample SD, None below three values."""
    n = len(values)
    if n < 3:
        return None
    m = math.fsum(values) / n
    return math.sqrt(math.fsum((v - m) ** 2 for v in values) / (n - 1))


def _slope(times: list[float], values: list[float]) -> float | None:
    """Return the least-squares slope, unit per second."""
    n = len(values)
    if n < 3:
        return None
    mt, mv = math.fsum(times) / n, math.fsum(values) / n
    spread = math.fsum((t - mt) ** 2 for t in times)
    return math.fsum((t - mt) * (v - mv) for t, v in zip(times, values, strict=True)) / spread
