"""What it costs to remember a run: processor, disk, the event loop, the list of a thousand runs, deleting.

    .venv/bin/python benchmarks/store.py [minutes]

Runs of a simulated runner, 200 and 100 six-axis samples a second and a pod's one report a second, coached, with everything
that is stored in a live run; written in transactions of 0.4 s as a live run is, on this machine's disk.
"""

import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from figures import machine, median_of, show

from cuecoach import Coach, load_config, load_cues
from cuecoach.events import TICK_S, Event, ImuBlock, Tick
from cuecoach.modelled import ModelledSound
from cuecoach.packing.grid import on_grid
from cuecoach.recorder import look
from cuecoach.rules.rule_json import rules_from_json, rules_to_json
from cuecoach.runrecord import Second
from cuecoach.sensors.simulator import STORIES, SimulatedRunner
from cuecoach.store import Keeper, NewRun, Store
from cuecoach.store.keeper import Pace
from cuecoach.store.recording import Ending, Recording
from cuecoach.store.writer import Did, Thing, begin

#: A transaction of a live run holds this much, s.
COMMIT_S = Pace().commit_s
#: A block as it comes over the air, s.
BLOCK_S = 0.05


def coached(output: str, rate_hz: float, minutes: float) -> list[list[Thing]]:
    """Return a run as it is handed over, one list for each transaction."""
    config = load_config("demo")
    coach, sound = Coach(config, load_cues(config.cues)), ModelledSound()
    runner = SimulatedRunner(STORIES["easy-run"], output=output, rate_hz=rate_hz)
    parts: list[list[Thing]] = []
    part: list[Thing] = []

    def hand_over(event: Event) -> None:
        event = on_grid(event)
        part.append(event)
        if actions := coach.handle(event):
            part.append(Did(tuple(actions)))
            for action in actions:
                sound.send(action)
                runner.hear(action)

    end, t, tick = minutes * 60, 0.0, 1
    next_part = COMMIT_S
    while t < end:
        t += BLOCK_S
        for event in runner.advance(t):
            hand_over(event)
        while tick * TICK_S <= t:
            at = tick * TICK_S
            for event in sound.poll(at):
                hand_over(event)
            hand_over(Tick(at))
            if tick % 4 == 0:
                part.append(look(at, coach))
            tick += 1
        if t >= next_part:
            parts.append(part)
            part, next_part = [], next_part + COMMIT_S
    return [*parts, part]


def new(k: int = 0) -> NewRun:
    return NewRun(
        "ada", "simulated", datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=k), f"run {k}", "all", {"rules": []}
    )


def record(path: Path, parts: list[list[Thing]]) -> float:
    """Record a run as the thread does and return the processor time, s."""
    recording = Recording(path, new(), rules_to_json)
    begun = time.process_time()
    recording.write()
    for part in parts:
        recording.take(part)
        recording.write()
    recording.write(Ending(1.0, {}, None))
    spent = time.process_time() - begun
    recording.close()
    assert recording.problem is None, recording.problem
    return spent


def one(folder: Path, name: str, output: str, rate_hz: float, minutes: float, bar_mb: float | None) -> Path:
    parts = coached(output, rate_hz, minutes)
    path = folder / f"{output}{rate_hz:g}.db"
    spent = record(path, parts)
    show(f"{name}: one core's share for packing and writing", 100 * spent / (minutes * 60), None, "%")
    show(f"{name}: file, an hour", path.stat().st_size * 60 / minutes / 1e6, bar_mb, "MB")
    with Store.open(path) as store:
        for what, table in (("raw input", "chunks"), ("actions", "actions")):
            column = {"chunks": "length(inputs)", "actions": "length(data)"}[table]
            (size,) = store._connection.execute(f"SELECT sum({column}) FROM {table}").fetchone()
            print(f"  of that {what} {size * 60 / minutes / 1e6:.2f} MB", end=";")
        (size,) = store._connection.execute("SELECT sum(length(seconds)) FROM chunks").fetchone()
        print(f"  seconds {size * 60 / minutes / 1e6:.2f} MB")
        begun = time.process_time()
        count = sum(1 for _ in store.inputs(1, rules_from_json))
        show(f"{name}: reading back an hour of inputs, processor", (time.process_time() - begun) * 60 / minutes, None)
        assert count == sum(not isinstance(thing, Did | Second) for part in parts for thing in part)
    return path


def loop(folder: Path) -> None:
    """Time the calls on the event loop while a thread writes."""
    blocks = [
        e for e in SimulatedRunner(STORIES["demo"], output="imu", rate_hz=200).advance(60.0) if isinstance(e, ImuBlock)
    ]
    keeper = Keeper.open(folder / "loop.db", new(), rules_to_json)
    spent: list[float] = []
    end = time.monotonic() + 5.0
    while time.monotonic() < end:
        for block in blocks[:10]:
            begun = time.perf_counter()
            keeper.keep(block)
            spent.append(time.perf_counter() - begun)
        time.sleep(0.02)
    keeper.close(duration_s=5.0, summary={}, knowledge=None)
    assert keeper.aftermath is None
    show(f"a block handed over on the event loop, median of {len(spent)}", statistics.median(spent) * 1e6, None, "µs")
    show("the same, 99th percentile", statistics.quantiles(spent, n=100)[98] * 1e6, None, "µs")


def listing(folder: Path) -> None:
    path = folder / "many.db"
    with Store.open(path, create=True) as store:
        store._connection.execute("BEGIN")
        for k in range(1000):
            begin(store._connection, new(k), "closed")
        store._connection.execute("COMMIT")

    def heads() -> None:
        with Store.open(path) as store:
            assert len(store.heads()) == 1000

    show("the list of 1,000 runs, opening included", median_of(heads, 7), 0.2)


def deleting(path: Path) -> None:
    size = path.stat().st_size
    begun = time.perf_counter()
    with Store.open(path) as store:
        store.delete([1])
    show(f"deleting a run of {size / 1e6:.1f} MB", time.perf_counter() - begun, None)
    show("what the file has then", path.stat().st_size / 1e6, None, "MB")


def main() -> None:
    print(machine())
    minutes = float(sys.argv[1] if len(sys.argv) > 1 else 20)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        big = one(folder, "200 Hz, six axes", "imu", 200.0, minutes, 12.0)
        one(folder, "100 Hz, six axes", "imu", 100.0, minutes, None)
        one(folder, "a pod, 1 Hz", "metrics", 1.0, minutes, None)
        loop(folder)
        listing(folder)
        deleting(big)


if __name__ == "__main__":
    main()
