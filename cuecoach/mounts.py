"""How a sensor is told to sit on the body: which of its axes point forward and up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from cuecoach.errors import UsageError
from cuecoach.events import Vector

_EXAMPLE: Final = "x forward, z up"
_DIRECTIONS: Final = ("forward", "backward", "left", "right", "up", "down")
_OPPOSITE: Final = {"backward": "forward", "right": "left", "down": "up"}
_TERM: Final = re.compile(r"([+-]?)\s*([xyz])\s+(\w+)")


@dataclass(frozen=True, slots=True)
class SensorAxes:
    """The body's forward and up axis in the sensor frame, each of length 1 and at right angles."""

    forward: Vector
    up: Vector


def parse_mount(text: str) -> SensorAxes:
    """Read how a sensor sits, such as ``x forward, z up`` or ``-y up, z left``.

    Two of its axes say all; a third may be named if it fits.

    Raises
    ------
    UsageError
        When the text names no direction, one twice, or a frame that no sensor has (a left-handed one).

    Examples
    --------
    >>> parse_mount("z backward, -y up")
    SensorAxes(forward=(0.0, 0.0, -1.0), up=(0.0, -1.0, 0.0))
    """
    found: dict[str, Vector] = {}
    for part in text.split(","):
        match = _TERM.fullmatch(part.strip().lower())
        if match is None or match[3] not in _DIRECTIONS:
            raise UsageError(f"`{part.strip()}` is no mounting; name an axis and where it points, such as `{_EXAMPLE}`")
        sign = -1.0 if match[1] == "-" else 1.0
        direction = match[3]
        if direction in _OPPOSITE:
            sign, direction = -sign, _OPPOSITE[direction]
        axis = _axis(match[2], sign)
        if direction in found or any(_dot(axis, other) for other in found.values()):
            raise UsageError(
                f"`{text}` names an axis or a direction twice; give two different ones, such as `{_EXAMPLE}`"
            )
        found[direction] = axis
    if len(found) < 2:
        raise UsageError(f"`{text}` leaves the sensor free to turn; name a second axis, such as `{_EXAMPLE}`")
    up = found.get("up") or _cross(found["forward"], found["left"])
    forward = found.get("forward") or _cross(found["left"], up)
    if "left" in found and _cross(up, forward) != found["left"]:
        raise UsageError(f"`{text}` is a mirror image of every sensor; turn the sign of one axis")
    return SensorAxes(forward=forward, up=up)


def _axis(name: str, sign: float) -> Vector:
    x, y, z = (sign if name == other else 0.0 for other in "xyz")
    return x, y, z


def _dot(a: Vector, b: Vector) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def _cross(a: Vector, b: Vector) -> Vector:
    x, y, z = a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]
    return x + 0.0, y + 0.0, z + 0.0  # no negative zeros
