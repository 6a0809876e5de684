"""A seeded simulated runner that hears cues and beats and answers them as a person would; its truth is known."""

from cuecoach.sensors.simulator.person import (
    Coupling,
    Fatigue,
    Gait,
    Imu,
    Person,
    Response,
    Scatter,
)
from cuecoach.sensors.simulator.runner import SimulatedRunner
from cuecoach.sensors.simulator.slipping import SensorSlip
from cuecoach.sensors.simulator.stories import STORIES, find_story
from cuecoach.sensors.simulator.story import Phase, Story
from cuecoach.sensors.simulator.truth import Truth

__all__ = [
    "STORIES",
    "Coupling",
    "Fatigue",
    "Gait",
    "Imu",
    "Person",
    "Phase",
    "Response",
    "Scatter",
    "SensorSlip",
    "SimulatedRunner",
    "Story",
    "Truth",
    "find_story",
]
