"""The life of a sound device, on a sound server of our own: stutters, moves, unplugged and back, a process killed.

What is heard is recorded from the monitors of its sinks; clicks of 60 a minute tell the session time at which each was heard.
"""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from cuecoach.audio.process import BACK
from cuecoach.config import Sound
from cuecoach.events import Beat, Say
from cuecoach.livesound import LiveSound
from tests.live.null_sink import RATE, NullSink, missing, null_sink

pytestmark = [
    pytest.mark.live,
    pytest.mark.timeout(90),
    pytest.mark.skipif(missing() is not None, reason=missing() or ""),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NullSink]:
    with null_sink(tmp_path_factory.mktemp("life")) as running:
        yield running


class Listener:
    """Notes the time of every click on a monitor by the machine's clock, a few milliseconds late."""

    def __init__(self, sink: str) -> None:
        command = ["parec", f"--device={sink}.monitor", "--format=float32le", f"--rate={RATE}", "--channels=1", "--raw"]
        self._process = subprocess.Popen([*command, "--latency-msec=5"], stdout=subprocess.PIPE, bufsize=0)
        self.clicks: list[float] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        pipe, rest, last = self._process.stdout, b"", -1.0
        while data := pipe.read(65_536):
            now, data = time.monotonic(), rest + data
            whole = len(data) // 4 * 4
            samples, rest = np.frombuffer(data[:whole], np.float32), data[whole:]
            for i in np.flatnonzero(np.abs(samples) > 0.3):
                at = now - (len(samples) - i) / RATE
                if at - last > 0.1:
                    self.clicks.append(at)
                last = at

    def __enter__(self) -> Listener:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)
        self._thread.join(5)
        self._process.stdout.close()


class Run:
    """A live sound with a beat of one click a second, polled as a run does, and all it said."""

    def __init__(self, **sound: object) -> None:
        self.sound = LiveSound(Sound.model_validate({"level": "0 dB", **sound}), {})
        self.zero = time.monotonic() - self.sound.session_time()
        self.sound.send(Beat(t=0.0, at=1.0, id=1, rule="r", spm=60.0))
        self.news: list[str] = []
        self.events: list[tuple[str, int]] = []
        self.slowest_s = 0.0

    def go(self, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and not until():
            begin = time.monotonic()
            self.events += [(e.kind, e.id) for e in self.sound.poll(self.sound.session_time())]
            self.slowest_s = max(self.slowest_s, time.monotonic() - begin)
            self.news += self.sound.take_news()
            time.sleep(0.02)

    def off_s(self, clicks: list[float]) -> list[float]:
        """Return by how much each click was off its session time, s."""
        return [(at - self.zero + 0.5) % 1.0 - 0.5 for at in clicks]

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_: object) -> None:
        self.sound.close()


#: The monitor comes in blocks of about 10 ms, and a busy machine reads them late.
CLOSE_S = 0.03


@pytest.mark.parametrize("sink", ["sounddevice", "miniaudio"])
@pytest.mark.parametrize("delay_s", [0.0, 0.2])
def test_a_click_is_heard_at_its_session_time(server, sink, delay_s):
    if sink == "miniaudio" and importlib.util.find_spec("miniaudio") is None:
        pytest.skip("miniaudio is not installed")
    with Listener(server.name) as listener, Run(sink=sink, delay=f"{delay_s} s") as run:
        run.go(6.0)
    off = run.off_s(listener.clicks)
    assert len(off) >= 4
    assert np.median(off) == pytest.approx(-delay_s, abs=CLOSE_S)


def test_a_device_that_stutters_gets_a_longer_buffer_once_and_the_beat_keeps_its_phase(server):
    with Listener(server.name) as listener, Run() as run:
        run.go(2.5)
        for _ in range(2):
            os.kill(run.sound._process.pid, signal.SIGSTOP)
            time.sleep(0.3)
            os.kill(run.sound._process.pid, signal.SIGCONT)
            run.go(1.5)
        run.go(6.0)
    assert run.news == ["the sound stuttered, so its buffer is 0.2 s long from now on"]
    assert run.sound._process._settings.latency_s == 0.2
    assert np.abs(run.off_s(listener.clicks)[-3:]).max() < CLOSE_S


def test_a_new_default_device_is_followed_and_the_beat_keeps_its_phase(server):
    module = server.add("earphones")
    try:
        with Listener("earphones") as listener, Run() as run:
            run.go(2.0)
            assert listener.clicks == []
            server.pactl("set-default-sink", "earphones")
            run.go(7.0)
            assert run.sound.problem is None
        assert len(listener.clicks) >= 4
        assert np.abs(run.off_s(listener.clicks)[-2:]).max() < CLOSE_S
    finally:
        server.pactl("set-default-sink", server.name)
        server.remove(module)


def test_a_device_that_is_pulled_out_and_put_back_is_told_once_and_nothing_waits_for_it(tmp_path: Path):
    with null_sink(tmp_path) as server, Run() as run:
        run.go(2.0)
        server.remove(server.pactl("list", "short", "modules").splitlines()[-1].split()[0])
        run.go(5.0, until=lambda: run.sound.problem is not None)
        now = run.sound.session_time()
        run.sound.send(Say(t=now, at=now, id=7, rule="r", text="run tall", duration=0.5))
        run.go(3.0)
        assert run.sound.problem
        assert run.events == [("started", 7), ("ended", 7)], "what nobody hears is modelled"
        server.add(server.name)
        with Listener(server.name) as listener:
            run.go(6.0, until=lambda: run.sound.problem is None)
            run.go(3.0)
        assert np.abs(run.off_s(listener.clicks)).max() < CLOSE_S
        assert len(listener.clicks) >= 2
        assert run.news == ["the sound device is gone; connect it again; the coach looks for it", BACK]
        assert run.slowest_s < 0.2


def test_a_device_that_comes_after_the_start_is_found(tmp_path: Path):
    with null_sink(tmp_path) as server:
        module = server.pactl("list", "short", "modules").splitlines()[-1].split()[0]
        server.remove(module)
        with Run() as run:
            assert run.sound.problem
            run.go(1.0)
            server.add(server.name)
            with Listener(server.name) as listener:
                run.go(6.0, until=lambda: run.sound.problem is None)
                run.go(3.0)
        assert len(listener.clicks) >= 2
        assert np.abs(run.off_s(listener.clicks)).max() < CLOSE_S


def test_a_killed_process_is_replaced_and_the_beat_keeps_its_phase(server):
    with Listener(server.name) as listener, Run() as run:
        run.go(2.5)
        os.kill(run.sound._process.pid, signal.SIGKILL)
        run.go(8.0, until=lambda: bool(run.news) and run.sound.problem is None)
        run.go(3.0)
    assert run.news[-1] == BACK
    assert np.abs(run.off_s(listener.clicks)[-2:]).max() < CLOSE_S
    assert run.slowest_s < 0.2


def test_while_it_may_not_play_nothing_comes_out(server):
    allowed = threading.Event()
    with Listener(server.name) as listener:
        sound = LiveSound(Sound.model_validate({"level": "0 dB"}), {}, may_play=allowed.is_set)
        try:
            sound.send(Beat(t=0.0, at=0.2, id=1, rule="r", spm=180.0))
            for _ in range(100):
                sound.poll(sound.session_time())
                time.sleep(0.02)
            assert listener.clicks == []
            allowed.set()
            for _ in range(75):
                sound.poll(sound.session_time())
                time.sleep(0.02)
            assert listener.clicks
        finally:
            sound.close()


def test_noise_that_keeps_headphones_awake_is_on_the_device_and_below_hearing(server, tmp_path: Path):
    with server.recorded(tmp_path / "noise.f32") as recording:
        sound = LiveSound(Sound.model_validate({"keep_awake": "on"}), {})
        try:
            time.sleep(1.5)
        finally:
            sound.close()
    samples = recording.samples()
    loud = samples[np.abs(samples).max(axis=1) > 0]
    assert len(loud) > RATE
    assert 20 * np.log10(np.sqrt(np.mean(np.square(loud, dtype=np.float64)))) == pytest.approx(-72.0, abs=1.0)
