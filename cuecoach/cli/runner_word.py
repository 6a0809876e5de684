"""What the runner says during a run, by a key or a button of the headset, as an event for the coach."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from cuecoach.audio.others.buttons import Press
from cuecoach.cli import keys
from cuecoach.events import Control

#: What may be meant: a press of a button, quiet for a while or its end, a calibration, or that it hurts.
Word: TypeAlias = Press | Literal["quiet a while", "calibrate", "pain"]

#: What the keys mean.
KEYS: Final[dict[str, Word]] = {keys.QUIET: "quiet a while", keys.CALIBRATE: "calibrate", keys.PAIN: "pain"}


def control(word: Word, t: float, quiet_until: float) -> Control:
    """Return the event for a word said at session time `t`, s, while it is quiet until `quiet_until`."""
    match word:
        case "quiet a while":
            return Control(t, "speak" if t < quiet_until else "quiet", keys.QUIET_S)
        case "toggle":  # a player that is paused stays so until it is asked to play
            return Control(t, "speak" if t < quiet_until else "quiet")
        case _:
            return Control(t, word)
