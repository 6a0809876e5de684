"""Runs a test: the coach itself, its rules, gates, beat and one voice, tick by tick in virtual time."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from cuecoach.coach import Coach
from cuecoach.events import TICK_S, Action, Beat, BeatOff, Decision, Say, Tick
from cuecoach.modelled import ModelledSound
from cuecoach.rules import Reason
from cuecoach.ruletests.expect import Verb
from cuecoach.ruletests.model import BEGINS_S, RuleTest
from cuecoach.ruletests.moment import ScriptedSignals

_COUNTED = re.compile(r" \([0-9]+ of [0-9]+ s\)")
#: What is to be explained: the rules to ask at each tick, by its number.
Questions = Mapping[int, Collection[str]]


@dataclass(slots=True)
class Heard:
    """One thing that was heard.

    Attributes
    ----------
    t, until
        It was decided at `t` and began to sound at `until`, test time in s: a phrase waits for the next click of a beat.
    rule, verb, text
        Whose, what, and the words.
    tempos
        Of a beat: those it had, spm.
    length_s
        Of a beat: how long it sounded, s; None while it still did at the end of the test.
    why
        The numbers it rests on.
    """

    t: float
    until: float
    rule: str
    verb: Verb
    text: str | None = None
    tempos: list[float] = field(default_factory=lambda: list[float]())
    length_s: float | None = None
    why: str = ""

    def __str__(self) -> str:
        if self.verb != "beats":
            return f'{self.rule} {self.verb} "{self.text}"'
        length = "" if self.length_s is None else f" for {self.length_s:g} s"
        return f"{self.rule} beats at {self.tempos[-1]:g} spm{length}"


@dataclass(slots=True)
class Performance:
    """What became of a test: all that was heard, every change of a reason in test time, and the answers to questions."""

    heard: list[Heard] = field(default_factory=lambda: list[Heard]())
    decisions: list[Decision] = field(default_factory=lambda: list[Decision]())
    answers: dict[tuple[int, str], str] = field(default_factory=lambda: dict[tuple[int, str], str]())

    def last_decision(self, rule: str, t: float) -> Decision | None:
        """Return what was last written down about the rule by `t`, None for nothing."""
        return next((d for d in reversed(self.decisions) if d.rule == rule and d.t <= t), None)

    def reasons_around(self, rule: str, t: float) -> list[Decision]:
        """Return every reason the rule had from a tick before `t` to a tick after."""
        first = self.last_decision(rule, t - TICK_S)
        later = [d for d in self.decisions if d.rule == rule and t - TICK_S < d.t <= t + TICK_S]
        return later if first is None else [first, *later]


class Rehearsal(Coach):
    """The coach of a run, told by a test instead of by sensors.

    Parameters
    ----------
    test
        What to run.
    """

    #: Reasons that the engine does not know of: the arbiter's.
    _ABOVE: Final = frozenset(
        str(r) for r in Reason if r not in (Reason.NOT_MET, Reason.HOLDING, Reason.GATED, Reason.COOLING_DOWN)
    )

    def __init__(self, test: RuleTest) -> None:
        super().__init__(test.config, test.rules)
        given, warm_up = test.given, test.config.gates.warm_up
        begins = max(BEGINS_S, warm_up) if given.begins_s is None else given.begins_s
        #: Session time of the first tick, s; a whole number of ticks.
        self.begins_s = round(begins / TICK_S) * TICK_S
        self.signals = ScriptedSignals(test.config, given, self.begins_s)

    def reason(self, rule_id: str, last: Decision | None) -> str:
        """Return why the rule is silent now, with its numbers; `last` is what was last written down about it."""
        state = self._engine.states.get(rule_id)
        if state is None:
            return "no such rule is on"
        if state.reason is Reason.DUE and last is not None and last.outcome in self._ABOVE:
            # What was written down earlier counted up to then.
            return _COUNTED.sub("", last.why or last.outcome)
        return state.detail


def rehearse(test: RuleTest, questions: Questions | None = None) -> Performance:
    """Run a test to its end.

    Parameters
    ----------
    test
        What to run.
    questions
        Which rules to ask for their reason at which tick; the same test gives the same performance, so one that failed can
        be run again and asked.

    Returns
    -------
    Performance
        All times are test time, s.
    """
    coach, sound, done = Rehearsal(test), ModelledSound(), Performance()
    begins, asked = coach.begins_s, questions or {}
    last: dict[str, Decision] = {}
    beats: dict[int, Heard] = {}
    for n in range(round(test.length_s / TICK_S) + 1):
        t = begins + n * TICK_S
        actions: list[Action] = []
        for event in chain(sound.poll(t), (Tick(t),)):
            actions += coach.handle(event)
        for action in actions:
            sound.send(action)
            _note(action, begins, done, last, beats)
        for rule_id in asked.get(n, ()):
            done.answers[n, rule_id] = coach.reason(rule_id, last.get(rule_id))
    return done


def _note(action: Action, begins: float, done: Performance, last: dict[str, Decision], beats: dict[int, Heard]) -> None:
    match action:
        case Decision():
            t = action.t - begins
            done.decisions.append(Decision(t, action.rule, action.outcome, action.why, action.text, action.values))
            last[action.rule] = action
        case Say():
            verb: Verb = "praises" if action.kind == "praise" else "says"
            why = _because(action.rule, action.t, last).replace(f"{Reason.NOT_MET}: ", "mended: ")
            done.heard.append(Heard(action.t - begins, action.at - begins, action.rule, verb, action.text, why=why))
        case Beat():
            playing = next(iter(beats.values()), None)
            if playing is None:
                why = _because(action.rule, action.t, last)
                playing = Heard(action.t - begins, action.at - begins, action.rule, "beats", why=why)
                done.heard.append(playing)
            playing.tempos.append(action.spm)
            beats.clear()
            beats[action.id] = playing  # a change of tempo is a beat of its own, with the old one's end
        case BeatOff():
            for playing in beats.values():
                playing.length_s = action.t - begins - playing.t
            beats.clear()
        case _:
            return


def _because(rule: str, t: float, last: Mapping[str, Decision]) -> str:
    """Return the numbers behind what is heard: the reason written down at the same moment."""
    decision = last.get(rule)
    return decision.why if decision is not None and decision.t == t else ""
