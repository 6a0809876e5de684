"""What the benchmarks share: the machine, medians of several runs, and one way to print a figure beside its bar."""

import os
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path


def machine() -> str:
    """Name processor, cores and Python."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"


def median_of(work: Callable[[], object], runs: int = 3) -> float:
    """Return the median duration of `work` in seconds, after one run that does not count."""
    work()
    spent: list[float] = []
    for _ in range(runs):
        begin = time.perf_counter()
        work()
        spent.append(time.perf_counter() - begin)
    return statistics.median(spent)


def show(name: str, value: float, bar: float | None, unit: str = "s") -> None:
    """Print one figure, its bar, and whether it holds."""
    limit = "" if bar is None else f"   at most {bar:g} {unit}" + ("" if value <= bar else "   MISSED")
    print(f"{name:64s} {value:9.3f} {unit}{limit}", flush=True)
