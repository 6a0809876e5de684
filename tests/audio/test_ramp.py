"""The metronome's ramp: small steps, no interval cut or stretched, feet in turn."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuecoach.audio.mixer import Mixer, no_words
from cuecoach.audio.ramp import LARGEST_STEP, ramp
from cuecoach.errors import UsageError

RATE = 48_000
tempos = st.floats(40.0, 260.0)


def test_one_tempo_is_one_beat():
    beats = ramp(170.0, at=2.0)
    assert [(b.at, b.spm, b.until, b.first_side) for b in beats] == [(2.0, 170.0, None, "left")]


@settings(deadline=None)
@given(tempos, tempos, st.floats(0.1, 600.0))
def test_steps_are_small_and_even_and_arrive(spm, to_spm, over_s):
    beats = ramp(spm, to_spm, over_s)
    assert beats[0].spm == spm
    assert beats[-1].spm == to_spm
    ratios = [b.spm / a.spm for a, b in pairwise(beats)]
    assert all(1 / (1 + LARGEST_STEP) - 1e-9 <= r <= 1 + LARGEST_STEP + 1e-9 for r in ratios)
    assert all(b.at > a.at for a, b in pairwise(beats))


@settings(deadline=None)
@given(tempos, tempos, st.floats(0.1, 600.0))
def test_each_beat_begins_on_the_next_click_of_the_one_before_on_the_other_foot(spm, to_spm, over_s):
    beats = ramp(spm, to_spm, over_s, at=0.5)
    for a, b in pairwise(beats):
        k = (b.at - a.at) * a.spm / 60
        assert k == pytest.approx(round(k), abs=1e-6)
        assert (b.first_side == a.first_side) == (round(k) % 2 == 0)


def test_the_last_tempo_is_reached_on_time():
    beats = ramp(160.0, 176.0, 120.0, at=1.0)
    assert 121.0 <= beats[-1].at <= 121.0 + 60 / 160


def test_heard_intervals_never_jump():
    m = Mixer(no_words, level_db=0.0, beat_level_db=0.0)
    for beat in ramp(150.0, 180.0, 20.0):
        m.handle(beat)
    out = np.abs(m.render(30 * RATE)).max(axis=1)
    onsets = np.flatnonzero(out >= 0.879)
    intervals = np.diff(onsets)
    assert abs(intervals[0] - 19_200) <= 1
    assert abs(intervals[-1] - 16_000) <= 1
    assert (intervals[1:] <= intervals[:-1] + 1).all()
    assert (intervals[1:] / intervals[:-1] > 1 / 1.026).all()


@pytest.mark.parametrize("bad", [39.9, 260.1, 0.0, -170.0, float("nan"), float("inf")])
def test_a_tempo_no_one_runs_to_is_refused(bad):
    with pytest.raises(UsageError, match="40 to 260 spm"):
        ramp(bad)
    with pytest.raises(UsageError, match="40 to 260 spm"):
        ramp(170.0, bad)


def test_a_ramp_takes_time():
    with pytest.raises(UsageError, match="--over"):
        ramp(170.0, 180.0, 0.0)
