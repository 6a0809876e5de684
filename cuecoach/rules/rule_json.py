"""Compiled rules as plain JSON and back, so that a run can be coached again by the very rules it was coached by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields
from typing import Final, TypeAlias, cast

from cuecoach.errors import StoreError
from cuecoach.rules.expression import Expression, compile_expression
from cuecoach.rules.lexer import ExpressionError
from cuecoach.rules.rule import Limit, NoChange, Recording, Rule

_Reads: TypeAlias = Callable[[object], object]


# ---------------------------------------------------------------- there
def rules_to_json(rules: Sequence[Rule]) -> list[dict[str, object]]:
    """Return rules as plain JSON: expressions as their text, all else as it is; paths of recordings are kept."""
    return [{f.name: _plain(getattr(rule, f.name)) for f in fields(Rule)} for rule in rules]


def _plain(value: object) -> object:
    match value:
        case Expression():
            return value.text
        case Limit():
            return {"count": value.count, "per": value.per}
        case NoChange():
            return {"say": list(value.say), "drill": list(value.drill)}
        case Mapping():
            recordings = cast("Mapping[str, Recording]", value)
            return {text: {"path": r.path, "duration_s": r.duration_s} for text, r in recordings.items()}
        case tuple():
            return list(cast("tuple[str, ...]", value))
        case _:
            return value


# ---------------------------------------------------------------- and back
def rules_from_json(data: object) -> tuple[Rule, ...]:
    """Return the rules that :func:`rules_to_json` gave: equal, and of the same decisions.

    A setting that is not there takes its default, one that is not known is passed over.

    Raises
    ------
    StoreError
        A rule has no `id` or `when`, a value is not what it should be, or an expression is not understood (any more).
    """
    if not isinstance(data, list | tuple):
        raise StoreError("the stored rules are no list: the file of runs is damaged")
    return tuple(_rule(one) for one in cast("Sequence[object]", data))


def _rule(data: object) -> Rule:
    if not isinstance(data, Mapping):
        raise StoreError("a stored rule is no block of settings: the file of runs is damaged")
    found = cast("Mapping[str, object]", data)
    name = found.get("id", "?")
    values: dict[str, object] = {}
    for setting, read in _READS.items():
        if setting in found:
            try:
                values[setting] = read(found[setting])
            except ExpressionError as error:
                message = f"`{setting}` of the stored rule `{name}` is not understood by this cuecoach: {error}"
                raise StoreError(message) from None
            except (TypeError, KeyError):
                message = f"`{setting}` of the stored rule `{name}` cannot be read: the file of runs is damaged"
                raise StoreError(message) from None
        elif setting in _NEEDED:
            raise StoreError(f"the stored rule `{name}` has no `{setting}`: the file of runs is damaged")
    return Rule(**values)  # pyright: ignore[reportArgumentType]


def _text(data: object) -> str:
    if not isinstance(data, str):
        raise TypeError
    return data


def _number(data: object) -> float:
    if isinstance(data, bool) or not isinstance(data, int | float):
        raise TypeError
    return data


def _whole(data: object) -> int:
    if isinstance(data, bool) or not isinstance(data, int):
        raise TypeError
    return data


def _yes_or_no(data: object) -> bool:
    if not isinstance(data, bool):
        raise TypeError
    return data


def _texts(data: object) -> tuple[str, ...]:
    if not isinstance(data, list | tuple):
        raise TypeError
    return tuple(_text(one) for one in cast("Sequence[object]", data))


def _block(data: object) -> Mapping[str, object]:
    if not isinstance(data, Mapping):
        raise TypeError
    return cast("Mapping[str, object]", data)


def _expression(data: object) -> Expression:
    return compile_expression(_text(data))


def _limit(data: object) -> Limit:
    block = _block(data)
    per = _text(block["per"])
    if per not in ("km", "run", "hour"):
        raise TypeError
    return Limit(_whole(block["count"]), per)


def _no_change(data: object) -> NoChange:
    block = _block(data)
    return NoChange(_texts(block["say"]), _texts(block["drill"]))


def _recordings(data: object) -> dict[str, Recording]:
    return {text: _recording(_block(one)) for text, one in _block(data).items()}


def _recording(block: Mapping[str, object]) -> Recording:
    return Recording(_text(block["path"]), _number(block["duration_s"]))


def _or_none(read: _Reads) -> _Reads:
    return lambda data: None if data is None else read(data)


_READS: Final[dict[str, _Reads]] = {
    "id": _text,
    "when": _expression,
    "about": _text,
    "focus": _text,
    "hold_s": _number,
    "until": _or_none(_expression),
    "only_if": _or_none(_expression),
    "cooldown_s": _number,
    "limit": _or_none(_limit),
    "priority": _whole,
    "say": _texts,
    "if_no_change": _or_none(_no_change),
    "recordings": _recordings,
    "language": _text,
    "beat_s": _or_none(_number),
    "praise": _or_none(_text),
    "repeat": _yes_or_no,
    "evidence": _or_none(_text),
    "because": _or_none(_text),
    "enabled": _yes_or_no,
    "path": _text,
    "line": _whole,
}
_NEEDED: Final = frozenset(f.name for f in fields(Rule) if f.default is MISSING and f.default_factory is MISSING)
