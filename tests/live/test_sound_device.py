"""The beat as a sound device gets it: PulseAudio with a null sink, its monitor recorded."""

from __future__ import annotations

import ctypes.util
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from cuecoach.audio.mixer import Mixer
from cuecoach.audio.process import SoundProcess
from cuecoach.events import Beat, Say

RATE = 48_000
HAVE = shutil.which("pulseaudio") and shutil.which("parec") and shutil.which("pactl")
pytestmark = [
    pytest.mark.live,
    pytest.mark.timeout(90),
    pytest.mark.skipif(
        not sys.platform.startswith("linux") or not HAVE or not ctypes.util.find_library("portaudio"),
        reason="needs PulseAudio and PortAudio",
    ),
]


@pytest.fixture(scope="module")
def null_sink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A sound server of our own with one sink that goes nowhere, as the default device; ended by its pid."""
    home = tmp_path_factory.mktemp("pulse")
    home.chmod(0o700)
    (home / "asound.conf").write_text(
        "</usr/share/alsa/alsa.conf>\npcm.!default { type pulse }\nctl.!default { type pulse }\n"
    )
    # Shared memory off on both sides: PulseAudio 16 aborts after some thirty short streams with it.
    (home / "client.conf").write_text("enable-shm = no\nautospawn = no\n")
    env = {
        "XDG_RUNTIME_DIR": str(home),
        "PULSE_RUNTIME_PATH": str(home),
        "PULSE_SERVER": f"unix:{home}/native",
        "PULSE_CLIENTCONFIG": str(home / "client.conf"),
        "ALSA_CONFIG_PATH": str(home / "asound.conf"),
    }
    arguments = ["-n", "--daemonize=no", "--disable-shm=yes", "--exit-idle-time=-1", f"--log-target=file:{home}/log"]
    modules = [
        f"--load=module-native-protocol-unix socket={home}/native auth-anonymous=1",
        f"--load=module-null-sink sink_name=rig rate={RATE} channels=2 format=float32le",
    ]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in env.items():
            patch.setenv(name, value)
        silent = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        server = subprocess.Popen(["pulseaudio", *arguments, *modules], **silent)
        try:
            for _ in range(100):
                if subprocess.run(["pactl", "info"], check=False, **silent).returncode == 0:
                    break
                time.sleep(0.1)
            else:
                pytest.skip("PulseAudio does not start here")
            subprocess.run(["pactl", "set-default-sink", "rig"], check=True, **silent)
            yield env
        finally:
            server.terminate()
            server.wait(10)


def record(path: Path) -> subprocess.Popen[bytes]:
    with path.open("wb") as target:
        return subprocess.Popen(
            ["parec", "--device=rig.monitor", "--format=float32le", f"--rate={RATE}", "--channels=2", "--raw"],
            stdout=target,
            stderr=subprocess.DEVNULL,
        )


def take(path: Path) -> np.ndarray:
    samples = np.fromfile(path, dtype=np.float32)
    return samples[: len(samples) // 2 * 2].reshape(-1, 2)


@pytest.mark.parametrize("load", ["idle", "four busy threads"])
def test_every_beat_reaches_the_device_on_its_sample(null_sink, tmp_path: Path, load):
    words = np.full(RATE // 2, 0.2, dtype=np.float32)
    script = [
        Beat(t=0.0, at=1.5, id=1, rule="r", spm=180.0),
        Say(t=0.0, at=3.1, id=2, rule="r", text="run tall", duration=0.5),
    ]
    busy, over = [], threading.Event()

    def spin() -> None:
        while not over.is_set():
            sum(i * i for i in range(1000))

    recorder = record(tmp_path / "take.f32")
    try:
        time.sleep(0.5)
        if load != "idle":
            busy = [threading.Thread(target=spin, daemon=True) for _ in range(4)]
            for thread in busy:
                thread.start()
        with SoundProcess.open(words={"run tall": words}, level_db=0.0, beat_level_db=0.0) as sound:
            for action in script:
                sound.send(action)
            while sound.session_time() < 8.0:
                time.sleep(0.05)
            events = sound.poll()
            assert sound.alive
    finally:
        over.set()
        recorder.terminate()
        recorder.wait(10)
    heard = take(tmp_path / "take.f32")
    mixer = Mixer(lambda _: words, level_db=0.0, beat_level_db=0.0)
    for action in script:
        mixer.handle(action)
    expected = mixer.render(round(5.5 * RATE))
    begin = int(np.flatnonzero(np.abs(heard).max(axis=1) > 0.85)[0]) - round(1.5 * RATE)
    assert begin + len(expected) <= len(heard), "the recording is too short"
    # From the first click on, the device got what the mixer makes, sample for sample: clicks, words and duck.
    first = round(1.5 * RATE)
    assert np.array_equal(heard[begin + first : begin + len(expected)], expected[first:])
    assert [(e.kind, e.id) for e in events] == [("started", 2), ("ended", 2)]
    assert sound.underflows == 0
