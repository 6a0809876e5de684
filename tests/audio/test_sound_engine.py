"""The inside of the sound process, driven by hand on a clock of its own: commands in, samples and messages out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cuecoach.audio import engine as module
from cuecoach.audio.clickset import make_clicks
from cuecoach.audio.earcons import make_earcon
from cuecoach.audio.engine import Engine
from cuecoach.audio.protocol import Failed, Mute, SoundSettings, Words
from cuecoach.events import AudioEvent, Beat, Say

SETTINGS = SoundSettings("null", 48_000, 5.0, None, 0.0, 0.0, 0.1)
BLOCK = 480
AHEAD_S = 0.1


class Rig:
    """An engine, and a device that asks for ten milliseconds each ten milliseconds."""

    def __init__(self, monkeypatch, settings=SETTINGS, delay_s=0.0, awake=False):
        self.now = 1_000.0
        monkeypatch.setattr(module.time, "monotonic", lambda: self.now)
        self.engine = Engine(settings)
        self.engine.begin_stream(delay_s=delay_s, awake=awake)

    def play(self, seconds):
        blocks = []
        for _ in range(round(seconds * 48_000 / BLOCK)):
            blocks.append(self.engine.fill(BLOCK, AHEAD_S))
            self.now += BLOCK / 48_000
        return np.concatenate(blocks)

    def settle(self):
        while self.engine.clock_zero is None:
            self.play(0.01)

    @property
    def session(self):
        return self.now - self.engine.clock_zero


@pytest.fixture
def rig(monkeypatch):
    made = Rig(monkeypatch)
    made.settle()
    return made


def say(text, at, id_=1):
    return Say(t=at, at=at, id=id_, rule="r", text=text, duration=1.0)


def onset(samples):
    return int(np.flatnonzero(np.abs(samples).max(axis=1) > 0.1)[0])


def test_until_the_device_runs_evenly_it_gets_silence_and_the_session_begins_then(monkeypatch):
    rig = Rig(monkeypatch)
    assert rig.engine.clock_zero is None
    assert not rig.play(0.2).any()
    rig.settle()
    assert rig.session == pytest.approx(5.0, abs=0.02)


@pytest.mark.parametrize("delay_s", [0.0, 0.18])
def test_a_sound_is_on_its_way_before_its_session_time_by_buffer_and_delay(monkeypatch, delay_s):
    rig = Rig(monkeypatch, delay_s=delay_s)
    rig.settle()
    rig.engine.take(Beat(t=5.0, at=6.0, id=1, rule="r", spm=180.0))
    begin = rig.session
    left_device_at = begin + onset(rig.play(1.5)) / 48_000 + AHEAD_S
    assert left_device_at + delay_s == pytest.approx(6.0, abs=0.0005)


def test_what_the_device_gets_are_the_samples_of_a_file(rig):
    rig.engine.take(Beat(t=5.0, at=6.0, id=1, rule="r", spm=180.0))
    out = rig.play(1.8)
    first = onset(out)
    clicks = make_clicks().plain
    for k, side in enumerate(("left", "right")):
        begin = first + 16_000 * k
        assert np.array_equal(out[begin : begin + len(clicks[side])], clicks[side])


def test_words_are_those_that_were_given_and_are_told_when_they_are_heard_not_before(rig):
    rig.engine.take(Words("run tall", np.full(4_800, 0.5, np.float32)))
    rig.engine.take(say("run tall", 6.0))
    out = rig.play(6.0 - rig.session - 0.05)
    assert np.count_nonzero(out[:, 0]) > 0
    assert rig.engine.take_messages() == []
    rig.play(0.2)
    assert rig.engine.take_messages() == [AudioEvent(6.0, "started", 1), AudioEvent(6.1, "ended", 1)]


def test_words_nobody_gave_are_heard_as_a_sound(rig):
    rig.engine.take(say("surprise", 6.0))
    earcon = make_earcon("cue")
    out = rig.play(2.0)[:, 0]
    begin = int(np.flatnonzero(out)[0]) - int(np.flatnonzero(earcon)[0])
    assert np.array_equal(out[begin : begin + len(earcon)], earcon)


def test_a_command_that_makes_no_sense_is_told_and_the_sound_goes_on(rig):
    rig.engine.take(Beat(t=5.0, at=5.0, id=1, rule="r", spm=0.0))
    rig.engine.take(say("run tall", rig.session + 0.2))
    assert rig.play(0.5).any()
    told = rig.engine.take_messages()[0]
    assert isinstance(told, Failed)
    assert told.reason == "command"


def test_after_a_restart_sound_takes_its_place_on_the_old_clock(monkeypatch):
    rig = Rig(monkeypatch, replace(SETTINGS, start_t=0.0, clock_zero=900.0))
    rig.settle()
    assert rig.engine.clock_zero == 900.0
    rig.engine.take(Beat(t=0.0, at=1.0, id=1, rule="r", spm=180.0))
    begin = rig.session
    heard_at = begin + onset(rig.play(1.0)) / 48_000 + AHEAD_S
    assert heard_at * 3 == pytest.approx(round(heard_at * 3), abs=0.002)


def test_after_a_stall_the_beat_comes_back_in_phase(rig):
    rig.engine.take(Beat(t=5.0, at=6.0, id=1, rule="r", spm=180.0))
    rig.play(2.0)
    rig.now += 1.234
    quiet = rig.play(0.2)
    assert not quiet.any()
    rig.play(0.4)
    begin = rig.session
    heard_at = begin + onset(rig.play(1.0)) / 48_000 + AHEAD_S
    assert heard_at * 3 == pytest.approx(round(heard_at * 3), abs=0.002)


def test_a_freshly_opened_device_goes_on_where_the_session_is(rig):
    rig.engine.take(Beat(t=5.0, at=6.0, id=1, rule="r", spm=180.0))
    rig.play(2.0)
    rig.now += 0.3
    rig.engine.begin_stream(delay_s=0.1)
    rig.settle()
    begin = rig.session
    heard_at = begin + onset(rig.play(1.0)) / 48_000 + AHEAD_S + 0.1
    assert heard_at * 3 == pytest.approx(round(heard_at * 3), abs=0.002)


def test_muted_nothing_comes_out_and_all_goes_on_in_time(rig):
    rig.engine.take(Beat(t=5.0, at=6.0, id=1, rule="r", spm=180.0))
    rig.engine.take(say("surprise", 6.5))
    rig.engine.take(Mute(True))
    rig.play(0.01)
    assert not rig.play(3.0).any()
    assert [e.kind for e in rig.engine.take_messages()] == ["started", "ended"]
    rig.engine.take(Mute(False))
    rig.play(0.02)
    begin = rig.session
    heard_at = begin + onset(rig.play(1.0)) / 48_000 + AHEAD_S
    assert heard_at * 3 == pytest.approx(round(heard_at * 3), abs=0.002)


def test_a_sound_that_begins_muted_is_silent_from_the_first_sample(monkeypatch):
    rig = Rig(monkeypatch, replace(SETTINGS, muted=True), awake=True)
    assert not rig.play(1.0).any()


def test_headphones_are_woken_for_half_a_second_and_never_hear_digital_silence(monkeypatch):
    rig = Rig(monkeypatch, awake=True)
    out = rig.play(0.45)
    assert rig.engine.clock_zero is None
    assert np.all(out != 0.0)
    assert np.abs(out).max() < 0.002
    rig.settle()
    assert np.all(rig.play(1.0) != 0.0)


def test_words_nobody_heard_when_the_device_went_are_not_said_afterwards(rig):
    rig.engine.take(say("surprise", rig.session + 0.3))
    rig.play(0.05)
    rig.engine.drop_words()
    assert not rig.play(2.0).any()
