"""The made sounds: told apart, marked by their onset, fit for any headphones."""

from __future__ import annotations

import numpy as np
import pytest

from cuecoach.audio.clicks import CLICK_PEAK, make_click
from cuecoach.audio.earcons import EARCON_PEAK, Earcon, make_earcon

RATES = (22_050, 44_100, 48_000, 96_000)
EARCONS: tuple[Earcon, ...] = ("attention", "cue", "praise", "notice")


def pitch_hz(mono: np.ndarray, rate: int) -> float:
    spectrum = np.abs(np.fft.rfft(mono, 8 * rate))
    return float(np.argmax(spectrum)) / 8.0


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("side", ["left", "right"])
def test_a_click_begins_at_its_peak_and_ends_in_nothing(side, rate):
    click = make_click(side, rate)
    assert click.shape == (round(0.025 * rate), 2)
    near = click[:, 0 if side == "left" else 1]
    assert near[0] == np.max(np.abs(click))
    assert near[0] == pytest.approx(CLICK_PEAK, abs=1e-6)
    assert np.max(np.abs(click[-round(0.001 * rate) :])) < 0.002


@pytest.mark.parametrize("rate", RATES)
def test_clicks_carry_no_dc(rate):
    for side in ("left", "right"):
        assert np.abs(make_click(side, rate).mean(axis=0)).max() < 1e-6


def test_the_feet_differ_in_pitch_by_a_fifth_and_lean_to_their_side():
    left, right = make_click("left"), make_click("right")
    assert pitch_hz(right[:, 1], 48_000) / pitch_hz(left[:, 0], 48_000) == pytest.approx(1.5, abs=0.03)
    assert 3.0 < 20 * np.log10(np.abs(left[:, 0]).max() / np.abs(left[:, 1]).max()) < 6.0
    assert 3.0 < 20 * np.log10(np.abs(right[:, 1]).max() / np.abs(right[:, 0]).max()) < 6.0


def test_the_feet_are_about_equally_loud():
    power = {side: float(np.sum(make_click(side).astype(np.float64) ** 2)) for side in ("left", "right")}
    assert abs(10 * np.log10(power["left"] / power["right"])) < 1.5


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("name", EARCONS)
def test_an_earcon_is_short_capped_and_closed_at_both_ends(name, rate):
    sound = make_earcon(name, rate)
    assert 0.1 < len(sound) / rate < 0.5
    assert np.max(np.abs(sound)) == pytest.approx(EARCON_PEAK, abs=1e-6)
    assert abs(sound[0]) < 1e-3
    assert abs(sound[-1]) < 1e-3
    assert abs(float(sound.mean())) < 1e-4


@pytest.mark.parametrize("name", EARCONS)
def test_an_earcon_lies_in_the_band_that_everything_passes(name):
    spectrum = np.abs(np.fft.rfft(make_earcon(name))) ** 2
    frequency = np.fft.rfftfreq(len(make_earcon(name)), 1 / 48_000)
    band = (frequency > 200) & (frequency < 6000)
    assert spectrum[band].sum() / spectrum.sum() > 0.98


def test_earcons_differ():
    sounds = [make_earcon(name) for name in EARCONS]
    assert len({s.tobytes() for s in sounds}) == len(sounds)
