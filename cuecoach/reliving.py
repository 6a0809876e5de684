"""A run lived through again on what went into its coach, by the same rules or others, with its own sounds where they fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from cuecoach.coach import Coach
from cuecoach.events import Action, AudioEvent, Event, Reload, Say, Tick
from cuecoach.modelled import ModelledSound

_NOTHING: Final[Mapping[int, float]] = MappingProxyType({})


def relive(coach: Coach, inputs: Iterable[Event], asked: Mapping[int, float] = _NOTHING) -> list[Action]:
    """Coach a run again on its inputs and return everything that the coach does.

    Rules that were changed in the run belong to the run as it was, and are left out.

    Parameters
    ----------
    coach
        A fresh one, set up as wanted.
    inputs
        What went into the coach, in its order.
    asked
        Number of each phrase of that run and when it was to begin, s. Where the coach now asks for the same number at the
        same moment, the phrase is heard as it was then, late or never; every other phrase as modelled.
    """
    sound, as_then = ModelledSound(), set[int]()
    done: list[Action] = []
    for event in inputs:
        if isinstance(event, Reload) or (isinstance(event, AudioEvent) and event.id not in as_then):
            continue
        actions: list[Action] = []
        if isinstance(event, Tick):
            for heard in sound.poll(event.t):
                actions += coach.handle(heard)
        actions += coach.handle(event)
        for action in actions:
            if isinstance(action, Say) and asked.get(action.id) == action.at:
                as_then.add(action.id)
            else:
                sound.send(action)
        done += actions
    return done
