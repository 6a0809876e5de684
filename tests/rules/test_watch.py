"""A watch answers what its question would answer, at every moment, and seldom asks it."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from cuecoach import load_config
from cuecoach.config import RunConfig
from cuecoach.events import Event, ImuBlock, Reading, SensorState, Step
from cuecoach.rules.asking import Watches
from cuecoach.rules.comparison import ComparisonWatch
from cuecoach.rules.compile import number, question
from cuecoach.rules.explain import leaves
from cuecoach.rules.expression import compile_expression
from cuecoach.rules.range import key_of, range_of
from cuecoach.rules.terms import Compared
from cuecoach.signals import Signals

QUESTIONS = (
    "cadence < target - 3 %",
    "median(cadence, 2 min) < min(baseline, start) - 3 %",
    "pelvic_tilt > min(baseline, start) + max(3 deg, 2 * noise)",
    "abs(pelvic_drop_left - pelvic_drop_right) > 2.5 deg",
    "8 deg < pelvic_tilt <= 11 deg",
    "pelvic_tilt / 2 > 5 deg or -pelvic_tilt > 0 deg",
    "count(cadence < 165 spm, pelvic_tilt > 10 deg, mean(cadence, 30 s) > 170 spm) >= 2",
    "running and not beating and elapsed > 3 min and not climbing",
    "slope(pelvic_tilt, 1 min) > 1 deg/min or sd(cadence, 30 s) > 2 spm or last(cadence) > 175 spm",
    "pelvic_tilt > median(pelvic_tilt, 3 min) + 1 deg and distance > 200 m",
    "max(speed, 2 m/s) * 1.2 > 3.4 m/s and grade < 2 %",
    "heart_rate > 160 bpm or stance_time > 200 ms",
    "min(cadence, 20 s) != 170 spm",
)


def wandering(seed: int, level: float, sd: float) -> Iterator[float]:
    rng = np.random.default_rng(seed)
    drift = 0.0
    while True:
        drift = 0.98 * drift + rng.normal(0.0, 0.3 * sd)
        yield level + drift + rng.normal(0.0, sd)


def events(seed: int, gaps: list[tuple[float, float]], other: bool) -> Iterator[Event | Step]:
    """Five minutes of steps of a raw sensor and values of a pod, with silences."""
    names = {"cadence": (168, 2), "pelvic_tilt": (10, 1), "pelvic_drop_left": (6, 1), "pelvic_drop_right": (4, 1)}
    told = {name: wandering(seed + k, *about) for k, (name, about) in enumerate(names.items())}
    pods = {"speed": wandering(seed + 9, 2.8, 0.2), "grade": wandering(seed + 8, 1.0, 1.5)}
    for k in range(1, 900):
        t = k / 3
        if not any(a < t < b for a, b in gaps):
            yield ImuBlock(t, "imu", "sacrum", np.arange(t - 1 / 3, t, 0.05), np.zeros((7, 3)))
            yield Step(t, t - 0.2, values={name: next(value) for name, value in told.items()})
        if other and k % 3 == 0 and not 100 < t < 130:
            yield Reading(t, "pod", {name: next(value) for name, value in pods.items()})
            if t > 180:
                yield Reading(t + 0.01, "watch", {"cadence": next(told["cadence"])})


def config() -> RunConfig:
    settings = load_config("easy-run")
    quick = settings.baseline.model_copy(
        update={"learn_from": 30.0, "ready_after": 40.0, "fixed_after": 120.0, "start_from": 20.0, "start_to": 90.0}
    )
    return settings.model_copy(update={"baseline": quick})


def take(signals: Signals, event: Event | Step) -> None:
    match event:
        case ImuBlock():
            signals.gait(event, [], [])
        case Step():
            block = ImuBlock(event.known, "imu", "sacrum", np.array([event.known - 1e-3]), np.zeros((1, 3)))
            signals.gait(block, [event], [])
        case Reading():
            signals.reading(event)
        case SensorState():
            signals.sensor(event)


@given(
    st.integers(0, 1000),
    st.lists(st.tuples(st.floats(20, 280), st.floats(0.5, 25)).map(lambda g: (g[0], g[0] + g[1])), max_size=2),
    st.booleans(),
    st.none() | st.floats(60, 250),
)
@settings(max_examples=8, deadline=None, phases=[Phase.explicit, Phase.generate])
def test_a_watch_answers_what_its_question_would(
    seed: int, gaps: list[tuple[float, float]], other: bool, lost: float | None
) -> None:
    asked = [compile_expression(text).question for text in QUESTIONS]
    signals = Signals(config(), {"cadence", "pelvic_tilt", "heart_rate"})
    coming = list(events(seed, gaps, other))
    if lost is not None:
        coming += [SensorState(lost, "pod", "lost"), SensorState(lost + 20, "pod", "back")]
        coming.sort(key=lambda e: e.known if isinstance(e, Step) else e.t)
    watches = None
    n = 0
    for tick in range(1200):
        t = tick / 4
        while n < len(coming) and (coming[n].known if isinstance(coming[n], Step) else coming[n].t) <= t:
            take(signals, coming[n])
            n += 1
        signals.advance(t)
        signals.beating = 100 < t < 140
        if watches is None:
            assert signals.lasting is not None
            watches = Watches(signals, signals.lasting)
        for text, term in zip(QUESTIONS, asked, strict=True):
            if tick % 4 == 0 or (seed + len(text)) % 3:  # whether it was asked a moment ago makes no difference
                assert watches.watch(term).ask() is question(term)(signals), (t, text)


def test_a_clear_answer_is_sought_again_only_after_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[float] = []
    find = ComparisonWatch._find

    def counted(watch: ComparisonWatch) -> bool | None:
        found.append(signals.now)
        return find(watch)

    monkeypatch.setattr(ComparisonWatch, "_find", counted)
    signals = Signals(config(), {"pelvic_tilt"})
    for tick in range(480):
        signals.reading(Reading(tick / 4, "pod", {"pelvic_tilt": 10.0 + tick % 3}))
    signals.advance(0.0)
    assert signals.lasting is not None
    watch = Watches(signals, signals.lasting).watch(compile_expression("pelvic_tilt > 20 deg").question)
    for tick in range(480):
        signals.advance(tick / 4)
        assert watch.ask() is False
    assert len(found) < 60


def test_a_metric_nobody_tells_is_not_sought_again_until_somebody_does() -> None:
    signals = Signals(config(), {"heart_rate"})
    signals.advance(0.0)
    assert signals.lasting is not None
    watch = Watches(signals, signals.lasting).watch(compile_expression("stance_time > 200 ms").question)
    signals.reading(Reading(1.0, "pod", {"cadence": 170.0}))
    for t in (1.0, 2.0):
        signals.advance(t)
        assert watch.ask() is None
    assert watch.heard == float("inf")
    signals.reading(Reading(3.0, "pod", {"stance_time": 250.0}))
    signals.advance(3.0)
    assert watch.ask() is True


terms = st.sampled_from(
    [
        "pelvic_tilt + 2 * cadence / 10 spm * 1 deg > 1 deg",
        "abs(pelvic_tilt - pelvic_drop) > 1 deg",
        "pelvic_tilt * -2 > 1 deg",
        "max(pelvic_tilt, pelvic_drop - 3 deg, 1 deg) > 1 deg",
        "min(-pelvic_tilt, pelvic_drop) + 20 % > 1 deg",
        "pelvic_tilt / pelvic_drop * 3 deg > 1 deg",
    ]
)


class Given(dict[str, float]):
    """Answers a metric with what was given."""

    def metric(self, name: str) -> float:
        return self[name]


@given(terms, st.data())
def test_no_value_within_the_bounds_of_the_metrics_gives_a_result_outside_those_of_the_term(
    text: str, data: st.DataObject
) -> None:
    try:
        compared = compile_expression(text).question
    except ValueError:
        pytest.skip("not an expression of this language")
    assert isinstance(compared, Compared)
    term = compared.operands[0]
    bounds: dict[tuple[str, float], tuple[float, float]] = {}
    value = Given()
    for name in ("cadence", "pelvic_tilt", "pelvic_drop"):
        low, high = sorted((data.draw(st.floats(-20, 20)), data.draw(st.floats(-20, 20))))
        leaf = next((x for x in leaves(term) if x.metric == name), None)
        if leaf is not None:
            bounds[key_of(leaf)] = low, high
        value[name] = data.draw(st.floats(low, high))
    low, high = range_of(term)(value, bounds)
    result = number(term)(value)
    assert math.isnan(low) or math.isnan(result) or low <= result <= high
