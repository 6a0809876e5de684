"""What the rules of a run ask, bound to the moment: each question once a tick, and seldomer where that is safe."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from cuecoach.rules.comparison import ComparisonWatch
from cuecoach.rules.context import Context
from cuecoach.rules.expression import Expression
from cuecoach.rules.terms import Compared, Counted, Fact, Joined, Negated, Question
from cuecoach.rules.watch import CountWatch, FactWatch, JoinWatch, NotWatch, Watch
from cuecoach.signals import Signals
from cuecoach.signals.lasting import Lasting

#: A question that is bound to a context; None when the answer is not known.
Ask: TypeAlias = Callable[[], "bool | None"]


class Asking:
    """Binds questions to one context; what several rules ask is answered once.

    Parameters
    ----------
    context
        The moment. Where it can tell how long answers hold, nothing is asked sooner than an answer may be another.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        lasting = context.lasting if isinstance(context, Signals) else None
        self._watches = None if lasting is None else Watches(context, lasting)
        # Where nothing tells how long answers hold: those of this tick, by the text of the question.
        self._asked: dict[str, bool | None] = {}

    def binds(self, context: Context) -> bool:
        """Whether this is still the best way to ask that context."""
        same = context is self._context
        return same and (self._watches is not None or not isinstance(context, Signals) or context.lasting is None)

    def forget(self) -> None:
        """Let go of the answers of the tick before."""
        self._asked.clear()

    def bind(self, expression: Expression) -> Ask:
        """Return the question, ready to be asked."""
        if self._watches is not None:
            return self._watches.watch(expression.question).ask
        text, answer, asked, context = expression.text, expression.answer, self._asked, self._context

        def ask() -> bool | None:
            if text not in asked:
                asked[text] = answer(context)
            return asked[text]

        return ask


class Watches:
    """The watches of all rules over one context: what several rules ask is answered once."""

    def __init__(self, context: Context, lasting: Lasting) -> None:
        self._context = context
        self._lasting = lasting
        self._known: dict[Question, Watch] = {}

    def watch(self, term: Question) -> Watch:
        """Return the watch over a question."""
        found = self._known.get(term)
        if found is None:
            found = self._known[term] = self._new(term)
        return found

    def _new(self, term: Question) -> Watch:
        match term:
            case Joined():
                return JoinWatch(self._lasting, [self.watch(part) for part in term.operands], every=term.every)
            case Counted():
                return CountWatch(self._lasting, [self.watch(part) for part in term.operands], term)
            case Negated():
                return NotWatch(self._lasting, self.watch(term.operand))
            case Compared() if len(term.signs) > 1:
                ends = zip(term.operands, term.operands[1:], strict=False)
                pairs = [Compared(pair, (sign,)) for pair, sign in zip(ends, term.signs, strict=True)]
                return JoinWatch(self._lasting, [self.watch(pair) for pair in pairs], every=True)
            case Compared():
                return ComparisonWatch(self._lasting, self._context, term)
            case Fact():
                return FactWatch(self._lasting, self._context, term)
