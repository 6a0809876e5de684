"""How exact the beat is at the device, how soon words are heard, and what the sound process costs. Linux with PulseAudio.

    .venv/bin/python benchmarks/sound.py [--minutes 10] [--others-minutes 1] [--commands 60]

Plays into a null sink of a PulseAudio of its own and records its monitor. Three metronomes at 180 a minute: ours, one with
`time.sleep`, one that counts samples in the busy process itself; idle, with four busy threads beside them, and with more
processor hogs than there are cores. An interval from beat to beat is exact when it is 16,000 samples long, not one more.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
from figures import machine, show
from metronomes import BLOCK, PERIOD, RATE

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.live.null_sink import NotStartedError, NullSink, missing, null_sink  # the rig is the tests'

NAMES = {"ours": "cuecoach", "sleep": "time.sleep", "callback": "in the same process"}
LOADS = ("idle", "four busy threads", "processor hogs")
#: No two beats are nearer; what follows a beat within this belongs to it, samples.
DEAD = PERIOD // 3


def onsets(heard: np.ndarray) -> np.ndarray:
    """Return where sounds begin in a recording, shape (n, 2); sample numbers."""
    loud: list[np.ndarray] = []
    for a in range(0, len(heard), 10 * RATE):
        block = heard[a : a + 10 * RATE]
        loud.append(a + np.flatnonzero(np.abs(block).max(axis=1) > 0.25))
    found: list[int] = []
    for n in np.concatenate(loud):
        if not found or n - found[-1] > DEAD:
            found.append(int(n))
    return np.array(found)


@contextmanager
def hogs(count: int):
    """Let so many processes do nothing but use the processor."""
    running = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


def play(kind: str, count: int, load: str) -> dict:
    """Run one metronome under one load; return what it said."""
    with ExitStack() as stack:
        if load == "processor hogs":
            stack.enter_context(hogs((os.cpu_count() or 1) + 1))
        script = Path(__file__).with_name("metronomes.py")
        busy = 4 if load == "four busy threads" else 0
        done = subprocess.run(
            [sys.executable, script, kind, str(count), str(busy)], capture_output=True, check=False, text=True
        )
    if done.returncode:
        raise SystemExit(f"{NAMES.get(kind, kind)} failed:\n{done.stderr}")
    return json.loads(done.stdout)


def beats(sink: NullSink, kind: str, minutes: float, load: str, folder: Path) -> dict:
    """Play, record, and print how the beats lie."""
    count = round(minutes * 180)
    with sink.recorded(folder / "take.f32") as recording:
        said = play(kind, count, load)
        time.sleep(1.0)
    at = onsets(recording.samples())
    steps = np.diff(at)
    exact = int((steps == PERIOD).sum())
    lost = max(count - len(at), 0)
    shifted = len(steps) - exact
    off = (steps - PERIOD * np.maximum(np.round(steps / PERIOD), 1)) / RATE * 1e3
    print(
        f"{NAMES[kind]:20s} {load:18s} {count:6d} {exact:6d} ({100 * exact / (count - 1):5.1f} %) {shifted:6d} {lost:6d}"
        f" {off.std() if len(off) else 0:8.2f} {np.abs(off).max() if len(off) else 0:8.2f} {said['underflows']:8d}",
        flush=True,
    )
    return said


def latency(sink: NullSink, count: int) -> None:
    """Print how long after a command its words are at the device."""
    parec = ["parec", f"--device={sink.name}.monitor", "--format=float32le", f"--rate={RATE}", "--channels=2", "--raw"]
    recorder = subprocess.Popen([*parec, "--latency-msec=10"], stdout=subprocess.PIPE)
    parts: list[bytes] = []
    arrived: list[tuple[float, int]] = []

    def read() -> None:
        total = 0
        while data := os.read(recorder.stdout.fileno(), 65_536):
            total += len(data)
            parts.append(data)
            arrived.append((time.monotonic(), total // 8))

    reader = threading.Thread(target=read)
    reader.start()
    time.sleep(1.0)
    said = play("commands", count, "idle")
    recorder.terminate()
    reader.join()
    recorder.wait()
    flat = np.frombuffer(b"".join(parts), dtype=np.float32)
    # The piece that came soonest after its samples tells where the clock stood at sample 0; a second to settle first.
    zero = min(t - n / RATE for t, n in arrived if n > RATE)
    heard = onsets(flat[: len(flat) // 2 * 2].reshape(-1, 2)) / RATE + zero
    sent = np.array(said["sent"])
    nearest = np.searchsorted(heard, sent)
    took = 1e3 * np.array([heard[i] - t if i < len(heard) else np.nan for i, t in zip(nearest, sent, strict=True)])
    # PortAudio tells the length of the device's buffer less the block that is being filled.
    buffer_ms = 1e3 * (said["buffer"] + BLOCK / RATE)
    print(
        f"\ncommand to sound, {count} commands, {int((took < 500).sum())} heard; the device's buffer is {buffer_ms:.1f} ms"
    )
    for share in (50, 95):
        show(f"  p{share}", float(np.percentile(took, share)), None, "ms")
    show("  p99", float(np.percentile(took, 99)), buffer_ms + 20, "ms")


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--minutes", type=float, default=10.0)
    options.add_argument("--others-minutes", type=float, default=1.0)
    options.add_argument("--commands", type=int, default=60)
    options.add_argument("--load", choices=LOADS, action="append")
    asked = options.parse_args()
    print(machine())
    if problem := missing():
        print(f"nothing measured: {problem}")
        return
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        home = Path(name) / "pulse"
        home.mkdir()
        try:
            sink = stack.enter_context(null_sink(home))
        except NotStartedError as error:
            print(f"nothing measured: {error}")
            return
        print(
            f"{'metronome':20s} {'load':18s} {'beats':>6s} {'exact':>6s} {'':9s} {'shifted':>6s} {'lost':>5s}", end=""
        )
        print(f" {'sd ms':>8s} {'worst ms':>8s} underflows")
        costs: dict[str, dict] = {}
        for load in asked.load or LOADS:
            costs[load] = beats(sink, "ours", asked.minutes, load, Path(name))
            for kind in ("sleep", "callback"):
                beats(sink, kind, min(asked.others_minutes, asked.minutes), load, Path(name))
        latency(sink, asked.commands)
        print()
        for load, said in costs.items():
            show(f"processor of the sound process, {load}", said["processor"], 3.0, "% of a core")
            show(f"memory of the sound process, {load}", said["memory"], 60, "MB")


if __name__ == "__main__":
    main()
