"""A coach with a pod that says what the test wants, and modelled sound."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Self

from cuecoach.coach import Coach
from cuecoach.coaching.knowledge import Knowledge
from cuecoach.config import RunConfig
from cuecoach.events import TICK_S, Action, Decision, Event, Reading, Say, SoundCommand, Tick
from cuecoach.modelled import ModelledSound
from cuecoach.rules import Rule, compile_expression
from cuecoach.rules.rule import NoChange
from cuecoach.signals import Normal, Normals

NORMALS = {
    "cadence": Normal(160, 1.5),
    "pelvic_tilt": Normal(4, 1.0),
    "vertical_oscillation": Normal(90, 2.0),
}
#: What the pod says where the test wants nothing else; None leaves a value out.
USUAL = {"cadence": 160.0, "speed": 3.0, "pelvic_tilt": 4.0, "vertical_oscillation": 90.0}


def rule(name: str, when: str, **settings: object) -> Rule:
    """Return a rule with a short hold and cooldown, in a focus of its own."""
    settings = {"hold_s": 2.0, "cooldown_s": 20.0, "say": ("One", "Two", "Three"), "focus": name, **settings}
    compiled = {
        key: None if settings.get(key) is None else compile_expression(str(settings[key]))
        for key in ("until", "only_if")
    }
    return Rule(name, compile_expression(when), **{**settings, **compiled})  # type: ignore[arg-type]


def slouch(**settings: object) -> Rule:
    """Return a rule on the pelvis with everything that may follow words."""
    more = NoChange(say=("Tuck tail",), drill=("Reach up high", "Lower your arms", "Keep those hips"))
    settings = {"until": "pelvic_tilt < baseline + 1 deg", "praise": "Good", "if_no_change": more, **settings}
    return rule("tall", "pelvic_tilt > baseline + 3 deg", **settings)


class Run:
    """Session time, the coach, and all it did."""

    def __init__(self, *rules: Rule, normals: Mapping[str, Normal] = NORMALS, **config: object) -> None:
        gates = {"warm_up": "0 s", "settle": "0 s"}
        caps = {"gap": "10 s", "per_km": 20, "per_run": 100, "praise_gap": "10 s"}
        settings = {"gates": gates, "caps": caps, "cadence": {"target": "170 spm"}, **config}
        self.coach = Coach(
            RunConfig.model_validate(settings), rules, knowledge=Knowledge(normals=Normals.fixed(normals))
        )
        self.sound = ModelledSound()
        self.t = 0.0
        self.actions: list[Action] = []
        #: Whether the sound answers; False is a sound that hangs.
        self.answers = True

    def handle(self, event: Event) -> None:
        """Hand an event to the coach, and what follows to the sound."""
        for action in self.coach.handle(event):
            if isinstance(action, SoundCommand):
                self.sound.send(action)
            self.actions.append(action)

    def go(self, seconds: float, **values: float | None) -> Self:
        """Run on, with these values in place of the usual."""
        told = {name: value for name, value in {**USUAL, **values}.items() if value is not None}
        for _ in range(round(seconds / TICK_S)):
            self.t += TICK_S
            if self.t % 1 == 0:
                self.handle(Reading(self.t, "pod", told))
            for event in self.sound.poll(self.t):
                if self.answers:
                    self.handle(event)
            self.handle(Tick(self.t))
        return self

    def go_until(self, done: Callable[[Run], bool], **values: float | None) -> Self:
        """Run on until it is so; five minutes at most."""
        for _ in range(1200):
            if done(self):
                return self
            self.go(TICK_S, **values)
        raise AssertionError(f"not within five minutes; said {self.said}")

    @property
    def says(self) -> list[Say]:
        """Every phrase asked for."""
        return [a for a in self.actions if isinstance(a, Say)]

    @property
    def said(self) -> list[str]:
        """The words of every phrase asked for."""
        return [a.text for a in self.says]

    def decisions(self, name: str) -> list[Decision]:
        """What was recorded of a rule."""
        return [a for a in self.actions if isinstance(a, Decision) and a.rule == name]

    def outcomes(self, name: str) -> list[str]:
        """The outcome words recorded of a rule."""
        return [a.outcome for a in self.decisions(name)]
