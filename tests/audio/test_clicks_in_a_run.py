"""A config's `beat:` in a run: the same sound, ear, level and steps in the file and on the device."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from cuecoach.audio.clicks import CLICK_PEAK, make_click
from cuecoach.coach import Coach
from cuecoach.config import RunConfig
from cuecoach.errors import SoundError
from cuecoach.events import Beat
from cuecoach.livesound import LiveSound
from cuecoach.offline import Replay, coach_through
from cuecoach.rendering import render
from cuecoach.sensors.simulator import STORIES, SimulatedRunner

RATE = 48_000
BEAT = {"every": "stride", "sound": "claves", "pan": "100 %", "level": "-3 dB", "accent": "off"}


def config(**beat) -> RunConfig:
    return RunConfig.model_validate(
        {"voice": {"engine": "off"}, "sound": {"level": "-6 dB"}, "beat": {**BEAT, **beat}, "metronome": "follow"}
    )


def test_the_file_of_a_run_has_the_configs_click_at_its_level(tmp_path):
    run = Replay([Beat(0.0, 0.5, 1, "r", 120.0, every=2)], 3.0)
    render(run, tmp_path / "run.wav", config())
    samples, rate = soundfile.read(tmp_path / "run.wav", dtype="float32")
    assert rate == RATE
    expected = make_click("left", RATE, "claves", pan=100.0) * 10 ** (-9 / 20)
    for start in (24_000, 72_000, 120_000):
        assert samples[start : start + len(expected)] == pytest.approx(expected, abs=1e-4)
    assert not samples[:, 1].any()
    assert not samples[48_000:72_000].any()


def test_what_the_coach_decides_clicks_as_often_as_the_config_says():
    for every, steps in (("step", 1), ("stride", 2), ("second stride", 4)):
        runner = SimulatedRunner(STORIES["demo"], seed=1)
        run = coach_through(Coach(config(every=every), ()), runner, until=20.0)
        assert {beat.every for beat in run.beats if isinstance(beat, Beat)} == {steps}


def test_a_click_that_is_not_there_is_told_before_anything_is_written(tmp_path):
    with pytest.raises(SoundError, match="no such file"):
        render(Replay([], 1.0), tmp_path / "run.wav", config(sound=str(tmp_path / "gone.wav")))
    assert list(tmp_path.iterdir()) == []


def test_a_click_that_is_not_there_is_told_before_a_device_is_opened():
    with pytest.raises(SoundError, match="there are: knock"):
        LiveSound(config().sound, {}, config(sound="nope").beat)


@pytest.mark.live
def test_the_device_gets_the_configs_click_too(tmp_path: Path):
    path = tmp_path / "device.wav"
    sound = config().sound.model_copy(update={"sink": f"file:{path}", "delay": 0.0, "keep_awake": "off"})
    live = LiveSound(sound, {}, config().beat)
    try:
        begin = live.session_time()
        live.send(Beat(begin, begin + 0.3, 1, "r", 120.0, every=2))
        while live.session_time() < begin + 2.0:
            live.poll(live.session_time())
            time.sleep(0.05)
    finally:
        live.close()
    samples, _ = soundfile.read(path, dtype="float32")
    loud = np.flatnonzero(np.abs(samples).max(axis=1) > 0.5 * CLICK_PEAK * 10 ** (-9 / 20))
    onsets = loud[np.diff(loud, prepend=-5_000) > 4_800]
    assert np.diff(onsets).tolist() == [RATE] * (len(onsets) - 1)
    assert len(onsets) >= 2
    expected = make_click("left", RATE, "claves", pan=100.0) * 10 ** (-9 / 20)
    assert samples[onsets[0] : onsets[0] + len(expected)] == pytest.approx(expected, abs=1e-3)
