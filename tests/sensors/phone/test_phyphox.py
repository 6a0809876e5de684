from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuecoach.sensors.message import Samples
from cuecoach.sensors.phone.phyphox import NOT_PHYPHOX, PAUSED, WRONG_EXPERIMENT, Phyphox
from tests.sensors.phone.played import PhyphoxPhone, worn

NUMBERS = st.lists(st.none() | st.floats() | st.integers() | st.just(10**400) | st.text(max_size=2), max_size=8)
BUFFER = st.fixed_dictionaries({"buffer": NUMBERS | st.none()}) | st.none()
REPLY = st.fixed_dictionaries(
    {
        "buffer": st.dictionaries(
            st.sampled_from(["acc_time", "accX", "accY", "accZ", "gyr_time", "gyrX", "gyrY", "gyrZ"]), BUFFER
        )
        | st.none(),
        "status": st.fixed_dictionaries({"session": st.sampled_from("ab"), "measuring": st.booleans()}) | st.none(),
    }
)


@pytest.fixture(scope="module")
def body():
    return worn()


def poll(app, phone, seconds, every=0.1):
    """Ask for a while; return what was taken each time."""
    out = []
    for _ in range(round(seconds / every)):
        phone.now += every
        out.append(app.take(*phone.get(app.query())))
    return out


def samples(taken):
    return [m for one in taken for m in one.messages if isinstance(m, Samples)]


def test_it_asks_for_the_newest_time_first_and_then_only_for_what_is_new(body):
    app, phone = Phyphox(), PhyphoxPhone(body)
    phone.now = 20.0
    poll(app, phone, 1.0)
    assert phone.asked[0] == "/get?acc_time&gyr_time"
    assert phone.asked[1] == "/get?acc_time=20.1&accX=20.1%7Cacc_time&accY=20.1%7Cacc_time&accZ=20.1%7Cacc_time" + (
        "&gyr_time=20.103&gyrX=20.103%7Cgyr_time&gyrY=20.103%7Cgyr_time&gyrZ=20.103%7Cgyr_time"
    )


def test_all_samples_come_over_with_gravity_and_rates_in_degrees(body):
    app, phone = Phyphox(), PhyphoxPhone(body)
    taken = poll(app, phone, 30.0)
    got = samples(taken)
    assert taken[0].fresh
    assert not any(one.fresh for one in taken[1:])
    acc = np.concatenate([s.acc for s in got])
    at = np.round(np.concatenate([100 * s.stamp + np.arange(len(s.acc)) for s in got])).astype(int)
    assert len(at) > 2950
    assert np.abs(acc - body.acc[at]).max() < 0.01
    gyr = np.concatenate([s.gyr for s in got])
    assert np.sqrt(np.mean((gyr - body.gyr[at]) ** 2)) < 6  # its clock stands 3 ms off, so values lie between samples
    assert app.rejected == 0


def test_an_experiment_with_acceleration_alone_will_do(body):
    app, phone = Phyphox(), PhyphoxPhone(body, gyroscope=False)
    got = samples(poll(app, phone, 5.0))
    assert got[-1].gyr is None
    assert sum(len(s.acc) for s in got) > 450


def test_an_experiment_without_acceleration_is_told_with_the_remedy(body):
    reply = b'{"buffer":{},"status":{"session":"a","measuring":true}}'
    assert Phyphox().take(200, reply).complaint == WRONG_EXPERIMENT
    assert Phyphox().take(400, b'{"error":"Unknown reference buffer."}').complaint == WRONG_EXPERIMENT


def test_a_pause_is_told_and_what_follows_it_is_a_new_beginning(body):
    app, phone = Phyphox(), PhyphoxPhone(body)
    poll(app, phone, 3.0)
    phone.measuring = False
    (paused,) = poll(app, phone, 0.1)
    assert paused.complaint == PAUSED
    phone.measuring = True
    (again,) = poll(app, phone, 0.1)
    assert again.fresh
    assert again.complaint == ""


def test_cleared_data_is_a_new_beginning(body):
    app, phone = Phyphox(), PhyphoxPhone(body)
    poll(app, phone, 6.0)
    phone.cleared_at = phone.now
    taken = poll(app, phone, 4.0)
    assert sum(one.fresh for one in taken) == 1
    assert samples(taken)[-1].stamp == pytest.approx(4.0, abs=0.3)


def test_a_reply_from_the_beginning_is_a_new_beginning_too(body):
    app, phone = Phyphox(), PhyphoxPhone(body)
    poll(app, phone, 6.0)
    phone.cleared_at, phone.now = phone.now, phone.now + 0.5
    full = phone.get("/get?" + "&".join(f"{n}=-1" for n in ("acc_time", "gyr_time")))[1]
    assert app.take(200, full).fresh


def test_another_experiment_is_a_new_beginning(body):
    app, phone = Phyphox(), PhyphoxPhone(body)
    poll(app, phone, 3.0)
    phone.session = "other"
    taken = poll(app, phone, 1.0)
    assert [one.fresh for one in taken[:3]] == [True, False, False]
    assert len(samples(taken)) > 5


def test_what_has_piled_up_can_be_left_out(body):
    app, phone = Phyphox(), PhyphoxPhone(body)
    poll(app, phone, 3.0)
    phone.now += 10.0
    app.skip()
    got = samples(poll(app, phone, 1.0))
    assert got[0].stamp > 13.0


@pytest.mark.parametrize("reply", [b"", b"<html>", b"[]", b"{}", b'{"buffer":[],"status":{}}', b"[" * 300_000])
def test_what_is_no_reply_is_counted_and_told(reply):
    app = Phyphox()
    assert app.take(200, reply).complaint == NOT_PHYPHOX
    assert app.take(404, reply).complaint == NOT_PHYPHOX
    assert app.rejected == 2


def test_values_that_are_none_are_dropped_one_by_one(body):
    app = Phyphox()
    state = {"session": "a", "measuring": True}
    app.take(200, json.dumps({"buffer": {"acc_time": {"buffer": [0.0]}}, "status": state}).encode())
    times = [round(0.01 * k, 2) for k in range(1, 200)]
    x: list[float | None] = [9.8] * 199
    x[50] = None
    x[60] = 1e9
    columns = {"acc_time": times, "accX": x, "accY": [0.0] * 199, "accZ": [0.0] * 199}
    reply = {"buffer": {n: {"buffer": c} for n, c in columns.items()}, "status": state}
    taken = app.take(200, json.dumps(reply).encode())
    assert app.rejected == 2
    assert all(np.abs(s.acc).max() < 10.5 for s in samples([taken]))


@given(
    st.lists(
        st.tuples(st.sampled_from([200, 400, 500]), REPLY.map(json.dumps).map(str.encode) | st.binary(max_size=40)),
        max_size=8,
    )
)
@settings(max_examples=60)
def test_any_reply_is_survived_and_the_next_question_can_be_asked(replies):
    app = Phyphox()
    for status, reply in replies:
        for sample in samples([app.take(status, reply)]):
            assert np.isfinite(sample.acc).all()
        assert app.query().startswith("/get?acc_time")
        assert "nan" not in app.query()
        assert "inf" not in app.query()
