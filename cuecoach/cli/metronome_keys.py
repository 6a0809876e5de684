"""Keys of the live metronome: what the terminal sends, as names."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

Key: TypeAlias = Literal["faster", "slower", "louder", "quieter", "tap", "pause", "quit"]

_SINGLE: Final[dict[str, Key]] = {
    "+": "faster",
    "=": "faster",  # the same key without shift
    "-": "slower",
    "_": "slower",
    "]": "louder",
    "[": "quieter",
    "t": "tap",
    "T": "tap",
    " ": "pause",
    "q": "quit",
    "Q": "quit",
}
#: The last letter of an arrow key's sequence (ECMA-48: cursor up, down, forward, back).
_ARROWS: Final[dict[str, Key]] = {"A": "faster", "B": "slower", "C": "faster", "D": "slower"}
#: The parts of an arrow key come together; what comes later was typed by hand, s.
_TOGETHER_S: Final = 0.05


class KeyReader:
    """Turns characters into keys; an arrow comes as three of them."""

    def __init__(self) -> None:
        self._begun = ""
        self._at = 0.0

    def feed(self, char: str, t: float) -> Key | None:
        """Take a character that came at `t`, s; return the key that it completes, None for none."""
        if t - self._at > _TOGETHER_S:
            self._begun = ""
        self._at = t
        if char == "\x1b":
            self._begun = char
            return None
        if self._begun == "\x1b" and char in "[O":
            self._begun += char
            return None
        if len(self._begun) == 2:
            if char.isdigit() or char == ";":  # a modifier: shift and an arrow
                return None
            self._begun = ""
            return _ARROWS.get(char)
        self._begun = ""
        return _SINGLE.get(char)
