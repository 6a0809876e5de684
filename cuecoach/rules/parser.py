"""From tokens to a tree: a small precedence-climbing parser whose nodes remember where they were written.

::

    or  <  and  <  not  <  comparison chains  <  + -  <  * /  <  sign  <  number, name, call, ( )
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from cuecoach.rules.lexer import ExpressionError, Problem, Token, tokenize
from cuecoach.rules.tree import Arithmetic, Call, Comparison, Logic, Name, Negative, Node, Not, Number

#: Longer expressions are refused before they are looked at.
MAX_LENGTH: Final = 500
#: Brackets, calls, `not` and signs inside each other.
MAX_NESTING: Final = 32
#: A float holds about so many.
MAX_DIGITS: Final = 15

_COMPARISONS: Final = frozenset({"<", "<=", ">", ">=", "==", "!="})


def parse(text: str) -> Node:
    """Read an expression.

    Raises
    ------
    ExpressionError
        With the first place that cannot be read.
    """
    if len(text) > MAX_LENGTH:
        problem = Problem(209, f"longer than {MAX_LENGTH} characters", 0, len(text), "make two rules of it")
        raise ExpressionError(problem)
    return _Parser(tokenize(text)).whole()


class _Parser:
    def __init__(self, tokens: Iterator[Token]) -> None:
        self._tokens = tokens
        self._depth = 0
        self._previous_end = 0
        self._here = next(tokens)

    # ------------------------------------------------------------ reading tokens
    def _advance(self) -> Token:
        token = self._here
        self._previous_end = token.end
        self._here = next(self._tokens, token)
        return token

    def _at_end(self) -> bool:
        return self._here.kind == "end"

    def _is(self, *texts: str) -> bool:
        return self._here.kind in ("sign", "word") and self._here.text in texts

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > MAX_NESTING:
            problem = Problem(
                209,
                f"nested deeper than {MAX_NESTING} levels",
                self._here.start,
                self._here.end,
                "make two rules of it",
            )
            raise ExpressionError(problem)

    # ------------------------------------------------------------ grammar, loosest first
    def whole(self) -> Node:
        if self._here.kind == "end":
            raise ExpressionError(
                Problem(201, "there is nothing here", 0, 1, "write for example `cadence < target - 3 %`")
            )
        node = self._or()
        if not self._at_end():
            raise ExpressionError(self._unexpected())
        return node

    def _or(self) -> Node:
        return self._logic("or", self._and)

    def _and(self) -> Node:
        return self._logic("and", self._not)

    def _logic(self, word: str, operand: Callable[[], Node]) -> Node:
        parts = [operand()]
        while self._is(word):
            self._advance()
            parts.append(operand())
        if len(parts) == 1:
            return parts[0]
        return Logic(parts[0].start, self._previous_end, word, tuple(parts))

    def _not(self) -> Node:
        if not self._is("not"):
            return self._comparison()
        start = self._advance().start
        self._deeper()
        operand = self._not()
        self._depth -= 1
        return Not(start, self._previous_end, operand)

    def _comparison(self) -> Node:
        operands = [self._sum()]
        signs: list[str] = []
        while self._here.kind == "sign" and self._here.text in _COMPARISONS:
            signs.append(self._advance().text)
            operands.append(self._sum())
        if not signs:
            return operands[0]
        return Comparison(operands[0].start, self._previous_end, tuple(operands), tuple(signs))

    def _sum(self) -> Node:
        return self._arithmetic(("+", "-"), self._product)

    def _product(self) -> Node:
        return self._arithmetic(("*", "/"), self._signed)

    def _arithmetic(self, signs: tuple[str, ...], operand: Callable[[], Node]) -> Node:
        left = operand()
        while self._is(*signs):
            sign = self._advance().text
            right = operand()
            left = Arithmetic(left.start, self._previous_end, sign, left, right)
        return left

    def _signed(self) -> Node:
        if not self._is("-", "+"):
            return self._atom()
        sign = self._advance()
        self._deeper()
        operand = self._signed()
        self._depth -= 1
        if sign.text == "+":
            return operand
        return Negative(sign.start, self._previous_end, operand)

    def _atom(self) -> Node:
        token = self._here
        if token.kind == "number":
            return self._number()
        if token.kind == "name":
            self._advance()
            return self._call(token) if self._is("(") else Name(token.start, token.end, token.text)
        if self._is("("):
            self._advance()
            self._deeper()
            node = self._or()
            self._close(token)
            return replace(node, start=token.start, end=self._previous_end)
        raise ExpressionError(self._unexpected())

    def _number(self) -> Node:
        number = self._advance()
        if len(number.text) > MAX_DIGITS:
            raise ExpressionError(Problem(201, f"a number of more than {MAX_DIGITS} digits", number.start, number.end))
        unit = self._advance() if self._here.kind == "unit" else None
        end = unit.end if unit else number.end
        return Number(number.start, end, float(number.text), unit.text if unit else None, unit.start if unit else end)

    def _call(self, name: Token) -> Node:
        bracket = self._advance()
        self._deeper()
        arguments: list[Node] = []
        while not self._is(")"):
            arguments.append(self._or())
            if not self._is(","):
                break
            self._advance()
        self._close(bracket)
        return Call(name.start, self._previous_end, name.text, tuple(arguments))

    def _close(self, bracket: Token) -> None:
        if not self._is(")"):
            if self._here.kind == "end":
                raise ExpressionError(
                    Problem(201, "this bracket is never closed", bracket.start, bracket.end, "add `)`")
                )
            raise ExpressionError(self._unexpected())
        self._depth -= 1
        self._advance()

    def _unexpected(self) -> Problem:
        token = self._here
        if token.kind == "end":
            start = max(0, self._previous_end - 1)
            return Problem(201, "something is missing at the end", start, self._previous_end)
        if token.text == ")":
            return Problem(201, "this bracket closes nothing", token.start, token.end, "delete it, or add `(` before")
        if token.kind == "unit":
            return Problem(201, f"`{token.text}` is out of place", token.start, token.end)
        if token.kind in ("name", "number"):
            what = "multiply with `*`, compare with `<` or `>`, or join with `and`"
            return Problem(201, f"a sign is missing before `{token.text}`", token.start, token.end, what)
        return Problem(201, f"`{token.text}` is out of place here", token.start, token.end)
