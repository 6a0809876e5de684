"""Slope of the ground from the altitude and distance a watch records."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from cuecoach.sensors.recordings.fit_file import FitRecord

#: Grade is altitude gained over the last piece of way of this length, m. Watches state altitude in steps of 0.2 m and
#: barometers wander by some decimetres, so 100 m leaves about 0.5 % of error where 50 m leaves 1 %.
WINDOW_M = 100.0
#: Faster vertical motion is a correction of the altitude, not a hill, m/s.
_MAX_CLIMB = 3.0
#: After a gap this long the altitude before says nothing, s.
_MAX_GAP_S = 60.0


def grades(records: Sequence[FitRecord]) -> list[float | None]:
    """Return the grade at each record, %, + uphill, from that record and earlier ones only.

    Parameters
    ----------
    records
        In time order, every one with a time.

    Returns
    -------
    list of float or None
        None until 100 m are behind the runner, and where altitude or distance is missing.
    """
    found: list[float | None] = []
    way: deque[tuple[float, float, float]] = deque()
    for record in records:
        grade: float | None = None
        distance = record.values.get("distance")
        altitude = record.values.get("enhanced_altitude", record.values.get("altitude"))
        if record.t is not None and distance is not None and altitude is not None:
            if way and _is_break(way[-1], (record.t, distance, altitude)):
                way.clear()
            way.append((record.t, distance, altitude))
            while len(way) > 1 and distance - way[1][1] >= WINDOW_M:
                way.popleft()
            length = distance - way[0][1]
            if length >= WINDOW_M:
                grade = 100.0 * (altitude - way[0][2]) / length
        found.append(grade)
    return found


def _is_break(before: tuple[float, float, float], now: tuple[float, float, float]) -> bool:
    elapsed, way, climb = (b - a for a, b in zip(before, now, strict=True))
    return elapsed > _MAX_GAP_S or way < 0 or abs(climb) > _MAX_CLIMB * max(1.0, elapsed)
