"""Best source per metric, staleness, plausibility, windows, baseline: what the rules see."""

from cuecoach.signals.normals import Normal, Normals
from cuecoach.signals.signals import Signals
from cuecoach.signals.zeros import ANGLES, Moved, Zeroed

__all__ = ["ANGLES", "Moved", "Normal", "Normals", "Signals", "Zeroed"]
