"""A calibration that the runner asked for: which sensors take part, what to say next, and when it is over."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from cuecoach.events import CalibrationStage, Place

#: Places whose sensors have angles to be measured from standing tall.
TRUNK: Final[frozenset[Place]] = frozenset({"sacrum", "hip", "torso"})
#: A calibration asked for waits so long for a sensor, s; after that the runner is long under way.
WAITS_S: Final = 300.0
#: A sensor of which nothing was heard for so long has gone, s; one that is there gives up by itself in a minute.
SILENT_S: Final = 75.0

Said: TypeAlias = Literal["still", "tall", "done", "failed"]


@dataclass(slots=True)
class _Sensor:
    """One sensor's part: the last stage it came to, when that was, s, and the stages that are still to come."""

    heard: float
    stage: Said | None = None
    coming: deque[CalibrationStage] = field(default_factory=lambda: deque[CalibrationStage]())

    @property
    def over(self) -> bool:
        return self.stage in ("done", "failed")


@dataclass(frozen=True, slots=True)
class Guided:
    """What the calibration has come to: to be said (`say`), and about one sensor (`source`, `text`) for the record."""

    say: Said | None = None
    source: str = ""
    text: str = ""


class Guide:
    """Leads one runner with one or more sensors: each is asked once, the first sensor ready asks for the next stage.

    It begins with the first sensor on the trunk that streams, now or within `WAITS_S`; others join until the runner is asked to
    stand tall. It worked when it did for one of them.
    """

    def __init__(self) -> None:
        self._asked_at: float | None = None
        self._sensors: dict[str, _Sensor] = {}
        self._said: list[Said] = []

    @property
    def under_way(self) -> bool:
        """Whether the runner is being led now."""
        return bool(self._sensors) and any(not sensor.over for sensor in self._sensors.values())

    def ask(self, t: float) -> None:
        """The runner asks for a calibration at `t`, s; one under way begins anew."""
        self._asked_at = t
        self._sensors.clear()
        self._said.clear()

    def begin(self, t: float, source: str, place: Place) -> float | None:
        """Return from when on this sensor, which streams at `t`, is to be calibrated, s; None when it is not."""
        asked = self._asked_at
        if asked is None or place not in TRUNK or source in self._sensors or t > asked + WAITS_S:
            return None
        if self._sensors and (not self.under_way or "tall" in self._said):
            return None
        self._sensors[source] = _Sensor(t)
        return asked

    def hear(self, source: str, stages: Iterable[CalibrationStage]) -> None:
        """A sensor will have come to these stages."""
        if source in self._sensors:
            self._sensors[source].coming.extend(stages)

    def gone(self, source: str) -> None:
        """The sensor is lost: it is not waited for."""
        sensor = self._sensors.get(source)
        if sensor is not None and not sensor.over:
            sensor.coming.clear()
            sensor.heard = float("-inf")

    def advance(self, t: float) -> list[Guided]:
        """Return what follows at tick `t`, s."""
        if self._asked_at is None:
            return []
        if not self._sensors and t > self._asked_at + WAITS_S:
            self._asked_at = None
            return [Guided(text="no sensor on the trunk came within five minutes: ask for the calibration again")]
        found: list[Guided] = []
        led = self.under_way
        for source in sorted(self._sensors):
            sensor = self._sensors[source]
            while sensor.coming and sensor.coming[0].known <= t:
                sensor.heard, sensor.stage = t, sensor.coming.popleft().stage
                found += self._told(source, sensor.stage)
            if not sensor.over and t > sensor.heard + SILENT_S:
                sensor.stage = "failed"
                found.append(Guided(source=source, text="not calibrated, for nothing came from it"))
        if led and not self.under_way:
            worked = any(sensor.stage == "done" for sensor in self._sensors.values())
            found.append(Guided(say="done" if worked else "failed"))
        return found

    def _told(self, source: str, stage: Said) -> list[Guided]:
        if stage == "failed":
            return [Guided(source=source, text="not calibrated; its angles are from where they were before")]
        if stage == "done" or stage in self._said:
            return []
        self._said.append(stage)
        return [Guided(say=stage)]
