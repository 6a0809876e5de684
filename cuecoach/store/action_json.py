"""What the coach did as JSON and back, to the last bit; the text by which two runs are compared byte for byte."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from functools import cache
from types import NoneType
from typing import Final, Literal, TypeAlias, cast, get_args, get_origin, get_type_hints

from cuecoach.errors import StoreError
from cuecoach.events import Action, Beat, BeatOff, Decision, Hush, Level, Note, Response, Say

#: The word for each kind of action.
KINDS: Final[dict[str, type[Action]]] = {
    "say": Say,
    "hush": Hush,
    "beat": Beat,
    "beat off": BeatOff,
    "level": Level,
    "decision": Decision,
    "response": Response,
    "note": Note,
}
_WORDS: Final = {cls: word for word, cls in KINDS.items()}

#: A field that would be mistaken for the kind of the action is written under another key.
_KEYS: Final = {"kind": "say_kind"}

_Reads: TypeAlias = Callable[[object], object]


def action_to_json(action: Action) -> dict[str, object]:
    """Return an action as plain JSON: its ``kind`` first, then its fields in the order they are defined.

    The kind of a phrase (`Say.kind`) is under ``say_kind``. What is None is kept.
    """
    out: dict[str, object] = {"kind": _WORDS[type(action)]}
    for name, key, read, _ in _shape(type(action)):
        out[key] = read(getattr(action, name))
    return out


def action_from_json(data: object) -> Action:
    """Return the action that :func:`action_to_json` gave; keys it does not know are passed over.

    Raises
    ------
    StoreError
        The kind is unknown, a key is missing, or a value is not what it should be.
    """
    if not isinstance(data, Mapping):
        raise StoreError("a stored action is no block of keys: the file of runs is damaged")
    found = cast("Mapping[str, object]", data)
    word = found.get("kind")
    cls = KINDS.get(word) if isinstance(word, str) else None
    if cls is None:
        raise StoreError(f"a stored action is of the unknown kind `{word}`: was it written by a newer cuecoach?")
    values: dict[str, object] = {}
    for name, key, read, needed in _shape(cls):
        if key in found:
            try:
                values[name] = read(found[key])
            except (TypeError, ValueError, OverflowError):
                raise StoreError(f"`{key}` of a stored {word} cannot be read: the file of runs is damaged") from None
        elif needed:
            raise StoreError(f"a stored {word} lacks `{key}`: the file of runs is damaged")
    return cls(**values)  # pyright: ignore[reportArgumentType]


def canonical(action: Action) -> str:
    """Return the one line of JSON that is the same for equal actions, whatever the order of their values."""
    out = action_to_json(action)
    if isinstance(values := out.get("values"), dict):
        out["values"] = dict(sorted(cast("dict[str, object]", values).items()))
    return json.dumps(out, ensure_ascii=False, separators=(",", ":"))


# ---------------------------------------------------------------- one field
@cache
def _shape(cls: type[Action]) -> tuple[tuple[str, str, _Reads, bool], ...]:
    """Return name, key, reader of the value, and whether it must be there, for every field."""
    hints = get_type_hints(cls)
    return tuple(
        (
            f.name,
            _KEYS.get(f.name, f.name),
            _reader(hints[f.name]),
            f.default is MISSING and f.default_factory is MISSING,
        )
        for f in fields(cls)
    )


def _reader(hint: object) -> _Reads:
    """Return the function that takes a value of this type only, and makes it a plain one: a float of an int or of numpy's."""
    plain: dict[object, _Reads] = {float: _number, int: _whole, str: _text, bool: _yes_or_no}
    if hint in plain:
        return plain[hint]
    arguments = get_args(hint)
    if get_origin(hint) is Literal:
        return lambda value: _one_of(value, arguments)
    if get_origin(hint) is Mapping:
        inner = _reader(arguments[1])
        return lambda value: _numbers(value, inner)
    (kind,) = (a for a in arguments if a is not NoneType)
    inner = _reader(kind)
    return lambda value: None if value is None else inner(value)


def _number(value: object) -> float:
    if isinstance(value, bool | str):
        raise TypeError
    return float(value)  # pyright: ignore[reportArgumentType]


def _whole(value: object) -> int:
    if isinstance(value, bool | str) or (whole := int(value)) != value:  # pyright: ignore[reportArgumentType, reportCallIssue]
        raise TypeError
    return whole


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _yes_or_no(value: object) -> bool:
    if value not in (True, False):
        raise TypeError
    return bool(value)


def _one_of(value: object, words: tuple[object, ...]) -> object:
    if value not in words:
        raise ValueError
    return value


def _numbers(value: object, inner: _Reads) -> dict[str, object]:
    if not isinstance(value, Mapping):
        raise TypeError
    return {_text(name): inner(number) for name, number in cast("Mapping[object, object]", value).items()}
