"""What can be done to other programs' sound on this machine, for those who ask before a run."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from cuecoach.audio.others.helper import OtherSound


@dataclass(frozen=True, slots=True)
class Possible:
    """What can be done to other programs' sound here: a sentence for each that cannot, and what was undone just now."""

    duck_problem: str | None
    pause_problem: str | None
    taken: bool
    notes: tuple[str, ...]


def look_what_works() -> Possible:
    """Try sound server and session bus, and undo what a run that broke off has left; takes tenths of a second."""
    if not sys.platform.startswith("linux"):
        why = "only on Linux can other programs be turned down or paused; here they are left alone"
        return Possible(why, why, taken=False, notes=())
    with OtherSound.open("check") as others:
        notes, ready = others.take_notes(), others.ready
    if ready is None:
        why = "the sound server does not answer; start your sound service again"
        return Possible(why, why, taken=False, notes=())
    return Possible(ready.duck_problem, ready.pause_problem, ready.taken, tuple(notes))
