"""Normals as JSON and back, strictly: what does not fit is refused with one sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias, cast

from cuecoach.errors import UsageError
from cuecoach.events import Vector
from cuecoach.metrics import METRICS
from cuecoach.signals.normals import KEPT, VOTES, Known, Normals, RunNormal
from cuecoach.signals.slopes import Pairs

Json: TypeAlias = "dict[str, Json] | list[Json] | str | float | int | bool | None"

_RUN: Final = ("residual", "spread", "seconds", "slope", "speed")
_PAIRS: Final = ("seconds", "speed", "value", "speed_squares", "products", "value_squares", "slow", "fast")


def block(data: object, where: str, needed: Sequence[str], optional: Sequence[str] = ()) -> Mapping[str, object]:
    """Return `data` as a block with just these keys.

    Raises
    ------
    UsageError
        When it is none, a key is unknown, or one is missing.
    """
    if not isinstance(data, Mapping):
        raise UsageError(f"`{where}` must be a block of keys")
    found = cast("Mapping[str, object]", data)
    unknown = sorted(str(key) for key in found if key not in (*needed, *optional))
    if unknown:
        raise UsageError(f"`{where}` has an unknown key `{unknown[0]}`; was the file written by a newer version?")
    missing = [key for key in needed if key not in found]
    if missing:
        raise UsageError(f"`{where}` lacks the key `{missing[0]}`")
    return found


def number(data: object, where: str) -> float:
    """Return `data` as a finite number.

    Raises
    ------
    UsageError
        When it is none.
    """
    if isinstance(data, bool) or not isinstance(data, int | float) or not math.isfinite(data):
        raise UsageError(f"`{where}` must be a number")
    return float(data)


def count(data: object, where: str) -> int:
    """Return `data` as a whole number that is not negative.

    Raises
    ------
    UsageError
        When it is none.
    """
    if isinstance(data, bool) or not isinstance(data, int) or data < 0:
        raise UsageError(f"`{where}` must be a whole number")
    return data


def items(data: object, where: str) -> list[object]:
    """Return `data` as a list.

    Raises
    ------
    UsageError
        When it is none.
    """
    if not isinstance(data, list):
        raise UsageError(f"`{where}` must be a list")
    return cast("list[object]", data)


def normals_to_json(normals: Normals) -> dict[str, Json]:
    """Return what :func:`normals_from_json` reads."""
    return {
        "known": {
            key: {"runs": known.runs, "minutes": known.minutes, "recent": [_run_out(run) for run in known.recent]}
            for key, known in sorted(normals.known.items())
        },
        "poses": {place: [list(up) for up in poses] for place, poses in sorted(normals.poses.items())},
    }


def normals_from_json(data: object) -> Normals:
    """Read normals.

    Raises
    ------
    UsageError
        When something is unknown, missing or no number.
    """
    whole = block(data, "normals", ("known", "poses"))
    known: dict[str, Known] = {}
    every = _mapping(whole["known"], "known")
    for key, value in every.items():
        if key.partition("@")[0] not in METRICS:
            raise UsageError(f"`known` has an unknown metric `{key}`; was the file written by a newer version?")
        one = block(value, key, ("runs", "minutes", "recent"))
        recent = tuple(_run_in(run, key) for run in items(one["recent"], key)[-KEPT:])
        known[key] = Known(recent, count(one["runs"], f"{key}: runs"), number(one["minutes"], f"{key}: minutes"))
    poses = {
        place: tuple(_vector(up, place) for up in items(ups, place)[-VOTES:])
        for place, ups in _mapping(whole["poses"], "poses").items()
    }
    return Normals(known, poses)


def _mapping(data: object, where: str) -> Mapping[str, object]:
    if not isinstance(data, Mapping):
        raise UsageError(f"`{where}` must be a block of keys")
    return cast("Mapping[str, object]", data)


def _vector(data: object, where: str) -> Vector:
    three = [number(value, where) for value in items(data, where)]
    if len(three) != 3:
        raise UsageError(f"`{where}` must be three numbers")
    return three[0], three[1], three[2]


def _run_out(run: RunNormal) -> Json:
    out: dict[str, Json] = {name: cast("float", getattr(run, name)) for name in _RUN}
    if run.pairs is not None:
        out["pairs"] = {name: cast("float", getattr(run.pairs, name)) for name in _PAIRS}
    return out


def _run_in(data: object, where: str) -> RunNormal:
    one = block(data, where, _RUN, ("pairs",))
    residual, spread, slope, speed = (number(one[name], f"{where}: {name}") for name in _RUN if name != "seconds")
    seconds = count(one["seconds"], f"{where}: seconds")
    if seconds == 0:
        raise UsageError(f"`{where}: seconds` must be more than 0")
    return RunNormal(residual, spread, seconds, slope, speed, _pairs_in(one.get("pairs"), where))


def _pairs_in(data: object, where: str) -> Pairs | None:
    if data is None:
        return None
    one = block(data, f"{where}: pairs", _PAIRS)
    return Pairs(
        count(one["seconds"], f"{where}: seconds"), *(number(one[name], f"{where}: {name}") for name in _PAIRS[1:])
    )
