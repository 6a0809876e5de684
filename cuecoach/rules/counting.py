"""`count(a, b, c) >= 2`: how many of some conditions are true, compared with numbers."""

from __future__ import annotations

from collections.abc import Callable
from operator import eq, ge, gt, le, lt, ne
from typing import Final

from cuecoach.rules.lexer import Problem
from cuecoach.rules.terms import Counted, Question
from cuecoach.rules.tree import Call, Comparison, Node, Number

#: So many conditions may be counted.
FEWEST, MOST = 2, 8

_COMPARE: Final[dict[str, Callable[[float, float], bool]]] = {
    "<": lt, "<=": le, ">": gt, ">=": ge, "==": eq, "!=": ne,
}  # fmt: skip
_EXAMPLE = "write for example `count(a, b, c) >= 2`"


class Counting:
    """Resolves a comparison that counts.

    Parameters
    ----------
    text
        The expression, for quoting.
    problems
        Where problems are added.
    question
        Resolves one condition.
    """

    def __init__(self, text: str, problems: list[Problem], question: Callable[[Node], Question | None]) -> None:
        self._text = text
        self._problems = problems
        self._question = question

    def comparison(self, node: Comparison) -> Counted | None:
        """Return the counted question, None with a problem said.

        A count stands beside numbers only. So what every possible count would be answered is known now, and while running the
        answer is unknown only where the unknown conditions could change it.
        """
        counts = [o for o in node.operands if isinstance(o, Call) and o.name == "count"]
        others = [o for o in node.operands if o is not counts[0]]
        conditions = self._conditions(counts[0])
        for other in others:
            if not isinstance(other, Number):
                self._say(208, "`count` can only be compared with a number", other, _EXAMPLE)
                return None
            if other.unit is not None:
                number = self._source(other).removesuffix(other.unit).strip()
                self._say(205, "`count` gives a number without a unit", other, f"write `{number}`")
                return None
        if conditions is None:
            return None
        answers = tuple(_holds(node, n) for n in range(len(conditions) + 1))
        return Counted(conditions, answers, node.start, node.end)

    def _conditions(self, call: Call) -> tuple[Question, ...] | None:
        n = len(call.arguments)
        if not FEWEST <= n <= MOST:
            message = f"`count` takes {FEWEST} to {MOST} conditions, this has {n}"
            self._say(208, message, call, "one condition needs no `count`" if n == 1 else "put commas between them")
            return None
        # Every condition is looked at, so that all mistakes come in one run.
        found = [self._question(a) for a in call.arguments]
        known = tuple(q for q in found if q is not None)
        return known if len(known) == n else None

    def _source(self, node: Node) -> str:
        return self._text[node.start : node.end]

    def _say(self, number: int, message: str, node: Node, help_text: str | None) -> None:
        self._problems.append(Problem(number, message, node.start, max(node.end, node.start + 1), help_text))


def _holds(node: Comparison, count: int) -> bool:
    values = [o.value if isinstance(o, Number) else float(count) for o in node.operands]
    return all(_COMPARE[s](a, b) for a, s, b in zip(values, node.signs, values[1:], strict=False))
