"""The checked tree of an expression: every name resolved, every value in base units, ready to compile or to explain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from cuecoach.rules.context import State, WindowFunction
from cuecoach.rules.dimension import Dimension

#: Where a value comes from. `metric`, `window` and `last` are fresh data; the others are what data is compared with.
Source: TypeAlias = Literal["metric", "window", "last", "baseline", "start", "noise", "target", "elapsed", "distance"]


@dataclass(frozen=True, slots=True)
class Const:
    """A number; `text` is how it was written."""

    dimension: Dimension
    unit: str | None
    value: float
    text: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value asked of the context; `factor` turns its catalogue unit into the base unit, `label` is how it was written."""

    dimension: Dimension
    unit: str | None
    source: Source
    label: str
    factor: float = 1.0
    metric: str = ""
    function: WindowFunction = "mean"
    window_s: float = 0.0

    @property
    def key(self) -> str:
        """The full name, whatever was written: ``baseline(pelvic_tilt)``."""
        return (
            f"{self.source}({self.metric})" if self.source in ("baseline", "start", "noise", "target") else self.label
        )


@dataclass(frozen=True, slots=True)
class Minus:
    """The negative of a term."""

    dimension: Dimension
    unit: str | None
    operand: Term


@dataclass(frozen=True, slots=True)
class Sum:
    """``left + sign * right``; `sign` is 1 or -1."""

    dimension: Dimension
    unit: str | None
    left: Term
    right: Term
    sign: int


@dataclass(frozen=True, slots=True)
class Scaled:
    """``operand + percent``: the operand grown (sign 1) or shrunk (-1) by a constant share."""

    dimension: Dimension
    unit: str | None
    operand: Term
    percent: Const
    sign: int

    @property
    def factor(self) -> float:
        """What the operand is multiplied by: 1.05 for ``+ 5 %``."""
        return 1 + self.sign * self.percent.value / 100


@dataclass(frozen=True, slots=True)
class Product:
    """``left * right``, or ``left / right``; `factor` takes care of a percentage among them."""

    dimension: Dimension
    unit: str | None
    left: Term
    right: Term
    divide: bool
    factor: float


@dataclass(frozen=True, slots=True)
class Extreme:
    """``min(a, b, …)`` or ``max``; unknown operands are skipped unless all are unknown."""

    dimension: Dimension
    unit: str | None
    largest: bool
    operands: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Absolute:
    """``abs(x)``."""

    dimension: Dimension
    unit: str | None
    operand: Term


@dataclass(frozen=True, slots=True)
class Fact:
    """A state: ``running``."""

    name: State


@dataclass(frozen=True, slots=True)
class Compared:
    """A chain of comparisons, written at ``text[start:end]``."""

    operands: tuple[Term, ...]
    signs: tuple[str, ...]
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Counted:
    """``count(a, b, …) >= 2``, compared with numbers only: ``answers[n]`` is what n true conditions would be answered."""

    operands: tuple[Question, ...]
    answers: tuple[bool, ...]
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    def answer(self, given: Sequence[bool | None]) -> bool | None:
        """Return the answer; None when the unknown conditions could still change it."""
        low = high = 0
        for one in given:
            low += one is True
            high += one is not False
        possible = set(self.answers[low : high + 1])
        return possible.pop() if len(possible) == 1 else None


@dataclass(frozen=True, slots=True)
class Negated:
    """``not``."""

    operand: Question


@dataclass(frozen=True, slots=True)
class Joined:
    """``and`` or ``or`` of two or more."""

    every: bool
    operands: tuple[Question, ...]


Term: TypeAlias = Const | Leaf | Minus | Sum | Scaled | Product | Extreme | Absolute
Question: TypeAlias = Fact | Compared | Counted | Negated | Joined
Checked: TypeAlias = Term | Question
