"""Watches one comparison: while the bounds of what both sides measure decide it, its answer holds."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from itertools import chain
from typing import Final

from cuecoach.metrics import METRICS
from cuecoach.rules.compile import Answer, Numeric, number, question
from cuecoach.rules.context import Context
from cuecoach.rules.explain import leaves
from cuecoach.rules.range import MOVING, Key, Range, key_of, range_of
from cuecoach.rules.terms import Compared, Leaf
from cuecoach.rules.watch import Watch
from cuecoach.signals.lasting import Lasting

#: How far ahead to look, as shares of the shortest window: a clear answer holds for nearly half of it.
AHEAD: Final = (0.45, 0.15)
#: Time alone moves on by so much at most before an answer about it is asked for again, s.
AHEAD_S: Final = 60.0
#: Whether bounds of the left and the right decide a comparison, whatever its answer is.
_DECIDED: Final[dict[str, Callable[[Range, Range], bool]]] = {
    "<": lambda a, b: a[1] < b[0] or a[0] >= b[1],
    "<=": lambda a, b: a[1] <= b[0] or a[0] > b[1],
    ">": lambda a, b: b[1] < a[0] or b[0] >= a[1],
    ">=": lambda a, b: b[1] <= a[0] or b[0] > a[1],
    "==": lambda a, b: a[1] < b[0] or b[1] < a[0],
    "!=": lambda a, b: a[1] < b[0] or b[1] < a[0],
}
#: An answer that is too near to last is not looked ahead from for so many times.
NEAR: Final = 6


class ComparisonWatch(Watch):
    """Two numbers, one sign. While the bounds of what both measure decide it, the answer holds."""

    __slots__ = (
        "_ahead_in",
        "_compare",
        "_context",
        "_decided",
        "_fixed",
        "_left",
        "_medians",
        "_moves",
        "_near",
        "_right",
        "_times",
    )

    def __init__(self, lasting: Lasting, context: Context, term: Compared) -> None:
        super().__init__(lasting)
        self._context = context
        self._compare: Answer = question(term)
        self._decided = _DECIDED[term.signs[0]]
        self._left, self._right = map(range_of, term.operands)
        measured = [[leaf for leaf in leaves(operand) if leaf.source in MOVING] for operand in term.operands]
        #: The sides that measure nothing: while one of them is unknown, so is the answer.
        self._fixed: list[Numeric] = [number(o) for o, found in zip(term.operands, measured, strict=True) if not found]
        moving = list(chain.from_iterable(measured))
        self._times = [key_of(leaf) for leaf in moving if leaf.source == "elapsed"]
        self._moves = any(leaf.source in ("elapsed", "distance") for leaf in moving)
        #: Every median in it; None when something in it may be anything with the next message.
        self._medians: set[Key] | None = None
        if all(leaf.source == "elapsed" or _is_median(leaf) for leaf in moving):
            self._medians = {key_of(leaf) for leaf in moving if leaf.source != "elapsed"}
        self._near = 0
        #: The epoch of the last look ahead, None when it was not cut short.
        self._ahead_in: int | None = None

    def _find(self) -> bool | None:
        answer = self._compare(self._context)
        if self._ahead_in != self._lasting.epoch:
            # The look ahead was cut short by what it is compared with, which moves with speed: do not look so often.
            if self._ahead_in is not None:
                self._near = NEAR
            self._ahead_in = None
        if answer is None:
            untold = self._medians is not None and any(self._lasting.is_untold(name) for name, _ in self._medians)
            if not untold and not any(math.isnan(value(self._context)) for value in self._fixed):
                self._soon()
        elif self._near:
            self._near -= 1
            self._soon()
        elif self._medians is None or not self._look_ahead(self._medians):
            self._near = NEAR
            self._soon()
        return answer

    def _soon(self) -> None:
        """The answer holds until something is heard, or time passes where that counts."""
        self.heard = self._lasting.heard
        if self._moves:
            self.until = self._lasting.now

    def _look_ahead(self, medians: Collection[Key]) -> bool:
        """Find for how many messages and how long the answer is safe; False when it is not."""
        lasting = self._lasting
        bounds: dict[Key, Range] = dict.fromkeys(self._times, (lasting.now, lasting.now + AHEAD_S))
        until = lasting.now + AHEAD_S if self._times else math.inf
        if not medians:
            return self._safe(bounds, math.inf, until)
        shortest = min(lasting.count(*median) for median in medians)
        for share in AHEAD:
            more, sure = int(share * shortest), until
            for median in medians:
                span = lasting.median(*median, more) if more else None
                if span is None:
                    break
                bounds[median] = span.low, span.high
                sure = min(sure, span.until)
            else:
                if self._safe(bounds, lasting.heard + more, sure):
                    return True
        return False

    def _safe(self, bounds: Mapping[Key, Range], heard: float, until: float) -> bool:
        if not self._decided(self._left(self._context, bounds), self._right(self._context, bounds)):
            return False
        self.heard, self.until, self._ahead_in = heard, until, self._lasting.epoch
        return True


def _is_median(leaf: Leaf) -> bool:
    if leaf.source == "metric":
        return METRICS[leaf.metric].smoothing == "median"
    return leaf.source == "window" and leaf.function == "median"
