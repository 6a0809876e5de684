"""Which metric a bare `baseline`, `start`, `noise` or `target` is of: the one its comparison names."""

from __future__ import annotations

from cuecoach.metrics import METRICS
from cuecoach.rules.tree import Arithmetic, Call, Comparison, Name, Negative, Node, Number
from cuecoach.rules.vocabulary import NAMES, REFERENCES


class Scope:
    """The metrics a comparison names: those it measures, or else those it refers to by name."""

    def __init__(self, measured: dict[str, None], referred: dict[str, None], *, unsure: bool) -> None:
        self.metrics = measured or referred
        self.unsure = unsure

    @property
    def metric(self) -> str | None:
        """The one metric; None when there are none or several."""
        return next(iter(self.metrics)) if len(self.metrics) == 1 else None


def scope_of(node: Comparison) -> Scope:
    """Return the metrics that a comparison names."""
    measured: dict[str, None] = {}
    referred: dict[str, None] = {}
    unknown: list[str] = []

    def visit(part: Node, into: dict[str, None]) -> None:
        match part:
            case Name(name=name) if name in METRICS:
                into[name] = None
            case Name(name=name) if name not in NAMES:
                unknown.append(name)
            case Call():
                for argument in part.arguments:
                    visit(argument, referred if part.name in REFERENCES else into)
            case Arithmetic():
                visit(part.left, into)
                visit(part.right, into)
            case Negative():
                visit(part.operand, into)
            case _:
                pass

    for operand in node.operands:
        visit(operand, measured)
    return Scope(measured, referred, unsure=bool(unknown))


def is_window(node: Call) -> bool:
    """Whether ``min``/``max`` is meant over time: a bare metric, then a time in s, min or h (``ms`` is a stance time)."""
    match node.arguments:
        case (Name(name=name), Number(unit="s" | "min" | "h")):
            return name in METRICS
        case _:
            return False
