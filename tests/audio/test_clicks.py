"""The ten click sounds: told apart by foot, marked by their onset, fit for any headphones; and a click of your own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from cuecoach.audio.beat_track import Click
from cuecoach.audio.clicks import CLICK_PEAK, SOUNDS, make_click, make_tone
from cuecoach.audio.clickset import ClickStyle, make_clicks, read_accent
from cuecoach.audio.clickset_own import LONGEST_S, OwnClick
from cuecoach.audio.mixer import ACCENT_GAIN, Mixer, no_words
from cuecoach.errors import SoundError
from cuecoach.events import Beat

RATES = (16_000, 44_100, 48_000, 96_000)
each_sound = pytest.mark.parametrize("sound", SOUNDS)


def centre_hz(mono: np.ndarray, rate: int = 48_000) -> float:
    power = np.abs(np.fft.rfft(mono, rate)) ** 2
    return float((power * np.arange(len(power))).sum() / power.sum())


# ---------------------------------------------------------------- the ten
def test_there_are_ten_and_the_knock_is_the_first():
    assert len(SOUNDS) == 10
    assert SOUNDS[0] == "knock"


@each_sound
@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("accented", [False, True])
@pytest.mark.parametrize("side", ["left", "right"])
def test_a_click_is_short_loud_at_once_and_without_dc(sound, rate, accented, side):
    tone = make_tone(side, rate, sound, accented=accented)
    level = np.abs(tone)
    assert len(tone) <= 0.040 * rate
    assert level.max() == pytest.approx(CLICK_PEAK, abs=1e-6)
    assert level[0] > 0.8 * CLICK_PEAK
    assert np.argmax(level) < 0.001 * rate
    assert level[-round(0.0005 * rate) :].max() < 0.01
    assert abs(float(tone.mean())) < 1e-6


@each_sound
@pytest.mark.parametrize("accented", [False, True])
@pytest.mark.parametrize("side", ["left", "right"])
def test_its_energy_lies_where_everything_plays_it(sound, accented, side):
    power = np.abs(np.fft.rfft(make_tone(side, 48_000, sound, accented=accented), 48_000)) ** 2
    assert power[700:5001].sum() / power.sum() > 0.9


@each_sound
def test_the_right_foot_is_higher_than_the_left_and_an_accent_than_its_own_foot(sound):
    left, right = (centre_hz(make_tone(side, 48_000, sound)) for side in ("left", "right"))
    assert right / left > 1.12  # two semitones
    for side, plain in (("left", left), ("right", right)):
        assert centre_hz(make_tone(side, 48_000, sound, accented=True)) / plain > 1.08


def test_no_two_sounds_are_alike():
    assert len({make_tone("left", 48_000, sound).tobytes() for sound in SOUNDS}) == len(SOUNDS)


@pytest.mark.parametrize(("pan", "far"), [(0.0, 1.0), (40.0, 0.6), (100.0, 0.0)])
def test_pan_takes_the_click_out_of_the_other_ear(pan, far):
    for side, near_ear in (("left", 0), ("right", 1)):
        click = make_click(side, 48_000, "wood", pan=pan)
        assert np.abs(click[:, near_ear]).max() == pytest.approx(CLICK_PEAK)
        assert click[:, 1 - near_ear] == pytest.approx(click[:, near_ear] * far, abs=1e-7)


# ---------------------------------------------------------------- read back
@each_sound
@pytest.mark.parametrize(
    ("spm", "every", "pan"), [(163.7, 1, 0.0), (170.0, 2, 100.0), (259.99, 4, 40.0), (180.0, 1, 60.0)]
)
def test_every_onset_is_read_back_to_the_sample(sound, spm, every, pan):
    mixer = Mixer(no_words, level_db=0.0, beat_level_db=0.0, clicks=make_clicks(ClickStyle(sound, pan)))
    mixer.handle(Beat(0.0, 0.1234, 1, "r", spm, every=every))
    out = np.abs(mixer.render(20 * 48_000)).max(axis=1)
    loud = np.flatnonzero(out > 0.5)
    found = loud[np.diff(loud, prepend=-5_000) > 4_800]
    due = [round((0.1234 + 60 * k / spm) * 48_000) for k in range(0, 90, every)]
    assert found.tolist() == [n for n in due if n < 20 * 48_000]


def test_on_every_stride_it_is_always_the_same_foot():
    for every in (2, 4):
        mixer = Mixer(no_words, level_db=0.0, beat_level_db=0.0, clicks=make_clicks(ClickStyle(pan=100.0)))
        mixer.handle(Beat(0.0, 0.0, 1, "r", 180.0, first_side="right", every=every))
        out = mixer.render(5 * 48_000)
        assert not out[:, 0].any()
        assert out[:, 1].any()


# ---------------------------------------------------------------- accents
def peaks(style: ClickStyle, beats: list[Beat], level_db: float, count: int) -> list[float]:
    mixer = Mixer(no_words, level_db=level_db, beat_level_db=0.0, clicks=make_clicks(style))
    for beat in beats:
        mixer.handle(beat)
    out = np.abs(mixer.render(round(count * 0.5 * 48_000))).max(axis=1)
    return [float(out[k * 24_000 : k * 24_000 + 2_000].max()) / 10 ** (level_db / 20) for k in range(count)]


def test_accents_are_off_by_default():
    assert np.ptp(peaks(ClickStyle(), [Beat(0.0, 0.0, 1, "r", 120.0)], -12.0, 8)) < 1e-6


@pytest.mark.parametrize(
    ("accent", "loud"), [("left", {0, 2, 4, 6}), ("right", {1, 3, 5, 7}), ("every 3", {0, 3, 6}), ("every 4", {0, 4})]
)
def test_accented_clicks_are_three_decibels_louder(accent, loud):
    found = peaks(ClickStyle(accent=accent), [Beat(0.0, 0.0, 1, "r", 120.0)], -12.0, 8)
    for k, peak in enumerate(found):
        assert peak == pytest.approx(CLICK_PEAK * (float(ACCENT_GAIN) if k in loud else 1.0), rel=1e-4)


def test_an_accent_never_leaves_the_headroom():
    found = peaks(ClickStyle(accent="every 2"), [Beat(0.0, 0.0, 1, "r", 120.0)], 0.0, 4)
    assert max(found) == pytest.approx(CLICK_PEAK, rel=1e-4)
    found = peaks(ClickStyle(accent="every 2"), [Beat(0.0, 0.0, 1, "r", 120.0)], -1.0, 4)
    assert found[0] * 10 ** (-1 / 20) == pytest.approx(CLICK_PEAK, rel=1e-4)  # 1 dB of the three


def test_every_fourth_stays_there_through_a_change_of_tempo_on_a_click():
    # 120 → 120.0001 spm at click 6: a change that leaves the clicks where they are.
    beats = [Beat(0.0, 0.0, 1, "r", 120.0), Beat(0.0, 3.0, 2, "r", 120.0001)]
    found = peaks(ClickStyle(accent="every 4"), beats, -12.0, 16)
    assert [k for k, peak in enumerate(found) if peak > 1.0] == [0, 4, 8, 12]


def test_a_beat_of_its_own_phase_begins_with_its_accent():
    set_ = make_clicks(ClickStyle(accent="every 4"))
    assert [set_.pick(Click(0, "left", n))[1] for n in range(5)] == [True, False, False, False, True]


@pytest.mark.parametrize("text", ["", "both", "every", "every 1", "every 25", "every four", "Left"])
def test_an_accent_that_cannot_be_read_is_refused_in_one_sentence(text):
    with pytest.raises(SoundError, match="every 4"):
        read_accent(text)


# ---------------------------------------------------------------- your own
def write(path: Path, samples: np.ndarray, rate: int = 48_000) -> Path:
    soundfile.write(path, samples, rate, subtype="FLOAT")
    return path


def ping(hz: float, rate: int, length_s: float = 0.1, before_s: float = 0.0) -> np.ndarray:
    t = np.arange(round(length_s * rate)) / rate
    return np.concatenate([np.zeros(round(before_s * rate)), 0.2 * np.exp(-60 * t) * np.cos(2 * np.pi * hz * t)])


def pitch_hz(mono: np.ndarray, rate: int = 48_000) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(mono, 8 * rate)))) / 8.0


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000])
def test_an_own_mono_click_begins_at_its_onset_and_is_higher_for_the_right_foot(tmp_path, rate):
    own = OwnClick(write(tmp_path / "own.wav", ping(1_000, rate, before_s=0.4), rate))
    left, right = own.tone("left", 48_000), own.tone("right", 48_000)
    for tone in (left, right):
        assert np.abs(tone).max() == pytest.approx(CLICK_PEAK, abs=1e-6)
        assert np.argmax(np.abs(tone)) < 48  # a thousandth of a second
        assert abs(float(tone.mean())) < 1e-5
    assert pitch_hz(left) == pytest.approx(1_000, abs=15)
    assert pitch_hz(right) == pytest.approx(1_260, abs=20)
    assert pitch_hz(own.tone("left", 48_000, accented=True)) == pytest.approx(1_120, abs=20)


def test_two_channels_that_differ_are_the_two_feet(tmp_path):
    both = np.stack([ping(900, 48_000), 0.5 * ping(2_000, 48_000)], axis=1)
    own = OwnClick(write(tmp_path / "two.wav", both))
    assert pitch_hz(own.tone("left", 48_000)) == pytest.approx(900, abs=15)
    assert pitch_hz(own.tone("right", 48_000)) == pytest.approx(2_000, abs=15)
    assert np.abs(own.tone("right", 48_000)).max() == pytest.approx(CLICK_PEAK, abs=1e-6)


def test_two_channels_alike_are_one_click(tmp_path):
    own = OwnClick(write(tmp_path / "same.wav", np.stack([ping(1_000, 48_000)] * 2, axis=1)))
    assert pitch_hz(own.tone("right", 48_000)) == pytest.approx(1_260, abs=20)


def test_a_long_sound_is_cut_with_a_fade(tmp_path):
    rng = np.random.default_rng(1)
    own = OwnClick(write(tmp_path / "long.wav", rng.uniform(-0.3, 0.3, 3 * 48_000)))
    tone = own.tone("left", 48_000)
    assert len(tone) == round(LONGEST_S * 48_000)
    assert np.abs(tone[-24:]).max() < 0.03


def test_own_clicks_go_through_the_set_and_the_mixer(tmp_path):
    path = write(tmp_path / "own.wav", ping(1_500, 44_100, before_s=0.2), 44_100)
    clicks = make_clicks(ClickStyle(str(path), pan=100.0, accent="left"))
    mixer = Mixer(no_words, level_db=-12.0, beat_level_db=0.0, clicks=clicks)
    mixer.handle(Beat(0.0, 0.5, 1, "r", 120.0))
    out = mixer.render(2 * 48_000)
    assert not out[:24_000].any()
    assert out[24_000, 0] != 0.0
    assert np.abs(out).max() == pytest.approx(CLICK_PEAK * 10 ** (-9 / 20), rel=1e-3)


def test_what_is_no_click_is_told_in_one_sentence(tmp_path):
    (tmp_path / "text.wav").write_text("hello")
    write(tmp_path / "silent.wav", np.zeros(4_800))
    write(tmp_path / "song.wav", np.ones(11 * 8_000), 8_000)
    for sound, says in [
        ("knack", "there are: knock, wood"),
        (str(tmp_path / "gone.wav"), "no such file"),
        (str(tmp_path / "text.wav"), "cannot be read"),
        (str(tmp_path / "silent.wav"), "is silent"),
        (str(tmp_path / "song.wav"), "cut it to its first 150 ms"),
    ]:
        with pytest.raises(SoundError, match=says) as caught:
            make_clicks(ClickStyle(sound))
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("pan", [-1.0, 100.1, float("nan")])
def test_a_pan_that_cannot_be_is_refused(pan):
    with pytest.raises(SoundError, match="100 %"):
        make_clicks(ClickStyle(pan=pan))
