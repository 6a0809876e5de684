"""Quiet: words stop at once, without a click, and what waits is dropped."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.audio.mixer import Mixer
from cuecoach.audio.speech_track import FADE_S
from cuecoach.events import Hush, Say

RATE = 48_000
TONE = (0.5 * np.sin(np.arange(RATE) * 0.05)).astype(np.float32)  # one second


def mixer_with(*says: Say) -> Mixer:
    mixer = Mixer(lambda text: TONE, sample_rate=RATE)
    for say in says:
        mixer.handle(say)
    return mixer


def say(at: float, number: int) -> Say:
    return Say(at, at, number, "rule", "words", 1.0)


def test_words_that_sound_are_faded_out_and_ended():
    mixer = mixer_with(say(0.1, 1))
    mixer.render(round(0.5 * RATE))
    mixer.handle(Hush(0.5, 0.5))
    rest = mixer.render(RATE)
    faded = round(FADE_S * RATE)
    assert np.abs(rest[: faded // 2]).max() > 0
    assert not rest[faded:].any()
    assert np.abs(np.diff(rest[:, 0])).max() < 0.05
    events = mixer.take_events()
    assert [(e.kind, e.id) for e in events] == [("started", 1), ("ended", 1)]
    assert events[1].t == pytest.approx(0.5 + FADE_S, abs=1e-3)


def test_words_that_wait_are_dropped():
    mixer = mixer_with(say(0.1, 1), say(0.2, 2), say(3.0, 3))
    mixer.render(round(0.5 * RATE))
    mixer.handle(Hush(0.5, 0.5))
    mixer.render(4 * RATE)
    assert sorted((e.kind, e.id) for e in mixer.take_events()) == [
        ("dropped", 2),
        ("dropped", 3),
        ("ended", 1),
        ("started", 1),
    ]


def test_after_a_hush_new_words_are_heard():
    mixer = mixer_with(say(0.1, 1))
    mixer.render(round(0.5 * RATE))
    mixer.handle(Hush(0.5, 0.5))
    mixer.handle(say(1.0, 2))
    mixer.render(3 * RATE)
    assert ("started", 2) in [(e.kind, e.id) for e in mixer.take_events()]


@given(st.lists(st.integers(1, 9000), min_size=1, max_size=6))
def test_a_hush_sounds_the_same_however_the_rendering_is_cut(sizes):
    def play(cuts: list[int]) -> np.ndarray:
        mixer = mixer_with(say(0.1, 1), say(0.9, 2))
        parts = [mixer.render(24_000)]
        mixer.handle(Hush(0.5, 0.5))
        parts += [mixer.render(n) for n in cuts]
        parts.append(mixer.render(60_000 - sum(cuts)))
        return np.concatenate(parts)

    assert np.array_equal(play(sizes), play([]))
