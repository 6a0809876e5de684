"""Which metrics the sensors of a config can give, and how exactly, so that a rule on any other is told before the run."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from cuecoach.config import RunConfig
from cuecoach.metrics import METRICS
from cuecoach.signals.derived import PARTS, derivable
from cuecoach.signals.trust import Trust, imu_origin, reading_origin, trust

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


class ExpectedTrust:
    """How far each metric may be trusted at best, by the sensors of a config; fulfils `coaching.trusted.Trusts`.

    Which device a role will get, and how fast it samples, is not known before the run: a sensor on the trunk is taken for a raw
    one that is fast enough. A source that the config prefers for a metric goes before.

    Parameters
    ----------
    config
        Whose sensors and sources count.
    """

    def __init__(self, config: RunConfig) -> None:
        self._sources = config.sources
        self._roles = {role: str(getattr(config.sensors, role)) for role in GIVES}

    def trust(self, name: str) -> Trust:
        """Return the class of a metric's source."""
        return trust(name, self._origin(name), None)

    def _origin(self, name: str) -> str:
        """Return where the metric may come from, empty where no sensor gives it; what is derived, from what it scales."""
        source = self._sources.get(name)
        if source is not None:
            raw = source in ("sacrum", "hip", "torso")
            return imu_origin(source) if raw else reading_origin(None if source == "watch" else source)
        if any(sensor.partition(":")[0] == _SIMULATED for sensor in self._roles.values()):
            return imu_origin("sacrum")
        for role in ("sacrum", "torso"):
            if self._roles[role] != _OFF and name in GIVES[role]:
                return imu_origin(role)
        if name in GIVES["foot"] and self._roles["foot"] != _OFF:
            return reading_origin("foot")
        return self._origin(PARTS[name][0]) if name in PARTS else ""
