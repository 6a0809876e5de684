"""Runs to report on: plain ones made by hand, and one that was coached."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from cuecoach import Coach
from cuecoach.events import TICK_S, Action, Beat, BeatOff, Decision, Response, Say, Tick
from cuecoach.metrics import METRICS
from cuecoach.modelled import ModelledSound
from cuecoach.runrecord import RuleCard, RunRecord, Second, WornSensor
from cuecoach.runsummary import summarise
from cuecoach.sensors.simulator import STORIES, SimulatedRunner
from tests.bundled import config_of, rules_of

STARTED = datetime(2026, 11, 24, 7, 30, tzinfo=timezone(timedelta(hours=1)))

RULES = (
    RuleCard("low-cadence", "Steps have become slower", "cadence", "cadence", "cadence < target - 3 %", "A"),
    RuleCard("run-tall", "Pelvis tips forward", "posture", "pelvic_tilt", "pelvic_tilt > baseline + 3 deg", "C"),
    RuleCard("tired-form", "Two parts have drifted", "fatigue", None, "count(…) >= 2", "D"),
)
#: What the usual runner of these tests does: value, normal and noise.
USUAL = {
    "cadence": (168.0, 165.0, 1.5),
    "speed": (2.8, 2.8, 0.08),
    "pelvic_tilt": (8.0, 7.5, 1.0),
    "pelvic_drop": (5.2, 5.0, 0.7),
    "pelvic_drop_left": (5.2, 5.0, 0.7),
    "pelvic_drop_right": (4.4, 4.5, 0.7),
    "vertical_oscillation": (92.0, 91.0, 2.5),
    "stance_time": (250.0, 248.0, 5.0),
    "stance_time_balance": (50.4, 50.2, 0.36),
}


def second(t: float, names: Iterable[str] = USUAL, *, target: float | None = 170.0, **others: object) -> Second:
    """One second of steady running, with a wobble that is the same every time."""
    wobble = math.sin(t * 0.7) + math.sin(t * 0.11)
    known = [name for name in names if name in USUAL]
    made = Second(
        t,
        {name: USUAL[name][0] + 0.5 * wobble * USUAL[name][2] for name in known},
        {name: USUAL[name][1] for name in known},
        {name: USUAL[name][2] for name in known},
        target,
        "running",
        None,
        2.8 * t if "speed" in known else None,
    )
    return replace(made, **others)


def said(at: float, rule: str, text: str, kind: str = "cue", why: str = "") -> list[Action]:
    reason: list[Action] = [Decision(at, rule, "spoken", why, text)] if why else []
    return [*reason, Say(at, at, int(at), rule, text, 1.0, kind)]


def answer(at: float, rule: str, text: str, metric: str, before: float, after: float, share: float) -> Response:
    return Response(at + 40, at, rule, text, metric, before, after, share, 0.15, helped=share > 0.5)


def record(seconds: Sequence[Second], actions: Sequence[Action] = (), **others: object) -> RunRecord:
    length = seconds[-1].t + 1 if seconds else 0.0
    sensors = (WornSensor("sim", "sacrum", "simulated sensor"),)
    made = RunRecord(
        12, "anna", STARTED, length, title="", sensors=sensors, rules=RULES, seconds=seconds, actions=actions
    )
    return replace(made, **others)


def steady(minutes: float, **others: object) -> RunRecord:
    return record([second(float(t)) for t in range(int(60 * minutes))], **others)


def coached(story: str = "easy-run", until: float | None = None) -> RunRecord:
    """Coach the simulated runner, and remember it as a store would."""
    config = config_of("easy-run")
    coach = Coach(config, rules_of(*config.cues))
    runner, sound = SimulatedRunner(STORIES[story], seed=1), ModelledSound()
    actions: list[Action] = []
    seconds: list[Second] = []
    beats: list[Beat | BeatOff] = []
    number, end = 0, until or runner.duration_s
    while number * TICK_S <= end:
        t = number * TICK_S
        now: list[Action] = []
        for event in (*runner.advance(t), *sound.poll(t), Tick(t)):
            now += coach.handle(event)
        for action in now:
            sound.send(action)
            runner.hear(action)
        actions += now
        beats += [a for a in now if isinstance(a, Beat | BeatOff)]
        if t == int(t):
            seconds.append(_known(coach, t, _tempo(beats, t)))
        number += 1
    cards = tuple(
        RuleCard(r.id, r.about, r.focus, r.metric, r.when.text if hasattr(r.when, "text") else "", r.evidence)
        for r in coach.rules
    )
    return RunRecord(
        12,
        "anna",
        STARTED,
        end,
        "simulated",
        title="Easy run along the river",
        sensors=(WornSensor("sim", "sacrum", "simulated pod"),),
        rules=cards,
        seconds=tuple(seconds),
        actions=tuple(actions),
    )


def _known(coach: Coach, t: float, beat: float | None) -> Second:
    def known(ask: object) -> dict[str, float]:
        found = ((name, ask(name)) for name in METRICS)  # type: ignore[operator]
        return {name: value for name, value in found if value is not None}

    s = coach.signals
    values = known(s.metric)
    normal, noise = known(s.baseline), known(s.noise)
    return Second(t, values, normal, noise, s.target("cadence"), s.activity, coach.gate, s.distance(), beat)


def _tempo(beats: Sequence[Beat | BeatOff], t: float) -> float | None:
    now = next((b for b in reversed(beats) if b.at <= t), None)
    return now.spm if isinstance(now, Beat) and (now.until is None or t < now.until) else None


def earlier(count: int) -> list[tuple[datetime, dict[str, float | None]]]:
    """Summaries of `count` runs, two days apart, before these."""
    out: list[tuple[datetime, dict[str, float | None]]] = []
    whole = summarise(steady(1))
    for k in range(count):
        run = {**whole, "cadence": 161.0 + 0.8 * k + math.sin(k), "in_band": min(0.95, 0.4 + 0.06 * k), "cues": 8.0 - k}
        run |= {
            "vertical_oscillation": 95 - k * 0.4 + math.sin(2 * k),
            "pelvic_drop": 5.6 - 0.1 * k,
            "distance_m": 5e3 + 200 * k,
        }
        out.append((STARTED - timedelta(days=2 * (count - k)), run))
    return out
