"""Live runs on a bad day, kept in a store: for tests of what is made of them later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from cuecoach.clock import Clock
from cuecoach.coach import Coach
from cuecoach.coaching.knowledge import Knowledge
from cuecoach.events import Action, AudioEvent, Control, Event, Gap, ImuBlock, Note, Reading, Reload, SensorState, Tick
from cuecoach.live import Inbox, coach_live
from cuecoach.modelled import ModelledSound
from cuecoach.recorder import Recorder, setup_of
from cuecoach.rules.rule_json import rules_to_json
from cuecoach.sensors.simulator import STORIES, SimulatedRunner
from cuecoach.sensors.status import SensorStatus
from cuecoach.store import Keeper, NewRun
from tests.bundled import config_of, rules_of
from tests.virtual_clock import VirtualClock

STARTED = datetime(2026, 5, 3, 8, 30, tzinfo=UTC)


class BadSensor:
    """A simulated runner's sensor over a bad link: late, in bursts, with losses and reconnections, all of them seeded."""

    def __init__(self, runner: SimulatedRunner, seed: int) -> None:
        self.source = "sim"
        self._runner = runner
        self._chance = np.random.default_rng(seed)

    async def stream(self, put: Callable[[Event], None], clock: Clock) -> None:
        chance, gone_until, lost_from = self._chance, 0.0, None
        t = 0.0
        while t < self._runner.duration_s:
            t += float(chance.uniform(0.02, 0.6))
            await clock.sleep_until(t)
            for event in self._runner.advance(t):
                if t < gone_until or (isinstance(event, Reading | ImuBlock) and chance.random() < 0.02):
                    lost_from = event.t if lost_from is None else lost_from
                    continue
                if lost_from is not None and isinstance(event, Reading | ImuBlock):
                    put(Gap(clock.now(), self.source, lost_from, event.t))
                    lost_from = None
                put(replace(event, t=max(event.t, clock.now())) if isinstance(event, Reading | ImuBlock) else event)
            if t >= gone_until and chance.random() < 0.004:
                put(SensorState(clock.now(), self.source, "lost", "out of range"))
                gone_until = t + float(chance.uniform(4.0, 20.0))
                await clock.sleep_until(gone_until)
                put(SensorState(clock.now(), self.source, "back"))

    def status(self) -> SensorStatus:
        return SensorStatus(self.source, "streaming")

    def hear(self, action: Action) -> None:
        self._runner.hear(action)


class Hand:
    """A runner who asks for quiet, and for words again, at odd moments."""

    source = "hand"

    def __init__(self, seed: int) -> None:
        self._chance = np.random.default_rng(seed)

    async def stream(self, put: Callable[[Event], None], clock: Clock) -> None:
        while True:
            await clock.sleep_until(clock.now() + float(self._chance.uniform(40.0, 120.0)))
            put(Control(clock.now(), "quiet", float(self._chance.uniform(5.0, 30.0))))
            if self._chance.random() < 0.5:
                await clock.sleep_until(clock.now() + 3.0)
                put(Control(clock.now(), "speak"))

    def status(self) -> SensorStatus:
        return SensorStatus(self.source, "streaming")

    def hear(self, action: Action) -> None:
        pass


class Editor:
    """Someone who changes the cue files during the run."""

    def __init__(self, rules, seed: int) -> None:
        self._rules, self._chance = tuple(rules), np.random.default_rng(seed)

    async def watch(self, put: Callable[[Reload | Note], None], clock: Clock) -> None:
        while True:
            await clock.sleep_until(clock.now() + float(self._chance.uniform(30.0, 90.0)))
            hold = float(self._chance.uniform(5.0, 20.0))
            put(Reload(clock.now(), tuple(replace(rule, hold_s=hold) for rule in self._rules)))


class StutteringSound(ModelledSound):
    """Phrases start late, and some never do."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._chance = np.random.default_rng(seed)
        self._late: list[AudioEvent] = []

    def poll(self, now: float) -> list[AudioEvent]:
        told: list[AudioEvent] = []
        for event in [*self._late, *super().poll(now)]:
            kind = "dropped" if event.kind == "started" and self._chance.random() < 0.1 else event.kind
            told.append(AudioEvent(now, kind, event.id))
        self._late = [event for event in told if self._chance.random() < 0.2]
        return [event for event in told if event not in self._late]


async def recorded(
    path: Path, seed: int, *, until: float | None = None, edited: bool = True
) -> tuple[int, list[Action]]:
    """Coach a live run on a bad day and keep it; return its number and what the coach did.

    `edited`: someone changes the cue files meanwhile.
    """
    config = config_of("demo")
    raw = seed % 2 == 1
    rules = rules_of(*config.cues)
    runner = SimulatedRunner(STORIES["demo"], seed=seed, output="imu" if raw else "metrics")
    coach, done = Coach(config, rules), list[Action]()
    new = NewRun("anna", "simulated", STARTED, "", config.focus, setup_of(config, rules, Knowledge(), {}))
    keeper = Keeper.open(path, new, rules_to_json)
    assert keeper.problem is None
    clock = VirtualClock()
    ran = await clock.run(
        coach_live(
            coach,
            [BadSensor(runner, seed), Hand(seed)],
            StutteringSound(seed),
            clock=clock,
            until=until or (90.0 if raw else 220.0),
            observe=lambda t, actions: done.extend(actions),
            inbox=Inbox(),
            watcher=Editor(rules, seed) if edited else None,
            recorder=Recorder(coach, keeper),
        )
    )
    keeper.close(duration_s=ran.duration_s, summary={}, knowledge=coach.learned().to_json())
    assert keeper.aftermath is None
    return keeper.number, done


def kept(path: Path, seed: int = 1, *, runner: str = "anna", started: datetime = STARTED, until: float = 230.0) -> int:
    """Coach the demonstration's runner without a live driver and keep the run; return its number."""
    config = config_of("demo")
    rules = rules_of(*config.cues)
    coach = Coach(config, rules)
    new = NewRun(runner, "simulated", started, "", config.focus, setup_of(config, rules, Knowledge(), {}))
    keeper = Keeper.open(path, new, rules_to_json)
    assert keeper.problem is None
    recorder, sound = Recorder(coach, keeper), ModelledSound()
    feed = SimulatedRunner(STORIES["demo"], seed=seed)
    for number in range(int(until * 4) + 1):
        t = number / 4
        for event in (*feed.advance(t), *sound.poll(t), Tick(t)):
            heard = recorder.keep(event)
            actions = coach.handle(heard)
            recorder.did(heard, actions)
            for action in actions:
                sound.send(action)
                feed.hear(action)
    keeper.close(duration_s=until, summary={}, knowledge=coach.learned().to_json())
    return keeper.number
