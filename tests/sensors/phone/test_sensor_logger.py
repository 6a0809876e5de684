from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuecoach.sensors.message import Level, Samples
from cuecoach.sensors.phone.push import read_push
from cuecoach.sensors.phone.sensor_logger import (
    NO_ACCELERATION,
    NO_GRAVITY,
    NOT_JSON,
    NOT_SI,
    OTHER_PHONE,
    SensorLogger,
)
from tests.sensors.phone.played import EPOCH_S, message, pushes, readings, worn

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NUMBER = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.just(10**400), st.text(max_size=3))
READING = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["accelerometer", "gravity", "gyroscope", "totalacceleration", "battery", "x"]) | JSON,
        "time": st.integers(0, 4 * 10**18) | NUMBER,
        "values": st.dictionaries(st.sampled_from(["x", "y", "z", "batteryLevel"]), NUMBER) | JSON,
    }
)
MESSAGE = st.fixed_dictionaries(
    {"payload": st.lists(READING, max_size=6) | JSON},
    optional={"messageId": st.integers(-2, 12) | JSON, "sessionId": st.sampled_from("ab") | JSON, "deviceId": JSON},
)


@pytest.fixture(scope="module")
def phone():
    return worn()


def heard(bodies, logger=None):
    """All samples of these (time, body), and the reader of them."""
    logger = logger or SensorLogger()
    found = [m for t, body in bodies for m in logger.take(t, body).messages if isinstance(m, Samples)]
    return found, logger


def joined(samples):
    return np.concatenate([s.acc for s in samples]), np.concatenate([s.gyr for s in samples])


def stamps(samples):
    return np.concatenate([s.stamp - EPOCH_S + np.arange(len(s.acc)) / 100 for s in samples])


@pytest.mark.parametrize("kinds", ["split", "total"])
def test_acceleration_comes_back_with_gravity_and_rates_in_degrees(phone, kinds):
    samples, logger = heard(pushes(phone, kinds=kinds))
    acc, gyr = joined(samples)
    at = np.round(stamps(samples) * 100).astype(int)
    assert len(at) > len(phone.times) - 5
    assert np.abs(acc - phone.acc[at]).max() < 0.05
    assert np.abs(gyr - phone.gyr[at]).max() < 0.5
    assert logger.rejected == logger.duplicates == 0


def test_messages_that_overtake_each_other_are_put_in_order(phone):
    bodies = pushes(phone)
    straight, _ = heard(bodies)
    for a in range(1, len(bodies) - 4, 4):
        bodies[a : a + 3] = [bodies[a + 2], bodies[a], bodies[a + 1]]
    mixed, logger = heard(bodies)
    assert np.array_equal(joined(straight)[0], joined(mixed)[0])
    assert logger.duplicates == 0


def test_a_message_that_never_comes_is_waited_for_only_a_moment(phone):
    bodies = pushes(phone)
    del bodies[20]
    samples, _ = heard(bodies)
    gaps = np.diff(stamps(samples))
    assert np.count_nonzero(gaps > 0.015) == 1
    assert gaps.max() == pytest.approx(0.21, abs=0.02)


def test_messages_that_come_twice_are_counted_once(phone):
    bodies = [body for body in pushes(phone) for _ in range(2)]
    samples, logger = heard(bodies)
    assert np.all(np.diff(stamps(samples)) > 0)
    assert logger.duplicates == len(bodies) / 2


def test_a_new_recording_begins_anew_and_a_straggler_of_the_old_one_is_dropped(phone):
    bodies = [body for _, body in pushes(phone)][:20]
    again = [body.replace(b'"s1"', b'"s2"') for body in bodies]
    logger = SensorLogger()
    assert logger.take(0.0, bodies[0]).fresh
    assert not logger.take(0.2, bodies[1]).fresh
    assert logger.take(1.0, again[0]).fresh
    assert logger.take(1.1, bodies[2]).messages == ()
    assert not logger.take(1.2, again[1]).fresh


def test_a_phone_that_counts_from_the_start_again_is_heard_again(phone):
    bodies = pushes(phone)
    logger = SensorLogger()
    heard(bodies[100:130], logger)
    samples, _ = heard(
        [(30 + t, message(k, json.loads(b)["payload"])) for k, (t, b) in enumerate(bodies[130:])], logger
    )
    assert len(stamps(samples)) > 1000


def test_a_second_phone_is_turned_away_until_the_first_is_silent(phone):
    bodies = pushes(phone)
    logger = SensorLogger()
    other = bodies[0][1].replace(b'"d1"', b'"d2"')
    logger.take(0.0, bodies[0][1])
    assert logger.take(1.0, other).complaint == OTHER_PHONE
    assert logger.take(9.0, other).fresh
    assert logger.take(9.1, bodies[1][1]).complaint == OTHER_PHONE


def test_the_person_is_told_what_is_missing(phone):
    t = phone.times[:20]
    gyr, acc = np.zeros((20, 3)), phone.acc[:20]
    logger = SensorLogger()
    said = [logger.take(0.2 * k, message(k, readings("gyroscope", t + 0.2 * k, gyr))).complaint for k in range(9)]
    assert said[0] == ""
    assert said[-1] == NO_ACCELERATION
    logger = SensorLogger()
    said = [logger.take(0.2 * k, message(k, readings("accelerometer", t + 0.2 * k, acc))).complaint for k in range(9)]
    assert said[0] == ""
    assert said[-1] == NO_GRAVITY


def test_acceleration_in_units_of_g_is_not_taken_for_metres(phone):
    logger = SensorLogger()
    t, last = phone.times[:20], None
    for k in range(12):
        payload = readings("accelerometeruncalibrated", t + 0.2 * k, phone.acc[:20] / 9.81)
        last = logger.take(0.2 * k, message(k, payload + readings("gyroscope", t + 0.2 * k, phone.gyr[:20])))
    assert last is not None
    assert last.complaint == NOT_SI
    assert last.messages == ()


def test_a_test_message_of_the_app_is_answered_without_a_complaint():
    logger = SensorLogger()
    assert logger.take(0.0, b'{"messageId":0,"sessionId":"x","deviceId":"y","payload":[]}').complaint == ""
    assert logger.take(0.0, b"{}").complaint == ""


def test_charge_is_told_in_percent():
    body = message(0, [{"name": "battery", "time": 1, "values": {"batteryLevel": 0.5}}])
    assert SensorLogger().take(0.0, body).messages == (Level(50.0),)


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b"\xff", b"[" * 400_000, b'{"payload":7}', b"1" * 9000, b"{" * 9])
def test_what_is_no_message_is_counted_and_answered_in_words(body):
    logger = SensorLogger()
    assert logger.take(0.0, body).complaint == NOT_JSON
    assert logger.rejected == 1


def test_absurd_readings_are_dropped_one_by_one():
    good = {"name": "gyroscope", "time": 10**18, "values": {"x": 1, "y": 2.0, "z": 3}}
    bad = [
        {**good, "time": "soon"},
        {**good, "time": -5},
        {**good, "time": 10**30},
        {**good, "values": {"x": 1, "y": 2}},
        {**good, "values": {"x": 1e9, "y": 2, "z": 3}},
        {**good, "values": {"x": True, "y": 2, "z": 3}},
    ]
    push = read_push(json.dumps({"payload": [*bad, good]}).encode())
    assert push is not None
    assert push.bad == len(bad)
    assert push.readings["gyroscope"][1].tolist() == [[1.0, 2.0, 3.0]]
    assert read_push(b'{"payload":[{"name":"gyroscope","time":1e18,"values":{"x":NaN,"y":1,"z":-Infinity}}]}').bad == 1


@given(st.lists(st.binary(max_size=80) | MESSAGE.map(lambda m: json.dumps(m).encode()), max_size=12))
@settings(max_examples=60)
def test_any_bytes_and_any_json_are_survived(bodies):
    logger = SensorLogger()
    for k, body in enumerate(bodies):
        for m in logger.take(float(k), body).messages:
            if isinstance(m, Samples):
                assert np.isfinite(m.acc).all()
