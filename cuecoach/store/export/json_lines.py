"""A run as lines of JSON: first what run it is, then every second and everything the coach did, in order of time."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final, cast

from cuecoach.events import Action, Beat, BeatOff, Decision, Hush, Level, Note, Response, Say
from cuecoach.runrecord import RunRecord, Second

#: What a line is, by its class.
_NAMES: Final[Mapping[type, str]] = {
    Second: "second",
    Say: "say",
    Beat: "beat",
    BeatOff: "beat off",
    Level: "level",
    Hush: "hush",
    Decision: "decision",
    Response: "response",
    Note: "note",
}


def json_lines(record: RunRecord) -> bytes:
    """Return the run as JSON lines: ``{"line": "run", …}``, then seconds and actions, each with its `t`, by that."""
    timed: list[tuple[float, int, Second | Action]] = [(second.t, 0, second) for second in record.seconds]
    timed += [(action.t, 1, action) for action in record.actions]
    lines = [head_of(record)]
    lines += [line_of(each) for _, _, each in sorted(timed, key=lambda entry: entry[:2])]
    return "".join(json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n" for line in lines).encode()


def head_of(record: RunRecord) -> dict[str, Any]:
    """Return what run it is: everything but its seconds and actions."""
    return {
        "line": "run",
        "number": record.number,
        "runner": record.runner,
        "started": record.started.isoformat(),
        "duration_s": record.duration_s,
        "kind": record.kind,
        "state": record.state,
        "title": record.title,
        "focus": record.focus,
        "sensors": [{"source": s.source, "place": s.place, "about": s.about} for s in record.sensors],
        "rules": [{f.name: getattr(card, f.name) for f in fields(card)} for card in record.rules],
    }


def line_of(each: Second | Action) -> dict[str, Any]:
    """Return a second or an action as a mapping of plain values; what is unknown is null or absent."""
    line: dict[str, Any] = {"line": _NAMES[type(each)]}
    for part in fields(each):
        line[part.name] = _plain(getattr(each, part.name))
    return line


def _plain(value: object) -> object:
    """Return a value as JSON has it: no number that is none."""
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in cast("Mapping[object, object]", value).items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value
