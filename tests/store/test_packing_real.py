"""Packing of raw samples of people who jogged with a sensor at the belt; skipped where the recordings are absent."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from cuecoach.events import Event, ImuBlock
from cuecoach.packing import pack_events, unpack_events
from cuecoach.packing.grid import on_grid
from cuecoach.rules.rule_json import rules_from_json, rules_to_json

JOGS = Path(__file__).resolve().parents[3] / "shared/data/sisfall_waist_jog"
RATE_HZ = 200

pytestmark = [pytest.mark.real, pytest.mark.skipif(not JOGS.is_dir(), reason="the recordings are not here")]


def jog(path: Path, seconds: int) -> np.ndarray:
    """Return acceleration [m/s²] and angular rate [deg/s], shape (n, 6); the scales are those of the data set's paper."""
    with gzip.open(path, "rt") as file:
        lines = [line.strip().rstrip(";") for line in file if line.strip()][2000 : 2000 + seconds * RATE_HZ]
    counts = np.array([[float(number) for number in line.split(",")[:6]] for line in lines])
    return counts * np.array([9.80665 * 32 / 2**13] * 3 + [4000 / 2**16] * 3)


@pytest.mark.parametrize("name", ["D03_SA01_R01", "D03_SA08_R01", "D04_SA05_R01"])
def test_a_jog_comes_back_to_the_last_bit_and_takes_less_than_8_megabytes_an_hour(name: str) -> None:
    samples = jog(JOGS / f"{name}.txt.gz", 20)
    times = 10 + np.arange(len(samples)) / RATE_HZ
    size = 0
    for second in range(0, len(samples), RATE_HZ):
        cuts = [slice(k, k + 10) for k in range(second, second + RATE_HZ, 10)]
        events: list[Event] = [
            on_grid(ImuBlock(float(times[c][-1]) + 0.01, "belt", "sacrum", times[c], samples[c, :3], samples[c, 3:]))
            for c in cuts
        ]
        data = pack_events(events, rules_to_json)
        size += len(data)
        for before, after in zip(events, unpack_events(data, rules_from_json), strict=True):
            assert isinstance(before, ImuBlock)
            assert isinstance(after, ImuBlock)
            assert before.gyr is not None
            assert after.gyr is not None
            assert (before.t, before.source, before.place) == (after.t, after.source, after.place)
            for old, new in ((before.times, after.times), (before.acc, after.acc), (before.gyr, after.gyr)):
                assert old.tobytes() == new.tobytes()
    megabytes = size / len(samples) * RATE_HZ * 3600 / 1e6
    assert megabytes < 8
