"""One moment of a rule, looked at closely: where it was in its life, on which numbers, and what it was waiting for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cuecoach.coach import Coach
from cuecoach.coaching.pilot import Pilot
from cuecoach.coaching.programme_run import Programme
from cuecoach.coaching.words_known import BEAT
from cuecoach.events import Action, Beat, Decision, Response, Say
from cuecoach.history.parts import Finding, findings
from cuecoach.history.waiting import Scene, beat_text, did, waits_for
from cuecoach.rules import Phase, Reason, RuleState
from cuecoach.units import clock

_SPOKEN, _REMINDED = str(Reason.SPOKEN), str(Reason.REMINDED)
#: The parts of a reason that tell of the choice of words, as the ladder and the wording write them.
_CHOICE = re.compile(r"chosen: |your anchor phrase$|the first words stand |(same|other) words|drill|\w+ wording")


@dataclass(frozen=True, slots=True)
class Why:
    """The reason at the moment, its sentence, and since when it was so, s."""

    outcome: str
    sentence: str
    since: float


@dataclass(frozen=True, slots=True)
class Chosen:
    """Words, when they were asked for, s, and why just these; `because` is empty where they were simply the first."""

    text: str
    t: float
    because: str


@dataclass(frozen=True, slots=True)
class Other:
    """Another rule that mattered at the moment, and why."""

    rule: str
    outcome: str
    why: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A rule at session time `t`, s.

    Attributes
    ----------
    phase, phase_since
        Where it was in its life, and since when; None while it rests.
    why
        The reason, and since when.
    findings
        The parts of `only_if`, of `when`, and of `until` where that counts.
    gate
        Why the coach as a whole had to be silent, None when it need not.
    values
        The numbers `when` rests on, in catalogue units.
    waits_for
        What had to come for the rule to go on; empty when it was spoken.
    beat
        The beat that sounded: whose, how quick, and what it was doing; empty in silence.
    last_said
        The last correction before, of any rule: who, what and when.
    chosen
        The rule's own last words, when, and why just these; None before its first.
    response
        What the rule's last cue, or one that was withheld, did; empty until that could be judged.
    others
        The other rules that were holding, active or due, and those that spoke now.
    """

    t: float
    phase: Phase
    phase_since: float | None
    why: Why
    findings: tuple[Finding, ...]
    gate: str | None
    values: Mapping[str, float | None]
    waits_for: str
    beat: str
    last_said: tuple[str, str, float] | None
    chosen: Chosen | None
    response: str
    others: tuple[Other, ...]


def capture(
    t: float,
    coach: Coach,
    pilot: Pilot,
    programme: Programme | None,
    state: RuleState,
    states: Mapping[str, RuleState],
    why: Why,
    done: Sequence[Action],
) -> Moment:
    """Return the moment as it is right after tick `t`; `done` is everything the coach did so far."""
    rule, signals = state.rule, coach.signals
    found = findings("only_if", rule.only_if, signals) + findings("when", rule.when, signals)
    if state.phase is Phase.ACTIVE:
        found += findings("until", rule.until, signals)
    said = _last_said(done)
    scene = Scene(t, coach, pilot, programme, state, why.outcome, why.sentence, found, said, done)
    return Moment(
        t,
        state.phase,
        None if state.phase is Phase.RESTING else state.since,
        why,
        found,
        coach.gate,
        rule.when.values(signals),
        waits_for(scene),
        beat_text(scene),
        said,
        _chosen(rule.id, done),
        _response(rule.id, done),
        _others(t, rule.id, states, done),
    )


def _chosen(rule: str, done: Sequence[Action]) -> Chosen | None:
    """Return the rule's last words and what the decision says of their choice."""
    for action in reversed(done):
        if isinstance(action, Decision) and action.rule == rule and action.outcome in (_SPOKEN, _REMINDED):
            parts = [part for part in action.why.split("; ") if _CHOICE.match(part)]
            because = action.why if action.outcome == _REMINDED else "; ".join(parts)
            return Chosen(action.text, action.t, because)
    return None


def _response(rule: str, done: Sequence[Action]) -> str:
    last = next((r for r in reversed(done) if isinstance(r, Response) and r.rule == rule), None)
    if last is None:
        return ""
    what = {"": "the cue that was withheld", BEAT: "the beat"}.get(last.text, f"“{last.text}”")
    return f"{what} of {clock(last.at)} {did(last)}"


def _last_said(done: Sequence[Action]) -> tuple[str, str, float] | None:
    """Return the newest correction: words, or the beginning of a beat that a rule asked for."""
    for action in reversed(done):
        if isinstance(action, Decision) and action.outcome == _SPOKEN:
            return action.rule, action.text, action.t
    return None


def _others(t: float, rule_id: str, states: Mapping[str, RuleState], done: Sequence[Action]) -> tuple[Other, ...]:
    found: list[Other] = []
    sounding = {a.rule for a in done if isinstance(a, Say | Beat) and a.t == t}
    for name, state in states.items():
        if name == rule_id or (state.phase is Phase.RESTING and name not in sounding):
            continue
        told = next((d for d in reversed(done) if isinstance(d, Decision) and d.rule == name), None)
        if told is not None and (state.reason is Reason.DUE or told.t == t):  # the arbiter's word
            found.append(Other(name, told.outcome, told.text or told.why))
        else:
            found.append(Other(name, str(state.reason), state.detail))
    return tuple(found)
