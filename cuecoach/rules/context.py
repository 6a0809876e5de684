"""What an expression may ask of the moment: the one interface between the rules and the signals."""

from __future__ import annotations

from typing import Literal, Protocol, TypeAlias

#: Functions over a window: ``mean(cadence, 30 s)``.
WindowFunction: TypeAlias = Literal["mean", "median", "min", "max", "sd", "slope"]
#: Yes-or-no facts a rule may name.
State: TypeAlias = Literal["running", "walking", "still", "surging", "climbing", "beating"]


class Context(Protocol):
    """The moment a rule is evaluated in.

    Values are in catalogue units (a slope is per second); None means unknown, which is neither true nor false.
    """

    @property
    def version(self) -> int:
        """Another number whenever any answer but `elapsed` and `distance` may differ from the one before."""
        ...

    def metric(self, name: str) -> float | None:
        """Return the metric under its standard smoothing, None when stale."""
        ...

    def window(self, function: WindowFunction, name: str, window_s: float) -> float | None:
        """Return a statistic of the metric over the `window_s` seconds before its newest value, None when stale."""
        ...

    def last(self, name: str) -> float | None:
        """Return the newest value, unsmoothed, None when stale."""
        ...

    def baseline(self, name: str) -> float | None:
        """Return the runner's own value at this speed and sensor place; None until it is ready."""
        ...

    def start(self, name: str) -> float | None:
        """Return the value of this run's fresh minutes; None until they are over."""
        ...

    def noise(self, name: str) -> float | None:
        """Return the personal spread (SD) of the smoothed metric."""
        ...

    def target(self, name: str) -> float | None:
        """Return what the plan asks now; None where it asks nothing."""
        ...

    def slipped(self, name: str) -> bool:
        """Whether the metric is unknown because its sensor moved on the body."""
        ...

    def elapsed(self) -> float:
        """Seconds since the session began."""
        ...

    def distance(self) -> float | None:
        """Metres covered so far, None when no speed is known."""
        ...

    def state(self, name: State) -> bool | None:
        """Whether the state holds, None when unknown."""
        ...
