"""What one sensor has said lately, and statistics over it."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

Statistic: TypeAlias = Literal["mean", "median", "min", "max", "sd", "slope"]

#: Values older than this are let go, s: the longest window that a rule may name.
KEEP_S = 1800.0
#: They are let go after so many messages.
FORGET_EVERY = 2048
#: A source that reports every 6 s is not stale after 5: allow this many of its usual intervals,
INTERVALS = 2.5
#: but never call a value older than this fresh, s.
NEVER_FRESH_S = 20.0
#: A silence longer than this is a dropout, s: what comes just after it is not to be acted on (docs/science.md, SEN-6).
DROPOUT_S = 3.0
#: So many changes, and more than this part of a window, and it is sorted anew rather than changed one by one.
SORT_ABOVE, SORT_SHARE = 4, 8


class Span(NamedTuple):
    """Where a median stays, in catalogue units, and until when [s] that is sure."""

    low: float
    high: float
    until: float


class Log:
    """Metric values of one source by time, released as time passes.

    Values may be added ahead of the moment they become known (a block of samples covers many ticks); `advance` releases
    what is known by then. So results do not depend on how the stream was cut into blocks.

    Attributes
    ----------
    origin
        Place and kind of the sensor, ``sacrum/imu``; empty for what follows from others.
    back_at
        When it last came back after a silence much longer than its usual interval, s.
    waits_for
        When the next values become known, s; infinite while there are none.
    """

    __slots__ = ("_columns", "_count", "_gap", "_last", "_released", "_waiting", "back_at", "origin", "waits_for")

    def __init__(self, origin: str = "") -> None:
        self.origin = origin
        self.back_at = -math.inf
        self.waits_for = math.inf
        self._waiting: deque[tuple[float, Mapping[str, float]]] = deque()
        self._last = -math.inf
        self._released: float | None = None
        self._gap = 0.0
        self._count = 0
        self._columns: dict[str, _Column] = {}

    def add(self, t: float, values: Mapping[str, float]) -> None:
        """Append values known from `t` on; a `t` no later than the last one's is ignored (a duplicate)."""
        if t > self._last:
            self._last = t
            if not self._waiting:
                self.waits_for = t
            self._waiting.append((t, values))

    def advance(self, now: float) -> int:
        """Release all values known by `now`; returns how many messages that were."""
        waiting, columns = self._waiting, self._columns
        new = 0
        while waiting and waiting[0][0] <= now:
            t, values = waiting.popleft()
            if self._released is not None:
                gap = t - self._released
                if gap > max(DROPOUT_S, INTERVALS * self._gap):
                    self.back_at = t
                if gap < NEVER_FRESH_S:
                    self._gap = gap if self._gap == 0 else 0.9 * self._gap + 0.1 * gap
            self._released = t
            for name, value in values.items():
                column = columns.get(name)
                if column is None:
                    column = columns[name] = _Column()
                column.times.append(t)
                column.values.append(value)
            new += 1
        self.waits_for = waiting[0][0] if waiting else math.inf
        self._count += new
        if self._count > FORGET_EVERY:
            self._count = 0
            for column in columns.values():
                column.forget(now - KEEP_S)
        return new

    @property
    def told(self) -> int:
        """How many metrics it has told."""
        return len(self._columns)

    def newest(self, name: str) -> float | None:
        """Return the newest released value of the metric."""
        column = self._columns.get(name)
        return None if column is None else column.values[-1]

    def fresh_until(self, name: str, stale_s: float) -> float:
        """Return until when the newest released value of the metric is young enough to be used, s."""
        column = self._columns.get(name)
        if column is None:
            return -math.inf
        return column.times[-1] + min(max(stale_s, INTERVALS * self._gap), NEVER_FRESH_S)

    def fresh_at_least(self, name: str, stale_s: float) -> float:
        """Return until when the newest value stays young enough, s, however the intervals change."""
        column = self._columns.get(name)
        return -math.inf if column is None else column.times[-1] + min(stale_s, NEVER_FRESH_S)

    def count(self, name: str, window_s: float) -> int:
        """Return how many values the `window_s` before the newest value hold."""
        column = self._columns.get(name)
        return 0 if column is None else len(column.ordered(window_s))

    def median_span(self, name: str, window_s: float, more: int) -> Span | None:
        """Return where the median over the window stays while no more than `more` messages come; None when that is open.

        A value that comes or goes moves the median by no more than half a place in their order.
        """
        column = self._columns.get(name)
        if column is None:
            return None
        ordered = column.ordered(window_s)
        place = (len(ordered) + 2 * more + 3) // 2
        if place > len(ordered):
            return None
        # Until the value that stands so far from the window's beginning leaves it, no more than `more` have left.
        until = column.times[len(column.times) - len(ordered) + more] + window_s
        return Span(ordered[-place], ordered[place - 1], until)

    def statistic(self, function: Statistic, name: str, window_s: float) -> float | None:
        """Return `function` of the metric over the `window_s` before its newest value, that one included.

        It is None for a metric never heard; slope and sd need three values. It changes only with something new: whether the
        newest value is still fresh is another question.
        """
        column = self._columns.get(name)
        if column is None:
            return None
        if function in ("median", "min", "max"):
            ordered = column.ordered(window_s)
            return _middle(ordered) if function == "median" else ordered[0 if function == "min" else -1]
        first = column.first(window_s)
        values = column.values[first:]
        if function == "mean":
            return math.fsum(values) / len(values)
        if function == "sd":
            return _spread(values)
        return _slope(column.times[first:], values)


class _Column:
    """Values of one metric by time, and those of moving windows in order of size."""

    __slots__ = ("_dropped", "_windows", "times", "values")

    def __init__(self) -> None:
        self.times: list[float] = []
        self.values: list[float] = []
        self._dropped = 0
        self._windows: dict[float, _Window] = {}

    def first(self, window_s: float) -> int:
        """Return where the window begins."""
        return bisect_right(self.times, self.times[-1] - window_s)

    def ordered(self, window_s: float) -> list[float]:
        """Return the values of the window in order of size; not to be changed."""
        window = self._windows.get(window_s)
        if window is None:
            window = self._windows[window_s] = _Window()
        stop = self._dropped + len(self.times)
        if window.stop != stop:
            first = self.first(window_s)
            window.move(self.values, first, first + self._dropped, stop)
        return window.ordered

    def forget(self, until: float) -> None:
        """Let go of what is not later than `until`, s, but for the newest."""
        cut = min(bisect_right(self.times, until), len(self.times) - 1)
        if cut > 0:
            del self.times[:cut], self.values[:cut]
            self._dropped += cut


class _Window:
    """The values of a moving window in order: a rule that looks at minutes costs no more than at seconds.

    `first` and `stop` say which values they are, counted from the first ever.
    """

    __slots__ = ("first", "ordered", "stop")

    def __init__(self) -> None:
        self.ordered: list[float] = []
        self.first = self.stop = 0

    def move(self, values: list[float], at: int, first: int, stop: int) -> None:
        """Take in the values up to `stop` and let go of those before `first`, which is the index `at` of `values`."""
        ordered = self.ordered
        changes = stop - self.stop + first - self.first
        gone = at - (first - self.first)
        many = changes > SORT_ABOVE and changes > len(ordered) // SORT_SHARE
        if many or gone < 0 or first > self.stop:
            ordered = self.ordered = sorted(values[at:])
        else:
            for value in values[gone:at]:
                del ordered[bisect_left(ordered, value)]
            for value in values[self.stop - stop :]:
                insort(ordered, value)
        self.first, self.stop = first, stop


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
