"""A run cut in two anywhere goes on as if nothing had happened; bytes that are no coach are refused."""

from __future__ import annotations

import pickle
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuecoach.coach import Coach
from cuecoach.config import load_config
from cuecoach.errors import UsageError
from cuecoach.events import TICK_S, Action, Control, Event, Tick
from cuecoach.modelled import ModelledSound
from cuecoach.rules import load_cues
from cuecoach.sensors.simulator import STORIES, SimulatedRunner

CONFIG = load_config("demo")
RULES = load_cues(CONFIG.cues)


@cache
def recorded(output: str) -> tuple[list[tuple[Event, list[Action]]], Coach]:
    """Every event of a run with what followed from it, and the coach at its end."""
    feed = SimulatedRunner(STORIES["demo"], seed=3, output=output)  # type: ignore[arg-type]
    coach, sound = Coach(CONFIG, RULES), ModelledSound()
    done: list[tuple[Event, list[Action]]] = []
    length = feed.duration_s if output == "metrics" else 75.0  # a beat sounds from 67 s on
    for n in range(round(length / TICK_S)):
        t = n * TICK_S
        news: list[Event] = [Control(t, "calibrate")] if n == 8 else []
        news += [Control(t, "quiet", 5.0)] if n == 600 else []
        for event in (*news, *feed.advance(t), *sound.poll(t), Tick(t)):
            actions = coach.handle(event)
            done.append((event, actions))
            for action in actions:
                sound.send(action)
                feed.hear(action)
    return done, coach


@settings(max_examples=12)
@given(st.data())
def test_a_run_cut_anywhere_goes_on_the_same(data: st.DataObject) -> None:
    goes_on_the_same("metrics", data)


@settings(max_examples=3)
@given(st.data())
def test_so_does_one_with_raw_samples_to_the_bit(data: st.DataObject) -> None:
    goes_on_the_same("imu", data)


def goes_on_the_same(output: str, data: st.DataObject) -> None:
    done, whole = recorded(output)
    cuts = data.draw(st.sets(st.integers(0, len(done) - 1), min_size=1, max_size=3))
    coach = Coach(CONFIG, RULES)
    for n, (event, actions) in enumerate(done):
        if n in cuts:
            coach = Coach.load(coach.save())
        assert coach.handle(event) == actions
    assert coach.learned() == whole.learned()


def test_a_saved_coach_is_saved_the_same_again() -> None:
    coach = Coach(CONFIG, RULES)
    for event, _ in recorded("metrics")[0][:900]:
        coach.handle(event)
    assert Coach.load(coach.save()).learned() == coach.learned()


def test_saving_changes_nothing() -> None:
    coach = Coach(CONFIG, RULES)
    for n, (event, actions) in enumerate(recorded("metrics")[0][:900]):
        if n % 3 == 0:
            coach.save()
        assert coach.handle(event) == actions


class Evil:
    """Would run a command if it were read by any pickle."""

    def __reduce__(self) -> object:
        import os

        return os.system, ("exit 1",)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"cuecoach run 0\n",
        b"cuecoach run 2\n",
        b"cuecoach run 2\n\x80\x05nonsense",
        b"cuecoach run 2\n" + pickle.dumps(3),
        b"cuecoach run 2\n" + pickle.dumps(Evil()),
        b"cuecoach run 2\n" + pickle.dumps(getattr),
        b"cuecoach run 2\n" + pickle.dumps(load_config),
        b"cuecoach run 2\n" + pickle.dumps(SimulatedRunner),
        Coach(CONFIG, RULES).save()[:-40],
    ],
)
def test_what_is_no_saved_coach_is_refused(data: bytes) -> None:
    with pytest.raises(UsageError, match=r"begin the run anew|no part of a coach"):
        Coach.load(data)
