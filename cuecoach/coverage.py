"""Which metrics the sensors of a config can give, so that a rule on any other is told before the run."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from cuecoach.config import RunConfig
from cuecoach.metrics import METRICS
from cuecoach.signals.derived import derivable

#: A raw sensor on the trunk tells steps and bounce, wherever it is worn.
_STEPS: Final = frozenset(
    {
        "cadence",
        "stance_time",
        "stance_time_balance",
        "flight_time",
        "duty_factor",
        "vertical_oscillation",
        "braking",
        "impact",
    }
)
#: What a sensor of that role can give at best: a pod without power, or a strap without gyroscope, gives less.
GIVES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "foot": frozenset({"cadence", "speed", "step_length", "stride_length", "power"}),
        "sacrum": _STEPS
        | {
            "pelvic_tilt",
            "pelvic_tilt_range",
            "pelvic_obliquity",
            "pelvic_obliquity_range",
            "pelvic_rotation_range",
            "pelvic_drop",
            "pelvic_drop_left",
            "pelvic_drop_right",
        },
        "torso": _STEPS | {"trunk_lean"},
        "heart": frozenset({"heart_rate"}),
    }
)
_OFF: Final = "off"
_SIMULATED: Final = "sim"


def metrics_given(config: RunConfig) -> frozenset[str]:
    """Return every metric that a run with this config may have.

    What follows from the metrics of two sensors counts, too: bounce from one and speed from the other give the vertical ratio.
    A simulated runner is no particular sensor: with one, every metric counts as given.

    Examples
    --------
    >>> from cuecoach.config import load_config
    >>> "trunk_lean" in metrics_given(load_config("easy-run"))
    False
    """
    found: set[str] = set()
    for role, metrics in GIVES.items():
        sensor = str(getattr(config.sensors, role))
        if sensor.partition(":")[0] == _SIMULATED:
            return frozenset(METRICS)
        if sensor != _OFF:
            found |= metrics
    return derivable(found).union(found)
