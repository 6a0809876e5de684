"""What a live run that is kept costs: processor and memory of coach and sound, a raw 100 Hz sensor, metronome on. Linux only.

    .venv/bin/python benchmarks/live.py

The figures include the simulated runner that stands in for the sensor.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from figures import machine, show

CUECOACH = str(Path(sys.executable).parent / "cuecoach")
SETTLE_S, MEASURE_S = 8.0, 30.0


def children(pid: int) -> list[int]:
    """Process ids of the direct children."""
    return [int(c) for c in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def processor_s(pid: int) -> float:
    """Processor time spent so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int) -> float:
    """Resident memory."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) / 1024


def main() -> None:
    print(machine())
    if not Path("/proc/self/stat").exists():
        print("needs /proc")
        return
    command = [CUECOACH, "run", "demo", "--sensor", "sim:easy-run,imu", "--audio", "off", "--metronome", "always"]
    with tempfile.TemporaryDirectory() as folder:
        measure([*command, "--store", str(Path(folder) / "runs.db")])


def measure(command: list[str]) -> None:
    """Let it run for a while and print what it took."""
    run = subprocess.Popen([*command, "--for", f"{SETTLE_S + MEASURE_S + 5:.0f} s"], stdout=subprocess.DEVNULL)
    time.sleep(SETTLE_S)
    processes = [run.pid, *children(run.pid)]
    before = [processor_s(pid) for pid in processes]
    time.sleep(MEASURE_S)
    spent = [100 * (processor_s(pid) - b) / MEASURE_S for pid, b in zip(processes, before, strict=True)]
    show("live, 100 Hz six axes, metronome: coach and sound", sum(spent), 3.0, "% of a core")
    show("  coach", spent[0], None, "%")
    show("  sound process", sum(spent[1:]), None, "%")
    show("memory of the coach", memory_mb(processes[0]), 90, "MB")
    show("memory of the sound process", sum(memory_mb(pid) for pid in processes[1:]), 60, "MB")
    run.wait()


if __name__ == "__main__":
    main()
