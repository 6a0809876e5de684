"""What run and helper process say to each other: one JSON object a line, so that nothing heavy is loaded for it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, TypeAlias

#: What happens to other programs while our words are heard; `check` only looks what could be done.
Mode: TypeAlias = Literal["leave", "duck", "pause", "check"]


# ---------------------------------------------------------------- to the helper
@dataclass(frozen=True, slots=True)
class Task:
    """What to do; the first line."""

    mode: Mode
    headphones_only: bool
    #: The process whose own sound is to be left alone, with all that it has started.
    parent: int


@dataclass(frozen=True, slots=True)
class Heard:
    """Words are `coming` in `in_s` seconds for `length_s`, or were `over` then (`in_s` may lie in the past)."""

    kind: Literal["coming", "over"]
    id: int
    in_s: float
    length_s: float = 0.0


# ---------------------------------------------------------------- from the helper
@dataclass(frozen=True, slots=True)
class Ready:
    """At work. Each is a sentence about what does not work, None when it does or was not asked for."""

    duck_problem: str | None
    pause_problem: str | None
    #: Another program of ours has other programs' sound in hand.
    taken: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """Something for people, one sentence."""

    text: str


@dataclass(frozen=True, slots=True)
class Output:
    """Where the sound goes now, and whether those are headphones."""

    worn: bool
    name: str


Report: TypeAlias = Ready | Note | Output
_KINDS: Final[dict[str, Any]] = {kind.__name__: kind for kind in (Task, Heard, Ready, Note, Output)}


def to_line(message: Task | Heard | Report) -> bytes:
    """Return a message as a line."""
    return json.dumps([type(message).__name__, asdict(message)]).encode() + b"\n"


def from_line(line: bytes) -> Any:
    """Return the message of a line.

    Raises
    ------
    ValueError
        It is none.
    """
    try:
        name, fields = json.loads(line)
        return _KINDS[name](**fields)
    except (TypeError, KeyError) as error:
        raise ValueError("no message") from error
