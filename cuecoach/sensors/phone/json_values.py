"""JSON from a phone that nobody vouches for: an object or nothing, a number or NaN."""

from __future__ import annotations

import json
from typing import Any, cast


def read_object(body: bytes) -> dict[str, Any] | None:
    """Return the JSON object that `body` is, None when it is none."""
    try:
        # Nesting beyond what the interpreter bears, or a number of thousands of digits, is as little JSON as a lone bracket.
        read: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", read) if isinstance(read, dict) else None


def number(value: object) -> float:
    """Return a JSON number as float; NaN for everything that is none, or far too large to be a measurement."""
    if type(value) is float:
        return value
    if type(value) is int and -(10**30) < value < 10**30:
        return float(value)
    return float("nan")
