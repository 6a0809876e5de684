"""Session time of samples behind a radio that bunches and delays: how near it comes to the truth, and that it is steady."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cuecoach.sensors.timing import ClockMap
from tests.sensors.timing.jittery_device import JitteryDevice, hear

#: Bars on the scatter after the first minute, ms, by connection interval, s.
BARS = {0.0075: 0.5, 0.03: 1.2, 0.05: 2.2, 0.1: 4.2}


def errors(device, duration_s):
    """True times, and errors of the times found, s."""
    true = device.sample_times(duration_s)
    heard = hear(device, list(device.packets(true)))
    assert not heard.gaps
    assert (heard.times <= heard.arrived).all()
    assert (np.diff(heard.times) > 0).all()
    return true[heard.numbers], heard.times - true[heard.numbers], heard


@pytest.mark.parametrize("interval_s", BARS)
@pytest.mark.parametrize("seed", [1, 2])
def test_with_stamps_the_scatter_is_small(interval_s, seed):
    true, error, _ = errors(JitteryDevice(interval_s=interval_s, seed=seed), 360)
    settled = error[true > 60]
    assert 1e3 * np.std(settled) <= BARS[interval_s]
    assert abs(np.median(settled)) < 0.009
    assert np.sqrt(np.mean(error[(true > 10) & (true < 60)] ** 2)) < 0.009
    assert np.abs(error[true < 10]).max() < 0.15


@pytest.mark.parametrize("interval_s", BARS)
@pytest.mark.parametrize("rate_error", [-0.01, 0.01])
def test_without_stamps_it_is_at_most_twice_that_though_the_rate_is_off(interval_s, rate_error):
    device = JitteryDevice(interval_s=interval_s, stamped=None, rate_error=rate_error, seed=3)
    true, error, _ = errors(device, 360)
    settled = error[true > 60]
    assert 1e3 * np.std(settled) <= 2 * BARS[interval_s]
    assert abs(np.median(settled)) < 0.009


@pytest.mark.parametrize("rate_error", [-0.01, 0.01])
def test_without_stamps_two_hours_do_not_drift(rate_error):
    device = JitteryDevice(n=26, interval_s=0.05, stamped=None, rate_error=rate_error)
    true, error, _ = errors(device, 7200)
    assert np.std(error[true > 60]) < 0.0044
    assert abs(np.median(error[true > 7000]) - np.median(error[(true > 60) & (true < 260)])) < 0.004


@pytest.mark.parametrize("stamped", ["last", None])
def test_a_rate_that_changes_with_warmth_is_followed(stamped):
    device = JitteryDevice(n=10, rate_hz=100, interval_s=0.03, stamped=stamped)
    true = device.sample_times(900)
    share = 0.0002 if stamped else 0.003
    warm = true + share * (true - 200 * (1 - np.exp(-true / 200)))  # the period grows by `share` within minutes
    heard = hear(device, list(device.packets(warm)))
    error = heard.times - warm[heard.numbers]
    assert np.abs(error[true[heard.numbers] > 60]).max() < 0.012


@pytest.mark.parametrize("stamped", ["first", None])
def test_the_spacing_of_samples_is_kept(stamped):
    device = JitteryDevice(interval_s=0.03, stamped=stamped, rate_error=0 if stamped else 0.01)
    true, _, heard = errors(device, 300)
    spacing = np.diff(heard.times) / np.diff(true)
    assert np.abs(spacing[true[1:] > 10] - 1).max() < 0.0125
    assert np.percentile(np.abs(spacing[true[1:] > 60] - 1), 99) < 0.011
    assert np.std(spacing[true[1:] > 60]) < 0.004


def test_a_restart_keeps_the_rate():
    device = JitteryDevice(stamped=None, rate_error=0.008)
    true = device.sample_times(200)
    packets = list(device.packets(true))
    heard = hear(device, packets[:1300])
    heard.stream.restart()
    again = hear(device, packets[1320:], heard.stream)
    fresh = hear(device, packets[1320:])
    assert again.times[3] - again.times[0] == pytest.approx(3 / (52 * 1.008), rel=5e-4)
    assert fresh.times[3] - fresh.times[0] == pytest.approx(3 / 52, rel=5e-4)
    error = again.times - true[again.numbers]
    assert np.abs(error[52 * 5 : 52 * 30]).max() < 0.015


def test_a_jam_does_not_bend_the_line():
    device = JitteryDevice(interval_s=0.05)
    true = device.sample_times(240)
    packets = [
        replace(p, arrived=max(p.arrived, 132.0 + 1e-4 * (p.first / 4 - 1560))) if 120 < p.arrived < 132 else p
        for p in device.packets(true)
    ]
    heard = hear(device, packets)
    error = heard.times - true[heard.numbers]
    assert not heard.gaps
    assert np.abs(error[true[heard.numbers] > 60]).max() < 0.01


def test_lateness_is_counted_from_the_line():
    clock_map = ClockMap(0.0005)
    assert clock_map.lateness(0.0, 5.0) == 0.0
    for k in range(100):
        clock_map.observe(0.1 * k, 5.0 + 0.1 * k)
    assert clock_map.lateness(10.0, 15.25) == pytest.approx(0.25, abs=1e-3)
