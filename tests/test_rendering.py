"""The sound file of a run: clicks and words lie where the timeline says."""

import numpy as np
import pytest
import soundfile

from cuecoach.audio.voices import search_voice
from cuecoach.coach import Coach
from cuecoach.config import load_config
from cuecoach.offline import Replay, coach_through
from cuecoach.rendering import render
from cuecoach.rules import load_cues
from cuecoach.sensors.simulator import STORIES, SimulatedRunner
from cuecoach.timeline import lines
from tests.listening import onsets, speech_spans, told_clicks


@pytest.fixture(scope="module")
def demo() -> Replay:
    config = load_config("demo")
    return coach_through(Coach(config, load_cues(config.cues)), SimulatedRunner(STORIES["demo"], seed=4))


@pytest.fixture(scope="module")
def sound(demo, tmp_path_factory):
    path = tmp_path_factory.mktemp("sound") / "demo.wav"
    problem = render(demo, path, load_config("demo"))
    samples, rate = soundfile.read(path, dtype="float32")
    return samples, rate, problem


def test_the_file_is_as_long_as_the_run(demo, sound):
    samples, rate, _ = sound
    assert len(samples) == round(demo.duration_s * rate)


def test_every_click_lies_on_its_sample_and_there_is_no_other(demo, sound):
    samples, rate, _ = sound
    spans = speech_spans(demo)

    def clear(n: int) -> bool:
        return not any(start - 0.05 <= n / rate <= end for start, end in spans)

    told = [n for n in told_clicks(demo, rate) if clear(n)]
    heard = [int(n) for n in onsets(samples) if clear(int(n))]
    assert len(told) > 100
    assert heard == told


def test_words_begin_within_a_millisecond_of_the_told_time(demo, sound):
    samples, rate, _ = sound
    starts = onsets(samples) / rate
    clicks = np.array(told_clicks(demo, rate)) / rate
    words = [line["t"] for line in lines(demo.actions) if line["kind"] == "sound"]
    alone = [t for t in words if np.abs(clicks - t).min() > 0.2]
    assert len(alone) >= 2
    for t in alone:
        assert np.abs(starts - t).min() <= 0.001


def test_words_beside_a_beat_begin_after_the_click_has_rung_out(demo):
    beats = [line for line in lines(demo.actions) if line["kind"] == "beat" and line["outcome"] == "beat"]
    clicks = np.array(told_clicks(demo, 48_000)) / 48_000
    beside = [
        line["t"]
        for line in lines(demo.actions)
        if line["kind"] == "sound" and beats[0]["t"] < line["t"] < clicks.max()
    ]
    for t in beside:
        assert (t - clicks[clicks <= t].max()) == pytest.approx(0.06, abs=0.001)


def test_nothing_is_louder_than_the_limiter_allows(sound):
    samples, _, _ = sound
    assert np.abs(samples).max() <= 10 ** (-1 / 20) + 1e-4


def test_a_missing_voice_is_told_once(sound):
    _, _, problem = sound
    found = search_voice()
    if found.voice:
        found.voice.close()
    assert (problem is None) == (found.voice is not None)
