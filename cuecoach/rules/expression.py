"""An expression of a cue file, ready to be asked: is it so, on which numbers, and if not known, why not."""

from __future__ import annotations

from dataclasses import dataclass, field

from cuecoach.rules import blame as blaming
from cuecoach.rules import compile as compiled
from cuecoach.rules import describe as describing
from cuecoach.rules import explain
from cuecoach.rules.check import resolve
from cuecoach.rules.context import Context, State
from cuecoach.rules.lexer import ExpressionError, Problem
from cuecoach.rules.parser import parse
from cuecoach.rules.terms import Question
from cuecoach.rules.tree import Node


@dataclass(frozen=True, slots=True)
class Expression:
    """A yes-or-no question about the moment.

    A bare metric has its standard smoothing. Values are compared in base units. A slope is a change per time and compares with
    ``deg/min``, ``spm/min``, ``deg/s`` and the like: ``slope(pelvic_tilt, 5 min) > 0.5 deg/min``.

    Attributes
    ----------
    text
        As written.
    metrics
        Every metric it measures or refers to.
    main_metric
        The first metric it measures; None when it measures none.
    states
        The states it names.
    moves
        Whether the answer may change as time or distance goes by, with nothing new about the runner.
    warnings
        What is allowed and probably not meant.
    """

    text: str
    metrics: frozenset[str]
    main_metric: str | None
    states: frozenset[State] = frozenset()
    moves: bool = False
    warnings: tuple[Problem, ...] = field(default=(), compare=False, repr=False)
    tree: Node | None = field(default=None, compare=False, repr=False)
    _term: Question | None = field(default=None, compare=False, repr=False)
    _answer: compiled.Answer | None = field(default=None, compare=False, repr=False)
    _blame: blaming.Blame | None = field(default=None, compare=False, repr=False)

    def evaluate(self, context: Context) -> bool | None:
        """Return the answer; None when something it needs is unknown."""
        return self.answer(context)

    @property
    def answer(self) -> compiled.Answer:
        """The compiled function behind :meth:`evaluate`, for callers that ask a thousand times a second."""
        assert self._answer is not None
        return self._answer

    @property
    def blame(self) -> blaming.Blame:
        """The compiled function that says which kind of thing is missing: `DATA`, else `REFERENCE`, else 0."""
        assert self._blame is not None
        return self._blame

    def missing(self, context: Context) -> list[explain.Missing]:
        """Return what makes the answer unknown as (kind, name): ``("baseline", "cadence")``; empty when it is known.

        Kinds are ``metric``, ``baseline``, ``start``, ``noise``, ``target``, ``distance`` and ``state``.
        """
        return explain.missing(self.question, context)

    def values(self, context: Context) -> dict[str, float | None]:
        """Return the numbers it rests on, in catalogue units (a slope per second), by their full names."""
        return {leaf.key: compiled.ask(leaf, context) for leaf in explain.leaves(self.question)}

    def describe(self, context: Context) -> str:
        """Return the finding for people: ``pelvic_tilt 14.2 deg > 11.0 deg (start 8.0 deg + 3 deg)``."""
        return describing.describe(self.question, context)

    @property
    def question(self) -> Question:
        """The checked terms behind the text."""
        assert self._term is not None
        return self._term


def compile_expression(text: str) -> Expression:
    """Compile an expression.

    Parameters
    ----------
    text
        For example ``"cadence < target - 3 %"``.

    Raises
    ------
    ExpressionError
        With every mistake found, each with its place in `text`.
    """
    tree = parse(text)
    term, checker = resolve(tree, text)
    errors = [p for p in checker.problems if not p.warning]
    if errors or term is None:
        raise ExpressionError(*(errors or [Problem(201, "this cannot be understood", 0, len(text))]))
    named = checker.measured + checker.referred
    return Expression(
        text,
        frozenset(named),
        checker.measured[0] if checker.measured else None,
        frozenset(checker.states),
        any(leaf.source in ("elapsed", "distance") for leaf in explain.leaves(term)),
        tuple(p for p in checker.problems if p.warning),
        tree,
        term,
        compiled.question(term),
        blaming.blame(term),
    )
