"""What a picture needs of every step, kept in a few bytes each."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cuecoach.events import FloatArray, Side, Step

#: The drop of the pelvis over the foot that stands, whichever it is.
DROP: Final = "pelvic_drop"
#: Values of a step that may be drawn.
DRAWN: Final = (
    "cadence",
    "stance_time",
    "vertical_oscillation",
    "pelvic_tilt",
    "pelvic_tilt_range",
    "pelvic_obliquity",
    "pelvic_obliquity_range",
    DROP,
    "trunk_lean",
    "impact",
)
_SIDES: Final[dict[Side | None, int]] = {"left": -1, "right": 1, None: 0}


class Trace:
    """Steps of a whole recording as columns that grow."""

    def __init__(self) -> None:
        self._times = array("d")
        self._ends = array("d")
        self._sides = array("b")
        self._values = {name: array("f") for name in DRAWN}

    def add(self, steps: Iterable[Step]) -> None:
        """Take steps; they come in order."""
        for step in steps:
            self._times.append(step.ic)
            self._ends.append(math.nan if step.tc is None else step.tc)
            self._sides.append(_SIDES[step.side])
            for name, column in self._values.items():
                of_foot = f"{DROP}_{step.side}" if name == DROP else name
                column.append(step.values.get(of_foot, math.nan))

    @property
    def ic(self) -> FloatArray:
        """Initial contacts, shape (n,), s."""
        return np.array(self._times)

    @property
    def tc(self) -> FloatArray:
        """Terminal contacts, shape (n,), s; NaN where none was seen."""
        return np.array(self._ends)

    @property
    def side(self) -> NDArray[np.int8]:
        """Feet, shape (n,): -1 left, 1 right, 0 unknown."""
        return np.array(self._sides, dtype=np.int8)

    def values(self, name: str) -> FloatArray:
        """Return one value of every step, shape (n,); NaN where unknown."""
        return np.array(self._values[name], dtype=np.float64)
