"""Packets become blocks with times: nothing twice, losses counted and marked, and time that only goes forward."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from cuecoach.events import Gap, ImuBlock
from cuecoach.sensors.message import Samples, SampleTiming
from cuecoach.sensors.timing import ImuStream
from tests.sensors.timing.jittery_device import JitteryDevice, hear

REST = np.array([[0.0, 0.0, 9.81]])


def flat(n, value=9.81):
    return np.full((n, 3), value)


def changing(n, seed):
    return np.random.default_rng(seed).normal(size=(n, 3))


def stream(rate=100.0, wrap=None, error=0.0005):
    return ImuStream("sacrum", "sacrum", SampleTiming(rate, wrap, error))


def test_a_block_says_whose_it_is_and_when_it_came():
    [block] = stream().feed(3.0, Samples(flat(10), flat(10, 1.0), 7.0))
    assert (block.t, block.source, block.place) == (3.0, "sacrum", "sacrum")
    assert block.times[-1] <= 3.0
    assert np.diff(block.times) == pytest.approx([0.01] * 9)
    assert block.gyr is not None


def test_every_sample_arrives_once_and_in_order():
    device = JitteryDevice(rate_hz=104, n=8, wrap_s=65.536, interval_s=0.05)
    true = device.sample_times(200)
    heard = hear(device, list(device.packets(true)))
    assert (heard.numbers == np.arange(len(heard.numbers))).all()
    assert (heard.stream.duplicates, heard.stream.lost, heard.stream.rejected, heard.gaps) == (0, 0, 0, [])


def test_notifications_that_come_twice_or_thrice_are_dropped_and_counted():
    device = JitteryDevice()
    packets = list(device.packets(device.sample_times(20)))
    once, thrice = hear(device, packets), hear(device, [p for p in packets for _ in range(3)])
    assert thrice.stream.duplicates == 2 * 4 * len(packets)
    assert (thrice.times == once.times).all()
    assert thrice.gaps == []


def test_without_stamps_the_same_bytes_again_are_dropped():
    device = JitteryDevice(stamped=None, n=5, rate_hz=100)
    packets = list(device.packets(device.sample_times(20)))
    once, twice = hear(device, packets), hear(device, [p for p in packets for _ in range(2)])
    assert twice.stream.duplicates == 5 * len(packets)
    assert (twice.times == once.times).all()


def test_a_sensor_at_rest_that_repeats_itself_is_not_taken_for_duplicates():
    s = stream(100, error=0.02)
    blocks = [e for k in range(500) for e in s.feed(1 + 0.01 * k, Samples(REST, None))]
    assert s.duplicates <= 1
    assert len(blocks) >= 499


def test_lost_packets_become_a_gap_with_its_length_and_number():
    device = JitteryDevice(rate_hz=100, n=10)
    true = device.sample_times(60)
    packets = list(device.packets(true))
    heard = hear(device, packets[:200] + packets[203:])
    [gap] = heard.gaps
    assert gap.lost == heard.stream.lost == 30
    assert gap.source == "imu"
    assert gap.since == heard.times[1999]
    assert gap.until == heard.times[2000]
    assert gap.until - gap.since == pytest.approx(0.31, abs=0.006)


def test_overlapping_packets_give_each_sample_once():
    s = stream(100)
    s.feed(1.0, Samples(changing(10, 1), None, 5.0))
    s.feed(1.1, Samples(changing(10, 2), None, 5.1))
    acc = changing(10, 3)
    [block] = s.feed(1.15, Samples(acc, None, 5.15))
    assert s.duplicates == 5
    assert (block.acc == acc[5:]).all()


def test_a_reboot_is_a_gap_of_unknown_length():
    device = JitteryDevice(rate_hz=100, n=10, reboots=(30.0,))
    true = device.sample_times(60)
    packets = [p for p in device.packets(true) if not 30 <= true[p.first] < 34]
    heard = hear(device, packets)
    [gap] = heard.gaps
    assert gap.lost is None
    assert gap.until - gap.since == pytest.approx(4.0, abs=0.08)
    assert (np.diff(heard.times) > 0).all()


def test_a_reconnect_is_a_gap_counted_by_the_stamps():
    device = JitteryDevice(rate_hz=100, n=10)
    packets = list(device.packets(device.sample_times(60)))
    before = hear(device, packets[:300])
    before.stream.restart()
    after = hear(device, packets[400:], before.stream)
    [gap] = after.gaps
    assert gap.lost == 1000
    assert gap.until - gap.since == pytest.approx(10.0, abs=0.08)


@pytest.mark.parametrize("stamped", [None, "first"])
def test_a_reconnect_to_a_device_that_says_nothing_of_its_time_is_a_gap_of_unknown_length(stamped):
    device = JitteryDevice(rate_hz=100, n=10, stamped=stamped, reboots=(32.0,))
    packets = list(device.packets(device.sample_times(60)))
    before = hear(device, packets[:300])
    before.stream.restart()
    after = hear(device, packets[400:], before.stream)
    [gap] = after.gaps
    assert gap.lost is None
    assert gap.since == before.times[-1]
    assert gap.until == after.times[0]


def test_a_reconnect_to_another_device_takes_its_rate():
    s = stream(100)
    s.feed(1.0, Samples(flat(10), None, 50.0))
    s.restart(SampleTiming(50.0))
    gap, block = s.feed(3.0, Samples(flat(10), None, 5.0))
    assert gap == Gap(3.0, "sacrum", gap.since, gap.until, None)
    assert np.diff(block.times) == pytest.approx([0.02] * 9)


@pytest.mark.parametrize("dropped", [10, 25, 100])
def test_without_stamps_samples_that_the_sensor_dropped_are_noticed(dropped):
    device = JitteryDevice(rate_hz=100, n=5, interval_s=0.0375, stamped=None)
    true = device.sample_times(120)
    true[6000:] += dropped / 100  # taken so much later, sent as if nothing was
    heard = hear(device, list(device.packets(true)))
    [gap] = heard.gaps
    assert gap.lost == heard.stream.lost == pytest.approx(dropped, abs=1)
    error = heard.times - true[heard.numbers]
    assert np.abs(error[(heard.times > 10) & ((true[heard.numbers] < 60) | (true[heard.numbers] > 64))]).max() < 0.02


@settings(max_examples=20, phases=[Phase.generate])
@given(seed=st.integers(0, 10_000), n=st.sampled_from((1, 2, 5, 10)), rate_error=st.floats(-0.01, 0.01))
def test_bunching_by_missed_events_is_never_taken_for_dropped_samples(seed, n, rate_error):
    device = JitteryDevice(rate_hz=100, n=n, interval_s=0.05, stamped=None, rate_error=rate_error, seed=seed)
    heard = hear(device, list(device.packets(device.sample_times(25))))
    assert heard.gaps == []
    assert heard.stream.lost == 0


def test_samples_that_cannot_be_are_left_out_and_counted():
    s = stream(100)
    acc, gyr = flat(10), flat(10, 0.0)
    acc[2, 1], gyr[5, 0], acc[7, 2] = np.nan, np.inf, 1e300
    [block] = s.feed(1.0, Samples(acc, gyr, 5.0))
    assert s.rejected == 3
    assert len(block.times) == len(block.acc) == 7
    assert np.diff(block.times) == pytest.approx([0.01, 0.02, 0.01, 0.02, 0.02, 0.01][: len(block.times) - 1], abs=1e-9)
    assert s.feed(1.1, Samples(np.full((10, 3), np.nan), None, 5.1)) == []
    gap, block = s.feed(1.2, Samples(flat(10), None, 5.2))
    assert gap.lost == 10
    assert s.rejected == 13
    assert s.lost == 0


def test_messages_without_acceleration_or_with_a_broken_stamp_are_counted():
    s = stream()
    assert s.feed(1.0, Samples(None, flat(4), 1.0)) == []
    assert s.feed(1.1, Samples(flat(4), None, float("nan"))) == []
    assert s.feed(1.2, Samples(flat(4), None, float("inf"))) == []
    assert s.feed(1.3, Samples(flat(0), None, 1.0)) == []
    assert s.feed(1.4, Samples(flat(4), flat(3), 1.0)) == []
    assert s.rejected == 16


def test_a_gyroscope_may_come_and_go():
    s = stream()
    [with_gyr] = s.feed(1.0, Samples(flat(4), flat(4), 1.0))
    [without] = s.feed(1.04, Samples(flat(4), None, 1.04))
    assert with_gyr.gyr is not None
    assert without.gyr is None


FEEDS = st.tuples(
    st.sampled_from((0.0, 0.0, 1e-9, 0.001, 0.01, 0.04, 0.3, 5.0, 100.0)),  # time since the last
    st.integers(0, 12),
    st.one_of(
        st.none(),
        st.floats(0, 100),
        st.sampled_from((-1e300, -1.0, 1e9, float("nan"), float("inf"))),
        st.floats(-1, 1).map(lambda x: ("near", x)),
    ),
    st.sampled_from(("first", "last")),
    st.sampled_from(("good", "good", "good", "nan", "none", "restart")),
)


@settings(max_examples=200)
@given(
    feeds=st.lists(FEEDS, max_size=80), wrap=st.sampled_from((None, 65.536)), rate=st.sampled_from((1.0, 52.0, 1000.0))
)
def test_time_goes_forward_and_is_never_ahead_whatever_comes(feeds, wrap, rate):
    s = ImuStream("x", "torso", SampleTiming(rate, wrap, 0.01))
    arrived, newest, sent, given_out = 1e5, -np.inf, 0, 0
    for step, n, stamp, stamped, kind in feeds:
        arrived += step
        if kind == "restart":
            s.restart()
        acc = None if kind == "none" else changing(n, n)
        if acc is not None and kind == "nan" and n:
            acc[n // 2] = np.nan
        real = arrived % 65.536 + stamp[1] if isinstance(stamp, tuple) else stamp
        sent += 0 if acc is None else n
        events = s.feed(arrived, Samples(acc, None, real, stamped))
        assert len(events) <= 2
        for event in events:
            if isinstance(event, Gap):
                assert event.since == newest
                assert event.since < event.until
                assert event.until == events[-1].times[0]
                assert event.lost is None or event.lost >= 0
            else:
                assert isinstance(event, ImuBlock)
                assert event.t == arrived
                assert len(event.times) == len(event.acc) > 0
                assert event.times[0] > newest
                assert (np.diff(event.times) > 0).all()
                assert event.times[-1] <= arrived
                assert np.isfinite(event.acc).all()
                newest = event.times[-1]
                given_out += len(event.times)
    assert given_out <= sent
    assert s.lost >= 0


def test_days_take_no_more_memory_than_minutes():
    device = JitteryDevice(rate_hz=100, n=10)
    packets = list(device.packets(device.sample_times(100)))
    s = ImuStream("x", "sacrum", device.timing)

    def hours(begin, end):
        for lap in range(begin, end):
            for p in packets[::20]:
                later = lap * 5000.0
                s.feed(p.arrived + later, Samples(flat(10), None, (p.stamp or 0) + later))

    tracemalloc.start()
    hours(0, 20)
    before = tracemalloc.get_traced_memory()[0]
    hours(20, 120)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 20_000


def test_without_stamps_a_rate_far_from_the_one_promised_stays_near_the_arrivals():
    device = JitteryDevice(rate_hz=100, n=5, interval_s=0.03, stamped=None)
    for factor in (0.5, 1.5):
        true = device.sample_times(120) / factor
        heard = hear(device, [replace(p) for p in device.packets(true)])
        error = heard.times - true[heard.numbers]
        assert np.abs(error).max() < 2.5
