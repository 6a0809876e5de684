"""Running, walking or still, told from what pods and watches state; raw sensors have the gait room for it."""

from __future__ import annotations

from typing import Final

from cuecoach.events import Activity

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
