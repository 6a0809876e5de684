"""How fast a recording is coached: one hour of a raw six-axis sensor, with and without its sound; one hour of a pod; 500 rules.

.venv/bin/python benchmarks/offline.py
"""

import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from figures import machine, median_of, show
from vqf import VQF

from cuecoach import Coach, Replay, coach_through, load_config, load_cues
from cuecoach.events import Event, ImuBlock, Reading, Tick
from cuecoach.feed import RecordedFeed
from cuecoach.offline import replay
from cuecoach.rendering import render
from cuecoach.rules import RuleEngine
from cuecoach.sensors.simulator import STORIES, SimulatedRunner

HOUR_S = 3600.0


def hour(output: str, rate_hz: float) -> list[Event]:
    """One hour of a simulated tired runner."""
    story = STORIES["tired"]
    events: list[Event] = []
    runner = SimulatedRunner(story, seed=1, output=output, rate_hz=rate_hz)
    end, shift = 0.0, 0.0
    while end < HOUR_S:
        for event in runner.advance(runner.duration_s):
            if isinstance(event, ImuBlock):
                moved = ImuBlock(event.t + shift, event.source, event.place, event.times + shift, event.acc, event.gyr)
                events.append(moved)
            elif isinstance(event, Reading):
                events.append(replace(event, t=event.t + shift))
        shift = end = events[-1].t + 1 / rate_hz
        runner = SimulatedRunner(story, seed=2, output=output, rate_hz=rate_hz)
    return [event for event in events if event.t < HOUR_S]


def write_imu(path: Path, events: list[Event]) -> np.ndarray:
    """Write the hour as an IMU CSV and return its samples, shape (n, 7)."""
    blocks = [e for e in events if isinstance(e, ImuBlock)]
    table = np.vstack([np.column_stack([b.times, b.acc, b.gyr]) for b in blocks])
    with path.open("w", encoding="utf-8") as file:
        file.write("# place: sacrum\nt,acc_x,acc_y,acc_z,gyr_x,gyr_y,gyr_z\n")
        np.savetxt(file, table, delimiter=",", fmt="%.5f")
    return table


def filter_alone(table: np.ndarray) -> None:
    """Run the orientation filter and nothing else."""
    gyr, acc = np.ascontiguousarray(np.radians(table[:, 4:7])), np.ascontiguousarray(table[:, 1:4])
    VQF(0.01).updateBatch(gyr, acc)


def main() -> None:
    print(machine())
    config, rules = load_config("easy-run"), load_cues(["posture", "cadence", "hips", "bounce"])
    with tempfile.TemporaryDirectory() as folder:
        path, sound = Path(folder) / "hour.csv", Path(folder) / "hour.wav"
        table = write_imu(path, hour("imu", 100))
        filtering = median_of(lambda: filter_alone(table))
        show("orientation filter alone, 1 h at 100 Hz", filtering, None)
        runs: list[Replay] = []
        coaching = median_of(lambda: runs.append(replay(path, config)))
        show("1 h at 100 Hz, six axes, coached offline", coaching, 1.5)
        show("  the same as a multiple of the filter alone", coaching / filtering, 10, "×")
        sounding = median_of(lambda: render(runs[0], sound, config))
        show("  with the sound file of that hour", coaching + sounding, 4.0)
        print(
            f"  ({len(runs[0].spoken)} phrases, {len(runs[0].beats)} beat changes, {sound.stat().st_size / 1e6:.0f} MB)"
        )

    readings = hour("metrics", 1)
    show(
        "1 h of a 1 Hz pod, coached, beyond decoding",
        median_of(lambda: coach_through(Coach(config, rules), RecordedFeed(iter(readings)))),
        0.5,
    )

    many = [replace(rule, id=f"{rule.id}-{k}") for k in range(100) for rule in rules][:500]
    coach = Coach(config, rules)
    for event in readings[:900]:
        coach.handle(event)
        coach.handle(Tick(event.t))
    engine = RuleEngine(many)
    signals = coach.signals
    spent: list[float] = []
    for event in readings[900:2900]:
        signals.reading(event)
        signals.advance(event.t)
        begin = time.perf_counter()
        engine.tick(event.t, signals)
        spent.append(time.perf_counter() - begin)
    show("500 rules on a tick with something new, mean", sum(spent) / len(spent) * 1000, 1.0, "ms")
    assert signals.lasting is not None
    for k in range(200):
        signals.version += 1
        signals.lasting.renew()  # as if all that values are compared with had moved
        begin = time.perf_counter()
        engine.tick(signals.now + 0.25 * (k + 1), signals)
        spent.append(time.perf_counter() - begin)
    show("  when every answer must be found again", sum(spent[-200:]) / 200 * 1000, None, "ms")


if __name__ == "__main__":
    main()
