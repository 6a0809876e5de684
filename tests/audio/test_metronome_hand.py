"""A metronome in the runner's hands: tempo by keys, taps with human jitter, pause in phase, volume."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuecoach.audio.handbeat import LEVEL_STEP_DB, HandBeat
from cuecoach.audio.mixer import Mixer, no_words
from cuecoach.audio.ramp import ramp
from cuecoach.audio.tapping import PAUSE_S, Taps
from cuecoach.cli.metronome_keys import KeyReader
from cuecoach.events import Beat, BeatOff, Level

RATE = 8_000


def hand(spm: float = 170.0, **more) -> HandBeat:
    return HandBeat(ramp(spm, at=0.25, **more), level_db=-12.0, lead_s=0.2)


def heard(script, until: float, beats) -> np.ndarray:
    """Session times of all clicks when commands are handed over at their own time."""
    m = Mixer(no_words, sample_rate=RATE, level_db=0.0, beat_level_db=0.0)
    for beat in beats:
        m.handle(beat)
    out = []
    for t, commands in script:
        out.append(m.render(round(t * RATE) - m.position))
        for command in commands:
            m.handle(command)
    out.append(m.render(round(until * RATE) - m.position))
    level = np.abs(np.concatenate(out)).max(axis=1)
    loud = np.flatnonzero(level > 0.6)
    return loud[np.diff(loud, prepend=-1_000) > 400] / RATE


# ---------------------------------------------------------------- tempo by keys
@settings(deadline=None, max_examples=60)
@given(
    st.floats(60.0, 240.0),
    st.lists(st.tuples(st.floats(0.01, 2.0), st.sampled_from([1.0, -1.0])), min_size=1, max_size=25),
    st.sampled_from([1, 2, 4]),
)
def test_however_keys_are_pressed_no_interval_jumps_and_the_tempo_arrives(spm, presses, every):
    h = hand(spm, every=every)
    script, t = [], 0.3
    for gap, by in presses:
        t += gap
        script.append((t, h.faster(t, by)))
    times = heard(script, t + 30.0, ramp(spm, at=0.25, every=every))
    intervals = np.diff(times)
    assert (np.maximum(intervals[1:] / intervals[:-1], intervals[:-1] / intervals[1:]) <= 1.0255).all()
    expected = min(max(spm + sum(by for _, by in presses), 40.0), 260.0)
    assert 60.0 * every / intervals[-1] == pytest.approx(expected, rel=2e-3)


def test_ten_quick_presses_are_ten_beats_a_minute_in_small_steps():
    h = hand(170.0)
    commands = [c for k in range(10) for c in h.faster(1.0 + 0.01 * k, 1.0)]
    assert h.target == pytest.approx(180.0)
    last = h.faster(1.2, 0.0)
    assert all(b.spm / a.spm <= 1.025 + 1e-9 for a, b in pairwise(last))
    assert all(isinstance(c, Beat) for c in commands)


def test_a_key_takes_over_from_a_ramp_at_its_present_tempo():
    beats = ramp(150.0, 180.0, 60.0, at=0.25)
    h = HandBeat(beats, level_db=-12.0, lead_s=0.2)
    now = h.beat(30.0).spm
    h.faster(30.0, 1.0)
    assert h.target == pytest.approx(now + 1.0)
    assert h.beat(50.0).spm == h.target


def test_tempo_stays_where_people_step():
    h = hand(259.5)
    h.faster(1.0, 1.0)
    assert h.target == 260.0
    h.faster(2.0, 1.0)
    assert h.target == 260.0
    h = hand(40.0)
    assert [c.spm for c in h.faster(1.0, -1.0)] == [40.0]


# ---------------------------------------------------------------- pause and volume
def test_a_pause_goes_on_where_the_beat_would_be():
    h = hand(120.0)
    pause, resume = h.pause(2.0), h.pause(5.1)
    assert [type(c) for c in pause] == [BeatOff]
    times = heard([(2.0, pause), (5.1, resume)], 8.0, ramp(120.0, at=0.25))
    assert times == pytest.approx([0.25, 0.75, 1.25, 1.75, 5.25, 5.75, 6.25, 6.75, 7.25, 7.75], abs=2 / RATE)


def test_a_change_during_a_pause_is_there_after_it():
    h = hand(120.0)
    h.pause(2.0)
    assert h.faster(3.0, 1.0) == []
    resumed = h.pause(10.0)
    times = heard([(10.0, resumed)], 20.0, [])
    assert 60.0 / np.diff(times)[-1] == pytest.approx(121.0, rel=1e-3)


def test_a_ramp_goes_on_after_a_pause():
    beats = ramp(150.0, 180.0, 60.0, at=0.25)
    h = HandBeat(beats, level_db=-12.0, lead_s=0.2)
    h.pause(20.0)
    resumed = h.pause(30.0)
    assert resumed[-1].spm == 180.0
    undisturbed = heard([], 80.0, beats)
    again = heard([(20.0, [BeatOff(20.0, 20.0, 1)]), (30.0, resumed)], 80.0, beats)
    assert again == pytest.approx([t for t in undisturbed if not 20.0 <= t < 30.0], abs=2 / RATE)


def test_volume_goes_in_steps_and_never_above_full_scale():
    h = hand()
    assert h.louder(1.0, LEVEL_STEP_DB) == [Level(1.0, 1.0, beat_db=-10.0)]
    for _ in range(9):
        h.louder(1.0, LEVEL_STEP_DB)
    assert h.level_db == 0.0
    for _ in range(99):
        h.louder(1.0, -LEVEL_STEP_DB)
    assert h.level_db == -60.0


# ---------------------------------------------------------------- taps
def taps(rng, per_min: float, count: int, sd: float, begin: float = 10.0) -> np.ndarray:
    return begin + 60.0 / per_min * np.arange(count) + rng.normal(0.0, sd, count)


def test_three_taps_are_no_tempo():
    found = Taps()
    assert [found.add(0.35 * k) for k in range(3)] == [None] * 3
    assert found.add(1.05) is not None


@pytest.mark.parametrize("per_min", [150.0, 172.0, 195.0])
def test_taps_of_a_human_hand_give_tempo_and_phase(per_min):
    errors, offsets = [], []
    for seed in range(200):
        hand_taps, result = Taps(), None
        for t in taps(np.random.default_rng(seed), per_min, 12, 0.020):
            result = hand_taps.add(float(t))
        assert result is not None
        errors.append(result.spm / per_min - 1.0)
        beat = 60.0 / per_min
        offsets.append((result.at - 10.0 + beat / 2) % beat - beat / 2)
    assert np.percentile(np.abs(errors), 95) < 0.012
    assert np.percentile(np.abs(offsets), 95) < 0.025
    assert abs(np.mean(offsets)) < 0.003


def test_four_taps_are_near_enough_to_begin_with():
    errors = []
    for seed in range(200):
        hand_taps = Taps()
        for t in taps(np.random.default_rng(seed), 170.0, 4, 0.015):
            result = hand_taps.add(float(t))
        errors.append(result.spm / 170.0 - 1.0)
    assert np.percentile(np.abs(errors), 90) < 0.05


def test_a_tap_left_out_does_no_harm():
    found = Taps()
    for k in (0, 1, 2, 4, 5, 6):
        result = found.add(60.0 / 170.0 * k)
    assert result.spm == pytest.approx(170.0)
    assert result.step == 6


@pytest.mark.parametrize(
    ("per_min", "every", "spm"),
    [(85.0, 1, 170.0), (60.0, 1, 120.0), (320.0, 1, 160.0), (110.0, 1, 110.0), (85.0, 2, 170.0), (42.5, 4, 170.0)],
)
def test_strides_and_double_taps_come_to_steps_a_minute(per_min, every, spm):
    found = Taps()
    for t in taps(np.random.default_rng(0), per_min, 8, 0.0):
        result = found.add(float(t), every)
    assert result.spm == pytest.approx(spm)


def test_after_a_pause_tapping_begins_anew():
    found = Taps()
    for t in taps(np.random.default_rng(0), 200.0, 8, 0.0):
        found.add(float(t))
    assert found.count(12.5) == 8
    assert found.count(20.0) == 0
    later = taps(np.random.default_rng(0), 150.0, 4, 0.0, begin=20.0 + PAUSE_S)
    results = [found.add(float(t)) for t in later]
    assert results[:3] == [None] * 3
    assert results[3].spm == pytest.approx(150.0)


def test_keys_that_bounce_make_no_beat():
    found = Taps()
    assert [found.add(1.0) for _ in range(6)] == [None] * 6


def test_tapped_clicks_fall_on_the_taps():
    h = hand(160.0)
    tapped = taps(np.random.default_rng(3), 174.0, 8, 0.0, begin=5.03)
    script = [(float(t), h.tap(float(t))) for t in tapped]
    times = heard(script, 20.0, ramp(160.0, at=0.25))
    expected = 5.03 + 60.0 / 174.0 * np.arange(8, 43)
    for t in expected:
        assert np.abs(times - t).min() < 0.001
    assert h.target == 174.0


def test_every_other_tap_is_the_other_foot():
    h = hand(160.0)
    sides = [c.first_side for t in taps(np.random.default_rng(3), 174.0, 8, 0.0) for c in h.tap(float(t))]
    assert sides == ["right", "left", "right", "left", "right"]


# ---------------------------------------------------------------- keys
def test_keys_are_what_they_say():
    reader = KeyReader()
    found = [reader.feed(char, 1.0 + k) for k, char in enumerate("+-=_][t qx")]
    assert found == [
        "faster", "slower", "faster", "slower", "louder", "quieter", "tap", "pause", "quit", None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sequence", "key"),
    [("\x1b[A", "faster"), ("\x1b[B", "slower"), ("\x1bOA", "faster"), ("\x1b[1;2B", "slower"), ("\x1b[5~", None)],
)
def test_an_arrow_comes_as_several_characters_and_is_no_volume(sequence, key):
    reader = KeyReader()
    assert [reader.feed(char, 1.0) for char in sequence][-1] == key
    assert all(found is None for found in [KeyReader().feed(c, 1.0) for c in sequence[:1]])
    assert reader.feed("[", 2.0) == "quieter"


def test_escape_and_a_bracket_typed_by_hand_is_a_bracket():
    reader = KeyReader()
    assert reader.feed("\x1b", 1.0) is None
    assert reader.feed("[", 1.3) == "quieter"
