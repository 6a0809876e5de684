"""A sound card without hardware: a PulseAudio of our own whose sinks go nowhere, and what they were given, recorded."""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

RATE = 48_000
SILENT = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
_TOOLS = ("pulseaudio", "parec", "pactl")


def missing() -> str | None:
    """Say what is not here of what such a server needs, None when all is."""
    if not sys.platform.startswith("linux"):
        return "PulseAudio null sinks are for Linux"
    absent = [tool for tool in _TOOLS if not shutil.which(tool)]
    if absent:
        return f"PulseAudio is not installed ({', '.join(absent)})"
    return None if ctypes.util.find_library("portaudio") else "PortAudio is not installed"


class NotStartedError(Exception):
    """The server did not answer."""


class Recording:
    """The monitor of a sink on its way into a file, float32, two channels; it comes so many milliseconds late.

    The server works in blocks of that length, so a short one makes it late itself on a busy machine.
    """

    def __init__(self, sink: str, path: Path, latency_ms: int = 400) -> None:
        self.path = path
        command = ["parec", f"--device={sink}.monitor", "--format=float32le", f"--rate={RATE}", "--channels=2", "--raw"]
        command += [f"--latency-msec={latency_ms}"]
        with path.open("wb") as target:
            self._process = subprocess.Popen(command, stdout=target, stderr=subprocess.DEVNULL)
        for _ in range(200):  # until it really runs, so that nothing is missed
            if path.stat().st_size:
                return
            time.sleep(0.05)
        self.end()
        raise NotStartedError(f"nothing comes from the monitor of {sink}")

    @property
    def seconds(self) -> float:
        """How much there is so far, s."""
        return self.path.stat().st_size / (8 * RATE)

    def end(self) -> None:
        """Stop recording."""
        self._process.terminate()
        self._process.wait(10)

    def samples(self) -> np.ndarray:
        """Return what was recorded, shape (n, 2), float32, straight from the file."""
        flat = np.memmap(self.path, dtype=np.float32, mode="r")
        return flat[: len(flat) // 2 * 2].reshape(-1, 2)


@dataclass(frozen=True, slots=True)
class NullSink:
    """A running server. While it runs, the environment of this process and of its children leads to it."""

    home: Path
    pid: int
    #: The sink that is the default device.
    name: str

    def pactl(self, *arguments: str) -> str:
        """Tell the server something; return what it says."""
        return subprocess.run(["pactl", *arguments], check=True, capture_output=True, text=True, timeout=10).stdout

    def add(self, name: str) -> str:
        """Plug a sink in; return the number that `remove` takes."""
        return self.pactl("load-module", *_null_module(name)).strip()

    def remove(self, module: str) -> None:
        """Pull a sink out."""
        self.pactl("unload-module", module)

    @contextmanager
    def recorded(self, path: Path, sink: str | None = None) -> Iterator[Recording]:
        """Record the monitor of a sink, of the default one unless said otherwise."""
        recording = Recording(sink or self.name, path)
        try:
            yield recording
        finally:
            recording.end()


def _null_module(name: str) -> list[str]:
    return ["module-null-sink", f"sink_name={name}", f"rate={RATE}", "channels=2", "format=float32le"]


@contextmanager
def null_sink(home: Path, name: str = "rig") -> Iterator[NullSink]:
    """Start a sound server with one null sink as the default device; end it by its pid.

    Parameters
    ----------
    home
        An empty folder for its socket and settings.
    name
        Name of the sink.

    Raises
    ------
    NotStartedError
        The server does not answer within ten seconds.
    """
    home.chmod(0o700)
    (home / "asound.conf").write_text(
        "</usr/share/alsa/alsa.conf>\npcm.!default { type pulse }\nctl.!default { type pulse }\n"
    )
    # Shared memory off on both sides: PulseAudio 16 aborts after some thirty short streams with it.
    (home / "client.conf").write_text("enable-shm = no\nautospawn = no\n")
    ours = {
        "XDG_RUNTIME_DIR": str(home),
        "PULSE_RUNTIME_PATH": str(home),
        "PULSE_SERVER": f"unix:{home}/native",
        "PULSE_CLIENTCONFIG": str(home / "client.conf"),
        "ALSA_CONFIG_PATH": str(home / "asound.conf"),
    }
    theirs = {key: os.environ.get(key) for key in ours}
    os.environ.update(ours)
    arguments = ["-n", "--daemonize=no", "--disable-shm=yes", "--exit-idle-time=-1", f"--log-target=file:{home}/log"]
    modules = [
        f"--load=module-native-protocol-unix socket={home}/native auth-anonymous=1",
        f"--load={' '.join(_null_module(name))}",
    ]
    server = subprocess.Popen(["pulseaudio", *arguments, *modules], **SILENT)
    try:
        for _ in range(100):
            if subprocess.run(["pactl", "info"], check=False, **SILENT).returncode == 0:
                break
            time.sleep(0.1)
        else:
            raise NotStartedError("PulseAudio does not start here")
        sink = NullSink(home, server.pid, name)
        sink.pactl("set-default-sink", name)
        yield sink
    finally:
        server.terminate()
        server.wait(10)
        for key, value in theirs.items():
            if value is None:
                os.environ.pop(key, None)
            else:
                os.environ[key] = value
