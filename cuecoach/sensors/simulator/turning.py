"""Roll, pitch and yaw as a matrix."""

from __future__ import annotations

import math


def rotation(angles: tuple[float, float, float]) -> list[list[float]]:
    """Return the matrix from turned to unturned axes for (roll, pitch, yaw) in deg, applied in the order yaw, pitch, roll."""
    (cr, cp, cy), (sr, sp, sy) = (
        [math.cos(math.radians(a)) for a in angles],
        [math.sin(math.radians(a)) for a in angles],
    )
    return [
        [cy * cp, cy * sp * sr - sy * cr, cy * sp * cr + sy * sr],
        [sy * cp, sy * sp * sr + cy * cr, sy * sp * cr - cy * sr],
        [-sp, cp * sr, cp * cr],
    ]
