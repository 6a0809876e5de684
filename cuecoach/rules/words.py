"""Says an expression in plain words: ``pelvic tilt is above the smaller of your usual and this run's start plus 3 deg``."""

from __future__ import annotations

from typing import Final

from cuecoach.rules.tree import Arithmetic, Call, Comparison, Logic, Name, Negative, Node, Not, Number, to_text

_NAMES: Final = {
    "baseline": "your usual",
    "start": "the start of this run",
    "noise": "its usual wobble",
    "target": "the target",
    "elapsed": "the time so far",
    "distance": "the distance so far",
    "vertical_oscillation": "bounce",
}
_SIGNS: Final = {
    "<": "is below",
    "<=": "is at most",
    ">": "is above",
    ">=": "is at least",
    "==": "equals",
    "!=": "differs from",
}
_ARITHMETIC: Final = {"+": "plus", "-": "minus", "*": "times", "/": "divided by"}
_HOW_MANY: Final = {
    "<": "fewer than",
    "<=": "at most",
    ">": "more than",
    ">=": "at least",
    "==": "exactly",
    "!=": "any number but",
}
_WINDOWS: Final = {
    "mean": "average {0} over {1}",
    "median": "middle {0} over {1}",
    "min": "lowest {0} in {1}",
    "max": "highest {0} in {1}",
    "sd": "spread of {0} over {1}",
    "slope": "change of {0} over {1}",
}


def plain(node: Node) -> str:
    """Return the expression in words."""
    match node:
        case Number():
            return to_text(node)
        case Name():
            return _NAMES.get(node.name, node.name.replace("_", " "))
        case Call():
            return _call(node)
        case Negative():
            return f"minus {plain(node.operand)}"
        case Not():
            return f"not {plain(node.operand)}"
        case Arithmetic():
            return f"{plain(node.left)} {_ARITHMETIC[node.sign]} {plain(node.right)}"
        case Comparison(operands=(Call(name="count") as count, Number() as number), signs=(sign,)):
            return f"{_HOW_MANY[sign]} {to_text(number)} of ({_listed(count)})"
        case Comparison():
            text = plain(node.operands[0])
            for sign, operand in zip(node.signs, node.operands[1:], strict=True):
                text += f" {_SIGNS[sign]} {plain(operand)}"
            return text
        case Logic():
            inner = [f"({plain(o)})" if isinstance(o, Logic) else plain(o) for o in node.operands]
            return f" {node.word} ".join(inner)


def _call(node: Call) -> str:
    parts = [plain(a) for a in node.arguments]
    first = node.arguments[0] if node.arguments else None
    over_time = len(parts) == 2 and isinstance(first, Name) and isinstance(node.arguments[1], Number)
    if node.name in _WINDOWS and (over_time or node.name not in ("min", "max")):
        return _WINDOWS[node.name].format(*parts)
    match node.name:
        case "min" | "max":
            return f"the {'smaller' if node.name == 'min' else 'larger'} of {' and '.join(parts)}"
        case "last":
            return f"the newest {parts[0]}"
        case "count":
            return f"how many are true of ({_listed(node)})"
        case "abs":
            return f"the size of {parts[0]}"
        case _:
            return f"{_NAMES[node.name]} of {parts[0]}"


def _listed(count: Call) -> str:
    return "; ".join(plain(a) for a in count.arguments)
