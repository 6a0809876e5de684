"""Write a rule of your own, check it, and hear when it would have spoken."""

import tempfile
from pathlib import Path

from cuecoach import Coach, coach_through, load_config, load_cues
from cuecoach.sensors.simulator import STORIES, SimulatedRunner

RULE = """
version: 1
rules:
  soft-landing:
    about: More bounce than at the start of the run
    focus: bounce
    when: vertical_oscillation > start + 6 %
    for: 20 s
    until: vertical_oscillation < start + 3 %
    only_if: running
    say: [Run quietly, Balance an egg]
    praise: Smooth.
"""

with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "soft-landing.yaml"
    path.write_text(RULE, encoding="utf-8")
    rules = load_cues([path])  # a mistake in the file is told with line and column

runner = SimulatedRunner(STORIES["tired"], seed=2)
run = coach_through(Coach(load_config("easy-run"), rules), runner)
print(f"In {run.duration_s / 60:.0f} minutes: {[say.text for say in run.spoken]}")
