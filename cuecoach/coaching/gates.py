"""When no cue may be spoken at all: the runner is not running steadily, or asked for quiet."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Final

from cuecoach.config import Gates as GateSettings
from cuecoach.rules import Rule
from cuecoach.signals import Signals

#: A change of smoothed speed by more than this means the form is in transit, m/s (SEN-6).
SPEED_CHANGE: Final = 0.3
#: Turning faster than this bends every angle, deg/s (SEN-6).
TURN_RATE: Final = 15.0
WALKING: Final = "walking"
STANDING: Final = "standing"
CALIBRATING: Final = "calibrating"
NO_DATA: Final = "no sensor says you are running"
SETTLING: Final = "speed just changed"
STEEP: Final = "steep"
TURNING: Final = "turning"
BACK: Final = "the sensor was gone and has just come back"
RACE: Final = "race: only safety speaks"
#: Rules that name such a state are meant for just those moments, so that gate does not concern them.
MEANT_FOR: Final = {SETTLING: "surging", STEEP: "climbing"}
#: The focus whose rules speak in a race.
SAFETY: Final = "safety"


def spared_by(rules: Iterable[Rule], *, race: bool) -> Mapping[str, frozenset[str]]:
    """Return the ids of the rules that a gate does not concern, by gate."""
    known = tuple(rules)
    safe = frozenset(rule.id for rule in known if rule.focus == SAFETY)
    spared = {
        gate: frozenset(rule.id for rule in known if state in rule.states and (not race or rule.id in safe))
        for gate, state in MEANT_FOR.items()
    }
    return {**spared, RACE: safe}


class Gates:
    """Tells at each tick why the coach must be silent, or that it need not be.

    The gates close outside running, in the warm-up, when slow, on a slope, in a turn, while speed changes, without data and
    when it has just come back, in a race, and while the runner is led through a calibration.
    """

    def __init__(self, settings: GateSettings, *, race: bool = False) -> None:
        self._settings = settings
        self._race = race
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
        if t - signals.back_at < s.settle:
            return BACK
        grade = signals.metric("grade")
        if grade is not None and abs(grade) > s.max_grade:
            return STEEP
        turn = signals.turning()
        if turn is not None and abs(turn) > TURN_RATE:
            return TURNING
        if settling:
            return SETTLING
        return RACE if self._race else None

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
