"""Whose value counts for each metric: found when it is first asked for, and again only when that may be another."""

from __future__ import annotations

import math

from cuecoach.signals.board import Board
from cuecoach.signals.derived import PARTS, Derived
from cuecoach.signals.log import Log


class Choice:
    """Remembers which log counts for every metric that was ever asked for.

    A choice stands until its value may be stale. One that is not the only source of its metric, or that has none, stands no
    longer than nothing new is heard.

    Parameters
    ----------
    board
        What the sensors say.
    derived
        What follows from it, where no sensor states it.
    """

    __slots__ = ("_board", "_derived", "_found", "_steady", "_unsure_from", "_upset", "_voices")

    def __init__(self, board: Board, derived: Derived) -> None:
        self._board = board
        self._derived = derived
        self._voices = board.voices
        # The log of each metric, None where none counts, and until when that is sure.
        self._found: dict[str, tuple[Log | None, float]] = {}
        # Those that stand whatever is heard.
        self._steady: set[str] = set()
        self._unsure_from = math.inf
        self._upset = False

    def of(self, name: str) -> Log | None:
        """Return the log whose value of the metric counts now: a sensor's, or what follows from others; None without one."""
        found = self._found.get(name)
        return self._find(name)[0] if found is None else found[0]

    def upset(self) -> None:
        """Let no choice stand beyond the next tick: sensors went, came back, or are measured from elsewhere."""
        self._upset = True

    def advance(self, now: float, *, news: bool) -> bool:
        """Move on to `now`, s; True when a metric that was asked for has another source, or none, or may have."""
        if self._upset or (news and self._board.voices != self._voices):
            return self._forget()
        if not news and now <= self._unsure_from:
            return False
        doubted = [
            (name, log)
            for name, (log, until) in self._found.items()
            if now > until or (news and name not in self._steady)
        ]
        if any(self._find(name)[0] is not log for name, log in doubted):
            return self._forget()
        if now > self._unsure_from:
            self._unsure_from = min(until for _, until in self._found.values())
        return False

    def derive(self) -> bool:
        """Note that there are new values which follow from others; True when some of them were not known before."""
        known = [(name, self._found[name][0]) for name in PARTS if name in self._found]
        return any(self._find(name)[0] is not log for name, log in known) and self._forget()

    def _forget(self) -> bool:
        self._upset, self._voices = False, self._board.voices
        self._found.clear()
        self._steady.clear()
        self._unsure_from = math.inf
        return True

    def _find(self, name: str) -> tuple[Log | None, float]:
        found = self._board.choose(name)
        self._steady.discard(name)
        if found[0] is None and name in PARTS:
            found = self._derived.choose(name, self._board.now, self._part)
            if any(self._part(part)[0] is None and part in self._steady for part in PARTS[name]):
                self._steady.add(name)  # one of its parts nobody tells
        elif self._board.now <= (sure := self._board.sure_until(name, found[0])):
            found = found[0], sure
            self._steady.add(name)
        self._found[name] = found
        self._unsure_from = min(self._unsure_from, found[1])
        return found

    def _part(self, name: str) -> tuple[Log | None, float]:
        return self._found.get(name) or self._find(name)
