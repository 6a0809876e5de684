"""One rule as its file has it: its settings checked, its expressions compiled, its recordings found."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cuecoach.diagnostics import Diagnostic, has_errors
from cuecoach.rules.expression import Expression, compile_expression
from cuecoach.rules.lexer import ExpressionError, Problem
from cuecoach.rules.model import NOT_YET, RuleModel, Sound
from cuecoach.rules.recordings import find_recording
from cuecoach.rules.rule import Recording
from cuecoach.yamldoc import Document, Fault, Place, validate
from cuecoach.yamldoc import Path as Where

#: The settings that are questions.
EXPRESSIONS: Final = ("when", "until", "only_if")

_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_MAX_ID = 40


@dataclass(frozen=True, slots=True)
class Written:
    """A rule by itself, before what it takes from another rule.

    Attributes
    ----------
    document, id
        Where it is written.
    model
        Its settings; None when they cannot be used.
    expressions
        Those of its questions that can be asked.
    sounds
        Its recordings by the name it gives them.
    problems
        What is to be said about it.
    """

    document: Document
    id: str
    model: RuleModel | None
    expressions: Mapping[str, Expression]
    sounds: Mapping[str, Recording]
    problems: tuple[Diagnostic, ...]

    @property
    def at(self) -> Where:
        """Its path in the document."""
        return ("rules", self.id)

    @property
    def has_errors(self) -> bool:
        """Whether it cannot be used, and nothing can be made of it."""
        return self.model is None or has_errors(self.problems)

    @property
    def language(self) -> str:
        """What its texts are written in."""
        language = self.document.get(("language",))
        return language if isinstance(language, str) else "en"

    def gives(self, setting: str) -> bool:
        """Whether it has the setting itself."""
        raw = self.document.get(self.at)
        return isinstance(raw, dict) and setting in raw


def read_written(document: Document, rule_id: str) -> Written:
    """Read one rule of a document and everything that is wrong with it by itself."""
    at: Where = ("rules", rule_id)
    if at in document.poisoned:
        return Written(document, rule_id, None, {}, {}, ())
    model, found = validate(document, RuleModel, at=at, not_yet=NOT_YET)
    if len(rule_id) > _MAX_ID or not _ID.fullmatch(rule_id):
        mend = f"use small letters, digits and `-`, at most {_MAX_ID}: `run-tall`"
        found.append(document.problem(106, f"`{rule_id}` cannot be the name of a rule", at, part="key", help=mend))
    raw = document.get(at)
    expressions: dict[str, Expression] = {}
    for name in EXPRESSIONS:
        text = raw.get(name) if isinstance(raw, dict) else None
        if isinstance(text, str) and (*at, name) not in document.poisoned:
            expression, problems = _expression(document, (*at, name), text)
            found += problems
            if expression is not None:
                expressions[name] = expression
    sounds: dict[str, Recording] = {}
    if model is not None:
        found += _sounds(document, at, model, sounds)
    return Written(document, rule_id, model, expressions, sounds, tuple(found))


def _expression(document: Document, at: Where, text: str) -> tuple[Expression | None, list[Diagnostic]]:
    place = document.locate(at)
    if place.folded:
        mend = "write it on one line, even a long one; a folded line has no columns to point at"
        return None, [document.problem(210, f"`{at[-1]}` runs over several lines", place, help=mend)]
    try:
        expression = compile_expression(text)
    except ExpressionError as error:
        return None, [expression_problem(document, place, p) for p in error.problems]
    return expression, [expression_problem(document, place, p) for p in expression.warnings]


def expression_problem(document: Document, place: Place, problem: Problem) -> Diagnostic:
    """Return a problem of an expression that is written at `place`, marked at its own columns where these are known."""
    if place.text_column is not None:
        column = place.text_column
        place = Place(place.line, column + problem.start, column + max(problem.end, problem.start + 1))
    severity = "warning" if problem.warning else "error"
    return document.problem(problem.number, problem.message, place, help=problem.help, severity=severity)


def _sounds(document: Document, at: Where, model: RuleModel, sounds: dict[str, Recording]) -> list[Diagnostic]:
    listed = isinstance(document.get((*at, "say")), list)
    named: list[tuple[Where, str]] = []
    for n, wording in enumerate(model.say):
        if isinstance(wording, Sound):
            named.append(((*at, "say", *((n,) if listed else ()), "play"), wording.play))
    if model.play is not None:
        named.append(((*at, "play"), model.play))
    found: list[Diagnostic] = []
    for path, name in named:
        try:
            sounds[name] = find_recording(name, document.path)
        except Fault as fault:
            found.append(document.problem(fault.number, str(fault), path, help=fault.help))
    return found
