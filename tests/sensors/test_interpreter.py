"""Messages become events: one unit of cadence, session time, only plausible values, nothing twice."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.events import Battery, Gap, ImuBlock, Reading
from cuecoach.metrics import METRICS, plausible
from cuecoach.sensors.cadence_judge import CadenceJudge
from cuecoach.sensors.interpreter import Interpreter
from cuecoach.sensors.message import Level, Samples, SampleTiming, Stated


def pod(unit="strides"):
    interpreter = Interpreter("foot", "foot", CadenceJudge(unit))
    interpreter.begin(None)
    return interpreter


def test_a_message_becomes_a_reading_with_both_feet_and_what_was_sent():
    [event] = pod().take(5.0, Stated({"speed": 3.0}, cadence_raw=85.0, stride_length_raw=2.12, running=True))
    assert isinstance(event, Reading)
    assert (event.t, event.source, event.place) == (5.0, "foot", "foot")
    assert event.values == {"speed": 3.0, "cadence": 170.0, "step_length": 1.06, "stride_length": 2.12}
    assert event.raw == {"cadence": 85.0, "stride_length": 2.12}


def test_while_the_unit_is_in_doubt_only_what_was_sent_is_recorded():
    interpreter = Interpreter("foot", "foot")
    interpreter.begin(None)
    [event] = interpreter.take(1.0, Stated({"speed": 1.4}, cadence_raw=85.0, stride_length_raw=1.0))
    assert event.values == {"speed": 1.4}
    assert event.raw == {"cadence": 85.0, "stride_length": 1.0}


def test_a_stated_length_that_is_a_step_is_told_from_a_stride():
    [event] = pod("steps").take(1.0, Stated({"speed": 3.0}, 170.0, stride_length_raw=1.06, running=True))
    assert event.values["step_length"] == 1.06
    assert event.values["stride_length"] == 2.12


@pytest.mark.parametrize("length", [0.2, 1.5, 3.0, math.nan, math.inf, -2.0])
def test_a_stated_length_that_agrees_with_nothing_is_left_out(length):
    [event] = pod().take(1.0, Stated({"speed": 3.0}, 85.0, stride_length_raw=length, running=True))
    assert "step_length" not in event.values
    assert "stride_length" not in event.values


def test_a_length_without_speed_is_left_out():
    [event] = pod().take(1.0, Stated({}, 85.0, stride_length_raw=2.1, running=True))
    assert event.values == {"cadence": 170.0}


def test_values_that_cannot_be_are_left_out():
    stated = Stated({"speed": 40.0, "heart_rate": math.nan, "power": 250.0, "phase_of_the_moon": 0.5})
    [event] = pod().take(1.0, stated)
    assert event.values == {"power": 250.0}


def test_a_message_that_says_nothing_is_no_event():
    assert pod().take(1.0, Stated()) == []
    assert pod().take(2.0, Stated({"speed": math.inf})) == []


def test_a_second_registration_does_not_double_the_readings():
    interpreter = pod()
    events = []
    for second in range(20):
        for delay in (0.0, 0.0004, 0.001):
            events += interpreter.take(second + delay, Stated({"speed": 3.0}, 85.0, running=True))
            events += interpreter.take(second + delay, Stated({"power": 250.0}))
    assert len(events) == 40
    assert interpreter.duplicates == 80


def test_the_same_values_a_second_later_are_news():
    interpreter = pod()
    assert len(interpreter.take(1.0, Stated({"speed": 3.0}))) == 1
    assert len(interpreter.take(2.0, Stated({"speed": 3.0}))) == 1
    assert interpreter.duplicates == 0


def test_readings_of_one_moment_are_put_one_after_the_other():
    interpreter = pod()
    first, second = (interpreter.take(4.0, Stated({name: 3.0}))[0] for name in ("speed", "power"))
    assert first.t == 4.0
    assert 4.0 < second.t < 4.001


def test_the_battery_is_told_when_it_changes():
    interpreter = pod()
    levels = [(0.0, 80.0), (1.0, 80.0), (600.0, 80.0), (1200.0, 79.0), (1300.0, 255.0), (1400.0, math.nan)]
    events = [e for t, percent in levels for e in interpreter.take(t, Level(percent))]
    assert events == [Battery(0.0, "foot", 80.0), Battery(1200.0, "foot", 79.0)]


def test_the_newest_values_are_there_to_be_shown():
    interpreter = pod()
    interpreter.take(1.0, Stated({"speed": 3.0}, 85.0, running=True))
    interpreter.take(2.0, Stated({"power": 250.0}))
    assert interpreter.values == {"speed": 3.0, "cadence": 170.0, "power": 250.0}
    interpreter.take(3.0, Stated({"speed": 3.1}, 0.0, running=True))
    assert interpreter.values == {"speed": 3.1, "power": 250.0}
    assert math.isfinite(sum(interpreter.values.values()))


def test_samples_become_blocks_over_several_connections():
    interpreter = Interpreter("sacrum", "sacrum")
    timing = SampleTiming(100.0)
    acc = np.ones((10, 3))
    assert interpreter.take(0.5, Samples(acc, None, 1.0)) == []  # not connected
    interpreter.begin(timing)
    [block] = interpreter.take(1.0, Samples(acc, None, 1.0))
    assert isinstance(block, ImuBlock)
    assert interpreter.take(1.001, Samples(acc, None, 1.0)) == []
    assert interpreter.duplicates == 10
    interpreter.begin(timing)
    gap, block = interpreter.take(9.0, Samples(acc, None, 9.0))
    assert isinstance(gap, Gap)
    assert gap.lost == interpreter.lost == 790
    interpreter.begin(SampleTiming(50.0))
    gap, block = interpreter.take(20.0, Samples(acc, None, 9.0))
    assert gap.lost is None
    assert np.diff(block.times) == pytest.approx([0.02] * 9)
    assert interpreter.lost == 790


def test_a_sensor_without_place_gives_no_blocks():
    interpreter = Interpreter("heart", None)
    interpreter.begin(SampleTiming(100.0))
    assert interpreter.take(1.0, Samples(np.ones((10, 3)), None, 1.0)) == []
    [event] = interpreter.take(1.0, Stated({"heart_rate": 150.0}))
    assert event.place is None


NUMBERS = st.one_of(st.none(), st.floats(), st.floats(0, 300))


@given(
    st.lists(
        st.tuples(
            st.floats(0, 3),
            st.dictionaries(st.sampled_from([*METRICS, "nonsense"]), st.floats(), max_size=4),
            NUMBERS,
            NUMBERS,
            st.sampled_from((None, True, False)),
        ),
        max_size=40,
    )
)
def test_whatever_is_stated_readings_are_plausible_and_in_order(messages):
    interpreter = Interpreter("foot", "foot")
    interpreter.begin(None)
    t, last = 0.0, -math.inf
    for step, values, cadence, length, running in messages:
        t += step
        for event in interpreter.take(t, Stated(values, cadence, length, running)):
            assert isinstance(event, Reading)
            assert event.t > last
            assert event.t == pytest.approx(t, abs=1e-3)
            assert all(plausible(name, value) for name, value in event.values.items())
            assert all(math.isfinite(value) for value in event.raw.values())
            last = event.t
