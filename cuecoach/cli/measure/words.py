"""How a measured recording is told in words and figures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from cuecoach.events import Alignment, Reference, Slip
from cuecoach.timeline import clock

if TYPE_CHECKING:
    from cuecoach.cli.measure.measuring import Measured

ZERO: Final[dict[Reference, str]] = {
    "standing tall": "standing tall",
    "standing": "standing still",
    "running": "the first even strides",
}
#: Decimals a unit is shown with; one where nothing else is said.
_DECIMALS: Final = {"ms": 0, "mm": 0, "m": 2, "m/s": 2}


def figure(value: float | None, unit: str) -> str:
    """Write a value as fine as it is known; a dash when unknown.

    Examples
    --------
    >>> figure(243.4, "ms"), figure(-0.01, "deg"), figure(None, "spm")
    ('243', '0.0', '–')
    """
    if value is None:
        return "–"
    decimals = _DECIMALS.get(unit, 1)
    return f"{round(value, decimals) + 0.0:.{decimals}f}"


def length(seconds: float) -> str:
    """Write a length of time: ``18 s``, ``8:00``.

    Examples
    --------
    >>> length(17.6), length(479.9)
    ('18 s', '8:00')
    """
    whole = round(seconds)
    return f"{whole} s" if whole < 60 else clock(whole)


def headline(done: Measured) -> str:
    """Write what the recording is and what was done in it."""
    rate = f"{done.sampling_rate_hz:g} Hz" if done.sampling_rate_hz else "rate unknown"
    spent = ", ".join(f"{name} {length(seconds)}" for name, seconds in done.whole.spent.items())
    return f"{done.place}, {rate}, {length(done.duration_s)}: {spent}; {done.whole.steps} running steps"


def about_the_sensor(done: Measured) -> Iterator[str]:
    """Tell how the sensor sat, when it moved, and what it cannot give."""
    for i, alignment in enumerate(done.alignments):
        begin = f"from {clock(alignment.known)} on, " if i else ""
        yield begin + sitting(alignment)
    for slip in done.slips:
        yield slipped(slip)
    lack = lacking(done)
    if lack:
        yield lack


def sitting(alignment: Alignment) -> str:
    """Tell how a sensor was decided to sit."""
    since, until = clock(alignment.since), clock(alignment.until)
    forward = "found from the motion" if alignment.forward == "motion" else "as told by the mounting"
    bias = " ".join(figure(rate, "deg/s") for rate in alignment.gyr_bias)
    return (
        f"zero of the angles: {ZERO[alignment.reference]}, {since}–{until}; forward: {forward}; "
        f"gyroscope bias {bias} deg/s taken off"
    )


def slipped(slip: Slip) -> str:
    """Tell when a sensor moved, and by how much where that can be seen."""
    turns = [
        f"{name} {turn:+.0f}°"
        for name, turn in (("tilt", slip.pelvic_tilt), ("obliquity", slip.pelvic_obliquity))
        if abs(turn) >= 0.5
    ]
    by = f": {', '.join(turns)}" if turns else ""
    return f"the sensor slipped at {clock(slip.at)}{by}; the angles after it have another zero"


def lacking(done: Measured) -> str | None:
    """Tell what a sensor like this cannot give, None when it gives all."""
    if done.place in ("foot", "shank"):
        return f"a {done.place} sensor gives the steps of one leg: no bounce, no pelvis, no left and right"
    if not done.gyroscope:
        return "without a gyroscope there are no angles, and left and right are not told apart"
    if done.whole.steps and not done.alignments:
        return "no angles: the sensor's position was not learnt; that takes some ten even steps in a row"
    return "a torso sensor gives no pelvis" if done.place == "torso" else None
