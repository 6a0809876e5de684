"""How near sample times come to the truth behind a radio: arrival against map, with and without stamps; cost of a packet.

    .venv/bin/python benchmarks/clock.py

52 Hz in packets of 4, a clock 40 ppm fast, stamps of 1 ms, one connection event in ten missed, 1-4 ms in the host. Without
stamps the true rate is 1 % above the nominal one. Half an hour each; three seeds, the one with the largest scatter is shown.
"""

import statistics
import sys
import time
from pathlib import Path

import numpy as np
from figures import machine, show

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from cuecoach.events import ImuBlock
from cuecoach.sensors.message import Samples
from cuecoach.sensors.timing import ImuStream
from tests.sensors.timing.jittery_device import JitteryDevice

DURATION_S = 1800.0
#: Scatter after the first minute with stamps, ms, by connection interval, s; without stamps twice that.
BARS = {0.0075: 0.5, 0.03: 1.2, 0.05: 2.2, 0.1: 4.2}
#: What a packet may cost, µs.
COST_US = 60.0


def one(device: JitteryDevice) -> list[float]:
    """Scatter of arrivals; scatter, 95 % and bias of the map, all after a minute; largest error in 10 s; rms to 60 s. In ms."""
    true = device.sample_times(DURATION_S)
    stream = ImuStream("imu", "sacrum", device.timing)
    noise = np.random.default_rng(1).normal(size=(64, device.n, 3))
    rows: list[tuple[float, float, float]] = []
    for k, packet in enumerate(device.packets(true)):
        events = stream.feed(packet.arrived, Samples(noise[k % 64], noise[k % 64], packet.stamp))
        last = true[packet.first + packet.n - 1]
        rows += [(last, packet.arrived, float(e.times[-1])) for e in events if isinstance(e, ImuBlock)]
    at, arrived, found = np.array(rows).T
    error = 1e3 * (found - at)
    late, begin, minute = at > 60, at < 10, (at >= 10) & (at <= 60)
    bias = float(np.median(error[late]))
    return [
        1e3 * float(np.std((arrived - at)[late])),
        float(np.std(error[late])),
        float(np.percentile(np.abs(error[late] - bias), 95)),
        bias,
        float(np.abs(error[begin]).max()),
        float(np.sqrt(np.mean(error[minute] ** 2))),
    ]


def cost_us(rate_hz: float, n: int, *, stamped: bool, seconds: float = 60.0) -> float:
    """Median time of a packet of six axes, µs."""
    device = JitteryDevice(rate_hz=rate_hz, n=n, stamped="first" if stamped else None)
    stream = ImuStream("imu", "sacrum", device.timing)
    noise = np.random.default_rng(1).normal(size=(64, n, 3))
    spent: list[float] = []
    for k, packet in enumerate(device.packets(device.sample_times(seconds))):
        samples = Samples(noise[k % 64], noise[k % 64], packet.stamp)
        begin = time.perf_counter()
        stream.feed(packet.arrived, samples)
        spent.append(1e6 * (time.perf_counter() - begin))
    return statistics.median(spent)


def main() -> None:
    print(machine())
    print("ms                     arrival   map                        first     10-60 s")
    print("interval   stamps           sd    sd     95 %    bias     10 s max        rms")
    for stamped in (True, False):
        for interval_s, bar in BARS.items():
            device = [
                JitteryDevice(
                    interval_s=interval_s,
                    stamped="first" if stamped else None,
                    rate_error=0.0 if stamped else 0.01,
                    seed=seed,
                )
                for seed in (1, 2, 3)
            ]
            worst = max((one(d) for d in device), key=lambda row: row[1])
            limit = bar if stamped else 2 * bar
            numbers = "{:10.2f}{:6.2f}{:9.2f}{:8.2f}{:13.1f}{:11.2f}".format(*worst)
            held = "" if worst[1] <= limit else "   MISSED"
            word = "yes" if stamped else "no"
            print(f"{1e3 * interval_s:8.1f}   {word:>6s}   {numbers}   sd at most {limit:g}{held}", flush=True)
    for rate_hz, n in ((104, 8), (100, 1)):
        for stamped in (True, False):
            name = f"a packet of {n} six-axis samples, {rate_hz / n:.0f} a second, {'with' if stamped else 'no'} stamps"
            show(name, cost_us(rate_hz, n, stamped=stamped), COST_US, "µs")


if __name__ == "__main__":
    main()
