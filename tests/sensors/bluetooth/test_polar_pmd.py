"""Polar measurement data: commands, answers, raw and compressed frames, damage."""

from __future__ import annotations

import struct
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.sensors.bluetooth.codecs import polar_pmd as pmd
from tests.sensors.bluetooth.polar_frames import delta_frame, header, pack, raw_frame

G = 9.80665
#: Samples within what the sensors measure: ± 8 g in mG.
COUNTS = st.lists(st.tuples(*[st.integers(-8000, 8000)] * 3), min_size=1, max_size=60)


def acc_of(payload: bytes, factor: float = 1.0) -> np.ndarray:
    samples = pmd.decode(payload, {pmd.ACC: factor})
    assert samples is not None
    assert samples.acc is not None
    assert samples.gyr is None
    return samples.acc


def gyr_of(payload: bytes, factor: float = 1.0) -> np.ndarray:
    samples = pmd.decode(payload, {pmd.GYRO: factor})
    assert samples is not None
    assert samples.gyr is not None
    assert samples.acc is None
    return samples.gyr


def test_the_start_command_of_the_h10_is_as_documented() -> None:
    command = pmd.start(pmd.ACC, {pmd.RATE: 200, pmd.RESOLUTION: 16, pmd.RANGE: 8})
    assert command.hex(" ") == "02 02 00 01 c8 00 01 01 10 00 02 01 08 00"
    assert pmd.stop(pmd.ACC).hex(" ") == "03 02"
    assert pmd.get_settings(pmd.GYRO).hex(" ") == "01 05"


def test_a_verity_command_ends_with_its_channels() -> None:
    command = pmd.start(pmd.GYRO, {pmd.RATE: 52, pmd.RESOLUTION: 16, pmd.RANGE: 2000, pmd.CHANNELS: 3})
    assert command[:2].hex() == "0205"
    assert command[-3:].hex(" ") == "04 01 03"


def test_features_are_bits() -> None:
    assert pmd.parse_features(bytes((0x0F, 0b0010_0101, 0))) == {0, pmd.ACC, pmd.GYRO}
    assert pmd.parse_features(b"\xf0\x04\x00") is None
    assert pmd.parse_features(b"\x0f") is None


def test_an_answer_tells_settings_with_all_their_values() -> None:
    body = "00 04 19 00 32 00 64 00 c8 00 01 01 10 00 02 03 02 00 04 00 08 00"
    answer = pmd.parse_answer(bytes.fromhex("f0 01 02 00 00" + body))
    assert answer is not None
    assert (answer.op, answer.kind, answer.status) == (pmd.GET_SETTINGS, pmd.ACC, 0)
    assert answer.settings == {pmd.RATE: (25, 50, 100, 200), pmd.RESOLUTION: (16,), pmd.RANGE: (2, 4, 8)}
    assert answer.factor is None


def test_a_start_answer_tells_the_factor() -> None:
    answer = pmd.parse_answer(bytes.fromhex("f0 02 05 00 00 05 01") + struct.pack("<f", 0.0625))
    assert answer is not None
    assert answer.factor == 0.0625


def test_settings_that_go_on_in_another_notification_are_left_out() -> None:
    answer = pmd.parse_answer(bytes.fromhex("f0 01 02 00 01 01 01 10 00 00 04 19 00 32"))
    assert answer is not None
    assert answer.settings == {pmd.RESOLUTION: (16,)}


def test_a_refusal_has_a_status_in_words() -> None:
    answer = pmd.parse_answer(bytes.fromhex("f0 02 02 0a"))
    assert answer is not None
    assert answer.status == pmd.INVALID_MTU
    assert "too small" in pmd.STATUS[answer.status]


@pytest.mark.parametrize("width", [1, 2, 3])
def test_raw_acceleration_is_in_thousandths_of_g(width: int) -> None:
    samples = [(0, -1, 100), (-100, 127, -128)]
    assert np.allclose(acc_of(raw_frame(pmd.ACC, 5.0, samples, width)), np.array(samples) * G / 1000)


def test_gravity_at_rest_points_up() -> None:
    assert np.allclose(acc_of(raw_frame(pmd.ACC, 5.0, [(0, 0, 1000)])), [[0, 0, G]])


def test_the_documented_compressed_frame_is_decoded() -> None:
    payload = header(pmd.ACC, 1.5, 0x81) + bytes.fromhex("F1FF 1400 F003 06 01 7B0F08")
    assert np.allclose(acc_of(payload), np.array([(-15, 20, 1008), (-20, 17, 1008)]) * G / 1000)
    samples = pmd.decode(payload)
    assert samples is not None
    assert samples.stamp == pytest.approx(1.5)
    assert samples.stamped == "last"


def test_what_a_verity_sense_has_sent_is_an_arm_in_movement() -> None:
    # The beginning of a frame of a real one, to the end of its first block (polar-ble-sdk, issue 443).
    sent = (
        "02 00 41 6F C4 12 45 93 0A 81 EE 02 1F FE 82 FF 08 0A 10 DA 20 D6 A3 0B D9 CB E7 D6 F6 C4 E6 F1 E1 F3 E0 15 1A FE 28"
        " 1B F8 37 2C 25 20 13 19 11"
    )
    acc = acc_of(bytes.fromhex(sent))
    assert len(acc) == 11
    assert np.allclose(acc[:2], np.array([(750, -481, -126), (766, -519, -94)]) * G / 1000)
    assert np.all(np.abs(np.linalg.norm(acc, axis=1) - G) < 0.25 * G)


@given(samples=COUNTS, block=st.integers(1, 20))
def test_what_a_sensor_compresses_comes_out_again(samples: list[tuple[int, int, int]], block: int) -> None:
    payload = delta_frame(pmd.ACC, 3.0, samples, block=block)
    if len(payload) <= 512:
        assert np.allclose(acc_of(payload, 1.0), np.array(samples) * G / 1000)
        assert np.allclose(acc_of(payload[:9] + b"\x80" + payload[10:], 0.001), np.array(samples) * G / 1000)


@given(samples=COUNTS, width=st.sampled_from([2, 3]))
def test_what_a_sensor_sends_raw_comes_out_again(samples: list[tuple[int, int, int]], width: int) -> None:
    assert np.allclose(acc_of(raw_frame(pmd.ACC, 3.0, samples, width)), np.array(samples) * G / 1000)


@given(samples=st.lists(st.tuples(*[st.integers(-32768, 32767)] * 3), min_size=1, max_size=40))
def test_angular_rate_is_counts_times_factor(samples: list[tuple[int, int, int]]) -> None:
    factor = 2000 / 32768
    assert np.allclose(gyr_of(delta_frame(pmd.GYRO, 3.0, samples, subtype=0), factor), np.array(samples) * factor)


@given(samples=st.lists(st.tuples(*[st.floats(-2000, 2000, width=32)] * 3), min_size=1, max_size=20))
def test_floats_travel_as_differences_of_their_bit_patterns(samples: list[tuple[float, float, float]]) -> None:
    patterns = [struct.unpack("<3I", struct.pack("<3f", *sample)) for sample in samples]
    body = struct.pack("<3I", *patterns[0])
    for before, after in pairwise(patterns):
        body += bytes((32, 1)) + pack([b - a for a, b in zip(before, after, strict=True)], 32)
    assert np.array_equal(gyr_of(header(pmd.GYRO, 1.0, 0x81) + body), np.array(samples, dtype=np.float64))


def test_blocks_without_change_or_without_samples_are_fine() -> None:
    body = bytes.fromhex("0000 0000 e803") + bytes((0, 3)) + bytes((5, 0)) + bytes((1, 1)) + pack([-1, 0, -1], 1)
    expected = [(0, 0, 1000)] * 4 + [(-1, 0, 999)]
    assert np.allclose(acc_of(header(pmd.ACC, 1.0, 0x81) + body), np.array(expected) * G / 1000)


def test_blocks_that_ask_for_thousands_of_samples_are_rejected() -> None:
    bomb = header(pmd.ACC, 1.0, 0x81) + bytes(6) + bytes((0, 255)) * 240
    assert len(bomb) <= 512
    assert pmd.decode(bomb) is None


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        header(pmd.ACC, 1.0, 1),
        header(pmd.ACC, 1.0, 1) + bytes(7),
        header(pmd.ACC, 1.0, 3) + bytes(12),
        header(pmd.ACC, 1.0, 0x82) + bytes(6),
        header(pmd.ACC, 1.0, 0x81) + bytes(5),
        header(pmd.ACC, 1.0, 0x81) + bytes(6) + b"\x06",
        header(pmd.ACC, 1.0, 0x81) + bytes(6) + b"\x06\x02\x00\x00\x00",
        header(pmd.ACC, 1.0, 0x81) + bytes(6) + b"\x40\x01" + bytes(24),
        header(pmd.GYRO, 1.0, 1) + bytes(6),
        header(0, 1.0, 0) + bytes(6),
        raw_frame(pmd.ACC, 1.0, [(0, 0, 1000)] * 90),
        raw_frame(pmd.ACC, 1.0, [(0, 0, 40000)], 3),
        header(pmd.GYRO, 1.0, 0x81) + struct.pack("<3f", 1.0, float("nan"), 0.0),
        header(pmd.GYRO, 1.0, 0x81) + struct.pack("<3f", 1.0, float("inf"), 0.0),
    ],
)
def test_damage_is_no_samples(payload: bytes) -> None:
    assert pmd.decode(payload) is None


@given(
    st.binary(max_size=600)
    | st.builds(lambda kind, body: header(kind, 1.0, 0x81) + body, st.sampled_from([2, 5]), st.binary(max_size=520))
)
def test_any_bytes_are_believable_samples_or_nothing(payload: bytes) -> None:
    pmd.parse_answer(payload)
    pmd.parse_features(payload)
    samples = pmd.decode(payload)
    if samples is not None:
        values = samples.acc if samples.acc is not None else samples.gyr
        assert values is not None
        assert values.shape[1] == 3
        assert 1 <= len(values) <= 1024
        assert np.isfinite(values).all()
        assert np.abs(values).max() <= 4000
