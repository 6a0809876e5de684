"""`Level`: words and beat apart, changed within 50 ms, without a boost."""

from __future__ import annotations

import numpy as np
import pytest

from cuecoach.audio.fader import FADE_S, Fader
from cuecoach.audio.mixer import Mixer
from cuecoach.errors import SoundError
from cuecoach.events import Beat, Level, Say

RATE = 48_000
STEADY = np.full(8 * RATE, 0.25, dtype=np.float32)


def mixer(**more) -> Mixer:
    return Mixer(lambda _: STEADY, **{"level_db": 0.0, "beat_level_db": 0.0, **more})


def test_words_and_beat_have_a_level_each():
    m = mixer(level_db=-12.0)
    m.handle(Say(0.0, 0.0, 1, "r", "x", 8.0))
    m.handle(Level(0.0, 2.0, words_db=-20.0))
    m.handle(Level(0.0, 4.0, beat_db=-40.0))
    out = m.render(6 * RATE)[:, 0]
    assert out[2 * RATE - 1] == pytest.approx(0.25 * 10 ** (-12 / 20), rel=1e-5)
    assert out[round(2.05 * RATE)] == pytest.approx(0.025, rel=1e-5)
    assert out[5 * RATE] == pytest.approx(0.025, rel=1e-5)


def test_the_level_of_the_beat_is_its_own_not_a_difference():
    m = mixer(level_db=-12.0, beat_level_db=-6.0)
    m.handle(Beat(0.0, 0.0, 1, "r", 60.0))
    m.handle(Level(0.0, 0.5, beat_db=-6.0))
    out = np.abs(m.render(2 * RATE)).max(axis=1)
    assert out[0] == pytest.approx(0.88 * 10 ** (-18 / 20), rel=1e-4)
    assert out[RATE] == pytest.approx(0.88 * 10 ** (-6 / 20), rel=1e-4)


def test_a_change_takes_fifty_milliseconds_and_begins_where_it_was_asked_for():
    m = mixer()
    m.handle(Say(0.0, 0.0, 1, "r", "x", 8.0))
    m.handle(Level(0.0, 1.0, words_db=-20.0))
    out = m.render(2 * RATE)[:, 0] / 0.25
    assert (out[: RATE + 1] == 1.0).all()
    ramp = out[RATE : RATE + round(FADE_S * RATE) + 1]
    assert np.diff(ramp) == pytest.approx(-0.9 / round(FADE_S * RATE), abs=1e-6)
    assert ramp[-1] == pytest.approx(0.1)


def test_a_late_change_begins_now_and_a_new_one_turns_where_the_old_one_was():
    m = mixer()
    m.handle(Say(0.0, 0.0, 1, "r", "x", 8.0))
    m.render(RATE)
    m.handle(Level(0.2, 0.2, words_db=-20.0))
    m.render(1_200)
    m.handle(Level(1.0, 1.0, words_db=0.0))
    out = m.render(RATE)[:, 0] / 0.25
    assert out[0] == pytest.approx(0.55, abs=1e-3)
    assert out[2_400] == pytest.approx(1.0)
    assert np.diff(out).min() >= 0.0


def test_what_was_planned_for_later_no_longer_counts():
    m = mixer()
    m.handle(Say(0.0, 0.0, 1, "r", "x", 8.0))
    m.handle(Level(0.0, 3.0, words_db=-20.0))
    m.handle(Level(0.0, 1.0, words_db=-6.0))
    out = m.render(5 * RATE)[:, 0]
    assert out[4 * RATE] == pytest.approx(0.25 * 10 ** (-6 / 20), rel=1e-5)


@pytest.mark.parametrize("level", [{"words_db": 0.1}, {"beat_db": 3.0}, {"words_db": float("nan")}])
def test_there_is_no_boost_and_nothing_changes_then(level):
    m = mixer(level_db=-6.0)
    with pytest.raises(SoundError, match="at most 0 dB"):
        m.handle(Level(0.0, 0.0, **level))
    m.handle(Say(0.0, 0.0, 1, "r", "x", 8.0))
    assert m.render(RATE)[-1, 0] == pytest.approx(0.25 * 10 ** (-6 / 20), rel=1e-5)


def test_a_fader_gives_the_same_for_any_split():
    whole, parts = Fader(1_000, 1.0), Fader(1_000, 1.0)
    for fader in (whole, parts):
        fader.fade(100, 0.2)
        fader.fade(130, 0.7)
        fader.fade(130, 0.5)
    pieces = []
    for first in range(0, 300, 7):
        parts.forget(first)
        pieces.append(parts.gain(first, min(first + 7, 300)))
    assert np.array_equal(np.concatenate(pieces), whole.gain(0, 300))


def test_the_beat_can_be_every_second_step_only():
    m = mixer()
    with pytest.raises(SoundError, match="every 0th step"):
        m.handle(Beat(0.0, 0.0, 1, "r", 120.0, every=0))
    m.handle(Beat(0.0, 0.0, 1, "r", 120.0, every=2))
    assert m.silent_for() == 0
    m.skip(24_000)
    assert m.silent_for() == 24_000
