"""A run lived through again: its own sounds where the coach asks for the same ones, modelled ones where it does not."""

from __future__ import annotations

from cuecoach.coach import Coach
from cuecoach.config import load_config
from cuecoach.events import Action, AudioEvent, Control, Event, Reload, Say
from cuecoach.reliving import relive
from cuecoach.rules import load_cues
from tests.store.exported import pod_run


class Listening(Coach):
    """A coach that remembers what reached it."""

    def handle(self, event: Event) -> list[Action]:
        self.__dict__.setdefault("heard", []).append(event)
        return super().handle(event)


def again(inputs: list[Event], asked: dict[int, float]) -> tuple[list[Action], list[Event]]:
    config = load_config("demo")
    coach = Listening(config, load_cues(config.cues))
    return relive(coach, inputs, asked), coach.__dict__["heard"]


def asked_in(actions: list[Action]) -> dict[int, float]:
    return {action.id: action.at for action in actions if isinstance(action, Say)}


def late(inputs: list[Event], by: float) -> list[Event]:
    """Return the inputs of a run with every sound told later, as a slow device has it."""
    moved = [AudioEvent(e.t + by, e.kind, e.id) if isinstance(e, AudioEvent) else e for e in inputs]
    return sorted(moved, key=lambda event: event.t)


def test_a_run_with_its_own_sounds_is_the_run():
    run = pod_run()
    actions, heard = again(run.inputs, asked_in(run.actions))
    assert actions == run.actions
    assert heard == run.inputs


def test_a_sound_that_was_late_is_late_again():
    run = pod_run()
    first = next(action for action in run.actions if isinstance(action, Say))
    _, heard = again(late(run.inputs, 1.5), asked_in(run.actions))
    begun = [e.t for e in heard if isinstance(e, AudioEvent) and e.id == first.id and e.kind == "started"]
    assert begun == [first.at + 1.5]


def test_a_phrase_the_run_did_not_have_is_heard_as_modelled():
    run = pod_run()
    first = next(action for action in run.actions if isinstance(action, Say))
    elsewhere = {number: at + 0.25 for number, at in asked_in(run.actions).items()}
    for asked in ({}, elsewhere):
        actions, heard = again(late(run.inputs, 1.5), asked)
        begun = [e.t for e in heard if isinstance(e, AudioEvent) and e.id == first.id and e.kind == "started"]
        assert begun == [first.at]
        assert [a for a in actions if isinstance(a, Say)] == [a for a in run.actions if isinstance(a, Say)]


def test_keys_count_and_rules_that_were_changed_do_not():
    run = pod_run()
    first = next(action for action in run.actions if isinstance(action, Say))
    inputs: list[Event] = [Reload(0.1, ()), Control(0.2, "quiet"), *run.inputs]
    actions, heard = again(inputs, asked_in(run.actions))
    assert not any(isinstance(event, Reload) for event in heard)
    assert not any(isinstance(action, Say) and action.at <= first.at for action in actions if action.t > 1.0)
