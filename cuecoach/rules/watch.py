"""Asks one question again and again, and only when its answer may be another: most rules rest for most of a run."""

from __future__ import annotations

import math
from collections.abc import Sequence

from cuecoach.rules.compile import Answer, question
from cuecoach.rules.context import Context
from cuecoach.rules.terms import Counted, Fact
from cuecoach.signals.lasting import Lasting


class Watch:
    """One question about one context; `ask` gives what the compiled question would answer now."""

    __slots__ = ("_answer", "_epoch", "_lasting", "heard", "until")

    def __init__(self, lasting: Lasting) -> None:
        self._lasting = lasting
        self._epoch = -1
        self._answer: bool | None = None
        #: How many messages may have been heard, and until when [s], for the answer to hold.
        self.heard: float = 0
        self.until = -math.inf

    def ask(self) -> bool | None:
        """Return the answer; None when it is not known."""
        lasting = self._lasting
        if lasting.epoch != self._epoch or lasting.heard > self.heard or lasting.now >= self.until:
            self._epoch = lasting.epoch
            self.heard = self.until = math.inf
            self._answer = self._find()
        return self._answer

    def _find(self) -> bool | None:
        """Find the answer, and lower `heard` and `until` to what it rests on."""
        raise NotImplementedError

    def rests_on(self, other: Watch) -> None:
        """Let the answer hold no longer than that of `other`."""
        if other.heard < self.heard:
            self.heard = other.heard
        if other.until < self.until:
            self.until = other.until


class FactWatch(Watch):
    """A state of the runner."""

    __slots__ = ("_ask", "_context", "_steady")

    def __init__(self, lasting: Lasting, context: Context, term: Fact) -> None:
        super().__init__(lasting)
        self._ask: Answer = question(term)
        self._context = context
        self._steady = term.name != "climbing"  # the others begin and end with a new epoch

    def _find(self) -> bool | None:
        if not self._steady:
            self.heard = self._lasting.heard
        return self._ask(self._context)


class NotWatch(Watch):
    """``not``."""

    __slots__ = ("_part",)

    def __init__(self, lasting: Lasting, part: Watch) -> None:
        super().__init__(lasting)
        self._part = part

    def _find(self) -> bool | None:
        answer = self._part.ask()
        self.rests_on(self._part)
        return None if answer is None else not answer


class JoinWatch(Watch):
    """``and``, ``or``: the part that decided last is asked first, and alone while it goes on deciding."""

    __slots__ = ("_decided", "_decides", "_parts")

    def __init__(self, lasting: Lasting, parts: Sequence[Watch], *, every: bool) -> None:
        super().__init__(lasting)
        self._parts = parts
        self._decides = not every
        self._decided = parts[0]

    def _find(self) -> bool | None:
        decides = self._decides
        if self._decided.ask() is decides:
            self.rests_on(self._decided)
            return decides
        answer: bool | None = not decides
        for part in self._parts:
            value = part.ask()
            if value is decides:
                self.heard, self.until, self._decided = part.heard, part.until, part
                return decides
            if value is None:
                answer = None
            self.rests_on(part)
        return answer


class CountWatch(Watch):
    """``count``: it holds for as long as all that is counted."""

    __slots__ = ("_parts", "_term")

    def __init__(self, lasting: Lasting, parts: Sequence[Watch], term: Counted) -> None:
        super().__init__(lasting)
        self._parts = parts
        self._term = term

    def _find(self) -> bool | None:
        given: list[bool | None] = []
        for part in self._parts:
            given.append(part.ask())
            self.rests_on(part)
        return self._term.answer(given)
