"""Music in place of the clicks: ducked like them, turned like them, and they are silent where it carries the beat."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuecoach.audio.beat_track import BeatTrack
from cuecoach.audio.mixer import Mixer, no_words
from cuecoach.events import Beat, Level, Say

RATE = 4_000


class Music:
    """A steady tone from the first step on, that carries the beat until it stops to."""

    def __init__(self, carries_until: int = 10**9) -> None:
        self._until = carries_until
        self.asked: list[tuple[int, int]] = []
        self.sounding = True

    def render(self, first: int, end: int, beats: BeatTrack) -> np.ndarray:
        self.asked.append((first, end))
        onset = beats.next_onset(0)
        n = np.arange(first, end)
        tone = np.where(n >= (end if onset is None else onset), 0.5 * np.cos(0.3 * n), 0.0)
        return np.stack([tone, tone], axis=1).astype(np.float32)

    def carries(self, onset: int) -> bool:
        return onset < self._until


def mixer(music: Music, words=no_words, **levels) -> Mixer:
    return Mixer(words, sample_rate=RATE, backing=music, **{"level_db": 0.0, "beat_level_db": -6.0, **levels})


def test_music_is_as_loud_as_words_and_the_clicks_that_it_carries_are_silent():
    m = mixer(Music())
    m.handle(Beat(0.0, 1.0, 1, "r", 120.0))
    out = m.render(3 * RATE)
    assert not out[:RATE].any()
    expected = (0.5 * np.cos(0.3 * np.arange(RATE, 3 * RATE))).astype(np.float32)
    assert out[RATE:, 0] == pytest.approx(expected, abs=1e-6)


def test_the_click_takes_over_where_the_music_loses_the_beat():
    quiet, m = mixer(Music(), level_db=-12.0), mixer(Music(carries_until=2 * RATE), level_db=-12.0)
    for x in (quiet, m):
        x.handle(Beat(0.0, 1.0, 1, "r", 120.0))
    clicks = m.render(4 * RATE) - quiet.render(4 * RATE)
    found = np.flatnonzero(np.abs(clicks).max(axis=1) > 0.05)
    # At this low rate a click's first sample need not be its largest.
    expected = [2 * RATE + 2_000 * k for k in range(4)]
    assert found[np.diff(found, prepend=-1_000) > 800] == pytest.approx(expected, abs=2)


def test_music_steps_back_twelve_decibels_under_words_and_follows_the_level_of_the_beat():
    silence = np.full(RATE, 1e-9, dtype=np.float32)
    m = mixer(Music(), lambda _: silence, level_db=-12.0)
    m.handle(Beat(0.0, 0.0, 1, "r", 120.0))
    m.handle(Say(0.0, 1.0, 1, "r", "x", 1.0))
    m.handle(Level(0.0, 3.0, beat_db=-38.0))
    m.handle(Level(0.0, 4.0, beat_db=0.0))
    tone = 0.5 * np.cos(0.3 * np.arange(6 * RATE))
    out = m.render(6 * RATE)[:, 0]

    def level_db(t: float) -> float:
        part = slice(round(t * RATE), round((t + 0.2) * RATE))
        return 10 * np.log10(np.mean(out[part] ** 2) / np.mean(tone[part] ** 2))

    found = [level_db(t) for t in (0.5, 1.5, 2.6, 5.0)]
    assert found == pytest.approx([-12.0, -24.0, -12.0, 0.0], abs=0.05)  # never above the song's own level


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(1, 6 * RATE - 1), max_size=20), st.floats(60.0, 240.0), st.integers(0, 6 * RATE))
def test_any_split_gives_the_same(cuts, spm, until):
    outs = []
    for ends in ([6 * RATE], sorted({*cuts, 6 * RATE})):
        music = Music(until)
        m = mixer(music)
        m.handle(Beat(0.0, 0.7, 1, "r", spm, every=2))
        m.handle(Level(0.0, 2.0, beat_db=-12.0))
        outs.append(np.concatenate([m.render(end - m.position) for end in ends]))
        assert [a for a, _ in music.asked[1:]] == [b for _, b in music.asked[:-1]]
    assert np.array_equal(*outs)
    assert np.abs(outs[0]).max() <= 10 ** (-1 / 20)
