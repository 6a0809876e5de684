"""Metronomes to compare: ours, and the two that are usually written. Each runs as a process of its own, for `sound.py`.

    .venv/bin/python benchmarks/metronomes.py (ours|sleep|callback|commands) COUNT BUSY_THREADS

`ours` is the sound process; `sleep` waits with `time.sleep` and hands each click to the next callback; `callback` counts
samples like ours, but in the process that is busy; `commands` sends words to the sound process at odd moments. What it did
is printed as JSON at the end.
"""

import json
import random
import sys
import threading
import time

import numpy as np

from cuecoach.audio.process import SoundProcess
from cuecoach.events import Beat, Say

RATE, SPM = 48_000, 180.0
PERIOD = round(60 / SPM * RATE)
#: Frames a callback, as in the sound process.
BLOCK = 512
#: The buffer asked for, as the sound process does, s.
BUFFER_S = 0.1
#: The first second of a stream is not counted: servers re-block it.
FIRST_S = 2.0
CLICK = (0.88 * np.exp(-np.arange(1200) / 300) * np.cos(2 * np.pi * 1320 * np.arange(1200) / RATE)).astype(np.float32)


def be_busy(threads: int) -> None:
    """Keep this process's interpreter busy for as long as it lives."""

    def spin() -> None:
        while True:
            sum(i * i for i in range(1000))

    for _ in range(threads):
        threading.Thread(target=spin, daemon=True).start()


def cost(pid: int) -> tuple[float, float]:
    """Return processor time spent so far, s, and resident memory, MB."""
    from live import memory_mb, processor_s

    return processor_s(pid), memory_mb(pid)


def ours(count: int) -> dict[str, float]:
    """Play with the sound process."""
    until = FIRST_S + (count - 0.5) * PERIOD / RATE
    with SoundProcess.open(level_db=0.0, beat_level_db=0.0) as sound:
        sound.send(Beat(t=0.0, at=FIRST_S, id=1, rule="bench", spm=SPM, until=until))
        while sound.session_time() < FIRST_S:
            time.sleep(0.05)
        before, begin = cost(sound.pid)[0], time.monotonic()
        while sound.session_time() < until - 1.0:
            time.sleep(0.05)
        spent, memory = cost(sound.pid)
        share = 100 * (spent - before) / (time.monotonic() - begin)
        while sound.session_time() < until + 0.5:
            time.sleep(0.05)
        sound.poll()
        return {"underflows": sound.underflows, "processor": share, "memory": memory}


def _stream(callback: object) -> tuple[object, dict[str, float]]:
    import sounddevice

    told = {"underflows": 0}

    def fill(out: np.ndarray, frames: int, timing: object, status: object) -> None:
        told["underflows"] += bool(status.output_underflow)
        out.fill(0)
        callback(out, frames)

    stream = sounddevice.OutputStream(
        samplerate=RATE, blocksize=BLOCK, latency=BUFFER_S, channels=2, dtype="float32", callback=fill
    )
    stream.start()
    return stream, told


def sleep(count: int) -> dict[str, float]:
    """Wait with `time.sleep`; the next callback takes the click."""
    fresh: list[np.ndarray] = []
    sounding: list[np.ndarray] = []

    def callback(out: np.ndarray, frames: int) -> None:
        while fresh:
            sounding.append(fresh.pop())
        for i, rest in enumerate(sounding):
            part = rest[:frames]
            out[: len(part)] += part[:, np.newaxis]
            sounding[i] = rest[frames:]
        sounding[:] = [rest for rest in sounding if len(rest)]

    stream, told = _stream(callback)
    begin = time.monotonic() + FIRST_S
    for k in range(count):
        time.sleep(max(begin + k * PERIOD / RATE - time.monotonic(), 0.0))
        fresh.append(CLICK)
    time.sleep(1.0)
    stream.close()
    return told


def callback(count: int) -> dict[str, float]:
    """Count samples, in the callback of the process that is busy."""
    position, first = 0, round(FIRST_S * RATE)

    def fill(out: np.ndarray, frames: int) -> None:
        nonlocal position
        for k in range(max(0, (position - first - len(CLICK)) // PERIOD), count):
            start = first + k * PERIOD - position
            if start >= frames:
                break
            a, b = max(start, 0), min(start + len(CLICK), frames)
            if b > a:
                out[a:b] += CLICK[a - start : b - start, np.newaxis]
        position += frames

    stream, told = _stream(fill)
    time.sleep(FIRST_S + count * PERIOD / RATE + 1.0)
    stream.close()
    return told


def commands(count: int) -> dict[str, object]:
    """Send words for now, half a second and a bit apart, and say when."""
    odd, sent = random.Random(1), []
    with SoundProcess.open(words={"tick": CLICK}, level_db=0.0) as sound:
        time.sleep(FIRST_S)
        for id_ in range(count):
            now = sound.session_time()
            sent.append(time.monotonic())
            sound.send(Say(t=now, at=now, id=id_, rule="bench", text="tick", duration=0.025))
            time.sleep(odd.uniform(0.5, 0.7))
        time.sleep(1.0)
        return {"sent": sent, "buffer": sound.latency_s}


KINDS = {"ours": ours, "sleep": sleep, "callback": callback, "commands": commands}

if __name__ == "__main__" and len(sys.argv) == 4:  # by itself it measures nothing
    kind, number, busy = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    be_busy(busy)
    print(json.dumps(KINDS[kind](number)))
