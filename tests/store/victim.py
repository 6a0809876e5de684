"""A program that records a simulated run in real time until it is killed; it notes outside what it has handed over.

Waits for a line on its input, so that it is warm when its time begins.
"""

from __future__ import annotations

import mmap
import struct
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from cuecoach.events import TICK_S, Decision, Tick
from cuecoach.runrecord import Second, WornSensor
from cuecoach.sensors.simulator import STORIES, SimulatedRunner
from cuecoach.store import Keeper, NewRun, recording

#: The number of the run, and the time of the last event that was handed over.
NOTE = struct.Struct("dd")


def main(path: Path, note: Path, seed: int) -> None:
    recording.CHUNK_S = 1.0  # so that chunks are joined within these few seconds too
    runner = SimulatedRunner(STORIES["demo"], seed=seed, output="imu", rate_hz=200.0)
    with note.open("r+b") as file, mmap.mmap(file.fileno(), NOTE.size) as page:
        print("warm", flush=True)
        sys.stdin.readline()
        new = NewRun("ada", "simulated", datetime.now(UTC), f"run of seed {seed}", "all", {"rules": ["slouch"]})
        keeper = Keeper.open(path, new, lambda rules: [])
        keeper.worn([WornSensor("sim", "sacrum", "a simulated runner")])
        zero, tick = time.monotonic(), 1
        while True:
            t = time.monotonic() - zero
            for event in runner.advance(t):
                keeper.keep(event)
            while tick * TICK_S <= t:
                at = tick * TICK_S
                keeper.keep(Tick(at))
                keeper.did((Decision(at, "slouch", "holding", "not for long enough", values={"pelvic_tilt": 5.0}),))
                if tick % 4 == 0:
                    keeper.saw(Second(at, {"cadence": 172.0, "pelvic_tilt": 5.0}))
                tick += 1
            NOTE.pack_into(page, 0, float(keeper.number or 0), t)
            time.sleep(0.02)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
