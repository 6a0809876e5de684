"""Where samples go: chosen by name, resampled where a device insists, written where a file is asked for."""

from __future__ import annotations

import importlib.util
import re
import sys
import time
from dataclasses import replace
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import soundfile

from cuecoach.audio.problems import sentence
from cuecoach.audio.protocol import Failed, SoundSettings
from cuecoach.audio.sinks import choosing
from cuecoach.audio.sinks.choosing import INSTEAD, find_sink, open_output
from cuecoach.audio.sinks.output import OpenFailedError
from cuecoach.audio.sinks.portaudio import PortAudioSink
from cuecoach.audio.sinks.resampling import Resampler

SETTINGS = SoundSettings("default")


class Clicks:
    """One sample in every 16 000, and how it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.ahead: list[float] = []

    def __call__(self, frames: int, ahead_s: float):
        n = np.arange(self.asked, self.asked + frames)
        self.asked += frames
        self.ahead.append(ahead_s)
        out = np.zeros((frames, 2), dtype=np.float32)
        out[n % 16_000 == 8_000] = (0.8, 0.4)
        return out


# ---------------------------------------------------------------- resampling
@pytest.mark.parametrize("rate", [44_100, 96_000, 32_000, 16_000, 8_000, 88_200])
def test_clicks_stay_on_their_times_at_any_rate_for_as_long_as_it_runs(rate):
    out = np.concatenate([resample(512, 0.1) for resample in [Resampler(Clicks(), 48_000, rate)] for _ in range(900)])
    expected = np.arange(8_000, int(len(out) / rate * 48_000) - 100, 16_000) * rate / 48_000
    for at in expected:
        near = out[max(round(at) - 3, 0) : round(at) + 4, 0]
        assert abs(int(np.argmax(near)) - 3) <= 1
    quiet = out[round(expected[0]) + rate // 100 : round(expected[1]) - rate // 100]
    assert np.abs(quiet).max() < 1e-6


@pytest.mark.parametrize("rate", [44_100, 16_000])
def test_resampling_does_not_depend_on_how_it_is_cut(rate):
    whole, cut = Resampler(Clicks(), 48_000, rate), Resampler(Clicks(), 48_000, rate)
    expected = whole(20_000, 0.1)
    assert np.array_equal(expected, np.concatenate([cut(n, 0.1) for n in (1, 2, 17, 480, 19_500)]))


@pytest.mark.parametrize("rate", [44_100, 96_000])
def test_a_tone_comes_through_clean_and_as_loud_as_it_was(rate):
    position = 0

    def tone(frames: int, ahead_s: float):
        nonlocal position
        n = np.arange(position, position + frames)
        position += frames
        return np.repeat(0.5 * np.sin(2 * np.pi * 1_000 * n / 48_000)[:, None], 2, axis=1).astype(np.float32)

    out = Resampler(tone, 48_000, rate)(rate, 0.1)[500:, 0]
    expected = 0.5 * np.sin(2 * np.pi * 1_000 * np.arange(500, rate) / rate)
    assert np.abs(out - expected).max() < 1e-3


def test_the_time_of_hearing_counts_what_is_held_already():
    source = Clicks()
    resample = Resampler(source, 48_000, 44_100)
    for _ in range(50):
        resample(441, 0.1)
    assert source.ahead[-1] == pytest.approx(0.1, abs=0.001)


# ---------------------------------------------------------------- PortAudio, played by a stand-in
class PortAudioError(Exception):
    pass


class FakePortAudio(ModuleType):
    """A device that can only do one rate, and so many channels."""

    PortAudioError = PortAudioError

    def __init__(self, rate=44_100, channels=2, error=None) -> None:
        super().__init__("sounddevice")
        self.info = {"name": "Headset", "max_output_channels": channels, "default_samplerate": float(rate)}
        self.rate, self.error = rate, error
        self.opened: list[SimpleNamespace] = []
        self.looked = 0

    def query_devices(self, device=None, kind=None):
        return [self.info] if kind is None else self.info

    def _terminate(self) -> None:
        self.looked += 1

    def _initialize(self) -> None:
        pass

    def OutputStream(self, **settings):
        if self.error:
            raise self.error
        if settings["samplerate"] != self.rate:
            raise PortAudioError("Error opening OutputStream: Invalid sample rate", -9997)
        stream = SimpleNamespace(start=lambda: None, abort=lambda: None, close=lambda: None, **settings)
        self.opened.append(stream)
        return stream


def ask(stream, frames=512, dac=0.1, underflow=False):
    out = np.zeros((frames, stream.channels), dtype=np.float32)
    timing = SimpleNamespace(outputBufferDacTime=1.0 + dac, currentTime=1.0)
    stream.callback(out, frames, timing, SimpleNamespace(output_underflow=underflow))
    return out


@pytest.mark.parametrize("rate", [44_100, 96_000, 16_000])
def test_a_device_that_refuses_the_rate_plays_at_its_own(monkeypatch, rate):
    fake = FakePortAudio(rate)
    monkeypatch.setitem(sys.modules, "sounddevice", fake)
    PortAudioSink().open(Clicks(), SETTINGS)
    out = np.concatenate([ask(fake.opened[0]) for _ in range(rate // 512 + 1)])
    assert int(np.argmax(out[: rate // 4, 0])) == pytest.approx(rate / 6, abs=1)


def test_a_rate_that_the_device_does_not_name_is_found_by_trying(monkeypatch):
    fake = FakePortAudio(16_000)
    fake.info["default_samplerate"] = 48_000.0
    monkeypatch.setitem(sys.modules, "sounddevice", fake)
    PortAudioSink().open(Clicks(), SETTINGS)
    assert fake.opened[0].samplerate == 16_000


def test_a_device_with_one_channel_gets_both_ears(monkeypatch):
    fake = FakePortAudio(48_000, channels=1)
    monkeypatch.setitem(sys.modules, "sounddevice", fake)
    PortAudioSink().open(Clicks(), SETTINGS)
    out = np.concatenate([ask(fake.opened[0]) for _ in range(20)])
    assert out.shape[1] == 1
    assert out.max() == pytest.approx(0.6)


@pytest.mark.parametrize(("said", "passed"), [(0.123, 0.123), (-5.0, 0.1), (0.0, 0.1), (1e6, 0.1)])
def test_what_a_device_says_about_its_delay_is_believed_where_it_can_be(monkeypatch, said, passed):
    fake, clicks = FakePortAudio(48_000), Clicks()
    monkeypatch.setitem(sys.modules, "sounddevice", fake)
    output = PortAudioSink().open(clicks, SETTINGS)
    ask(fake.opened[0], dac=said, underflow=True)
    assert clicks.ahead == [pytest.approx(passed)]
    assert output.underflows == 1


def test_devices_are_looked_for_anew_when_it_is_opened_again(monkeypatch):
    fake, sink = FakePortAudio(48_000), PortAudioSink()
    monkeypatch.setitem(sys.modules, "sounddevice", fake)
    sink.open(Clicks(), SETTINGS)
    assert fake.looked == 0
    sink.open(Clicks(), SETTINGS)
    assert fake.looked == 1


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            PortAudioError("Error opening OutputStream: Device unavailable", -9985),
            "another program has the sound device",
        ),
        (PortAudioError("Error opening OutputStream: Unanticipated host error", -9999), "refused \\(.*host error\\)"),
        (PortAudioError("Error opening OutputStream: Invalid device", -9996), "is gone; connect it again"),
        (ValueError("odd"), "refused \\(odd\\)"),
    ],
)
def test_a_refusal_is_one_plain_sentence(monkeypatch, error, words):
    monkeypatch.setitem(sys.modules, "sounddevice", FakePortAudio(48_000, error=error))
    with pytest.raises(OpenFailedError) as caught:
        PortAudioSink().open(Clicks(), SETTINGS)
    text = sentence(caught.value.failed, SETTINGS)
    assert re.search(words, text)
    assert "\n" not in text
    assert not text.endswith(".")


# ---------------------------------------------------------------- choosing
class Entry:
    def __init__(self, name, load):
        self.name, self.value, self.load = name, "package:thing", load


def fails():
    raise RuntimeError("no such card.\nat all")


def broken_import():
    raise ImportError("half installed")


class Loud:
    name = "loud"
    audible = True

    def open(self, fill, settings):
        return SimpleNamespace(latency_s=0.1, underflows=0, running=True, close=lambda: None)


def bring(monkeypatch, *entries):
    monkeypatch.setattr(choosing, "entry_points", lambda group: list(entries) if group == "cuecoach.sinks" else [])


def test_another_package_may_bring_a_sink(monkeypatch):
    bring(monkeypatch, Entry("loud", lambda: Loud))
    output, _ = open_output(Clicks(), replace(SETTINGS, sink="loud"))
    assert output.running


@pytest.mark.parametrize(
    ("load", "words"),
    [
        (broken_import, "the sink `odd` cannot be used (ImportError: half installed)"),
        (
            lambda: SimpleNamespace(open=lambda fill, settings: fails()),
            "the sink `odd` failed (RuntimeError: no such card. at all)",
        ),
        (lambda: SimpleNamespace(open=lambda fill, settings: 5), "the sink `odd` opened something without `latency_s`"),
        (lambda: 5, "the sink `odd` failed (AttributeError"),
    ],
)
def test_a_broken_one_is_one_sentence(monkeypatch, load, words):
    bring(monkeypatch, Entry("odd", load))
    with pytest.raises(OpenFailedError) as caught:
        open_output(Clicks(), replace(SETTINGS, sink="odd"))
    assert sentence(caught.value.failed, SETTINGS).startswith(words)


def test_an_unknown_one_is_told_with_those_there_are(monkeypatch):
    bring(monkeypatch, Entry("loud", lambda: Loud))
    with pytest.raises(OpenFailedError, match=r"no sink is called `x`; there are .*`miniaudio`.*`file:PATH`, `loud`"):
        find_sink(replace(SETTINGS, sink="x"))


def test_without_portaudio_miniaudio_is_taken_by_itself(monkeypatch):
    def absent(fill, settings):
        raise OpenFailedError(Failed("library", "not found"))

    monkeypatch.setattr(choosing._BUNDLED["sounddevice"], "open", absent, raising=False)
    monkeypatch.setattr(choosing._BUNDLED["miniaudio"], "open", Loud().open, raising=False)
    monkeypatch.setattr(choosing, "find_spec", lambda name: object())
    _, followed = open_output(Clicks(), SETTINGS)
    assert followed.sink == "miniaudio"
    assert "miniaudio" in INSTEAD
    monkeypatch.setattr(choosing, "find_spec", lambda name: None)
    with pytest.raises(OpenFailedError):
        open_output(Clicks(), SETTINGS)


@pytest.mark.parametrize("sink", ["sounddevice", "miniaudio"])
def test_what_has_to_be_installed_is_said(sink):
    assert "type `" in sentence(Failed("library"), replace(SETTINGS, sink=sink))


@pytest.mark.skipif(importlib.util.find_spec("miniaudio") is None, reason="miniaudio is not installed")
def test_miniaudio_is_known_by_its_name():
    assert find_sink(replace(SETTINGS, sink="miniaudio")).audible


# ---------------------------------------------------------------- paced by the clock
@pytest.mark.live
def test_a_file_gets_what_a_device_would_and_goes_on_after_a_break(tmp_path):
    path = tmp_path / "heard.wav"
    settings = replace(SETTINGS, sink=f"file:{path}")
    clicks = Clicks()
    for again in (False, True):
        output, _ = open_output(clicks, replace(settings, again=again))
        time.sleep(0.5)
        output.close()
    samples, rate = soundfile.read(path)
    assert rate == 48_000
    assert len(samples) == clicks.asked
    assert np.flatnonzero(samples[:, 0])[:3].tolist() == [8_000, 24_000, 40_000]


def test_a_file_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(OpenFailedError, match="cannot be written"):
        open_output(Clicks(), replace(SETTINGS, sink=f"file:{tmp_path / 'no' / 'heard.wav'}"))


def test_a_file_without_a_path_is_told():
    with pytest.raises(OpenFailedError, match="needs a path"):
        find_sink(replace(SETTINGS, sink="file:"))


@pytest.mark.live
def test_nowhere_runs_at_the_speed_of_the_clock_a_buffer_ahead():
    clicks = Clicks()
    output, _ = open_output(clicks, replace(SETTINGS, device="null"))
    time.sleep(0.5)
    output.close()
    assert clicks.asked / 48_000 == pytest.approx(0.6, abs=0.15)
    assert min(clicks.ahead) > -0.05
