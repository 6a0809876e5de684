"""The inside of the sound process, driven by hand: commands in, samples and messages out."""

from __future__ import annotations

import numpy as np
import pytest

from cuecoach.audio.clicks import make_click
from cuecoach.audio.earcons import make_earcon
from cuecoach.audio.protocol import Failed, SoundSettings, Words
from cuecoach.audio.sound_worker import Engine
from cuecoach.events import AudioEvent, Beat, Say

SETTINGS = SoundSettings("null", 48_000, 5.0, None, 0.0, 0.0, 0.1)


def say(text: str, id_: int = 1) -> Say:
    return Say(t=5.0, at=5.0, id=id_, rule="r", text=text, duration=1.0)


def test_the_first_fill_is_the_start_of_the_session():
    engine = Engine(SETTINGS)
    assert engine.clock_zero is None
    engine.take(Beat(t=5.0, at=5.0, id=1, rule="r", spm=180.0))
    out = engine.fill(1_200)
    assert engine.clock_zero == engine.last_fill - 5.0
    assert np.array_equal(out, make_click("left"))


def test_words_are_those_that_were_given_and_what_happens_is_told():
    engine = Engine(SETTINGS)
    engine.take(Words("run tall", np.full(100, 0.5, np.float32)))
    engine.take(say("run tall"))
    out = engine.fill(200)
    assert np.count_nonzero(out[:, 0]) == 100
    assert list(engine.messages) == [AudioEvent(5.0, "started", 1), AudioEvent(5.0 + 100 / 48_000, "ended", 1)]


def test_words_nobody_gave_are_heard_as_a_sound():
    engine = Engine(SETTINGS)
    engine.take(say("surprise"))
    earcon = make_earcon("cue")
    assert np.array_equal(engine.fill(len(earcon))[:, 0], earcon)


def test_a_command_that_makes_no_sense_is_told_and_the_sound_goes_on():
    engine = Engine(SETTINGS)
    engine.take(Beat(t=5.0, at=5.0, id=1, rule="r", spm=0.0))
    engine.take(say("run tall"))
    assert engine.fill(500).any()
    assert isinstance(engine.messages[0], Failed)
    assert engine.messages[0].reason == "command"


def test_after_a_restart_the_first_sample_takes_the_time_at_which_it_comes():
    engine = Engine(SoundSettings("null", 48_000, 0.0, -1000.0, 0.0, 0.0, 0.1))
    now = engine.last_fill + 1000.0
    engine.take(say("run tall"))
    engine.take(Say(t=now, at=now - 1.0, id=2, rule="r", text="run tall", duration=1.0))
    engine.fill(1)
    assert engine.clock_zero == pytest.approx(-1000.0)
    # What was due long before is not said any more; what was due a moment ago is.
    dropped, started = engine.messages
    assert (dropped.kind, dropped.id, started.kind, started.id) == ("dropped", 1, "started", 2)
    assert started.t == pytest.approx(engine.last_fill + 1000.0)
