"""Running, walking or still, and how fast: told from what pods and watches state, and by the gait room of raw sensors."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Final

from cuecoach.events import Activity, ActivityChange

#: Nobody runs slower than this on the flat, m/s; gates ask for more.
RUN_SPEED: Final = 1.9
#: Below this a runner stands (pods report up to 0.3 m/s of drift at rest), m/s.
STILL_SPEED: Final = 0.4
#: With a speed that says running, steps a minute above this agree with it.
RUN_CADENCE_MOVING: Final = 120.0
#: Without a speed, steps a minute that nobody walks (brisk walkers reach 135-140).
RUN_CADENCE_ALONE: Final = 140.0
#: A speed below this beside a running cadence is a treadmill, not a speed, m/s.
TREADMILL_SPEED: Final = 0.5
#: Faster than easy by this much for this long is a surge (form comes back with speed: docs/science.md), m/s and s.
SURGE_SPEED: Final = 0.5
SURGE_S: Final = 15.0


def activity_of(cadence: float | None, speed: float | None) -> Activity | None:
    """Return the activity that a cadence (steps/min) and a speed (m/s) show, None when neither is known."""
    if cadence is not None and cadence >= RUN_CADENCE_ALONE and (speed is None or speed < TREADMILL_SPEED):
        return "running"
    if speed is not None:
        if speed >= RUN_SPEED:
            return "running" if cadence is None or cadence >= RUN_CADENCE_MOVING else "walking"
        return "walking" if speed >= STILL_SPEED else "still"
    if cadence is not None:
        return "walking"
    return None


def credible_speed(cadence: float | None, speed: float | None) -> float | None:
    """Return the speed, or None for one that the cadence belies (a watch on a treadmill)."""
    belied = speed is not None and speed < TREADMILL_SPEED and cadence is not None and cadence >= RUN_CADENCE_ALONE
    return None if belied else speed


class ToldActivity:
    """What the gait room says of each raw sensor, released as time passes."""

    def __init__(self) -> None:
        self._changes: dict[str, deque[ActivityChange]] = {}

    def add(self, source: str, changes: Iterable[ActivityChange]) -> None:
        """Take in what a block made known."""
        self._changes.setdefault(source, deque()).extend(changes)

    def at(self, now: float, present: Callable[[str], bool]) -> Activity | None:
        """Return the activity that a sensor which is there tells at `now`, s; None without one."""
        told: Activity | None = None
        for source, changes in self._changes.items():
            while len(changes) > 1 and changes[1].known <= now:
                changes.popleft()
            if changes and changes[0].known <= now and present(source):
                told = changes[0].activity
        return told


class Surge:
    """Since when the runner has been faster than easy."""

    def __init__(self) -> None:
        self._since: float | None = None

    def look(self, t: float, speed: float | None, easy: float | None) -> None:
        """Take in the speed and the easy speed at `t`, m/s; None where they are not known."""
        if speed is None or easy is None or speed < easy + SURGE_SPEED:
            self._since = None
        elif self._since is None:
            self._since = t

    def lasts(self, t: float) -> float:
        """Return for how long, s; 0 when the runner is not faster."""
        return 0.0 if self._since is None else t - self._since
