"""Thingy:52: raw motion and settings."""

from __future__ import annotations

import struct

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from cuecoach.sensors.bluetooth.codecs.thingy import RAW_MOTION, MotionConfig, decode_config, decode_raw
from cuecoach.sensors.bluetooth.drivers.thingy import ThingyDecoder


def test_fixed_point_values_are_scaled_and_acceleration_is_turned_to_point_up() -> None:
    found = decode_raw(struct.pack("<9h", 1024, -512, 0, 32, -3200, 16, 1, 2, 3))
    assert found is not None
    assert found.stamp is None
    np.testing.assert_allclose(found.acc, [[-9.80665, 4.903325, 0]])
    np.testing.assert_allclose(found.gyr, [[1, -100, 0.5]])


def test_a_reading_of_a_real_device_on_a_table_is_one_g_long() -> None:
    # FAFF F4FF F603: acceleration as a user of Nordic's forum saw it (DevZone, question 47415)
    found = decode_raw(bytes.fromhex("FAFFF4FFF603") + bytes(12))
    assert found is not None
    assert found.acc is not None
    np.testing.assert_allclose(np.linalg.norm(found.acc), 9.80665, rtol=0.02)


def test_zeros_that_the_firmware_fills_in_are_no_sample() -> None:
    assert decode_raw(struct.pack("<9h", 0, 0, 0, 10, 20, 30, 0, 0, 0)) is None


@given(st.binary(max_size=40))
@example(bytes(18))
@example(b"\x01" * 17)
@example(b"\x01" * 19)
def test_any_bytes_give_one_sample_or_a_counted_rejection(payload: bytes) -> None:
    decoder = ThingyDecoder()
    messages = decoder.feed(RAW_MOTION, payload)
    assert len(messages) + decoder.rejected == 1


@given(st.binary(max_size=20))
def test_settings_of_nine_bytes_come_back_as_they_were(payload: bytes) -> None:
    config = decode_config(payload)
    assert (config is None) == (len(payload) != 9)
    assert config is None or config.encode() == payload


def test_settings_have_the_order_of_the_firmware() -> None:
    assert decode_config(struct.pack("<HHHHB", 1000, 500, 250, 50, 1)) == MotionConfig(1000, 500, 250, 50, 1)
