"""When no cue may be spoken at all: the runner is not running steadily, or asked for quiet."""

from __future__ import annotations

from collections import deque
from typing import Final

from cuecoach.config import Gates as GateSettings
from cuecoach.signals import Signals

#: A change of smoothed speed by more than this means the form is in transit, m/s (SEN-6).
SPEED_CHANGE: Final = 0.3
WALKING: Final = "walking"
STANDING: Final = "standing"
CALIBRATING: Final = "calibrating"
NO_DATA: Final = "no sensor says you are running"
SETTLING: Final = "speed just changed"
STEEP: Final = "steep"
#: Rules that name such a state are meant for just those moments, so that gate does not concern them.
MEANT_FOR: Final = {SETTLING: "surging", STEEP: "climbing"}


class Gates:
    """Tells at each tick why the coach must be silent, or that it need not be.

    The gates close outside running, in the warm-up, when slow, on a slope, while speed changes, without data, and while the
    runner is led through a calibration.
    """

    def __init__(self, settings: GateSettings) -> None:
        self._settings = settings
        self._speeds: deque[tuple[float, float]] = deque()
        self._changed = False
        #: Why the coach is silent now, None when it may speak.
        self.closed: str | None = NO_DATA

    def advance(self, t: float, signals: Signals, *, calibrating: bool = False) -> str | None:
        """Return why the coach must be silent at `t`, None when it may speak."""
        settling = self._settling(t, signals.metric("speed"))
        self.closed = CALIBRATING if calibrating else self._reason(t, signals, settling)
        return self.closed

    def _reason(self, t: float, signals: Signals, settling: bool) -> str | None:
        s = self._settings
        match signals.activity:
            case None:
                return NO_DATA
            case "walking":
                return WALKING
            case "still":
                return STANDING
            case "running":
                pass
        if t < s.warm_up:
            return "warm-up"
        if signals.speed is not None and signals.speed < s.min_speed:
            return "slower than the set minimum"
        grade = signals.metric("grade")
        if grade is not None and abs(grade) > s.max_grade:
            return STEEP
        return SETTLING if settling else None

    def _settling(self, t: float, speed: float | None) -> bool:
        speeds = self._speeds
        if speed is None:
            speeds.clear()
            return False
        if not speeds or t - speeds[-1][0] >= 1.0:
            speeds.append((t, speed))
            while speeds[0][0] < t - self._settings.settle:
                speeds.popleft()
            self._changed = any(abs(speed - before) > SPEED_CHANGE for _, before in speeds)
        return self._changed
