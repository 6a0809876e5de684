"""A sound server and a session bus of our own, with somebody who plays: what the helper for other programs is tried on."""

from __future__ import annotations

import ctypes.util
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

RATE = 48_000
TOOLS = ("pulseaudio", "pactl", "parec", "pacat")
HAVE_SOUND = bool(
    sys.platform.startswith("linux")
    and all(map(shutil.which, TOOLS))
    and importlib.util.find_spec("pulsectl")
    and ctypes.util.find_library("pulse")
)
HAVE_BUS = bool(
    sys.platform.startswith("linux") and shutil.which("dbus-daemon") and importlib.util.find_spec("dbus_fast")
)
_SILENT = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def wait_for(true: Callable[[], object], patience_s: float = 8.0) -> bool:
    """Wait until something holds; return whether it does."""
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        if true():
            return True
        time.sleep(0.02)
    return bool(true())


@dataclass(frozen=True)
class Rig:
    """A PulseAudio that plays into nothing, and the environment that leads to it."""

    home: Path

    @property
    def env(self) -> dict[str, str]:
        home = str(self.home)
        return {
            "XDG_RUNTIME_DIR": home,
            "XDG_STATE_HOME": f"{home}/state",
            "PULSE_RUNTIME_PATH": home,
            "PULSE_STATE_PATH": home,
            "PULSE_SERVER": f"unix:{home}/native",
            "PULSE_CLIENTCONFIG": f"{home}/client.conf",
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={home}/none",
        }

    @property
    def book(self) -> Path:
        return self.home / "state" / "cuecoach" / "others.json"

    def pactl(self, *arguments: str) -> str:
        done = subprocess.run(["pactl", *arguments], check=True, capture_output=True, text=True, timeout=10)
        return done.stdout

    @contextmanager
    def server(self) -> Generator[subprocess.Popen[bytes]]:
        """Run the server until the end of the block; it remembers volumes between its runs."""
        home = self.home
        # Shared memory off on both sides: PulseAudio 16 aborts after some thirty short streams with it.
        (home / "client.conf").write_text("enable-shm = no\nautospawn = no\n")
        arguments = [
            "-n",
            "--daemonize=no",
            "--disable-shm=yes",
            "--exit-idle-time=-1",
            f"--log-target=file:{home}/log",
        ]
        modules = [
            f"--load=module-native-protocol-unix socket={home}/native auth-anonymous=1",
            f"--load=module-null-sink sink_name=rig rate={RATE} channels=2 format=float32le",
            f"--load=module-null-sink sink_name=worn rate={RATE} sink_properties=device.form_factor=headphone",
            "--load=module-stream-restore",
        ]
        process = subprocess.Popen(["pulseaudio", *arguments, *modules], env={**os.environ, **self.env}, **_SILENT)
        try:
            if not wait_for(lambda: subprocess.run(["pactl", "info"], check=False, **_SILENT).returncode == 0):
                raise RuntimeError("PulseAudio does not start here")
            self.pactl("set-default-sink", "rig")
            yield process
        finally:
            process.terminate()
            process.wait(10)
            (home / "native").unlink(missing_ok=True)

    @contextmanager
    def player(self, name: str = "Radio", role: str = "music", level: float = 0.1) -> Generator[int]:
        """Let a program play noise of this level until the end of the block; give its process id."""
        noise = self.home / "noise.f32"
        if not noise.exists():
            rng = np.random.default_rng(1)
            (level * rng.standard_normal((60 * RATE, 2))).astype(np.float32).tofile(noise)
        command = ["pacat", "--playback", "--raw", "--format=float32le", f"--rate={RATE}", "--latency-msec=50"]
        command += [f"--client-name={name}", f"--property=media.role={role}", str(noise)]
        pid = self._start_apart(command)
        try:
            if not wait_for(lambda: self.volume(name) is not None):
                raise RuntimeError("the player does not play")
            yield pid
        finally:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
            wait_for(lambda: not Path(f"/proc/{pid}").exists())

    def _start_apart(self, command: list[str]) -> int:
        """Start a program that is no child of ours: our own sound is never turned down."""
        script = 'setsid "$@" </dev/null >/dev/null 2>&1 & echo $!'
        done = subprocess.run(
            ["sh", "-c", script, "sh", *command],
            env={**os.environ, **self.env},
            check=True,
            capture_output=True,
            text=True,
            timeout=10,
        )
        return int(done.stdout)

    def volumes(self) -> dict[str, list[int]]:
        """Return the newest stream's volume of each program, as the server counts: 65536 is full, by channel."""
        found: dict[str, list[int]] = {}
        for block in self.pactl("list", "sink-inputs").split("Sink Input #")[1:]:
            name = re.search(r'application.name = "(.*)"', block)
            volume = re.search(r"Volume: (.*)", block)
            if name and volume:
                found[name[1]] = [int(n) for n in re.findall(r": (\d+) /", volume[1])]
        return found

    def volume(self, name: str = "Radio") -> list[int] | None:
        return self.volumes().get(name)

    def index(self, name: str = "Radio") -> str:
        for block in self.pactl("list", "sink-inputs").split("Sink Input #")[1:]:
            if f'application.name = "{name}"' in block:
                return block.split("\n", 1)[0]
        raise LookupError(name)

    @contextmanager
    def recording(self, path: Path) -> Generator[None]:
        """Record what the sink gets, as float32 at `RATE` in two channels."""
        command = ["parec", "--device=rig.monitor", "--format=float32le", f"--rate={RATE}", "--channels=2", "--raw"]
        with path.open("wb") as target:
            process = subprocess.Popen(
                [*command, "--latency-msec=20"],
                env={**os.environ, **self.env},
                stdin=subprocess.DEVNULL,
                stdout=target,
                stderr=subprocess.DEVNULL,
            )
        try:
            # On a busy machine it takes its time to begin.
            if not wait_for(lambda: path.stat().st_size > 0):
                raise RuntimeError("nothing is recorded")
            yield
        finally:
            process.terminate()
            process.wait(10)


def loudness(path: Path, window_s: float = 0.02) -> tuple[np.ndarray, np.ndarray]:
    """Return times, s, and levels, dB, of a recording, in windows."""
    samples = np.fromfile(path, dtype=np.float32)
    frames = samples[: len(samples) // 2 * 2].reshape(-1, 2)
    width = round(window_s * RATE)
    power = (frames[: len(frames) // width * width] ** 2).reshape(-1, width * 2).mean(axis=1)
    return window_s * (0.5 + np.arange(len(power))), 10.0 * np.log10(power + 1e-12)


def is_whole(path: Path, seconds: float) -> bool:
    """Return whether a recording has all that was played: a server that gets no processor drops stretches of it."""
    _, levels = loudness(path)
    heard = np.flatnonzero(levels > -60.0)
    return len(heard) > 0 and len(levels) * 0.02 > seconds and len(heard) > 0.98 * (len(levels) - heard[0])


@dataclass(frozen=True)
class Shape:
    """How a duck came out: how deep, dB, and how long its ramps took, s."""

    depth_db: float
    down_s: float
    up_s: float
    returned_db: float


def measure(path: Path) -> Shape:
    """Read one duck out of a recording that begins and ends at full level."""
    times, levels = loudness(path)
    heard = levels > -60.0
    times, levels = times[heard], levels[heard]
    full = float(np.median(levels[10:40]))
    low = float(np.median(levels[levels < full - 0.75 * (full - float(np.percentile(levels, 5)))]))
    smooth = np.convolve(levels, np.ones(5) / 5, mode="valid")
    at = times[2 : 2 + len(smooth)]
    high, deep = full + 0.1 * (low - full), full + 0.9 * (low - full)
    # The longest stretch down there: under load a server drops some samples now and then, which is no duck.
    edges = np.flatnonzero(np.diff(np.concatenate(([0], (smooth < deep).astype(int), [0]))))
    first, end = max(zip(edges[::2], edges[1::2], strict=True), key=lambda pair: pair[1] - pair[0])
    begin = at[np.flatnonzero(smooth[:first] > high)[-1]]
    down, last = at[first], at[end - 1]
    up = at[end + np.flatnonzero(smooth[end:] > high)[0]]
    # From a tenth to nine tenths of the way in dB, which the ramp is straight in.
    return Shape(low - full, (down - begin) / 0.8, (up - last) / 0.8, float(np.median(levels[-20:])) - full)
