"""Samples of successive packets on an even line: rounding is smoothed, losses and overlaps are counted."""

from __future__ import annotations

import numpy as np
import pytest

from cuecoach.sensors.timing.sample_line import Packet, SampleLine


def ends(line, stamps, n, stamped="first"):
    return np.array([line.take(stamp, n, stamped).end for stamp in stamps])


def test_stamps_rounded_to_a_millisecond_do_not_make_samples_uneven():
    true = np.arange(4000) * 8 / 104.2
    line = SampleLine(104)
    end = ends(line, np.round(true, 3), 8)[500:]
    steps = np.diff(end) / 8
    assert np.abs(steps * 104.2 - 1).max() < 0.002
    assert np.std(end - true[500:]) < 0.0003
    assert 1 / line.period == pytest.approx(104.2, rel=1e-4)


@pytest.mark.parametrize("stamped", ["first", "last"])
def test_packets_of_changing_size_stay_on_the_line(stamped):
    random = np.random.default_rng(1)
    line = SampleLine(50)
    index = 0
    for n in random.integers(1, 40, 500):
        stamp = (index if stamped == "first" else index + n - 1) / 50.4
        packet = line.take(stamp, int(n), stamped)
        assert packet.missing == packet.skip == 0
        index += int(n)
        if index > 2000:
            assert packet.end == pytest.approx((index - 1) / 50.4, abs=0.001)


def test_a_lost_packet_is_counted_in_samples():
    line = SampleLine(100)
    for k in range(10):
        line.take(k * 0.1, 10, "first")
    assert line.take(1.2, 10, "first") == (pytest.approx(1.29), 0, 20)


@pytest.mark.parametrize("lost", [1, 2, 3, 7])
def test_single_samples_that_are_missing_are_counted(lost):
    line = SampleLine(100)
    for k in range(50):
        line.take(k * 0.04, 4, "last")
    assert line.take(49 * 0.04 + 0.04 + 0.01 * lost, 4, "last").missing == lost


def test_a_packet_again_is_all_skipped_and_an_overlap_in_part():
    line = SampleLine(100)
    for k in range(10):
        line.take(k * 0.1, 10, "first")
    assert line.take(0.9, 10, "first").skip == 10
    assert line.take(0.97, 10, "first") == (pytest.approx(1.06), 3, 0)
    assert line.take(1.07, 10, "first") == (pytest.approx(1.16), 0, 0)


@pytest.mark.parametrize("rate", [104.0, 96.0, 120.0])
def test_a_device_that_samples_at_another_rate_than_asked_is_believed_after_a_few_packets(rate):
    line = SampleLine(100)
    found = [line.take(k * 36 / rate, 36, "last") for k in range(100)]
    assert 1 / line.period == pytest.approx(rate, rel=1e-3)
    assert all(p.missing == 0 and p.skip == 0 for p in found[10:])


def test_without_stamps_samples_are_counted():
    line = SampleLine(50)
    assert line.count(5) == Packet(pytest.approx(0.1), 0, 0)
    assert line.count(5, missing=10) == Packet(pytest.approx(0.4), 0, 10)
