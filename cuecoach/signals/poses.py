"""How a sensor hangs while the runner stands: whether that is as it usually was."""

from __future__ import annotations

import math
from typing import Final

from cuecoach.events import Alignment, Place, Vector
from cuecoach.signals.log import median
from cuecoach.signals.normals import Normals

#: A standing pose is odd when it lies further from the usual one than this, deg (docs/science.md, SEN-2).
ODD_DEG: Final = 5.0
#: The usual one is known after so many runs.
LEAST_RUNS: Final = 3


class Poses:
    """The standing poses of this run, compared with the middle of the last runs'.

    Attributes
    ----------
    stood_in
        The vertical in the sensor's frame in the newest standing pose of this run, by place.
    """

    def __init__(self, normals: Normals) -> None:
        self._usual = {place: _middle(ups) for place, ups in normals.poses.items() if len(ups) >= LEAST_RUNS}
        self.stood_in: dict[str, Vector] = {}

    def stood(self, place: Place, alignment: Alignment) -> float | None:
        """Take in an alignment; return how far it is from the usual pose, deg, when that is odd."""
        if alignment.reference == "running":
            return None
        up = alignment.axes[2]
        self.stood_in[place] = up
        usual = self._usual.get(place)
        if usual is None:
            return None
        cosine = sum(a * b for a, b in zip(up, usual, strict=True))
        off = math.degrees(math.acos(min(1.0, max(-1.0, cosine))))
        return off if off > ODD_DEG else None


def _middle(ups: tuple[Vector, ...]) -> Vector:
    """Return the direction in the middle of several, each of length 1."""
    x, y, z = (median([up[n] for up in ups]) for n in range(3))
    length = math.sqrt(x * x + y * y + z * z) or 1.0
    return x / length, y / length, z / length
