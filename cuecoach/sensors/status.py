"""How a live sensor is doing, for whoever wants to show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from cuecoach.events import LifeState

_NOTHING: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class SensorStatus:
    """A snapshot.

    Attributes
    ----------
    source
        As in the events: the role (``foot``), or the sensor's own name.
    state, text
        Where in its life it is, and a few words more for people.
    device, family, address
        What was found; empty before.
    battery
        Percent, None while unknown.
    cadence_unit
        ``strides`` or ``steps`` and how that is known; empty where it does not apply, or is not decided yet.
    values
        The newest values by canonical name, for display.
    packets, rejected, duplicates, lost, connections
        Notifications so far; those that could not be used; those that came twice; samples that never came; connections made.
    """

    source: str
    state: LifeState = "searching"
    text: str = ""
    device: str = ""
    family: str = ""
    address: str = ""
    battery: float | None = None
    cadence_unit: str = ""
    values: Mapping[str, float] = field(default_factory=lambda: _NOTHING)
    packets: int = 0
    rejected: int = 0
    duplicates: int = 0
    lost: int = 0
    connections: int = 0
