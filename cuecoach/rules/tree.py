"""The tree of an expression: nodes that remember where they were written, and can be printed again."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, TypeAlias


@dataclass(frozen=True, slots=True)
class Span:
    """Where a node stands in the text; two nodes that say the same are equal wherever they stand."""

    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Number(Span):
    """``3 deg``: the number as written and its unit, None for a bare one."""

    value: float = 0.0
    unit: str | None = None
    unit_start: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Name(Span):
    """``pelvic_tilt``, ``target``, ``running``."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class Call(Span):
    """``mean(cadence, 30 s)``."""

    name: str = ""
    arguments: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Negative(Span):
    """``-x``."""

    operand: Node = field(default_factory=Name)


@dataclass(frozen=True, slots=True)
class Not(Span):
    """``not x``."""

    operand: Node = field(default_factory=Name)


@dataclass(frozen=True, slots=True)
class Arithmetic(Span):
    """``a + b`` and its three sisters."""

    sign: str = ""
    left: Node = field(default_factory=Name)
    right: Node = field(default_factory=Name)


@dataclass(frozen=True, slots=True)
class Comparison(Span):
    """``a < b <= c``: operands a, b, c and signs between them."""

    operands: tuple[Node, ...] = ()
    signs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Logic(Span):
    """``a and b and c``, or the same with ``or``."""

    word: str = ""
    operands: tuple[Node, ...] = ()


Node: TypeAlias = Number | Name | Call | Negative | Not | Arithmetic | Comparison | Logic


# ---------------------------------------------------------------- and back
_BINDS: Final = {"or": 1, "and": 2, "+": 5, "-": 5, "*": 6, "/": 6}


def to_text(node: Node) -> str:
    """Print a tree so that parsing it gives the same tree."""
    return _text(node, 0)


def _text(node: Node, around: int) -> str:
    match node:
        case Number():
            number = format(Decimal(repr(node.value)), "f").removesuffix(".0")
            return f"{number} {node.unit}" if node.unit else number
        case Name():
            return node.name
        case Call():
            return f"{node.name}({', '.join(_text(a, 0) for a in node.arguments)})"
        case Negative():
            binds, text = 7, "-" + _text(node.operand, 7)
        case Not():
            binds, text = 3, "not " + _text(node.operand, 3)
        case Arithmetic():
            binds = _BINDS[node.sign]
            text = f"{_text(node.left, binds)} {node.sign} {_text(node.right, binds + 1)}"
        case Comparison():
            binds, parts = 4, [_text(o, 5) for o in node.operands]
            text = parts[0] + "".join(f" {s} {p}" for s, p in zip(node.signs, parts[1:], strict=True))
        case Logic():
            binds = _BINDS[node.word]
            text = f" {node.word} ".join(_text(o, binds + 1) for o in node.operands)
    return f"({text})" if binds < around else text
