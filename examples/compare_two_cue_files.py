"""Replay one recording against two cue files, and see what the change would have changed, and why."""

import tempfile
from pathlib import Path

from cuecoach import load_config, replay
from cuecoach.comparing import compare
from cuecoach.events import Reading
from cuecoach.sensors.simulator import STORIES, SimulatedRunner

STRICT = """
version: 1
rules:
  run-tall:
    focus: posture
    when: pelvic_tilt > start + 2 deg
    for: 15 s
    only_if: running
    cooldown: 60 s
    say: Run tall
"""


def record(path: Path) -> None:
    """Write a simulated run as a metric CSV, as if a pod had recorded it."""
    runner = SimulatedRunner(STORIES["tired"], seed=5)
    columns = ["cadence", "speed", "vertical_oscillation", "pelvic_tilt"]
    with path.open("w", encoding="utf-8") as file:
        print("t", *columns, sep=",", file=file)
        for event in runner.advance(runner.duration_s):
            if isinstance(event, Reading):
                print(event.t, *(event.values.get(name, "") for name in columns), sep=",", file=file)


with tempfile.TemporaryDirectory() as folder:
    recording, strict = Path(folder) / "run.csv", Path(folder) / "strict.yaml"
    record(recording)
    strict.write_text(STRICT, encoding="utf-8")
    config = load_config("easy-run")
    before, after = (replay(recording, config, cues=[name]) for name in ("posture", strict))
    for line in compare(before, after, ("posture", "strict")).lines():
        print(line)
