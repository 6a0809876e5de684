"""Cuts an expression into tokens: numbers with their unit, names, signs; anything else is answered with what to write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from cuecoach.errors import UsageError
from cuecoach.rules.dimension import intended, measure

Kind: TypeAlias = Literal["number", "unit", "name", "sign", "word", "end"]

#: Words with a meaning of their own.
WORDS: Final = frozenset({"and", "or", "not"})

_SPACE = re.compile(r"[ \t]*")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+")
#: A unit stands right behind a number: letters, `%` or `°`, perhaps `/` and the name of a time or length.
_UNIT = re.compile(r"[ \t]*((?:%|[A-Za-z°µ]+)(?:/(?:km|min|ms|m|s|h)(?![A-Za-z0-9_]))?)")
_COMPOUND = re.compile(r"[ \t]*([A-Za-z]+/[A-Za-z]+)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SIGN = re.compile(r"<=|>=|==|!=|[<>+\-*/(),]")

#: What people write for a sign of this language.
_INSTEAD: Final[dict[str, str]] = {
    "&&": "and",
    "||": "or",
    "&": "and",
    "|": "or",
    "!": "not",
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
    "=>": ">=",
    "=<": "<=",
    "<>": "!=",
    "=": "==",
    "×": "*",
    "·": "*",
    "÷": "/",
    "−": "-",
    "–": "-",
    "[": "(",
    "]": ")",
    "{": "(",
    "}": ")",
}
_INSTEAD_SIGN = re.compile("|".join(re.escape(k) for k in sorted(_INSTEAD, key=len, reverse=True)))


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake in an expression; `start` and `end` are positions in its text, from 0."""

    number: int
    message: str
    start: int
    end: int
    help: str | None = None
    warning: bool = False


class ExpressionError(UsageError):
    """An expression that means nothing; `problems` says all that is wrong with it."""

    def __init__(self, *problems: Problem) -> None:
        first = problems[0]
        super().__init__(first.message + (f"; {first.help}" if first.help else ""))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of an expression at ``text[start:end]``."""

    kind: Kind
    text: str
    start: int
    end: int


def tokenize(text: str) -> Iterator[Token]:
    """Cut `text` into tokens, the last of kind ``end``.

    Raises
    ------
    ExpressionError
        At the first character that has no place in the language.
    """
    at = 0
    while True:
        space = _SPACE.match(text, at)
        at = space.end() if space else at
        if at >= len(text):
            yield Token("end", "", len(text), len(text))
            return
        number = _NUMBER.match(text, at)
        if number:
            yield Token("number", number[0], at, number.end())
            at = _check_after_number(text, at, number.end())
            unit = _COMPOUND.match(text, at)
            if unit is None or (measure(unit[1]) is None and intended(unit[1]) is None):
                unit = _UNIT.match(text, at)
            if unit and unit[1] not in WORDS and not _is_name(text, unit):
                yield Token("unit", unit[1], unit.start(1), unit.end(1))
                at = unit.end()
            continue
        name = _NAME.match(text, at)
        if name:
            yield Token("word" if name[0] in WORDS else "name", name[0], at, name.end())
            at = name.end()
            continue
        wrong = _INSTEAD_SIGN.match(text, at)
        sign = _SIGN.match(text, at)
        # `=<` and `<>` are slips, `<=` is not; `<` before anything else is.
        if sign and not (wrong and len(wrong[0]) > len(sign[0])):
            yield Token("sign", sign[0], at, sign.end())
            at = sign.end()
            continue
        raise ExpressionError(_stranger(text, at, wrong[0] if wrong else None))


def _is_name(text: str, unit: re.Match[str]) -> bool:
    """Whether what follows the number goes on as a name (``3 pelvic_tilt``); then the parser says what is missing."""
    return unit.end() < len(text) and (text[unit.end()] == "_" or text[unit.end()].isdigit())


def _check_after_number(text: str, start: int, end: int) -> int:
    comma = re.compile(r",([0-9]+)").match(text, end)
    if comma and "(" not in text[:start]:
        fixed = f"{text[start:end]}.{comma[1]}"
        raise ExpressionError(Problem(201, "a comma inside a number", end, end + 1, f"write a point: `{fixed}`"))
    if text.startswith(".", end):
        raise ExpressionError(Problem(201, "a number with a point too many", start, end + 1, "write for example `3.5`"))
    return end


def _stranger(text: str, at: int, wrong: str | None) -> Problem:
    if wrong:
        write = _INSTEAD[wrong]
        return Problem(201, f"`{wrong}` is not used here", at, at + len(wrong), f"write `{write}`")
    sign = text[at]
    if sign in "\"'`":
        return Problem(
            201, "text has no place in an expression", at, at + 1, "compare metrics, numbers with units and states"
        )
    if sign == "%":
        return Problem(201, "`%` needs a number before it", at, at + 1, "write for example `target - 3 %`")
    if sign == ".":
        return Problem(201, "a point stands only inside a number", at, at + 1, "write for example `1.5 deg`")
    if sign in "^":
        return Problem(201, "`^` is not used here", at, at + 1, "multiply instead")
    return Problem(201, f"`{sign}` has no meaning here", at, at + 1)
