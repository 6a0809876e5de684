"""In plain words: what a sensor's angles are measured from, and that it moved."""

from __future__ import annotations

from typing import Final

from cuecoach.events import Alignment, Reference, Slip
from cuecoach.units import clock

_FROM: Final[dict[Reference, str]] = {
    "standing tall": "standing tall",
    "standing": "quiet standing",
    "running": "the first strides of running",
}


def aligned_text(source: str, alignment: Alignment, *, told: bool) -> str:
    """Say from where on angles count; `told` is whether a mounting was given, which may not have fitted."""
    if alignment.forward == "mount":
        forward = "forward is as `mount` says"
    elif told:
        forward = "`mount` does not fit how it hangs, so forward was found from the motion"
    else:
        forward = "forward was found from the motion"
    span = f"{clock(alignment.since)}–{clock(alignment.until)}"
    return f"{source}: angles are from {_FROM[alignment.reference]} ({span}); {forward}"


def moved_text(source: str, slip: Slip, doubt: str | None) -> str:
    """Say that the sensor moved, or that its angles jumped and why that is no slip."""
    jump = f"{slip.pelvic_tilt:+.1f} deg forward, {slip.pelvic_obliquity:+.1f} deg to the side, at {clock(slip.at)}"
    if doubt is not None:
        return f"{source}: its angles jumped ({jump}), but {doubt}: not taken for a slip"
    return f"{source}: it moved on the body ({jump}); its angles do not count until the next calibration"


def odd_pose_text(source: str, off: float) -> str:
    """Say that a sensor hangs otherwise than it usually does, by `off` deg."""
    return f"{source}: it sits {off:.0f} deg off from how it usually does when you stand: check the clip"
