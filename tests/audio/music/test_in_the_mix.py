"""Music behind the mixer: ducked under words, in place of clicks, under the ceiling, and the same in any cut."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuecoach.audio.limiter import CEILING_DB
from cuecoach.audio.mixer import Mixer, no_words
from cuecoach.audio.music.voice import Song
from cuecoach.events import Beat, BeatOff, Say
from tests.audio.music.songs import RATE, a_song, a_track
from tests.audio.music.songs import clicks as a_grid


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Song:
    return a_song(tmp_path_factory.mktemp("songs"), 168.0, 9.0)


def steady(spm: float = 168.0, at: float = 0.5) -> Beat:
    return Beat(t=0.0, at=at, id=1, rule="test", spm=spm)


def test_clicks_are_silent_while_the_music_carries_the_beat_and_sound_when_it_cannot(song: Song):
    for spm, carried in ((168.0, True), (130.0, False)):
        alone, mixer = Mixer(no_words, level_db=-12.0), Mixer(no_words, level_db=-12.0, backing=a_track(song))
        for m in (alone, mixer):
            m.handle(steady(spm))
        clicks, mixed = alone.render(6 * RATE), mixer.render(6 * RATE)
        if carried:
            music = a_track(song).render(0, 6 * RATE, a_grid((0.5, spm)))
            assert np.allclose(mixed, music * 10 ** (-12 / 20), atol=1e-6)
        else:
            assert np.array_equal(mixed, clicks)


def test_words_duck_the_music_by_12_db(song: Song):
    mixers = [Mixer(lambda text: np.zeros(RATE, dtype=np.float32), level_db=-12.0, backing=a_track(song)) for _ in "ab"]
    for mixer in mixers:
        mixer.handle(steady())
    mixers[1].handle(Say(t=0.0, at=2.0, id=1, rule="r", text="run tall", duration=1.0))
    plain, ducked = (mixer.render(4 * RATE) for mixer in mixers)
    inside = slice(round(2.1 * RATE), round(2.9 * RATE))
    ratio = np.sqrt(np.mean(ducked[inside] ** 2) / np.mean(plain[inside] ** 2))
    assert 20 * np.log10(ratio) == pytest.approx(-12.0, abs=0.1)
    assert np.array_equal(plain[: round(1.9 * RATE)], ducked[: round(1.9 * RATE)])


@settings(deadline=None, max_examples=12)
@given(st.lists(st.integers(1, 7 * RATE - 1), max_size=12), st.floats(150.0, 182.0), st.floats(1.0, 6.0))
def test_any_cut_gives_the_same_mix_below_the_ceiling(song: Song, cuts: list[int], spm: float, said: float):
    def run(cuts: list[int]) -> np.ndarray:
        noise = np.random.default_rng(1).uniform(-0.8, 0.8, RATE).astype(np.float32)
        mixer = Mixer(lambda text: noise, level_db=0.0, backing=a_track(song))
        mixer.handle(steady(spm))
        mixer.handle(Say(t=0.0, at=said, id=1, rule="r", text="x", duration=1.0))
        mixer.handle(BeatOff(t=0.0, at=6.0, id=1))
        stops = sorted({*cuts, 7 * RATE})
        return np.concatenate([mixer.render(stop - mixer.position) for stop in stops])

    whole = run([])
    assert np.array_equal(whole, run(cuts))
    assert np.abs(whole).max() <= 10 ** (CEILING_DB / 20)


def test_silence_is_skipped_only_where_no_music_can_begin(song: Song):
    mixer = Mixer(no_words, backing=a_track(song))
    assert mixer.silent_for() > RATE
    mixer.handle(steady(at=3.0))
    assert mixer.silent_for() == 0
