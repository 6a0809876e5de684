"""Results never depend on how the samples were cut."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuecoach.gait import GaitAnalyser


def messy(make_run, rate_hz: float):
    """Running with lost samples, a gap, NaN and a wild clock."""
    a = make_run(rate_hz=rate_hz, seconds=9.0, bias=(3.0, -2.0, 5.0))
    b = make_run(rate_hz=rate_hz, seconds=6.0, start=12.0, spm=182.0)
    rng = np.random.default_rng(5)
    times = np.concatenate((a.times, b.times)) + rng.uniform(-0.2, 0.2, len(a.times) + len(b.times)) / rate_hz
    acc, gyr = np.concatenate((a.acc, b.acc)), np.concatenate((a.gyr, b.gyr))
    keep = rng.random(len(times)) > 0.03
    keep[int(5 * rate_hz) : int(5.3 * rate_hz)] = False
    times, acc, gyr = times[keep], acc[keep], gyr[keep]
    acc[rng.integers(0, len(acc), 9), 1] = np.nan
    gyr[rng.integers(0, len(acc), 9), 2] = np.nan
    times[100] = times[99]
    return times, np.clip(acc, -78.5, 78.5), gyr


def everything(times, acc, gyr, cuts, place="sacrum"):
    analyser = GaitAnalyser(place, series=True)
    steps, activity, series = [], [], []
    for a, b in zip((0, *cuts), (*cuts, len(times)), strict=True):
        u = analyser.push(times[a:b], acc[a:b], None if gyr is None else gyr[a:b])
        steps += u.steps
        activity += u.activity
        series.append(
            np.stack([u.series.times, u.series.pelvic_tilt, u.series.pelvic_obliquity, u.series.pelvic_rotation])
        )
    return steps, activity, np.concatenate(series, axis=1), analyser.sampling_rate_hz


def same(one, other) -> None:
    assert one[0] == other[0]
    assert one[1] == other[1]
    assert one[2].tobytes() == other[2].tobytes()
    assert one[3] == other[3]


@pytest.fixture(scope="module")
def recordings():
    from importlib.util import module_from_spec, spec_from_file_location
    from pathlib import Path

    spec = spec_from_file_location("gait_motion", Path(__file__).with_name("conftest.py"))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    import sys

    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return {rate: messy(module.run, rate) for rate in (50.0, 104.0, 333.0)}


@pytest.fixture(scope="module")
def whole(recordings):
    return {rate: everything(*r, ()) for rate, r in recordings.items()}


def test_the_messy_recording_holds_all_kinds_of_results(whole):
    for steps, activity, series, _ in whole.values():
        assert len(steps) > 20
        assert {a.activity for a in activity} == {"running"}
        assert np.isfinite(series[1]).sum() > 200
        assert any(s.side for s in steps)


@pytest.mark.parametrize("size", [1, 8, 104])
def test_even_blocks_give_the_same_bits(recordings, whole, size):
    times, acc, gyr = recordings[104.0]
    same(everything(times, acc, gyr, range(size, len(times), size)), whole[104.0])


@given(rate=st.sampled_from([50.0, 104.0, 333.0]), seed=st.integers(0, 2**32 - 1), parts=st.integers(1, 60))
@settings(max_examples=15, deadline=None)
def test_any_cut_gives_the_same_bits(recordings, whole, rate, seed, parts):
    times, acc, gyr = recordings[rate]
    cuts = sorted(int(c) for c in np.random.default_rng(seed).integers(0, len(times) + 1, parts))
    same(everything(times, acc, gyr, cuts), whole[rate])


@pytest.mark.parametrize("place", ["hip", "shank"])
def test_acceleration_alone_gives_the_same_bits(recordings, place):
    times, acc, _ = recordings[104.0]
    same(everything(times, acc, None, range(13, len(times), 13), place), everything(times, acc, None, (), place))


def test_a_recording_cut_short_gives_the_same_steps_up_to_the_cut(recordings, whole):
    times, acc, gyr = recordings[104.0]
    n = int(0.6 * len(times))
    part = everything(times[:n], acc[:n], gyr[:n], ())
    due = [s for s in whole[104.0][0] if s.known <= times[n - 1]]
    assert part[0] == due
    assert all(s.tc is None or s.tc > times[n - 1] - 0.25 for s in whole[104.0][0][len(due) :])
