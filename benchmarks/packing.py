"""What an hour of a run takes in the store, and what packing it costs: raw samples, a pod, and what is seen each second.

.venv/bin/python benchmarks/packing.py
"""

import statistics
import time
from collections.abc import Callable, Sequence
from itertools import groupby

from figures import machine, show

from cuecoach import Coach, load_config, load_cues
from cuecoach.events import Event, ImuBlock, Tick
from cuecoach.packing import pack_events, unpack_events
from cuecoach.packing.grid import on_grid
from cuecoach.recorder import look
from cuecoach.rules.rule_json import rules_from_json, rules_to_json
from cuecoach.runrecord import Second
from cuecoach.sensors.simulator import STORIES, SimulatedRunner
from cuecoach.store.second_columns import pack_seconds, unpack_seconds

RUN_S = 600.0


def run(output: str, rate_hz: float) -> list[Event]:
    """Some minutes of a tired runner, with the ticks, as the coach hears them."""
    sensed = SimulatedRunner(STORIES["tired"], seed=1, output=output, rate_hz=rate_hz).advance(RUN_S)
    ticks = [Tick(k / 4) for k in range(int(RUN_S * 4))]
    return sorted((on_grid(event) for event in [*sensed, *ticks]), key=lambda event: event.t)


def batches(events: Sequence[Event]) -> list[list[Event]]:
    """Cut a run into seconds, as the store does."""
    return [list(part) for _, part in groupby(events, key=lambda event: int(event.t))]


def spent(work: Callable[[], object]) -> float:
    """Return what a second of a run costs the processor, µs; the median of nine."""
    costs: list[float] = []
    for _ in range(9):
        begin = time.process_time()
        work()
        costs.append(time.process_time() - begin)
    return statistics.median(costs) / RUN_S * 1e6


def told(name: str, cut: Sequence[object], pack: Callable[..., bytes], unpack: Callable[[bytes], object]) -> float:
    """Print bytes and time of a run in batches and return MB in an hour."""
    packed = [pack(batch) for batch in cut]
    megabytes = sum(map(len, packed)) / RUN_S * 3600 / 1e6
    print(
        f"{name:48s} {megabytes:7.3f} MB an hour, {spent(lambda: [pack(b) for b in cut]):6.0f} µs to pack a second, "
        f"{spent(lambda: [unpack(p) for p in packed]):6.0f} µs to unpack it",
        flush=True,
    )
    return megabytes


def seen(events: Sequence[Event]) -> list[Second]:
    """Let the coach hear the run and look at it once a second."""
    coach = Coach(load_config("easy-run"), load_cues(["posture", "cadence", "hips", "bounce"]))
    seconds: list[Second] = []
    for event in events:
        coach.handle(event)
        if isinstance(event, Tick) and event.t == int(event.t):
            seconds.append(look(event.t, coach))
    return seconds


def main() -> None:
    print(machine())
    for name, output, rate in (
        ("pod, 1 Hz", "metrics", 1),
        ("pod, 4 Hz", "metrics", 4),
        ("six axes, 100 Hz", "imu", 100),
        ("six axes, 200 Hz", "imu", 200),
    ):
        events = run(output, rate)
        taken = told(
            name,
            batches(events),
            lambda batch: pack_events(batch, rules_to_json),
            lambda data: unpack_events(data, rules_from_json),
        )
        seconds = seen(events)
        taken += told(
            f"{name}: its seconds, one by one", [[second] for second in seconds], pack_seconds, unpack_seconds
        )
        minutes = [seconds[k : k + 60] for k in range(0, len(seconds), 60)]
        told(f"{name}: its seconds, a minute at once", minutes, pack_seconds, unpack_seconds)
        show(f"{name}, in all but decisions", taken, 12 if rate == 200 else None, "MB an hour")
    block = next(event for event in run("imu", 200) if isinstance(event, ImuBlock))
    show("a block of 20 samples rounded", spent(lambda: [on_grid(block) for _ in range(int(RUN_S))]), 30, "µs")


if __name__ == "__main__":
    main()
