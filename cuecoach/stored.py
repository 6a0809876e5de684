"""A stored run, coached again: just as it was, or by other rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from cuecoach.coach import Coach
from cuecoach.coaching.knowledge import Knowledge
from cuecoach.config import RunConfig
from cuecoach.config_json import config_from_json
from cuecoach.errors import CuecoachError, StoreError
from cuecoach.events import Action, Event
from cuecoach.offline import Replay, done_by
from cuecoach.recorder import cards
from cuecoach.reliving import relive
from cuecoach.rules import Rule
from cuecoach.rules.rule_json import rules_from_json
from cuecoach.runrecord import RunRecord
from cuecoach.runsummary import summarise

if TYPE_CHECKING:
    from cuecoach.store import RunHead, Store


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run of the store with all that is needed to coach it again.

    Attributes
    ----------
    head
        Its line in the list of runs.
    config, rules, notices
        How it was set up, and what it was coached by when it began.
    knowledge
        What was known of the runner then.
    """

    store: Store
    head: RunHead
    config: RunConfig
    rules: tuple[Rule, ...]
    notices: Mapping[str, str]
    knowledge: Knowledge

    def events(self) -> Iterator[Event]:
        """Yield everything that left the queue, in order."""
        return self.store.inputs(self.head.number, rules_from_json)

    def actions(self) -> list[Action]:
        """Return what the coach did then."""
        return self.store.actions(self.head.number)

    def coach(self) -> Coach:
        """Return the coach as it was when the run began."""
        return Coach(self.config, self.rules, knowledge=self.knowledge, notices=self.notices)


def open_run(store: Store, which: str) -> StoredRun:
    """Return a stored run: by its number, or ``last``.

    Raises
    ------
    StoreError
        There is no such run, or what it was set up with cannot be read by this version.
    """
    head = store.find(which)
    setup = store.setup(head.number)
    try:
        return StoredRun(
            store,
            head,
            config_from_json(setup["config"]),
            rules_from_json(setup["rules"]),
            cast("Mapping[str, str]", setup["notices"]),
            Knowledge.from_json(setup["knowledge"]),
        )
    except (KeyError, TypeError, ValueError, CuecoachError) as error:
        why = str(error) if isinstance(error, CuecoachError) else f"{type(error).__name__}: {error}"
        raise StoreError(
            f"how run {head.number} was set up cannot be read by this version ({why}); its report still works"
        ) from error


def record_of(store: Store, number: int) -> RunRecord:
    """Return a run as reports and exports want it; where its rules cannot be read any more, without them."""
    try:
        rules = rules_from_json(store.setup(number)["rules"])
    except (KeyError, TypeError, ValueError, CuecoachError):
        rules = ()
    return store.record(number, cards(rules))


def sum_up(store: Store, number: int) -> None:
    """Work out the figures by which the list tells a run from others, and keep them with it."""
    store.sum_up(number, summarise(record_of(store, number)))


def as_it_was(coach: Coach, events: Iterable[Event]) -> Replay:
    """Coach a run again on the very events it had, sounds as they were heard: the decisions are the same, byte for byte."""
    actions = [action for event in events for action in coach.handle(event)]
    return done_by(coach, actions)


def otherwise(coach: Coach, events: Iterable[Event]) -> Replay:
    """Coach a run by other rules: sensors and keys as they were, sounds as they would have been heard."""
    return done_by(coach, relive(coach, events))
