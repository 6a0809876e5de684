"""Movella DOT: settings, start and stop, samples, damage."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.sensors.bluetooth.codecs import movella_dot as dot

#: Device control as a sensor gives it: times to sleep after 10 and 30 minutes, its tag, 20 Hz, profile "General".
SETTINGS = bytes((0, 0, 2, 10, 0, 30, 0, 9)) + b"Xsens DOT".ljust(16, b"\0") + struct.pack("<HB", 20, 0) + bytes(5)


def sample(us: int, *values: float) -> bytes:
    return struct.pack("<I6f", us, *values).ljust(40, b"\0")


def test_a_sample_has_acceleration_with_gravity_and_angular_rate() -> None:
    samples = dot.decode(sample(2_500_000, 0.5, -1.0, 9.81, 100.0, -200.0, 300.0))
    assert samples is not None
    assert np.allclose(samples.acc, [[0.5, -1.0, 9.81]])
    assert np.allclose(samples.gyr, [[100, -200, 300]])
    assert samples.stamp == pytest.approx(2.5)


def test_the_28_bytes_of_the_mode_are_enough() -> None:
    assert dot.decode(sample(0, *range(6))[:28]) is not None
    assert dot.decode(sample(0, *range(6))[:27]) is None
    assert dot.decode(sample(0, *range(6)) + b"\0") is None


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 1e6])
@pytest.mark.parametrize("place", range(6))
def test_values_no_sensor_gives_are_rejected(bad: float, place: int) -> None:
    values = [0.0] * 6
    values[place] = bad
    assert dot.decode(sample(0, *values)) is None


def test_settings_change_rate_and_profile_and_visit_nothing_else() -> None:
    wanted = dot.with_settings(SETTINGS, 60)
    assert wanted is not None
    assert wanted[0] == 0x30
    assert dot.output_rate(wanted) == 60
    assert wanted[26] == 1
    assert wanted[1:24] == SETTINGS[1:24]
    assert wanted[27:] == SETTINGS[27:]


def test_a_sensor_set_so_already_is_left_alone() -> None:
    wanted = dot.with_settings(SETTINGS, 60)
    assert wanted is not None
    assert dot.with_settings(wanted, 60) is None


def test_start_and_stop_name_the_mode() -> None:
    assert dot.start() == b"\x01\x01\x15"
    assert dot.stop() == b"\x01\x00\x15"
    assert dot.measures(b"\x01\x01\x10")
    assert not dot.measures(b"\x01\x00\x10")
    assert not dot.measures(b"")


def test_the_battery_is_level_and_whether_it_charges() -> None:
    assert dot.decode_battery(b"\x55\x01") == 85
    assert dot.decode_battery(b"\x65\x00") is None
    assert dot.decode_battery(b"") is None


@given(st.binary(max_size=80))
def test_any_bytes_are_a_believable_sample_or_nothing(payload: bytes) -> None:
    dot.output_rate(payload)
    dot.measures(payload)
    dot.decode_battery(payload)
    samples = dot.decode(payload)
    if samples is not None:
        assert samples.acc is not None
        assert samples.gyr is not None
        assert np.abs(samples.acc).max() < 320
        assert np.abs(samples.gyr).max() <= 4000
