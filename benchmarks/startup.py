"""How long a person waits for the command line: whole processes, median of seven.

.venv/bin/python benchmarks/startup.py
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from figures import machine, median_of, show

CUECOACH = str(Path(sys.executable).parent / "cuecoach")


def main() -> None:
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        for arguments, bar in (
            (["--help"], 0.25),
            (["cues", "check"], 0.5),
            (["cues", "list"], None),
            (["demo", "--no-play", "--out", str(Path(folder) / "demo.wav")], 20.0),
        ):
            command = [CUECOACH, *arguments]
            name = "cuecoach " + " ".join(arguments[:2])
            show(name, median_of(lambda c=command: subprocess.run(c, check=True, capture_output=True), runs=7), bar)


if __name__ == "__main__":
    main()
