"""A recording program is killed again and again (SIGKILL); every time the file is opened, checked, and what was lost measured.

    .venv/bin/python benchmarks/store_kill.py [kills] [seed]

The programs record a simulated run of 200 samples a second in real time, one after the other into the same file, and are
killed at seeded moments within the first three seconds of the run.
"""

import statistics
import sys
import tempfile
from pathlib import Path

from figures import machine, show

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "store"))

from kills import Killed, kill_often  # the rig is the tests'

LONGEST_S = 3.0


def main() -> None:
    print(machine())
    times, seed = int(sys.argv[1] if len(sys.argv) > 1 else 200), int(sys.argv[2] if len(sys.argv) > 2 else 1)
    killed: list[Killed] = []
    with tempfile.TemporaryDirectory() as folder:
        killed.extend(kill_often(Path(folder), times, seed, LONGEST_S))
        size = (Path(folder) / "runs.db").stat().st_size
    begun = [k for k in killed if k.number]
    lost = [k.lost_s for k in begun]
    print(f"{times} kills, {len(begun)} of them after the run had begun; the file has {size / 1e6:.1f} MB")
    show("files that do not pass the integrity check", sum(not k.whole for k in killed), 0, "files")
    show("runs not closed as interrupted on the next start", sum(not k.interrupted for k in killed), 0, "runs")
    show("runs with a hole, or an action without its input", sum(not k.in_order for k in killed), 0, "runs")
    show("lost of what was handed over, median", statistics.median(lost), None)
    show("lost of what was handed over, worst", max(lost), 1.0)
    show("opening the file after a kill, worst", max(k.opened_s for k in begun), None)


if __name__ == "__main__":
    main()
