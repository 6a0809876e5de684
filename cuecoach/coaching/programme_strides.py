"""The short surges of a session: told from speed as each begins, so that a word can come before the form is lost."""

from __future__ import annotations

from typing import Final

from cuecoach.signals.activity import SURGE_SPEED

#: After a stride the runner must have been easy for so long before another can begin, s.
EASY_AGAIN_S: Final = 20.0
#: A word that could not be said within this comes too late for its stride, s.
IN_TIME_S: Final = 5.0


class Strides:
    """Tells when one of the first `wanted` strides begins."""

    def __init__(self, wanted: int) -> None:
        self._left = wanted
        self._easy_since: float | None = None
        self._began: float | None = None
        #: A stride has just begun, and nothing was said of it yet.
        self.begins = False

    def look(self, t: float, speed: float | None, easy: float | None, *, active: bool) -> None:
        """Take in the speed and the easy speed at `t`, m/s; None where they are unknown. Strides count while `active`."""
        if self._began is not None and t - self._began > IN_TIME_S:
            self.begins, self._began = False, None
        if speed is None or easy is None:
            return
        if speed < easy + SURGE_SPEED:
            self._easy_since = t if self._easy_since is None else self._easy_since
            return
        rested = self._easy_since is not None and t - self._easy_since >= EASY_AGAIN_S
        self._easy_since = None
        if rested and active and self._left > 0:
            self._left -= 1
            self.begins, self._began = True, t

    def said(self) -> None:
        """The word was said."""
        self.begins = False
