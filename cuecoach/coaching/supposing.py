"""What if a metric had another value: whether the fault would be over then, and which value is the nearest that ends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cuecoach.metrics import LIMITS
from cuecoach.rules import Context, Rule, State, WindowFunction

#: Where the fault ends is sought in so many steps through the metric's range, and so often halved: far finer than any noise.
_STEPS, _HALVINGS = 400, 24
_LEVELS: Final = ("mean", "median", "min", "max")


def mended(rule: Rule, metric: str, value: float, context: Context) -> bool:
    """Whether the fault would be over at this value of the metric."""
    supposed = _Supposed(context, metric, value)
    if rule.until is not None:
        return rule.until.evaluate(supposed) is True
    return rule.when.evaluate(supposed) is False


def asked_way(rule: Rule, metric: str, context: Context) -> int:
    """Return whether the rule asks for more (1) or less (-1) of the metric now; 0 where no one way ends the fault."""
    value = context.metric(metric)
    goal = None if value is None else nearest_end(rule, metric, value, context)
    if goal is None or value is None or goal == value:
        return 0
    return 1 if goal > value else -1


def nearest_end(rule: Rule, metric: str, value: float, context: Context) -> float | None:
    """Return the value nearest to `value`, within the metric's range, at which the fault would be over."""
    return _nearest(metric, value, lambda supposed: mended(rule, metric, supposed, context))


def nearest_fault(rule: Rule, metric: str, value: float, context: Context) -> float | None:
    """Return the value nearest to `value`, within the metric's range, at which the rule would begin to count it a fault."""
    return _nearest(metric, value, lambda supposed: rule.when.evaluate(_Supposed(context, metric, supposed)) is True)


def _nearest(metric: str, value: float, holds: Callable[[float], bool]) -> float | None:
    if holds(value):
        return value
    low, high = LIMITS[metric]
    step = (high - low) / _STEPS
    for n in range(1, _STEPS + 1):
        for sign in (-1, 1):
            end = value + sign * n * step
            if low <= end <= high and holds(end):
                still = end - sign * step
                for _ in range(_HALVINGS):
                    half = 0.5 * (still + end)
                    still, end = (still, half) if holds(half) else (half, end)
                return end
    return None


class _Supposed:
    """The moment as it would be if one metric had another value; fulfils `Context`."""

    __slots__ = ("_metric", "_real", "_value")

    def __init__(self, real: Context, metric: str, value: float) -> None:
        self._real, self._metric, self._value = real, metric, value

    @property
    def version(self) -> int:
        return self._real.version

    def metric(self, name: str) -> float | None:
        return self._value if name == self._metric else self._real.metric(name)

    def window(self, function: WindowFunction, name: str, window_s: float) -> float | None:
        if name == self._metric and function in _LEVELS:
            return self._value
        return self._real.window(function, name, window_s)

    def last(self, name: str) -> float | None:
        return self._value if name == self._metric else self._real.last(name)

    def baseline(self, name: str) -> float | None:
        return self._real.baseline(name)

    def start(self, name: str) -> float | None:
        return self._real.start(name)

    def noise(self, name: str) -> float | None:
        return self._real.noise(name)

    def target(self, name: str) -> float | None:
        return self._real.target(name)

    def slipped(self, name: str) -> bool:
        return self._real.slipped(name)

    def elapsed(self) -> float:
        return self._real.elapsed()

    def distance(self) -> float | None:
        return self._real.distance()

    def state(self, name: State) -> bool | None:
        return self._real.state(name)
