"""Coach a simulated run in ten lines, and print every word with its reason."""

from cuecoach import Coach, coach_through, load_config, load_cues
from cuecoach.sensors.simulator import STORIES, SimulatedRunner

config = load_config("demo")
coach = Coach(config, load_cues(config.cues))
run = coach_through(coach, SimulatedRunner(STORIES["demo"], seed=7))
for decision in run.decisions:
    if decision.outcome == "spoken":
        print(f"{decision.t:6.2f} s  {decision.text:24s} because {decision.why}")
