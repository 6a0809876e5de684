"""One moment of a rule, looked at closely: where it was in its life, on which numbers, and what it was waiting for."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cuecoach.coach import Coach
from cuecoach.events import Action, Beat, Decision, Say
from cuecoach.history.parts import parts_of
from cuecoach.rules import Context, Expression, Phase, Reason, RuleState
from cuecoach.timeline import clock


@dataclass(frozen=True, slots=True)
class Why:
    """The reason at the moment, its sentence, and since when it was so, s."""

    outcome: str
    sentence: str
    since: float


@dataclass(frozen=True, slots=True)
class Finding:
    """What one part of a setting came to: its answer (None: unknown), its numbers, and by how much, in base units."""

    setting: str
    text: str
    answer: bool | None
    found: str
    margin: float | None
    shown_margin: str


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
    last_said
        The last correction before, of any rule: who, what and when.
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
    last_said: tuple[str, str, float] | None
    others: tuple[Other, ...]


def capture(
    t: float, coach: Coach, state: RuleState, states: Mapping[str, RuleState], why: Why, done: Sequence[Action]
) -> Moment:
    """Return the moment as it is right after tick `t`; `done` is everything the coach did so far."""
    rule, signals = state.rule, coach.signals
    findings = _findings("only_if", rule.only_if, signals) + _findings("when", rule.when, signals)
    if state.phase is Phase.ACTIVE:
        findings += _findings("until", rule.until, signals)
    said = _last_said(done)
    return Moment(
        t,
        state.phase,
        None if state.phase is Phase.RESTING else state.since,
        why,
        findings,
        coach.gate,
        rule.when.values(signals),
        _waits_for(t, coach, state, why, findings, said),
        said,
        _others(t, rule.id, states, done),
    )


def _findings(setting: str, expression: Expression | None, context: Context) -> tuple[Finding, ...]:
    if expression is None:
        return ()
    found: list[Finding] = []
    for part in parts_of(expression):
        margin = part.margin(context)
        shown = "" if margin is None else part.show(margin)
        found.append(Finding(setting, part.text, part.answer(context), part.describe(context), margin, shown))
    return tuple(found)


def _last_said(done: Sequence[Action]) -> tuple[str, str, float] | None:
    """Return the newest correction: words, or the beginning of a beat that a rule asked for."""
    for action in reversed(done):
        if isinstance(action, Decision) and action.outcome == str(Reason.SPOKEN):
            return action.rule, action.text, action.t
    return None


def _waits_for(
    t: float,
    coach: Coach,
    state: RuleState,
    why: Why,
    findings: Sequence[Finding],
    said: tuple[str, str, float] | None,
) -> str:
    rule = state.rule
    match why.outcome:
        case str(Reason.HOLDING.value):
            held = (t if state.known_at is None else state.known_at) - state.since
            return f"{max(0, math.ceil(rule.hold_s - held))} s more without a break"
        case str(Reason.NOT_MET.value):
            short = [f for f in findings if f.setting == "when" and f.answer is False]
            texts = [f"`{f.text}`" + (f" ({f.shown_margin} short of it)" if f.shown_margin else "") for f in short]
            return " and ".join(texts)
        case str(Reason.COOLING_DOWN.value) if state.last_heard is not None:
            return f"the end of its cooldown at {clock(state.last_heard + rule.cooldown_s)}"
        case str(Reason.GATED.value):
            if coach.gate == "warm-up":
                return f"the end of the warm-up at {clock(coach.config.gates.warm_up)}"
            return "a moment in which the coach may speak" if coach.gate else f"`only_if: {_text(rule.only_if)}`"
        case str(Reason.NO_FRESH_DATA.value) | str(Reason.BASELINE_NOT_READY.value):
            return why.sentence.partition(": ")[2]
        case str(Reason.SENSOR_SLIPPED.value):
            return "a calibration of the sensor that moved: stand still, then tall"
        case str(Reason.TOO_SOON.value):
            return _after(t, coach, rule.id, said)
        case str(Reason.LIMIT_REACHED.value):
            caps = coach.config.caps
            own = why.sentence.partition(": ")[2]
            return f"room under the limit of {own or f'{caps.per_km} per km and {caps.per_run} per run'}"
        case str(Reason.OUTRANKED.value):
            return f"its turn: {why.sentence.removeprefix('outranked by ')} was spoken"
        case str(Reason.MUTED.value):
            return "the end of the quiet that the runner asked for"
        case str(Reason.NOT_IN_FOCUS.value):
            return f"a run with its focus, `{rule.focus}`; this one has `focus: {coach.config.focus}`"
        case _:
            return ""


def _text(expression: Expression | None) -> str:
    return "" if expression is None else expression.text


def _after(t: float, coach: Coach, rule_id: str, said: tuple[str, str, float] | None) -> str:
    """Return what is in the way of a cue that would come too soon."""
    gap = coach.config.caps.gap
    if said is None or t - said[2] >= gap:
        return "the end of what sounds: the voice, or its own beat"
    rule, text, at = said
    whose = "its own" if rule == rule_id else f"{rule}'s"
    return f"the end of the gap of {gap:.0f} s after {whose} “{text}”, at {clock(at + gap)}"


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
