"""The metronome under the runner's fingers, as a device gets it: no interval jumps, a pause keeps the phase."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest
import soundfile

from cuecoach.audio.handbeat import HandBeat
from cuecoach.audio.ramp import ramp
from cuecoach.cli.metronome_live import Line, Player, describe
from cuecoach.config import BeatSound, Sound
from cuecoach.livesound import LiveSound

pytestmark = pytest.mark.live

RATE = 48_000


def played(path: Path, spm: float, presses: list[tuple[float, str]], for_s: float) -> tuple[np.ndarray, HandBeat]:
    """Play to a file as long as a device would take, with these keys; return the samples at which clicks begin."""
    settings = Sound().model_copy(update={"sink": f"file:{path}", "delay": 0.0, "level": -6.0, "keep_awake": "off"})
    style = BeatSound.model_validate({"sound": "wood", "level": "0 dB"})
    sound = LiveSound(settings, {}, style)
    hand = HandBeat(ramp(spm, at=sound.session_time() + 0.25), level_db=-6.0, lead_s=0.2)
    player = Player(hand, sound, Line(), style)

    async def go() -> None:
        async def press() -> None:
            begin = sound.session_time()
            for at, key in presses:
                await asyncio.sleep(max(begin + at - sound.session_time(), 0.0))
                player.press(key, sound.session_time())

        pressing = asyncio.create_task(press())
        await player.run(sound.session_time() + for_s)
        await pressing

    try:
        for beat in ramp(spm, at=hand.beat(0.0).at):
            sound.send(beat)
        asyncio.run(go())
    finally:
        sound.close()
    samples, rate = soundfile.read(path, dtype="float32")
    assert rate == RATE
    loud = np.flatnonzero(np.abs(samples).max(axis=1) > 0.15)
    return loud[np.diff(loud, prepend=-10_000) > 4_800], hand


def test_keys_change_the_tempo_by_small_steps_from_click_to_click(tmp_path):
    presses = [(1.0 + 0.05 * k, "faster") for k in range(12)] + [(4.0, "slower")]
    onsets, hand = played(tmp_path / "beat.wav", 180.0, presses, 6.0)
    intervals = np.diff(onsets)
    assert hand.target == 191.0
    assert len(onsets) > 12
    assert np.abs(intervals[1:] / intervals[:-1] - 1.0).max() < 0.0255
    assert abs(intervals[0] - 16_000) <= 1
    assert 60 * RATE / intervals[-1] == pytest.approx(191.0, abs=0.1)


def test_a_pause_keeps_the_phase_to_the_sample(tmp_path):
    onsets, hand = played(tmp_path / "beat.wav", 180.0, [(1.5, "pause"), (2.6, "pause"), (3.0, "louder")], 4.0)
    steps = np.diff(onsets) / 16_000
    assert steps.max() >= 3
    assert steps == pytest.approx(np.round(steps), abs=1.01 / 16_000)
    assert hand.level_db == -4.0


def test_the_line_says_what_plays_and_what_the_keys_do():
    hand = HandBeat(ramp(164.0, 172.0, 60.0, at=0.25), level_db=-12.0, lead_s=0.2)
    style = BeatSound.model_validate({"every": "stride", "sound": "wood"})
    line = describe(hand, style, 20.0)
    assert "to 172 spm" in line
    assert "every stride  wood  -12 dB" in line
    assert "q end" in line
    hand.tap(21.0)
    assert "tap 1/4" in describe(hand, style, 21.1)
    assert "tap" not in describe(hand, style, 25.0).replace("t tap", "")
    hand.pause(22.0)
    assert "paused" in describe(hand, style, 22.1)
