"""A runner's steps as seen through a device with its own clock behind a jittery radio are those of the direct stream."""

from __future__ import annotations

import numpy as np
import pytest

from cuecoach.events import ImuBlock
from cuecoach.gait.analyser import GaitAnalyser
from cuecoach.sensors.message import Samples
from cuecoach.sensors.simulator import Phase, SimulatedRunner, Story
from cuecoach.sensors.timing import ImuStream
from tests.sensors.timing.jittery_device import JitteryDevice

RUN = Story("steady", "", (Phase("stand", 9, 0.0), Phase("run", 80, 2.8)))
DEVICES = {
    "movesense-like": JitteryDevice(rate_hz=104, n=8, interval_s=0.03, wrap_s=65.536, booted=40.0),
    "slow radio": JitteryDevice(rate_hz=104, n=8, interval_s=0.1, wrap_s=65.536, booted=40.0, stamped="last"),
    "no stamps, 1 % fast": JitteryDevice(rate_hz=103, n=2, interval_s=0.05, stamped=None),
}


@pytest.fixture(scope="module")
def runner():
    """Samples of a steady run, 104 Hz."""
    blocks = [e for e in SimulatedRunner(RUN, output="imu", rate_hz=104).advance(89) if isinstance(e, ImuBlock)]
    gyr = [b.gyr for b in blocks if b.gyr is not None]
    return np.concatenate([b.times for b in blocks]), np.concatenate([b.acc for b in blocks]), np.concatenate(gyr)


def steps_of(pieces):
    """Initial contact, cadence and stance time of each step of the settled run."""
    analyser = GaitAnalyser("sacrum")
    steps = [step for times, acc, gyr in pieces for step in analyser.push(times, acc, gyr).steps if step.ic > 25]
    keys = ("cadence", "stance_time")
    return np.array([[s.ic, *(s.values.get(key, np.nan) for key in keys)] for s in steps])


def matched(found, direct):
    """Differences of each found step to the nearest direct one."""
    nearest = np.abs(direct[:, 0][None, :] - found[:, 0][:, None]).argmin(axis=1)
    return found - direct[nearest]


def through_radio(device, runner):
    """Blocks of the stream, and the same samples at their arrival as a naive program would time them."""
    times, acc, gyr = runner
    stream = ImuStream("sacrum", "sacrum", device.timing)
    mapped, naive = [], []
    before = 0.0
    for p in device.packets(times):
        cut = slice(p.first, p.first + p.n)
        for event in stream.feed(p.arrived, Samples(acc[cut], gyr[cut], p.stamp, device.stamped or "first")):
            assert isinstance(event, ImuBlock)
            mapped.append((event.times, event.acc, event.gyr))
        begin = max(before, p.arrived - p.n / device.rate_hz)
        naive.append((np.linspace(begin, p.arrived, p.n + 1)[1:], acc[cut], gyr[cut]))
        before = p.arrived
    return mapped, naive


@pytest.mark.parametrize("name", DEVICES)
def test_steps_through_a_radio_are_those_of_the_direct_stream(name, runner):
    direct = steps_of([runner])
    mapped, naive = (steps_of(pieces) for pieces in through_radio(DEVICES[name], runner))
    assert abs(len(mapped) - len(direct)) <= 2
    error, wrong = matched(mapped, direct), matched(naive, direct)
    offset = np.median(error[:, 0])
    assert abs(offset) < 0.012
    assert np.percentile(np.abs(error[:, 0] - offset), 95) < 0.001
    assert np.sqrt(np.nanmean(error[:, 1] ** 2)) < 0.1  # spm
    assert np.sqrt(np.nanmean(error[:, 2] ** 2)) < 0.5  # ms
    # By arrival times each step's cadence and stance time would scatter, and steps would go missing.
    assert len(naive) < len(direct)
    assert np.sqrt(np.nanmean(wrong[:, 1] ** 2)) > 1.5
    assert np.sqrt(np.nanmean(wrong[:, 2] ** 2)) > 15.0
