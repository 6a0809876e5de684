"""Which song serves which cadence, and which comes next."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.audio.music.tempo import MOST_STRETCH, choose, fits, fold_for, served, steps_of, stretch_for
from tests.audio.music.songs import a_map


@pytest.mark.parametrize(("bpm", "spm", "fold"), [(170, 170, 1.0), (85, 170, 2.0), (340, 170, 0.5), (92, 176, 2.0)])
def test_a_tempo_is_folded_by_octaves(bpm: float, spm: float, fold: float):
    assert fold_for(bpm, spm) == fold
    assert stretch_for(bpm, spm) == pytest.approx(spm / bpm / fold)


@given(st.floats(50.0, 400.0), st.floats(140.0, 200.0))
def test_a_song_fits_exactly_the_cadences_it_says_it_serves(bpm: float, spm: float):
    inside = any(low <= spm <= high for low, high in served(bpm))
    assert inside == (abs(stretch_for(bpm, spm) - 1.0) <= MOST_STRETCH) or min(
        abs(spm - edge) for span in served(bpm) for edge in span
    ) == pytest.approx(0.0, abs=1e-6)


def test_what_a_song_serves_stays_within_140_and_200():
    assert served(170.0) == [(pytest.approx(156.4), pytest.approx(183.6))]
    assert served(75.0) == [(140.0, pytest.approx(162.0))]
    assert served(120.0) == []


@pytest.mark.parametrize(("fold", "interval"), [(0.5, 1.2), (1.0, 0.6), (2.0, 0.3)])
def test_steps_lie_on_beats_between_them_or_on_every_other(fold: float, interval: float):
    steps = steps_of(a_map(100.0, 30.0), fold)
    assert steps[1] - steps[0] == pytest.approx(interval, abs=1e-4)


def test_the_nearest_tempo_comes_first_and_what_does_not_fit_is_left_out():
    maps = {
        "far": a_map(160.0, 30.0),
        "near": a_map(171.0, 30.0),
        "half": a_map(86.0, 30.0),
        "slow": a_map(120.0, 30.0),
    }
    assert choose(maps, 172.0) == ["half", "near", "far"]


def test_what_was_played_lately_comes_last_the_longest_ago_first():
    maps = {name: a_map(bpm, 30.0) for name, bpm in (("a", 170.0), ("b", 171.0), ("c", 165.0))}
    assert choose(maps, 170.0, ["b", "a"]) == ["c", "b", "a"]


def test_a_song_without_a_steady_beat_fits_nothing():
    assert not fits(a_map(170.0, 30.0, confidence=0.3), 170.0)
    assert choose({"noise": a_map(170.0, 30.0, confidence=0.3)}, 170.0) == []
