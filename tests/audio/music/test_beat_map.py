"""Beat maps: smoothing, what is refused, and the cache."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.audio.music.beat_map import BeatMap, smooth_beats
from cuecoach.audio.music.cache import MapCache
from cuecoach.errors import SoundError
from tests.audio.music.songs import a_map


def drifting(n: int = 120) -> np.ndarray:
    return np.cumsum(60.0 / np.linspace(160.0, 170.0, n))


def test_a_drift_of_tempo_is_kept_and_jitter_is_not():
    true = drifting()
    heard = true + np.random.default_rng(1).normal(0.0, 0.004, len(true))
    smooth = smooth_beats(heard)
    assert np.abs(smooth - true)[8:-8].max() < 0.006
    assert np.std(np.diff(smooth) / np.diff(true)) < 0.25 * np.std(np.diff(heard) / np.diff(true))


def test_one_stray_beat_moves_the_tempo_hardly():
    heard = drifting()
    heard[60] += 0.05
    assert np.abs(smooth_beats(heard) - drifting())[50:70].max() < 0.002


@given(st.lists(st.floats(0.05, 2.0), max_size=60))
def test_smoothed_beats_never_run_backwards(intervals: list[float]):
    beats = np.cumsum([0.1, *intervals])
    assert np.all(np.diff(smooth_beats(beats)) > 0.0)


def test_tempo_and_wander_are_told():
    beats = drifting() + np.random.default_rng(1).normal(0.0, 0.010, 120)
    found = BeatMap.of("x", 45.0, beats, confidence=1.0, lufs=-14.0, peak=1.0)
    assert found.tempo_bpm == pytest.approx(165.0, abs=1.0)
    assert 0.010 < found.wander_s < 0.020
    assert found.unfit() is None


@pytest.mark.parametrize(
    ("beats", "confidence", "says"),
    [
        (np.arange(10) * 0.35, 1.0, "too few beats"),
        (np.arange(80) * 0.35, 0.4, "no clear beat"),
        (np.arange(80) * 0.35 + np.random.default_rng(2).normal(0.0, 0.03, 80), 1.0, "wanders by"),
    ],
)
def test_a_song_that_cannot_lead_is_refused_in_one_sentence(beats: np.ndarray, confidence: float, says: str):
    reason = BeatMap.of("Largo", 30.0, np.sort(beats), confidence=confidence, lufs=-16.0, peak=0.5).unfit()
    assert reason is not None
    assert says in reason
    assert "`Largo`" in reason
    assert "choose a song" in reason
    assert "\n" not in reason
    assert not reason.endswith(".")


def test_a_map_comes_back_as_it_was_kept_under_the_name_of_the_file_now(tmp_path: Path):
    song, cache = tmp_path / "a.wav", MapCache(tmp_path / "maps")
    song.write_bytes(b"sound")
    assert cache.load(song) is None
    cache.store(song, a_map(title="a"))
    assert cache.load(song) == a_map(title="a")
    song.rename(tmp_path / "b.wav")
    assert cache.load(tmp_path / "b.wav") == a_map(title="b")


def test_another_content_has_another_map(tmp_path: Path):
    song, cache = tmp_path / "a.wav", MapCache(tmp_path / "maps")
    song.write_bytes(b"sound")
    cache.store(song, a_map())
    song.write_bytes(b"another sound")
    assert cache.load(song) is None


@pytest.mark.parametrize(
    "damage",
    [
        "", "null", "[]", "{", '{"version": 1}', "\x00\x01",
        a_map().to_json()[:-40],
        a_map().to_json().replace('"version": 1', '"version": 0'),
        a_map().to_json().replace("0.3,", "NaN,", 1),
        a_map().to_json().replace("0.3,", "99.0,", 1),
    ],
)  # fmt: skip
def test_a_damaged_map_is_not_there(tmp_path: Path, damage: str):
    song, cache = tmp_path / "a.wav", MapCache(tmp_path / "maps")
    song.write_bytes(b"sound")
    cache.store(song, a_map())
    cache.path(song).write_text(damage, encoding="utf-8")
    assert cache.load(song) is None


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path):
    song, blocked = tmp_path / "a.wav", tmp_path / "maps"
    song.write_bytes(b"sound")
    blocked.write_text("a file where the folder should be")
    cache = MapCache(blocked)
    cache.store(song, a_map())
    assert cache.load(song) is None
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.wav", "maps"]


def test_a_song_that_is_not_there_is_one_sentence(tmp_path: Path):
    with pytest.raises(SoundError, match="no such file"):
        MapCache(tmp_path).load(tmp_path / "gone.wav")
