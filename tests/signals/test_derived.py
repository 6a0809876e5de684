"""What follows from other metrics, where no sensor states it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.config import RunConfig
from cuecoach.events import TICK_S, Reading, SensorState
from cuecoach.metrics import METRICS, plausible
from cuecoach.signals import Signals
from cuecoach.signals.derived import PARTS, derivable


def play(signals: Signals, seconds: float, **pods: dict[str, float]) -> Signals:
    """Let each pod state its values once a second, and tick."""
    for _ in range(round(seconds / TICK_S)):
        t = signals.now + TICK_S
        if t % 1 == 0:
            for source, values in pods.items():
                signals.reading(Reading(t, source, values))
        signals.advance(t)
    return signals


def fresh() -> Signals:
    return Signals(RunConfig(), ["step_length", "vertical_ratio"])


def test_step_and_stride_follow_from_speed_and_cadence_of_different_sensors():
    signals = play(fresh(), 12, pod={"speed": 3.0}, watch={"cadence": 180.0})
    assert signals.metric("step_length") == pytest.approx(1.0)
    assert signals.metric("stride_length") == pytest.approx(2.0)
    assert signals.metric("vertical_ratio") is None


def test_bounce_is_set_off_against_the_step():
    values = {"speed": 3.0, "cadence": 180.0, "vertical_oscillation": 80.0}
    assert play(fresh(), 12, pod=values).metric("vertical_ratio") == pytest.approx(8.0)


def test_what_a_sensor_states_goes_before_what_follows():
    values = {"speed": 3.0, "cadence": 180.0, "vertical_oscillation": 80.0, "step_length": 0.8}
    signals = play(fresh(), 12, pod=values)
    assert signals.metric("step_length") == pytest.approx(0.8)
    assert signals.metric("vertical_ratio") == pytest.approx(10.0)


def test_nothing_follows_from_what_is_stale():
    signals = play(fresh(), 12, pod={"speed": 3.0}, watch={"cadence": 180.0})
    play(signals, 4, pod={"speed": 3.0})
    assert signals.metric("step_length") is not None
    play(signals, 3, pod={"speed": 3.0})
    assert signals.metric("cadence") is None
    assert signals.metric("step_length") is None


def test_a_sensor_that_is_muted_takes_with_it_what_followed():
    signals = play(fresh(), 12, pod={"speed": 3.0}, watch={"cadence": 180.0})
    signals.sensor(SensorState(signals.now, "pod", "stale"))
    signals.advance(signals.now + TICK_S)
    assert signals.metric("step_length") is None


def test_it_is_learnt_and_smoothed_like_any_other():
    signals = play(fresh(), 20, pod={"speed": 3.0, "cadence": 180.0})
    play(signals, 4, pod={"speed": 3.3, "cadence": 180.0})
    assert signals.metric("step_length") == pytest.approx(1.0)  # the middle of ten seconds
    assert signals.window("max", "step_length", 10.0) == pytest.approx(1.1)
    play(signals, 400, pod={"speed": 3.0, "cadence": 180.0})
    assert signals.baseline("step_length") == pytest.approx(1.0)


@given(st.floats(0.0, 12.0), st.floats(40.0, 260.0), st.floats(20.0, 220.0))
def test_what_follows_is_plausible_or_not_there(speed, cadence, bounce):
    values = {"speed": speed, "cadence": cadence, "vertical_oscillation": bounce}
    signals = play(fresh(), 2, pod=values)
    for name in PARTS:
        value = signals.metric(name)
        assert value is None or plausible(name, value)


def test_what_follows_is_named_only_where_all_of_it_is_given():
    assert derivable({"cadence", "speed"}) == {"step_length", "stride_length"}
    assert derivable({"cadence", "speed", "vertical_oscillation"}) == {"step_length", "stride_length", "vertical_ratio"}
    assert derivable({"cadence"}) == frozenset()
    assert set(PARTS) <= set(METRICS)
