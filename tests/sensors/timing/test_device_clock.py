"""A device's stamps: wraps are undone, reboots are seen, late and repeated packets are neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.sensors.timing import DeviceClock

U32_US = 4294.967296


def test_it_counts_from_the_first_stamp():
    clock = DeviceClock(None, 0.0005)
    assert [clock.unwrap(s, t) for s, t in ((7e8, 1.0), (7e8 + 0.5, 1.5), (7e8 + 1.0, 2.0))] == [0.0, 0.5, 1.0]
    assert clock.epoch == 1


def test_a_wrap_goes_on_counting():
    clock = DeviceClock(U32_US, 0.0005)
    clock.unwrap(U32_US - 0.1, 10.0)
    assert clock.unwrap(0.1, 10.2) == pytest.approx(0.2, abs=1e-9)
    assert clock.unwrap(0.3, 10.4) == pytest.approx(0.4, abs=1e-9)
    assert clock.epoch == 1


def test_a_stamp_back_from_the_middle_of_the_range_is_a_reboot():
    clock = DeviceClock(U32_US, 0.0005)
    clock.unwrap(2000.0, 10.0)
    clock.unwrap(2000.2, 10.2)
    assert clock.unwrap(0.4, 11.0) == 0.0
    assert clock.epoch == 2
    assert clock.unwrap(0.6, 11.2) == pytest.approx(0.2)


def test_a_stamp_far_ahead_of_the_host_is_a_reboot():
    clock = DeviceClock(None, 0.0005)
    clock.unwrap(10.0, 10.0)
    clock.unwrap(6010.0, 10.1)
    assert clock.epoch == 2


def test_a_silence_of_several_wraps_is_counted_in_full():
    clock = DeviceClock(65.536, 0.0005)
    clock.unwrap(60.0, 0.0)
    assert clock.unwrap((60.0 + 1000.0) % 65.536, 1000.0) == pytest.approx(1000.0)
    assert clock.epoch == 1


def test_a_packet_that_came_twice_is_no_reboot():
    clock = DeviceClock(U32_US, 0.0005)
    for k in range(5):
        clock.unwrap(0.1 * k, 1.0 + 0.1 * k)
    assert clock.unwrap(0.2, 1.41) == pytest.approx(0.2)
    assert clock.unwrap(0.5, 1.5) == pytest.approx(0.5)
    assert clock.epoch == 1


def test_a_jam_of_seconds_is_no_reboot():
    clock = DeviceClock(None, 0.0005)
    clock.unwrap(0.0, 1.0)
    device = [clock.unwrap(0.1 * k, 9.0 + 0.001 * k) for k in range(1, 80)]
    assert device == pytest.approx([0.1 * k for k in range(1, 80)])
    assert clock.epoch == 1


def test_a_reboot_between_connections_shows_though_the_stamp_is_larger_than_before():
    clock = DeviceClock(None, 0.0005)
    clock.unwrap(2.0, 10.0)
    clock.unwrap(20.0, 28.0)
    clock.doubt()
    clock.unwrap(25.0, 53.0)  # switched off at 28, on at 28
    assert clock.epoch == 2


def test_a_clock_that_went_on_between_connections_is_the_same():
    clock = DeviceClock(None, 0.0005)
    clock.unwrap(20.0, 28.0)
    clock.doubt()
    assert clock.unwrap(45.1, 53.3) == pytest.approx(25.1)
    assert clock.epoch == 1


@given(
    wrap=st.sampled_from((65.536, U32_US, 4294967.296, None)),
    start=st.floats(0, 1),
    drift=st.floats(-0.0004, 0.0004),
    steps=st.lists(st.tuples(st.floats(0.001, 300), st.floats(0, 1.5)), min_size=1, max_size=60),
)
def test_any_wraps_drift_and_delays_give_the_true_count(wrap, start, drift, steps):
    clock = DeviceClock(wrap, 0.0005)
    zero = start * (wrap or 1e6)
    t = arrived = 0.0
    clock.unwrap(zero if wrap is None else zero % wrap, arrived)
    for step, delay in steps:
        t += step
        arrived = max(arrived, t + delay)
        device = t * (1 + drift)
        stamp = zero + device if wrap is None else (zero + device) % wrap
        assert clock.unwrap(stamp, arrived) == pytest.approx(device, abs=1e-5)
    assert clock.epoch == 1
