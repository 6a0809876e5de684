"""The noise that keeps wireless headphones awake: there, never zero, and far below what is heard."""

from __future__ import annotations

import numpy as np
import pytest

from cuecoach.audio import sound_server
from cuecoach.audio.keepalive import KEEP_AWAKE_DB, KeepAwake
from cuecoach.audio.sinks.wireless import is_wireless, is_wireless_name


def silence(n):
    return np.zeros((n, 2), dtype=np.float32)


def test_it_is_soft_never_zero_and_without_an_offset():
    noise = KeepAwake().add_to(silence(480_000))
    assert np.all(noise != 0.0)
    assert 20 * np.log10(np.sqrt(np.mean(noise**2))) == pytest.approx(KEEP_AWAKE_DB, abs=0.3)
    assert 20 * np.log10(np.abs(noise).max()) < -60.0
    assert abs(noise.mean()) < 1e-5


def test_16_bits_carry_it():
    noise = KeepAwake().add_to(silence(96_000))
    assert np.mean(np.round(noise * 32_767) != 0) > 0.9


def test_it_does_not_depend_on_how_it_is_cut():
    whole, cut = KeepAwake(), KeepAwake()
    expected = whole.add_to(silence(200_000))
    assert np.array_equal(expected, np.concatenate([cut.add_to(silence(n)) for n in (1, 99_999, 100_000)]))


def test_full_scale_stays_within_full_scale():
    assert np.abs(KeepAwake().add_to(np.ones((1_000, 2), dtype=np.float32))).max() <= 1.0


@pytest.mark.parametrize(
    "name", ["AirPods Pro", "WH-1000XM5", "bluez_output.00_11", "Headset (Shokz OpenRun)", "Pixel Buds"]
)
def test_names_of_wireless_headphones_are_known(name):
    assert is_wireless_name(name)


@pytest.mark.parametrize("name", ["default", "pulse", "HDA Intel PCH: ALC257 Analog", "Built-in Output", "USB Audio"])
def test_other_names_are_not_taken_for_them(name):
    assert not is_wireless_name(name)


SINKS = """[
 {"name": "alsa_output.pci", "description": "Built-in", "properties": {"device.bus": "pci"}},
 {"name": "bluez_output.1", "description": "My Ears", "properties": {"device.bus": "bluetooth", "device.api": "bluez5"}}
]"""


@pytest.mark.parametrize(
    ("device", "default", "expected"),
    [("default", "bluez_output.1", True), ("default", "alsa_output.pci", False), ("my ears", "alsa_output.pci", True)],
)
def test_the_sound_server_knows_what_goes_through_the_air(monkeypatch, device, default, expected):
    monkeypatch.setattr(
        sound_server, "_ask", lambda *words: default + "\n" if words[0] == "get-default-sink" else SINKS
    )
    assert is_wireless(device) is expected


@pytest.mark.parametrize("answer", [None, "", "no json", "{}"])
def test_a_server_that_says_nothing_useful_does_no_harm(monkeypatch, answer):
    monkeypatch.setattr(sound_server, "_ask", lambda *words: "x" if words[0] == "get-default-sink" else answer)
    assert is_wireless("default") is False
