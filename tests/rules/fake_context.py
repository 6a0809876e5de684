"""A context whose every answer is set by hand."""

from __future__ import annotations

from dataclasses import dataclass, field

from cuecoach.rules.context import State, WindowFunction


@dataclass
class FakeContext:
    """Answers what it was told, None for the rest. Change its dictionaries between ticks."""

    metrics: dict[str, float | None] = field(default_factory=dict)
    baselines: dict[str, float | None] = field(default_factory=dict)
    starts: dict[str, float | None] = field(default_factory=dict)
    noises: dict[str, float | None] = field(default_factory=dict)
    targets: dict[str, float | None] = field(default_factory=dict)
    windows: dict[tuple[str, str, float], float | None] = field(default_factory=dict)
    newest: dict[str, float | None] = field(default_factory=dict)
    states: dict[str, bool | None] = field(default_factory=dict)
    slips: set[str] = field(default_factory=set)
    elapsed_s: float = 600.0
    distance_m: float | None = None
    _asked: int = 0

    @property
    def version(self) -> int:
        """Answers may have been changed by hand at any time."""
        self._asked += 1
        return self._asked

    def metric(self, name: str) -> float | None:
        return self.metrics.get(name)

    def window(self, function: WindowFunction, name: str, window_s: float) -> float | None:
        return self.windows.get((function, name, window_s))

    def last(self, name: str) -> float | None:
        return self.newest.get(name)

    def baseline(self, name: str) -> float | None:
        return self.baselines.get(name)

    def start(self, name: str) -> float | None:
        return self.starts.get(name)

    def noise(self, name: str) -> float | None:
        return self.noises.get(name)

    def target(self, name: str) -> float | None:
        return self.targets.get(name)

    def slipped(self, name: str) -> bool:
        return name in self.slips and self.metrics.get(name) is None

    def elapsed(self) -> float:
        return self.elapsed_s

    def distance(self) -> float | None:
        return self.distance_m

    def state(self, name: State) -> bool | None:
        return self.states.get(name)
