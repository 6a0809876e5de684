"""Movesense GSP: commands, answers, whole and split messages, lost parts, damage."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.sensors.bluetooth.codecs import movesense_gsp as gsp

REF = 2
#: What the sensor puts into one notification behind code and reference: MTU 158.
PART = 153


def message(stamp_ms: int, *vectors: np.ndarray) -> bytes:
    return struct.pack("<I", stamp_ms) + b"".join(v.astype("<f4").tobytes() for v in vectors)


def notifications(whole: bytes, part: int = PART) -> list[bytes]:
    found = [bytes((gsp.DATA, REF)) + whole[:part]]
    if len(whole) > part:
        found.append(bytes((gsp.DATA_PART2, REF)) + whole[part:])
    return found


def imu6(k: int, n: int = 8) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(k)
    return rng.uniform(-20, 20, (n, 3)).astype("f4"), rng.uniform(-500, 500, (n, 3)).astype("f4")


def test_commands_are_code_reference_and_path() -> None:
    assert gsp.hello(1) == b"\x00\x01"
    assert gsp.subscribe(2, "/Meas/IMU6/104") == b"\x01\x02/Meas/IMU6/104"
    assert gsp.unsubscribe(2) == b"\x02\x02"


def test_only_the_answer_to_the_command_has_its_status() -> None:
    assert gsp.parse_status(b"\x01\x02\xc8\x00", 2) == 200
    assert gsp.parse_status(b"\x01\x03\xc8\x00", 2) is None
    assert gsp.parse_status(b"\x02\x02\xc8\x00", 2) is None
    assert gsp.parse_status(b"\x01\x02\xc8", 2) is None


def test_a_message_that_fits_is_out_at_once() -> None:
    acc, gyr = imu6(0, 4)
    stream = gsp.GspStream(REF, 52, 2)
    (samples,) = stream.feed(notifications(message(1500, acc, gyr))[0])
    assert np.array_equal(samples.acc, acc.astype(float))
    assert np.array_equal(samples.gyr, gyr.astype(float))
    assert (samples.stamp, samples.stamped) == (1.5, "first")


def test_a_split_message_is_out_with_its_second_part() -> None:
    acc, gyr = imu6(1)
    first, second = notifications(message(77, acc, gyr))
    stream = gsp.GspStream(REF, 104, 2)
    assert stream.feed(first) == ()
    (samples,) = stream.feed(second)
    assert np.array_equal(samples.acc, acc.astype(float))
    assert np.array_equal(samples.gyr, gyr.astype(float))
    assert stream.rejected == 0


def test_acceleration_alone_has_no_angular_rate() -> None:
    acc, _ = imu6(2)
    (samples,) = gsp.GspStream(REF, 104, 1).feed(notifications(message(9, acc))[0])
    assert np.array_equal(samples.acc, acc.astype(float))
    assert samples.gyr is None


def test_a_message_without_its_second_part_and_a_second_part_without_its_message_are_counted() -> None:
    stream = gsp.GspStream(REF, 104, 2)
    packets = [notifications(message(k, *imu6(k))) for k in range(3)]
    got = [*stream.feed(packets[0][0]), *stream.feed(packets[1][0]), *stream.feed(packets[1][1])]
    got += stream.feed(packets[2][1])
    assert [s.stamp for s in got] == [0.001]
    assert stream.rejected == 2


@given(part=st.integers(20, 220), lost=st.sets(st.integers(0, 19)))
def test_whatever_the_split_and_the_losses_only_true_samples_come_out(part: int, lost: set[int]) -> None:
    stream = gsp.GspStream(REF, 104, 2)
    packets = [p for k in range(10) for p in notifications(message(k, *imu6(k)), part)]
    split = len(packets) == 20
    whole = 0
    for place, packet in enumerate(packets):
        # A message and the first part of the next lost together would glue strangers; radios lose packets one at a time.
        if place in lost and (place - 1) not in lost:
            continue
        for samples in stream.feed(packet):
            k = round(samples.stamp * 1000)
            acc, gyr = imu6(k)
            assert np.array_equal(samples.acc, acc.astype(float))
            assert np.array_equal(samples.gyr, gyr.astype(float))
            whole += 1
    if not lost:
        assert whole == 10
        assert stream.rejected == 0
    assert whole + stream.rejected <= (20 if split else 10)


def test_a_firmware_with_shorter_messages_is_learnt_within_a_second() -> None:
    stream = gsp.GspStream(REF, 104, 2)
    got = [bool(stream.feed(notifications(message(k, *imu6(k, 4)))[0])) for k in range(20)]
    assert got == [False] * 8 + [True] * 12


def test_a_second_part_takes_back_what_was_learnt() -> None:
    stream = gsp.GspStream(REF, 104, 2)
    for k in range(10):
        stream.feed(notifications(message(k, *imu6(k, 4)))[0])
    stream.feed(notifications(message(10, *imu6(10)))[1])
    first, second = notifications(message(11, *imu6(11)))
    assert stream.feed(first) == ()
    assert len(stream.feed(second)) == 1


def test_other_subscriptions_and_answers_are_neither_samples_nor_damage() -> None:
    stream = gsp.GspStream(REF, 52, 2)
    assert stream.feed(b"\x01\x02\xc8\x00") == ()
    assert stream.feed(bytes((gsp.DATA, 9)) + message(1, *imu6(1, 4))) == ()
    assert stream.rejected == 0


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -1e9])
def test_values_no_sensor_gives_are_rejected(bad: float) -> None:
    stream = gsp.GspStream(REF, 52, 2)
    for where in (0, 1):
        pair = imu6(1, 4)
        pair[where][2, 1] = bad
        assert stream.feed(notifications(message(1, *pair))[0]) == ()
    assert stream.rejected == 2


@given(
    st.lists(
        st.binary(max_size=80)
        | st.builds(lambda code, body: bytes((code, REF)) + body, st.integers(1, 3), st.binary(max_size=700)),
        max_size=40,
    )
)
def test_any_bytes_are_samples_or_counted(payloads: list[bytes]) -> None:
    stream = gsp.GspStream(REF, 52, 2)
    used = 0
    for payload in payloads:
        for samples in stream.feed(payload):
            used += 1
            assert samples.acc is not None
            assert samples.gyr is not None
            assert np.isfinite(samples.acc).all()
            assert np.isfinite(samples.gyr).all()
    ours = sum(p[:1] in (b"\x02", b"\x03") and p[1:2] == bytes((REF,)) for p in payloads)
    others = sum(len(p) < 2 or p[0] not in (1, 2, 3) for p in payloads)
    # What became of a message accounts for one or two notifications; one first part may still wait.
    assert 2 * (used + stream.rejected) + 1 >= ours + others
    assert stream.rejected <= ours + others
