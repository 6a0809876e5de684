"""Runs to export: one that was lived through with the real coach, and small made ones."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple

from cuecoach.coach import Coach
from cuecoach.config import RunConfig, load_config
from cuecoach.events import TICK_S, Action, Event, Say, Tick
from cuecoach.metrics import METRICS
from cuecoach.modelled import ModelledSound
from cuecoach.rules import load_cues
from cuecoach.runrecord import RunRecord, Second, WornSensor
from cuecoach.sensors.simulator import STORIES, SimulatedRunner

STARTED = datetime(2026, 5, 1, 7, 30, 12, 500_000, tzinfo=UTC)


class Lived(NamedTuple):
    """A run, what went into the coach, and everything that came out."""

    record: RunRecord
    inputs: list[Event]
    actions: list[Action]


def lived(runner: SimulatedRunner, config: RunConfig, *more: Event) -> Lived:
    """Coach a simulated runner, who also wears a sensor that says `more`."""
    coach, sound = Coach(config, load_cues(config.cues)), ModelledSound()
    actions: list[Action] = []
    heard: list[Event] = []
    seconds: list[Second] = []
    number = 0
    while (t := number * TICK_S) <= runner.duration_s:
        came = [*runner.advance(t), *(event for event in more if t - TICK_S < event.t <= t)]
        came += [*sound.poll(t), Tick(t)]
        heard += came
        done = [a for event in came for a in coach.handle(event)]
        for action in done:
            sound.send(action)
            runner.hear(action)
        actions += done
        signals = coach.signals
        if t == int(t):
            values = {name: v for name in METRICS if (v := signals.metric(name)) is not None}
            seconds.append(
                Second(
                    t,
                    values,
                    target=signals.target("cadence"),
                    activity=signals.activity,
                    gate=coach.gate,
                    distance=signals.distance(),
                )
            )
        number += 1
    record = RunRecord(
        7,
        "ann",
        STARTED,
        runner.duration_s,
        sensors=(WornSensor("sim", "sacrum", "a simulated sensor"),),
        seconds=tuple(seconds),
        actions=tuple(actions),
    )
    return Lived(record, heard, actions)


@cache
def pod_run() -> Lived:
    """The demo, measured by a pod at the pelvis."""
    return lived(SimulatedRunner(STORIES["demo"], seed=1), load_config("demo"))


def made(seconds: int = 5, **more: object) -> RunRecord:
    """Return a small run with the same values in every second, from 1 s on, and a cue at 2.4 s."""
    values = {"cadence": 171.0, "speed": 3.125, "heart_rate": 151.0, "power": 260.0, "pelvic_tilt": 4.25}
    settings: dict[str, object] = {
        "seconds": tuple(
            Second(t, values, target=174.0, activity="running", distance=3.125 * t) for t in range(1, seconds + 1)
        ),
        "actions": (Say(2.25, 2.4, 1, "run-tall", "Lauf groß, „leicht“", 0.8),),
        **more,
    }
    return RunRecord(3, "ann", STARTED, float(seconds), **settings)  # type: ignore[arg-type]


def words(actions: list[Action]) -> list[tuple[float, str, str, str]]:
    """Return what was said and when."""
    return [(a.at, a.rule, a.text, a.kind) for a in actions if isinstance(a, Say)]
