"""Best source per metric, staleness, plausibility, windows, baseline: what the rules see."""

from cuecoach.signals.baseline import Normal
from cuecoach.signals.signals import Signals

__all__ = ["Normal", "Signals"]
