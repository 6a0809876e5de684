"""The sound file of a run: clicks and words lie where the timeline says."""

import numpy as np
import pytest
import soundfile

from cuecoach.audio.sounds import SAMPLE_RATE_HZ
from cuecoach.audio.voices import search_voice
from cuecoach.coach import Coach
from cuecoach.coaching import NOTICES
from cuecoach.config import RunConfig
from cuecoach.events import Say
from cuecoach.offline import Replay, coach_through
from cuecoach.rendering import render, texts_of, words_of
from cuecoach.rules import Rule, compile_expression
from cuecoach.rules.rule import NoChange, Recording
from cuecoach.sensors.simulator import STORIES, SimulatedRunner
from cuecoach.timeline import lines
from tests.bundled import config_of, rules_of
from tests.listening import onsets, speech_spans, told_clicks


@pytest.fixture(scope="module")
def demo() -> Replay:
    config = config_of("demo")
    return coach_through(Coach(config, rules_of(*config.cues)), SimulatedRunner(STORIES["demo"], seed=4))


@pytest.fixture(scope="module")
def sound(demo, tmp_path_factory):
    path = tmp_path_factory.mktemp("sound") / "demo.wav"
    problem = render(demo, path, config_of("demo"))
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


# ---------------------------------------------------------------- everything that may be said
def tone(path, hz: float, seconds: float) -> Recording:
    t = np.arange(round(seconds * 22_050)) / 22_050
    soundfile.write(path, 0.3 * np.sin(2 * np.pi * hz * t), 22_050)
    return Recording(str(path), seconds)


def ruled(**settings) -> Rule:
    return Rule("tall", compile_expression("pelvic_tilt > 8 deg"), **settings)


NO_VOICE = RunConfig.model_validate({"voice": {"engine": "off"}})


def test_words_are_ready_for_all_that_a_rule_may_say(tmp_path):
    more = NoChange(say=("Tuck tail",), drill=("Reach up high", "Lower your arms"))
    rules = [ruled(say=("Run tall", "Ding"), if_no_change=more, praise="Tall. Hold that.")]
    words, _ = words_of(rules, NO_VOICE, ("Sensor verloren",))
    said = ["Run tall", "Ding", "Tuck tail", "Reach up high", "Lower your arms", "Tall. Hold that.", "Sensor verloren"]
    assert list(words) == said
    assert all(np.any(samples) for samples in words.values())
    assert texts_of(rules)["notice"] == list(NOTICES)


def test_a_text_has_one_sound_the_recording_of_the_first_rule_that_has_one(tmp_path):
    high, low = tone(tmp_path / "high.wav", 800, 0.5), tone(tmp_path / "low.wav", 200, 1.0)
    rules = [ruled(say=("Ding",)), *(ruled(say=("Ding",), recordings={"Ding": sound}) for sound in (high, low))]
    words, _ = words_of(rules, NO_VOICE)
    assert len(words["Ding"]) / SAMPLE_RATE_HZ == pytest.approx(0.5, abs=0.03)


def test_a_recording_is_in_the_sound_of_the_run_at_its_time(tmp_path):
    rules = [ruled(say=("Ding",), recordings={"Ding": tone(tmp_path / "ding.wav", 800, 0.8)})]
    run = Replay([Say(2.0, 2.0, 1, "tall", "Ding", 0.8)], 5.0, rules=rules)
    path = tmp_path / "run.wav"
    problem = render(run, path, NO_VOICE)
    assert "ding.wav" not in (problem or "")
    samples, rate = soundfile.read(path, dtype="float32")
    heard = np.flatnonzero(np.abs(samples).max(axis=1) > 1e-3) / rate
    assert heard[0] == pytest.approx(2.0, abs=0.002)
    assert heard[-1] == pytest.approx(2.8, abs=0.03)
    part = samples[round(2.1 * rate) : round(2.7 * rate), 0]
    assert np.argmax(np.abs(np.fft.rfft(part))) * rate / len(part) == pytest.approx(800, abs=5)


def test_a_recording_that_went_missing_does_not_stop_the_sound_of_the_run(tmp_path):
    rules = [ruled(say=("Ding",), recordings={"Ding": Recording(str(tmp_path / "gone.wav"), 0.8)})]
    run = Replay([Say(1.0, 1.0, 1, "tall", "Ding", 0.8)], 3.0, rules=rules)
    problem = render(run, tmp_path / "run.wav", NO_VOICE)
    assert "gone.wav" in problem
    samples, _ = soundfile.read(tmp_path / "run.wav", dtype="float32")
    assert np.abs(samples).max() > 0.01
