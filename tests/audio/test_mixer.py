"""The mixer, read back from its samples: clicks to the sample, words to the sample, duck, level, ceiling."""

from __future__ import annotations

import numpy as np
import pytest

from cuecoach.audio.clicks import make_click
from cuecoach.audio.mixer import Mixer, no_words
from cuecoach.errors import SoundError
from cuecoach.events import AudioEvent, Beat, BeatOff, Say

RATE = 48_000
#: One second of a steady value: makes starts, ends and gains plain to read.
STEADY = np.full(RATE, 0.25, dtype=np.float32)
WORDS = {"one": STEADY, "half": STEADY[: RATE // 2], "five": np.tile(STEADY, 5), "": STEADY[:0]}


def beat(at: float, spm: float, **more) -> Beat:
    return Beat(t=at, at=at, id=1, rule="test", spm=spm, **more)


def say(at: float, text: str = "one", id_: int = 1) -> Say:
    return Say(t=at, at=at, id=id_, rule="test", text=text, duration=1.0)


def mixer(**more) -> Mixer:
    return Mixer(WORDS.__getitem__, **{"level_db": 0.0, "beat_level_db": 0.0, **more})


def onsets(out: np.ndarray, side: str | None = None) -> list[int]:
    """Sample numbers where a click begins: loud, after 20 ms without anything as loud."""
    level = np.abs(out).max(axis=1)
    loud = np.flatnonzero(level > 0.5)
    first = [int(i) for j, i in enumerate(loud) if j == 0 or i - loud[j - 1] > 960]
    if side is None:
        return first
    ear = 0 if side == "left" else 1
    return [i for i in first if abs(out[i, ear]) > abs(out[i, 1 - ear])]


# ---------------------------------------------------------------- beats
@pytest.mark.parametrize("spm", [40.0, 163.7, 170.0, 180.0, 259.99])
def test_every_click_lies_on_its_own_sample_for_ten_minutes(spm):
    m = mixer()
    m.handle(beat(0.1234, spm))
    found: list[int] = []
    while m.position < 600 * RATE:
        if quiet := m.silent_for():
            m.skip(quiet)  # proved to be silence elsewhere
            continue
        base = m.position
        found += [base + i for i in np.flatnonzero(np.abs(m.render(4_000)).max(axis=1) >= 0.879)]
    expected = [round((0.1234 + 60 * k / spm) * RATE) for k in range(12_000)]
    assert found == [s for s in expected if s <= found[-1]]
    assert found[-1] >= 598 * RATE


def test_feet_alternate_from_the_first_side():
    m = mixer()
    m.handle(beat(0.0, 120.0, first_side="right"))
    out = m.render(2 * RATE)
    assert onsets(out, "right") == [0, 48_000]
    assert onsets(out, "left") == [24_000, 72_000]
    assert np.array_equal(out[24_000:25_200], make_click("left"))


def test_a_new_beat_takes_over_from_its_own_time():
    m = mixer()
    m.handle(beat(0.0, 120.0))
    m.handle(beat(1.1, 240.0))
    assert onsets(m.render(2 * RATE)) == [0, 24_000, 48_000, 52_800, 64_800, 76_800, 88_800]


def test_a_late_beat_keeps_its_phase():
    m = mixer()
    m.render(30_000)
    m.handle(beat(0.0, 120.0))
    out = m.render(66_000)
    assert [30_000 + i for i in onsets(out)] == [48_000, 72_000]
    assert onsets(out, "left") == [18_000]  # click 2: the foot is right too


def test_a_late_beat_does_not_cut_a_click_that_sounds():
    m, undisturbed = mixer(), mixer()
    for x in (m, undisturbed):
        x.handle(beat(0.5, 60.0))
        x.render(24_100)
    m.handle(beat(0.49, 30.0))
    assert np.array_equal(m.render(2_000), undisturbed.render(2_000))


def test_off_and_until_end_the_beat_before_the_click_of_that_time():
    m = mixer()
    m.handle(beat(0.0, 120.0))
    m.handle(BeatOff(t=0.5, at=1.0, id=2))
    assert onsets(m.render(2 * RATE)) == [0, 24_000]
    assert not m.beating
    m = mixer()
    m.handle(beat(0.0, 120.0, until=1.0))
    assert onsets(m.render(2 * RATE)) == [0, 24_000]


def test_session_time_of_the_first_sample_counts():
    m = mixer(start_t=100.0)
    m.handle(beat(100.25, 60.0))
    assert onsets(m.render(RATE)) == [12_000]
    assert m.time == 101.0


def test_a_beat_no_one_can_step_to_is_refused():
    with pytest.raises(SoundError, match="17000 spm"):
        mixer().handle(beat(0.0, 17_000.0))


# ---------------------------------------------------------------- words
def test_words_begin_on_their_sample_in_both_ears():
    m = mixer()
    m.handle(say(0.5))
    out = m.render(2 * RATE)
    assert np.array_equal(np.flatnonzero(out[:, 0]), np.arange(24_000, 72_000))
    assert np.array_equal(out[:, 0], out[:, 1])
    assert m.take_events() == [AudioEvent(0.5, "started", 1), AudioEvent(1.5, "ended", 1)]
    assert m.take_events() == []


def test_late_words_begin_now():
    m = mixer(start_t=10.0)
    m.render(4_800)
    m.handle(say(10.0))
    assert m.render(10)[0, 0] == pytest.approx(0.25)
    assert m.take_events() == [AudioEvent(10.1, "started", 1)]


def test_words_wait_for_words_and_never_overlap():
    m = mixer()
    m.handle(say(0.0, "one", 1))
    m.handle(say(0.2, "half", 2))
    m.handle(say(0.1, "half", 3))
    out = m.render(4 * RATE)
    assert np.abs(out).max() == pytest.approx(0.25)
    assert [(e.kind, e.id, round(e.t, 4)) for e in m.take_events()] == [
        ("started", 1, 0.0),
        ("ended", 1, 1.0),
        ("started", 3, 1.15),
        ("ended", 3, 1.65),
        ("started", 2, 1.8),
        ("ended", 2, 2.3),
    ]


def test_words_that_cannot_begin_within_four_seconds_are_dropped_and_told():
    m = mixer()
    m.handle(say(0.0, "five", 1))
    m.handle(say(0.5, "one", 2))
    m.handle(say(2.0, "half", 3))
    m.render(10 * RATE)
    assert [(e.kind, e.id, round(e.t, 4)) for e in m.take_events()] == [
        ("started", 1, 0.0),
        ("dropped", 2, 4.5),
        ("ended", 1, 5.0),
        ("started", 3, 5.15),
        ("ended", 3, 5.65),
    ]


def test_words_that_come_too_late_are_dropped_at_once():
    m = mixer()
    m.render(5 * RATE)
    m.handle(say(0.9))
    m.render(1)
    assert m.take_events() == [AudioEvent(5.0, "dropped", 1)]


def test_words_without_a_sample_are_dropped_and_hold_up_no_one():
    m = mixer()
    m.handle(say(0.1, "", 1))
    m.handle(say(0.1, "half", 2))
    m.render(RATE)
    assert [(e.kind, e.id) for e in m.take_events()] == [("dropped", 1), ("started", 2), ("ended", 2)]


# ---------------------------------------------------------------- together
def ducking(start: float, length: str) -> np.ndarray:
    """The gain that clicks get at 400 spm, by sample number of their onset, in dB."""
    alone, with_words, words = mixer(level_db=-12.0), mixer(level_db=-12.0), mixer(level_db=-12.0)
    for m in (alone, with_words):
        m.handle(beat(0.0, 400.0))
    for m in (with_words, words):
        m.handle(say(start, length))
    n = 4 * RATE
    clicks = with_words.render(n).astype(np.float64) - words.render(n)
    at = np.array(onsets(alone.render(n) * 4))
    reference = mixer(level_db=-12.0)
    reference.handle(beat(0.0, 400.0))
    full = np.abs(reference.render(n)[at]).max(axis=1)
    return np.stack([at / RATE, 20 * np.log10(np.abs(clicks[at]).max(axis=1) / full)])


def test_the_beat_steps_back_twelve_decibels_under_words_and_is_never_gone():
    times, gain = ducking(1.0, "one")
    inside = (times >= 1.0) & (times < 2.0)
    assert inside.sum() >= 6
    assert gain[inside] == pytest.approx(-12.0, abs=0.05)
    assert gain[times < 0.97] == pytest.approx(0.0, abs=1e-3)
    assert gain[times >= 2.3] == pytest.approx(0.0, abs=1e-3)
    rising = gain[(times > 2.0) & (times < 2.3)]
    assert len(rising) >= 1
    assert ((rising > -12.0) & (rising < 0.0)).all()


def test_the_step_back_begins_thirty_milliseconds_before_words_that_were_announced():
    m = mixer()
    m.handle(say(1.0))
    m.render(RATE - 1_440)
    gain = m._duck.gain(RATE - 1_440, RATE - 1_439)
    assert gain[0] == 1.0
    m.render(1_440)
    assert m._duck.gain(RATE - 1, RATE)[0] == pytest.approx(10 ** (-12 / 20), abs=0.001)


def test_the_level_holds_for_words_and_beat():
    quiet, full = mixer(level_db=-20.0), mixer()
    for m in (quiet, full):
        m.handle(beat(0.0, 100.0))
        m.handle(say(0.3))
    assert quiet.render(RATE) == pytest.approx(full.render(RATE) * 0.1, abs=1e-6)


def test_there_is_no_boost():
    for name in ("level_db", "beat_level_db"):
        with pytest.raises(SoundError, match="at most 0 dB"):
            mixer(**{name: 0.1})
        with pytest.raises(SoundError):
            mixer(**{name: float("nan")})


def test_the_default_level_leaves_the_limiter_nothing_to_do():
    m = Mixer(lambda _: np.full(RATE, 10 ** (-1 / 20), dtype=np.float32))
    m.handle(beat(0.0, 400.0))
    m.handle(say(0.0))
    assert np.abs(m.render(RATE)).max() < 0.4


def test_silence_is_told_exactly_and_skipping_is_rendering_without_sound():
    m = mixer()
    assert m.silent_for() > 10**12
    m.handle(beat(1.0, 60.0, until=1.5))
    m.handle(say(3.0))
    assert m.silent_for() == 48_000
    m.skip(48_000)
    assert m.silent_for() == 0
    m.render(1_199)
    assert m.silent_for() == 0
    m.render(1)
    assert m.silent_for() == 2 * RATE - 1_200
    m.skip(2 * RATE - 1_200)
    assert m.render(1)[0, 0] > 0.2
    assert m.take_events() == [AudioEvent(3.0, "started", 1)]
    m.skip(2 * RATE)
    assert m.take_events() == [AudioEvent(4.0, "ended", 1)]


def test_a_mixer_without_words_still_tells_what_became_of_them():
    m = Mixer(no_words)
    m.handle(say(0.0))
    assert not m.render(10).any()
    assert m.take_events() == [AudioEvent(0.0, "dropped", 1)]


def test_a_change_of_tempo_on_a_click_makes_one_click_not_two():
    start, interval = 0.1 + 3.499 / 48_000, 60 / 160.0  # rounded to the microsecond, a click falls one sample later
    for k in range(1, 60):
        mixer = Mixer(no_words, sample_rate=48_000)
        mixer.handle(Beat(0.0, start, 1, "r", 160.0))
        # as a coach tells it: on a click of the old beat, rounded to the microsecond
        at = round(start + k * interval, 6)
        mixer.handle(Beat(0.0, at, 2, "r", 164.0))
        out = np.abs(mixer.render(round((at + 0.1) * 48_000))).max(axis=1)
        clicks = np.flatnonzero((out > 0) & (np.concatenate(([0.0], out[:-1])) == 0))
        apart = [n for n in clicks if abs(n - at * 48_000) < 480]
        assert len(apart) == 1
        assert out.max() < 1.3 * out[:9600].max()  # two in one would be twice as loud
