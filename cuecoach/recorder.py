"""Remembers a run as it goes on: what goes into the coach, what comes out of it, and how things stand each second."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from cuecoach.config_json import config_to_json
from cuecoach.events import Action, Event, Tick
from cuecoach.metrics import METRICS
from cuecoach.packing.grid import on_grid
from cuecoach.rules.rule_json import rules_to_json
from cuecoach.runrecord import RuleCard, Second

if TYPE_CHECKING:
    from cuecoach.coach import Coach
    from cuecoach.coaching.knowledge import Knowledge
    from cuecoach.config import RunConfig
    from cuecoach.rules import Rule
    from cuecoach.store import Keeper


class Recorder:
    """Hands a run to the store, event by event.

    What it passes on is what it keeps: raw samples are rounded to what a sensor can tell, so that the coach hears the run
    exactly as it will be replayed.

    Parameters
    ----------
    coach
        Who coaches; asked once a second how things stand.
    keeper
        Where it is kept.
    """

    def __init__(self, coach: Coach, keeper: Keeper) -> None:
        self._coach = coach
        self._keeper = keeper

    def keep(self, event: Event) -> Event:
        """Take an event that is about to reach the coach, and return it as it is kept."""
        event = on_grid(event)
        self._keeper.keep(event)
        return event

    def did(self, event: Event, actions: Sequence[Action]) -> None:
        """Take what the coach made of the event; on whole seconds, also how things stand."""
        if actions:
            self._keeper.did(actions)
        if isinstance(event, Tick) and event.t == int(event.t):
            self._keeper.saw(look(event.t, self._coach))


def look(t: float, coach: Coach) -> Second:
    """Return what the coach knows of the runner after the tick at `t`."""
    signals = coach.signals
    values = {name: value for name in METRICS if (value := signals.metric(name)) is not None}
    return Second(
        t,
        values=values,
        normal={name: normal for name in values if (normal := signals.baseline(name)) is not None},
        noise={name: noise for name in values if (noise := signals.noise(name)) is not None},
        target=signals.target("cadence"),
        activity=signals.activity,
        gate=coach.gate,
        distance=signals.distance(),
        beat=coach.beat,
    )


def setup_of(
    config: RunConfig,
    rules: Sequence[Rule],
    knowledge: Knowledge,
    notices: Mapping[str, str],
    sources: Mapping[str, str] | None = None,
) -> dict[str, object]:
    """Return all that a replay must know beside the events, as JSON.

    `sources` holds the text of the cue files by path, for people: the rules themselves are kept as they were compiled.
    """
    from importlib.metadata import version

    return {
        "program": version("cuecoach"),
        "config": config_to_json(config),
        "rules": rules_to_json(rules),
        "sources": dict(sources or {}),
        "notices": dict(notices),
        "knowledge": knowledge.to_json(),
    }


def cards(rules: Sequence[Rule]) -> tuple[RuleCard, ...]:
    """Return what a report says of rules."""
    return tuple(
        RuleCard(rule.id, rule.about, rule.focus, rule.metric, rule.when.text, rule.evidence) for rule in rules
    )
