"""The music as it is heard: on the grid, in any cut the same, from song to song, through dry spells and lost time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuecoach.audio.beat_track import BeatTrack
from cuecoach.audio.music.lock import GAIN, MOST_SLEW, Grid, next_speed, read_grid
from cuecoach.audio.music.stretching import FADE, fade_out, join
from cuecoach.audio.music.voice import Song, music_gain
from cuecoach.events import Beat
from tests.audio.music.songs import RATE, a_map, a_song, a_track, clicks


def drum_onsets(sound: np.ndarray) -> np.ndarray:
    """Samples at which a drum sets in."""
    loud = np.abs(sound).max(axis=1) > 0.2
    rises = np.flatnonzero(loud[1:] & ~loud[:-1]) + 1
    return rises[np.diff(rises, prepend=-RATE) > RATE // 8]


def distance(onsets: np.ndarray, track: BeatTrack) -> np.ndarray:
    """From each drum to the nearest click, s."""
    grid = np.array([onset for onset, _ in track.onsets(0, 30 * RATE)])
    return np.array([np.min(np.abs(grid - onset)) for onset in onsets]) / RATE


def test_every_click_has_its_drum(tmp_path: Path):
    track, grid = a_track(a_song(tmp_path, 165.0)), clicks((0.5, 168.0))
    sound = track.render(0, 7 * RATE, grid)
    drums = drum_onsets(sound)
    assert len(drums) == len(grid.onsets(0, 7 * RATE))
    assert distance(drums, grid).max() < 0.002
    assert all(track.carries(onset) for onset, _ in grid.onsets(4 * RATE, 7 * RATE - RATE // 10))


@pytest.mark.parametrize(("bpm", "drums_a_click"), [(84.0, 0.5), (330.0, 2.0)])
def test_slow_songs_beat_on_every_other_step_and_fast_ones_twice(tmp_path: Path, bpm: float, drums_a_click: float):
    track, grid = a_track(a_song(tmp_path, bpm, seconds=18.0)), clicks((0.5, 168.0))
    sound = track.render(0, 6 * RATE, grid)
    assert len(drum_onsets(sound)) / len(grid.onsets(0, 6 * RATE)) == pytest.approx(drums_a_click, abs=0.1)


def test_before_the_first_click_and_without_a_fitting_song_there_is_silence(tmp_path: Path):
    song = a_song(tmp_path, 165.0)
    assert not a_track(song).render(0, 2 * RATE, BeatTrack(RATE, 0.0)).any()
    track = a_track(song)
    assert not track.render(0, 2 * RATE, clicks((0.2, 140.0))).any()
    assert track.playing is None
    assert not track.carries(round(0.2 * RATE))


def test_when_the_clicks_end_the_song_plays_on_at_its_own_tempo(tmp_path: Path):
    grid = clicks((0.5, 175.0))
    grid.stop(2.0, 0)
    track = a_track(a_song(tmp_path, 165.0))
    intervals = np.diff(drum_onsets(track.render(0, 7 * RATE, grid))) / RATE
    assert 60.0 / intervals[1] == pytest.approx(175.0, abs=1.0)
    assert 60.0 / intervals[-1] == pytest.approx(165.0, abs=0.5)


def test_a_grid_that_comes_back_out_of_phase_is_met_again(tmp_path: Path):
    grid = clicks((0.5, 165.0))
    track = a_track(a_song(tmp_path, 165.0, seconds=22.0))
    parts = [track.render(0, 2 * RATE, grid)]
    grid.play(Beat(t=2.0, at=2.13, id=2, rule="test", spm=166.0), 2 * RATE)
    assert not track.carries(round(2.13 * RATE))
    parts.append(track.render(2 * RATE, 14 * RATE, grid))
    late = distance(drum_onsets(np.concatenate(parts)), grid)
    assert late[-5:].max() < 0.004


def test_a_clock_that_beats_every_stride_still_has_music_on_every_step(tmp_path: Path):
    grid = clicks((0.5, 84.0))
    drums = drum_onsets(a_track(a_song(tmp_path, 165.0)).render(0, 6 * RATE, grid))
    assert 60.0 * RATE / np.median(np.diff(drums)) == pytest.approx(168.0, abs=0.5)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> list[Song]:
    folder = tmp_path_factory.mktemp("songs")
    return [a_song(folder, 165.0, 6.0, "a"), a_song(folder, 172.0, 6.0, "b")]


@settings(deadline=None, max_examples=15)
@given(
    cuts=st.lists(st.integers(1, 8 * RATE - 1), max_size=25),
    beats=st.lists(st.tuples(st.floats(0.0, 8.0), st.floats(60.0, 220.0)), min_size=1, max_size=4),
)
def test_any_cut_gives_the_same_samples(pair: list[Song], cuts, beats):
    beats = sorted(beats)

    def run(cuts: list[int]) -> np.ndarray:
        track, grid, out = a_track(*pair), BeatTrack(RATE, 0.0), []
        handed = [(min(max(round((at - 0.4) * RATE), 0), 8 * RATE), at, spm) for at, spm in beats]
        position = 0
        for stop in sorted({*cuts, *(h[0] for h in handed), 8 * RATE}):
            if stop > position:
                grid.forget(position - 1200)
                out.append(track.render(position, stop, grid))
                position = stop
            for sample, at, spm in handed:
                if sample == stop or sample == position == 0:
                    grid.play(Beat(t=at, at=at, id=1, rule="r", spm=spm), position)
        return np.concatenate(out)

    assert np.array_equal(run([]), run(cuts))


def test_one_song_leads_into_the_next_on_a_beat_and_none_is_repeated(tmp_path: Path):
    songs = [a_song(tmp_path, bpm, 8.0, name) for name, bpm in (("a", 168.0), ("b", 166.0), ("c", 170.0))]
    track, grid, played = a_track(*songs), clicks((0.5, 168.0)), []
    parts = []
    for first in range(0, 21 * RATE, 4800):
        parts.append(track.render(first, first + 4800, grid))
        if track.playing is not None and track.playing not in played[-1:]:
            played.append(track.playing)
    assert [Path(p).stem for p in played] == ["a", "c", "b", "a"]
    drums = drum_onsets(np.concatenate(parts))
    assert np.diff(drums).max() < 1.1 * 60.0 / 168.0 * RATE  # not one beat is missed on the way
    assert distance(drums, grid).max() < 0.005


def test_a_single_song_begins_again(tmp_path: Path):
    track, grid = a_track(a_song(tmp_path, 168.0, 7.0)), clicks((0.5, 168.0))
    drums = drum_onsets(track.render(0, 15 * RATE, grid))
    assert np.diff(drums).max() < 1.1 * 60.0 / 168.0 * RATE


def test_a_tempo_out_of_reach_changes_the_song(tmp_path: Path):
    songs = [a_song(tmp_path, 150.0, 18.0, "slow"), a_song(tmp_path, 180.0, 18.0, "fast")]
    track, grid = a_track(*songs), clicks((0.5, 150.0), (4.5, 182.0))
    sound = track.render(0, 12 * RATE, grid)
    assert track.playing is not None
    assert Path(track.playing).stem == "fast"
    assert distance(drum_onsets(sound)[-8:], grid).max() < 0.005


class DrySource:
    """A source that has nothing between two samples of the song until it was asked often enough."""

    broken = False

    def __init__(self, inner, dry_from: int, patience: int) -> None:
        self.inner, self.dry_from, self.patience, self.asked = inner, dry_from, patience, 0

    def take(self, first: int, end: int):
        if end > self.dry_from and self.asked < self.patience:
            self.asked += 1
            return None
        return self.inner.take(first, end)

    def close(self) -> None:
        self.inner.close()


def test_when_nothing_is_decoded_the_clicks_take_over_and_the_song_goes_on_where_it_was(tmp_path: Path):
    from tests.audio.music.songs import open_in_place

    track = a_track(a_song(tmp_path, 168.0, 12.0), open_source=lambda song: DrySource(open_in_place(song), 3 * RATE, 4))
    grid = clicks((0.5, 168.0))
    carried, parts = [], []
    for first in range(0, 8 * RATE, 480):
        parts.append(track.render(first, first + 480, grid))
        carried += [track.carries(onset) for onset, _ in grid.onsets(first, first + 480)]
    drums = drum_onsets(np.concatenate(parts))
    assert carried.count(False) == 4
    assert len(drums) == carried.count(True)
    assert distance(drums, grid).max() < 0.003


def test_a_file_that_breaks_off_is_left_for_the_next_song(tmp_path: Path):
    broken, whole = a_song(tmp_path, 168.0, 8.0, "a"), a_song(tmp_path, 167.0, 8.0, "b")
    Path(broken.path).write_bytes(b"no sound any more")
    track = a_track(broken, whole)
    track.render(0, 4 * RATE, clicks((0.5, 168.0)))
    assert track.playing == whole.path


def test_after_lost_time_the_song_begins_again_on_the_next_click(tmp_path: Path):
    track, grid = a_track(a_song(tmp_path, 168.0, 12.0)), clicks((0.5, 168.0))
    track.render(0, 2 * RATE, grid)
    sound = track.render(5 * RATE + 777, 8 * RATE, grid)
    drums = drum_onsets(sound) + 5 * RATE + 777
    assert len(drums) > 6
    assert distance(drums, grid).max() < 0.003


# ---------------------------------------------------------------- parts
def test_an_error_of_phase_is_made_up_by_a_quarter_a_beat_and_the_speed_never_jumps():
    grid = Grid(0, 16_000.0)
    assert 16_000 / next_speed(16_000.0, 1.0, grid, 400.0) == pytest.approx(16_000 - GAIN * 400)
    assert next_speed(16_000.0, 1.0, Grid(0, 14_000.0), 0.0) == pytest.approx(1.0 + MOST_SLEW)
    assert next_speed(16_000.0, 1.07, Grid(0, 13_000.0), 0.0) == pytest.approx(1.08)
    assert next_speed(16_000.0, 0.93, Grid(0, 20_000.0), 0.0) == pytest.approx(0.92)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.floats(10_000.0, 30_000.0))
def test_an_error_is_at_most_half_a_beat(at: int, onset: int, interval: float):
    assert abs(Grid(onset, interval).error(at)) <= 0.5 * interval + 1e-6


def test_a_grid_needs_two_clicks_to_come():
    grid = clicks((1.0, 170.0))
    grid.stop(1.2, 0)
    assert read_grid(grid, 0, RATE) is None
    assert read_grid(BeatTrack(RATE, 0.0), 0, RATE) is None


def test_pieces_that_are_alike_and_pieces_that_are_not_join_at_even_loudness():
    rng = np.random.default_rng(5)
    a, b = (rng.normal(0.0, 0.1, (FADE, 2)).astype(np.float32) for _ in range(2))
    assert np.allclose(join(a, a), a, atol=1e-6)
    middle = slice(FADE // 2 - 60, FADE // 2 + 60)
    assert np.std(join(a, b)[middle]) == pytest.approx(0.1, rel=0.2)
    assert np.abs(join(None, a)[0]).max() < 1e-4
    assert np.abs(fade_out(a)[-1]).max() < 1e-4


def test_songs_are_brought_to_one_loudness_unless_their_peaks_forbid_it():
    assert music_gain(a_map(lufs=-10.0, peak=1.0)) == pytest.approx(10 ** (-6 / 20))
    assert music_gain(a_map(lufs=-22.0, peak=0.2)) == pytest.approx(10 ** (6 / 20))
    assert music_gain(a_map(lufs=-30.0, peak=0.9)) * 0.9 == pytest.approx(10 ** (-1 / 20))
    assert music_gain(a_map(lufs=-99.0, peak=0.0)) == 1.0


def test_closing_lets_every_file_go(tmp_path: Path):
    track = a_track(a_song(tmp_path, 168.0))
    track.render(0, RATE, clicks((0.1, 168.0)))
    track.close()
    assert track.playing is None
