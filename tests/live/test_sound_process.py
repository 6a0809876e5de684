"""The sound process on the real clock, without hardware."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cuecoach.audio.process import SoundProcess
from cuecoach.errors import DeviceError, SoundError
from cuecoach.events import AudioEvent, Beat, BeatOff, Say

pytestmark = pytest.mark.live

HALF = np.full(9_600, 0.25, dtype=np.float32)


def say(at: float, id_: int, text: str = "run tall") -> Say:
    return Say(t=at, at=at, id=id_, rule="r", text=text, duration=0.2)


def wait_for(condition: Callable[[], bool], patience_s: float = 5.0) -> bool:
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return condition()


def collect(sound: SoundProcess, count: int) -> list[AudioEvent]:
    events: list[AudioEvent] = []
    wait_for(lambda: events.extend(sound.poll()) or len(events) >= count)
    return events


def test_words_start_where_they_were_placed_and_what_happens_comes_back():
    with SoundProcess.open("null", words={"run tall": HALF}, start_t=100.0) as sound:
        assert sound.alive
        assert 100.0 <= sound.session_time() < 101.0
        assert sound.latency_s == 0.1
        sound.send(Beat(t=100.0, at=100.2, id=1, rule="r", spm=180.0))
        sound.send(say(100.4, 1))
        sound.add_words("light feet", HALF)
        sound.send(say(100.4, 2, "light feet"))
        events = collect(sound, 4)
    assert [(e.kind, e.id) for e in events] == [("started", 1), ("ended", 1), ("started", 2), ("ended", 2)]
    assert [e.t for e in events] == pytest.approx([100.4, 100.6, 100.75, 100.95])
    assert not sound.alive
    assert sound.problem is None
    sound.close()


def test_a_killed_process_is_noticed_its_words_are_settled_and_it_starts_again():
    sound = SoundProcess.open("null", words={"run tall": HALF, "long": np.tile(HALF, 20)})
    try:
        sound.send(say(0.1, 1, "long"))
        sound.send(say(0.2, 2))
        assert collect(sound, 1)[0].kind == "started"
        first = sound.pid
        os.kill(first, signal.SIGKILL)
        assert wait_for(lambda: not sound.alive)
        assert {(e.kind, e.id) for e in collect(sound, 2)} == {("ended", 1), ("dropped", 2)}
        assert "started again" in sound.problem
        sound.send(say(sound.session_time(), 3))  # goes nowhere, hurts no one
        sound.send(Beat(t=0.5, at=0.5, id=9, rule="r", spm=170.0))
        before = sound.session_time()
        assert wait_for(lambda: sound.poll() == [] and sound.alive)
        assert sound.pid != first
        assert sound.problem is None
        assert sound.take_news() == [
            "the sound process ended unexpectedly; it is started again; the coach looks for it",
            "the sound is back",
        ]
        assert sound.session_time() >= before
        sound.send(say(sound.session_time() + 0.2, 4))
        started = collect(sound, 2)
        assert [(e.kind, e.id) for e in started] == [("started", 4), ("ended", 4)]
        assert started[0].t == pytest.approx(sound.session_time(), abs=1.0)
        before = sound.session_time()
        sound.restart()  # by hand it is possible too
        assert sound.alive
        assert sound.session_time() >= before
    finally:
        sound.close()


def test_only_beats_that_still_matter_are_kept_for_a_restart():
    sound = SoundProcess.open("null")
    try:
        for i in range(5):
            sound.send(Beat(t=i * 10.0, at=i * 10.0, id=i, rule="r", spm=170.0 + i))
        assert [b.id for b in sound._standing.beats] == [3, 4]
        for i in range(3):
            sound.send(Beat(t=50.0, at=60.0 + i, id=10 + i, rule="r", spm=180.0))
        assert [b.id for b in sound._standing.beats] == [4, 10, 11, 12]
        sound.send(BeatOff(t=50.0, at=50.0, id=99))
        assert [b.id for b in sound._standing.beats] == [4, 99]
    finally:
        sound.close()


PARENT = """
import sys, time
from cuecoach.audio.process import SoundProcess
from cuecoach.events import Beat
sound = SoundProcess.open("null")
sound.send(Beat(t=0.0, at=0.0, id=1, rule="r", spm=180.0))
print(sound.pid, flush=True)
time.sleep(60)
"""


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    # Ended but not yet collected by whoever adopted it: that is gone too.
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] == "Z"


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_it_dies_with_its_parent_even_when_the_parent_is_killed():
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        pid = int(parent.stdout.readline())
        assert not gone(pid)
        parent.kill()
        parent.wait()
    assert wait_for(lambda: gone(pid))


def test_no_portaudio_is_one_sentence_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')\n")
    (tmp_path / "miniaudio.py").write_text("raise ImportError('not here either')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(DeviceError, match=r"PortAudio.*type `") as caught:
        SoundProcess.open()
    assert "\n" not in str(caught.value)


FAKE = """
class PortAudioError(Exception): pass
DEVICES = [{"name": "Speakers", "max_output_channels": 2}, {"name": "Mic", "max_output_channels": 0}]
def query_devices(device=None, kind=None):
    if kind is None: return DEVICES
    if device not in (None, "Speakers"): raise ValueError("No output device matching")
    return DEVICES[0]
class OutputStream:
    def __init__(self, **settings): raise PortAudioError("Device unavailable", -9985)
"""


def test_an_unknown_device_and_one_that_refuses_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "sounddevice.py").write_text(FAKE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(DeviceError, match=r"no sound device is called `Earbuds`; there are: Speakers$"):
        SoundProcess.open("Earbuds")
    with pytest.raises(DeviceError, match="another program has the sound device for itself"):
        SoundProcess.open("Speakers")


def test_there_is_no_boost():
    with pytest.raises(SoundError, match="at most 0 dB"):
        SoundProcess.open("null", level_db=3.0)
