"""What a silent rule was waiting for, in words with numbers, for every reason there is."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cuecoach.coach import Coach
from cuecoach.coaching import gates
from cuecoach.coaching.pilot import Pilot
from cuecoach.coaching.programme_run import Programme
from cuecoach.coaching.programme_words import lesson_text
from cuecoach.events import METRONOME, Action, Decision, Response
from cuecoach.history.parts import Finding
from cuecoach.rules import Reason, RuleState
from cuecoach.units import clock

_HOW_FAR = re.compile(r"\((\d+) of (\d+) s\)")
_SILENT_FOR = re.compile(r"silent for (\d+) s")
_LEFT = re.compile(r"\((\d+) % is left\)")
_CUES = re.compile(r"after (\d+) cue")
#: The caps count the tick a cue was asked for, and a beat or a phrase begins a little later, s.
_ABOUT_THEN_S = 1.0


@dataclass(frozen=True, slots=True)
class Scene:
    """The moment `t` [s] of a rule, and everything that may keep it silent.

    Attributes
    ----------
    outcome, why
        The short word for why the rule spoke or was silent, and the sentence of the last decision about it.
    findings
        The parts of its questions.
    said
        The newest correction of any rule: who, what and when.
    done
        Everything the coach did so far.
    """

    t: float
    coach: Coach
    pilot: Pilot
    programme: Programme | None
    state: RuleState
    outcome: str
    why: str
    findings: Sequence[Finding]
    said: tuple[str, str, float] | None
    done: Sequence[Action]


def waits_for(scene: Scene) -> str:
    """Return what has to come for the rule to go on; empty when it was just heard."""
    rule, state, coach = scene.state.rule, scene.state, scene.coach
    match scene.outcome:
        case str(Reason.HOLDING.value):
            held = (scene.t if state.known_at is None else state.known_at) - state.since
            return f"{max(0, math.ceil(rule.hold_s - held))} s more without a break"
        case str(Reason.NOT_MET.value) | str(Reason.REMINDED.value):
            short = [f for f in scene.findings if f.setting == "when" and f.answer is False]
            texts = [f"`{f.text}`" + (f" ({f.shown_margin} short of it)" if f.shown_margin else "") for f in short]
            return " and ".join(texts)
        case str(Reason.COOLING_DOWN.value) if state.last_heard is not None:
            return f"the end of its cooldown at {clock(state.last_heard + rule.cooldown_s)}"
        case str(Reason.GATED.value):
            return _gate(scene)
        case str(Reason.NO_FRESH_DATA.value) | str(Reason.BASELINE_NOT_READY.value):
            return scene.why.partition(": ")[2]
        case str(Reason.SENSOR_SLIPPED.value):
            return "a calibration of the sensor that moved: stand still, then tall"
        case str(Reason.TOO_SOON.value):
            return _sound(scene)
        case str(Reason.EXPIRED.value):
            return f"the voice: its words could not start in time; then {_gap(scene) or 'it may be said again'}"
        case str(Reason.LIMIT_REACHED.value):
            caps = coach.config.caps
            own = scene.why.partition(": ")[2]
            return f"room under the limit of {own or f'{caps.per_km} per km and {caps.per_run} per run'}"
        case str(Reason.OUTRANKED.value):
            return f"its turn: {scene.why.removeprefix('outranked by ')} was spoken"
        case str(Reason.MUTED.value):
            asked = "the end of the quiet that the runner asked for"
            until = coach.quiet_until
            return (
                f"{asked}, at {clock(until)}" if math.isfinite(until) else f"{asked}; it has none but the runner's word"
            )
        case str(Reason.NOT_IN_FOCUS.value):
            return f"a run with its focus, `{rule.focus}`; this one has `focus: {coach.config.focus}`"
        case str(Reason.DUE.value):
            return _beat(scene)
        case _:
            return _history(scene)


def _history(scene: Scene) -> str:
    """Return what a rule waits for that is silent because of what was done before, or by the plan."""
    match scene.outcome:
        case str(Reason.FADED.value):
            return _plan(scene)
        case str(Reason.WITHHELD.value):
            return _withheld(scene)
        case str(Reason.NEARLY_MENDED.value):
            return _nearly_mended(scene)
        case str(Reason.NO_CHANGE.value):
            cues = _CUES.search(scene.why)
            many = f"{cues[1]} cues" if cues else "its cues"
            return f"the next run: {many} did not help, and there is nothing else to try{_last_did(scene)}"
        case _:
            return ""


# ---------------------------------------------------------------- gates
def _gate(scene: Scene) -> str:
    coach, rule = scene.coach, scene.state.rule
    settings, signals = coach.config.gates, coach.signals
    match coach.gate:
        case None:
            doubt = scene.why.partition(": ")[2]
            if doubt.endswith("can only be compared with itself"):
                return "a sensor that is exact for it, or a `when` that compares it with the runner's `baseline`"
            if "only logged" in doubt:
                return "a `when` on another metric as well"
            return f"`only_if: {rule.only_if.text}`" if rule.only_if is not None else doubt
        case "warm-up":
            return f"the end of the warm-up at {clock(settings.warm_up)}"
        case gates.WALKING | gates.STANDING:
            return "running"
        case gates.NO_DATA:
            return "a sensor that tells cadence or steps"
        case gates.CALIBRATING:
            return "the end of the calibration"
        case gates.BACK:
            return f"{settings.settle:.0f} s of data: until {clock(signals.back_at + settings.settle)}"
        case gates.SETTLING:
            return f"{settings.settle:.0f} s in which speed changes by no more than {gates.SPEED_CHANGE} m/s"
        case gates.STEEP:
            return f"a slope of {settings.max_grade:g} % or less{_now(signals.metric('grade'), '%')}"
        case gates.TURNING:
            return f"turning by {gates.TURN_RATE:g} deg/s or less{_now(signals.turning(), 'deg/s')}"
        case gates.RACE:
            return "a run without `race: true`"
        case _ if signals.speed is not None and signals.speed < settings.min_speed:
            return f"a speed of {settings.min_speed:.1f} m/s or more{_now(signals.speed, 'm/s')}"
        case _:
            return "a moment in which the coach may speak"


def _now(value: float | None, unit: str) -> str:
    return "" if value is None else f"; it is {abs(value):.1f} {unit}"


# ---------------------------------------------------------------- what sounds
def _sound(scene: Scene) -> str:
    """Return what is in the way of a cue that would come too soon: its own beat, one that leads, the gap, or the voice."""
    pilot, rule = scene.pilot, scene.state.rule.id
    beat = pilot.beat
    if pilot.answers(rule):
        return f"the end of {beat_text(scene)}" if beat is not None else _silence(scene)
    if beat is not None and pilot.ramping:
        return f"a beat that has arrived: {beat_text(scene)} leads to another tempo"
    return _gap(scene) or "the end of what is being said"


def _gap(scene: Scene) -> str:
    gap = scene.coach.config.caps.gap
    if scene.said is None or scene.t - scene.said[2] >= gap + _ABOUT_THEN_S:
        return ""
    rule, text, at = scene.said
    whose = "its own" if rule == scene.state.rule.id else f"{rule}'s"
    return f"the end of the gap of {gap:.0f} s after {whose} “{text}”, at {clock(at + gap)}"


def _silence(scene: Scene) -> str:
    """Return how long the silence after a beat lasts, in which the runner keeps the tempo alone."""
    told = next((d for d in reversed(scene.done) if isinstance(d, Decision) and d.outcome == "gap"), None)
    found = None if told is None else _SILENT_FOR.search(told.why)
    at = f", at {clock(told.t + float(found[1]))}" if told is not None and found is not None else ""
    return f"the end of the silence after its beat, in which the tempo is kept alone{at}"


def beat_text(scene: Scene) -> str:
    """Return the beat that sounds: whose, its tempo, its target and what it is doing; empty in silence."""
    pilot, beat = scene.pilot, scene.pilot.beat
    if beat is None:
        return ""
    whose = {METRONOME: "the metronome's beat", scene.state.rule.id: "its own beat"}.get(
        beat.rule, f"{beat.rule}'s beat"
    )
    target = scene.coach.signals.target("cadence")
    doing = "" if pilot.state == "over" else f"{pilot.state}: "
    towards = "" if target is None else f", target {target:.0f} spm"
    until = "" if beat.until is None else f", {clock(beat.until)} at the latest"
    return f"{whose} ({doing}{beat.spm:.0f} spm{towards}{until})"


def _beat(scene: Scene) -> str:
    """Return why a rule that has only a beat gets none."""
    pilot, plan = scene.pilot, scene.programme
    if plan is not None and plan.beat_closed is not None:
        return f"a moment in which the plan allows a beat: {plan.beat_closed}"
    if scene.coach.config.metronome != "when needed":
        return f"a run with `metronome: when needed`; this one has `metronome: {scene.coach.config.metronome}`"
    if pilot.left_alone:
        return "the next run: the steps lost the beat twice, so that none is laid any more"
    if pilot.beat is not None:
        return f"the end of {beat_text(scene)}"
    if pilot.state != "over":
        return _silence(scene)
    if scene.coach.signals.target("cadence") is None:
        return "a cadence target: what is normal for the runner is not known yet"
    return "the next fault: a beat was tried in this one"


# ---------------------------------------------------------------- plan, chance and what cues did
def _plan(scene: Scene) -> str:
    programme = scene.programme
    closed = scene.why.partition(": ")[2]
    if programme is None:
        return f"a plan that lets it speak: {closed}"
    lesson, now = programme.lesson, programme.clock
    if lesson.kind in ("easy", "probe"):
        return f"a run that trains; this one is silent by the plan ({lesson_text(lesson)})"
    if now >= lesson.seconds:
        return f"the next run: the session of {lesson.minutes:.0f} minutes of running is over"
    windows = programme.opens
    opens = next((begin for begin in windows if begin > now), None)
    if opens is None:
        return f"the next run: the last of {len(windows)} windows is over ({lesson_text(lesson)})"
    number = 1 + windows.index(opens)
    return f"window {number} of {len(windows)} of the plan, after {clock(opens - now)} more of running ({lesson_text(lesson)})"


def _withheld(scene: Scene) -> str:
    told = _last_decision(scene, str(Reason.WITHHELD))
    found = None if told is None else _HOW_FAR.search(told.why)
    at = "" if told is None or found is None else f" at {clock(told.t + float(found[2]) - float(found[1]))}"
    share = scene.coach.config.response.withhold
    return f"the end of the wait{at}, as long as after a cue; {share:g} % of due cues stay unsaid by chance"


def _nearly_mended(scene: Scene) -> str:
    found, state = _LEFT.search(scene.why), scene.state
    if found is None or state.last_heard is None:
        return "the end of the fault, or its growing"
    cooldowns = 2.0 - float(found[1]) / 100.0
    at = clock(state.last_heard + cooldowns * state.rule.cooldown_s)
    return f"the end of the fault, or its growing; with {found[1]} % left, said again {cooldowns:.2g} cooldowns after, at {at}"


def _last_did(scene: Scene) -> str:
    rule = scene.state.rule.id
    last = next((r for r in reversed(scene.done) if isinstance(r, Response) and r.rule == rule), None)
    return "" if last is None else f"; the last {did(last)}"


def did(response: Response) -> str:
    """Return what a cue did, as the end of a sentence: ``took away 60 % of the fault, 5 % goes by itself``."""
    share = round(100 * response.share)
    moved = f"took away {share} % of the fault" if share >= 0 else f"was followed by {-share} % more of the fault"
    return f"{moved}; {100 * response.by_itself:.0f} % were to be expected without a cue"


def _last_decision(scene: Scene, outcome: str) -> Decision | None:
    rule = scene.state.rule.id
    return next(
        (d for d in reversed(scene.done) if isinstance(d, Decision) and d.rule == rule and d.outcome == outcome), None
    )
