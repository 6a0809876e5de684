"""What the coach says that no rule says: news of a sensor, how to calibrate, to ease off when it hurts or goes on for long."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from cuecoach.coaching.guide import Said
from cuecoach.events import Battery, SensorState

SENSOR_LOST: Final = "Sensor lost"
SENSOR_BACK: Final = "Sensor back"
BATTERY_LOW: Final = "Sensor battery low"
SENSOR_MOVED: Final = "Sensor moved"
CHECK_SENSOR: Final = "Check the sensor"
#: The runner said that it hurts.
EASE_OFF: Final = "Ease off. Walk if it hurts."
#: The run is much longer than any of the last thirty days.
LONGEST_RUN: Final = "Longest run this month. Ease home."
#: How a guided calibration is led.
GUIDANCE: Final[Mapping[Said, str]] = MappingProxyType(
    {
        "still": "Stand still",
        "tall": "Now stand tall",
        "done": "Good. Off you go",
        "failed": "Calibration did not work",
    }
)
#: Everything the coach may say that no rule says.
NOTICES: Final = (
    SENSOR_LOST,
    SENSOR_BACK,
    BATTERY_LOW,
    SENSOR_MOVED,
    CHECK_SENSOR,
    EASE_OFF,
    LONGEST_RUN,
    *GUIDANCE.values(),
)
#: A battery at or below this may not last the run, %.
BATTERY_LOW_PERCENT: Final = 15.0


class Notices:
    """Remembers what was told of each sensor.

    Parameters
    ----------
    texts
        In another language: what to say in place of each of `NOTICES`; one that is missing stays as it is.
    """

    def __init__(self, texts: Mapping[str, str] | None = None) -> None:
        self._texts = texts or {}
        self._lost: set[str] = set()
        self._drained: set[str] = set()
        self._moved: set[str] = set()
        self._checked = False

    def sensor(self, event: SensorState) -> str | None:
        """Return what to say of a sensor that went or came back, None when there is no news."""
        if event.state == "lost" and event.source not in self._lost:
            self._lost.add(event.source)
            return self._said(SENSOR_LOST)
        if event.state in ("back", "streaming") and event.source in self._lost:
            self._lost.discard(event.source)
            return self._said(SENSOR_BACK)
        return None

    def battery(self, event: Battery) -> str | None:
        """Return what to say of a battery, once a run and sensor; None when it is full enough."""
        if event.percent > BATTERY_LOW_PERCENT or event.source in self._drained:
            return None
        self._drained.add(event.source)
        return self._said(BATTERY_LOW)

    def moved(self, source: str) -> str | None:
        """Return what to say of a sensor that moved on the body, once until it is aligned anew."""
        if source in self._moved:
            return None
        self._moved.add(source)
        return self._said(SENSOR_MOVED)

    def aligned(self, source: str) -> None:
        """The sensor was aligned: should it move again, that is news."""
        self._moved.discard(source)

    def check(self) -> str | None:
        """Return what to say when nothing helped, for it may be the sensor; once a run."""
        if self._checked:
            return None
        self._checked = True
        return self._said(CHECK_SENSOR)

    def ease_off(self) -> str:
        """Return what to say to someone whom it hurts."""
        return self._said(EASE_OFF)

    def longest_run(self) -> str:
        """Return what to say when the run is longer than the legs are used to."""
        return self._said(LONGEST_RUN)

    def guidance(self, stage: Said) -> str:
        """Return what to say at a stage of a calibration."""
        return self._said(GUIDANCE[stage])

    def _said(self, text: str) -> str:
        return self._texts.get(text, text)
