"""The heart: events go in through `Coach.handle`, what is to be heard comes out. It knows no clock and does no I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cuecoach.coaching import MEANT_FOR, Arbiter, Gates, hurried
from cuecoach.config import RunConfig
from cuecoach.events import (
    Action,
    AudioEvent,
    Battery,
    Control,
    Event,
    Gap,
    ImuBlock,
    Reading,
    Reload,
    SensorState,
    Tick,
)
from cuecoach.gait import GaitAnalyser
from cuecoach.rules import Rule, RuleEngine
from cuecoach.signals import Normal, Signals


class Coach:
    """Coaches one run.

    Parameters
    ----------
    config
        How the run is set up.
    rules
        The compiled rules, of `load_cues`.
    normals
        What is normal for this runner, by metric, as earlier runs showed it; without it the run's own fresh minutes tell.

    Examples
    --------
    >>> from cuecoach import Coach, load_config, load_cues
    >>> from cuecoach.events import Tick
    >>> coach = Coach(load_config(), load_cues(["posture"]))
    >>> [action.outcome for action in coach.handle(Tick(0.0))]
    ['gated', 'gated']
    """

    def __init__(
        self, config: RunConfig, rules: Sequence[Rule], *, normals: Mapping[str, Normal] | None = None
    ) -> None:
        self.config = config
        self.rules = tuple(hurried(rule, config.hurry) for rule in rules)
        self._engine = RuleEngine(self.rules)
        self._gait: dict[str, GaitAnalyser] = {}
        self._gates = Gates(config.gates)
        self._spared = {
            gate: frozenset(rule.id for rule in self.rules if state in rule.states) for gate, state in MEANT_FOR.items()
        }
        self._arbiter = Arbiter(config, self._engine)
        asked = {name for rule in self.rules for name in rule.metrics}
        self.signals = Signals(config, asked, normals)

    @property
    def gate(self) -> str | None:
        """Why nothing may be spoken now, None when the coach is free to."""
        return self._gates.closed

    @property
    def quiet_until(self) -> float:
        """Until when the runner asked for quiet, session time in s; in the past when not."""
        return self._arbiter.muted_until

    def handle(self, event: Event) -> list[Action]:
        """Take in one event and return what follows from it; only ticks make cues due."""
        match event:
            case Tick():
                return self._tick(event.t)
            case ImuBlock():
                self._feel(event)
                return []
            case Reading():
                self.signals.reading(event)
                return []
            case AudioEvent():
                return self._arbiter.audio(event, self.signals)
            case SensorState():
                self.signals.sensor(event)
                return self._arbiter.sensor(event)
            case Battery():
                return self._arbiter.battery(event)
            case Control():
                return self._arbiter.control(event)
            case Reload():
                return []
            case Gap():  # for the record: what is missing is muted by its absence
                return []

    def _feel(self, block: ImuBlock) -> None:
        analyser = self._gait.get(block.source)
        if analyser is None:
            analyser = self._gait[block.source] = GaitAnalyser(block.place)
        update = analyser.push(block.times, block.acc, block.gyr)
        self.signals.gait(block, update.steps, update.activity)

    def _tick(self, t: float) -> list[Action]:
        self.signals.advance(t, self._engine.busy_metrics)
        gate = self._gates.advance(t, self.signals)
        self._engine.tick(t, self.signals, gate, self._spared.get(gate or "", ()))
        return self._arbiter.decide(t, self.signals, gate)
