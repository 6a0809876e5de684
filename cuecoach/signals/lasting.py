"""How long an answer holds: what changes everything, how much was heard, and how far a median can move by then."""

from __future__ import annotations

import math

from cuecoach.metrics import METRICS
from cuecoach.signals.board import Board
from cuecoach.signals.choice import Choice
from cuecoach.signals.derived import PARTS
from cuecoach.signals.log import Log, Span


class Lasting:
    """Lets those who ask hundreds of questions a tick ask again only when an answer may be another.

    An answer stays the same while `epoch` is the same, no more was `heard` than it allows for, and its time is not over.

    Attributes
    ----------
    epoch
        Another number when a sensor took over, a value grew stale, or what values are compared with has moved.
    heard
        How many messages of values were heard so far, of the sensor that says most.
    now
        Session time, s.
    """

    __slots__ = ("_before", "_board", "_choice", "epoch", "heard", "now")

    def __init__(self, board: Board, choice: Choice) -> None:
        self._board = board
        self._choice = choice
        self._before = board.heard
        self.epoch = 0
        self.heard = 0
        self.now = -math.inf

    def advance(self, now: float) -> None:
        """Move on to `now`, s."""
        self.now = now
        self.heard += self._board.heard - self._before
        self._before = self._board.heard

    def renew(self) -> None:
        """Let no answer hold any longer."""
        self.epoch += 1

    def derive(self) -> None:
        """Note that values which follow from others are there."""
        self.heard += 1

    def is_untold(self, name: str) -> bool:
        """Whether nobody has ever told the metric: it is unknown until that changes."""
        return name not in PARTS and not self._board.tells(name)

    def count(self, name: str, window_s: float) -> int:
        """Return how many values of a metric the window holds; 0 when none counts now."""
        log = self._log(name)
        return 0 if log is None else log.count(name, window_s)

    def median(self, name: str, window_s: float, more: int) -> Span | None:
        """Return where the median over a window stays while no more than `more` messages are heard; None when unknown."""
        log = self._log(name)
        return None if log is None else log.median_span(name, window_s, more)

    def _log(self, name: str) -> Log | None:
        log = self._choice.of(name) if name in METRICS else None
        # What follows from others is heard apart from them.
        return log if log is None or log.origin else None
