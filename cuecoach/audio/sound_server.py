"""The Linux sound server's outputs, as `pactl` tells them; nothing where there is no server to ask."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any, Final, cast

#: How long the sound server may take to answer, s.
_PATIENCE_S: Final = 2.0


def default_sink() -> str | None:
    """Return the name of the default sink, None when there is no server to ask."""
    answer = _ask("get-default-sink")
    return answer.strip() or None if answer else None


def sinks() -> list[dict[str, Any]]:
    """Return what the server knows of its outputs."""
    answer = _ask("-f", "json", "list", "sinks")
    try:
        found: object = json.loads(answer) if answer else []
    except ValueError:
        return []
    if not isinstance(found, list):
        return []
    return [cast("dict[str, Any]", sink) for sink in cast("list[object]", found) if isinstance(sink, dict)]


def _ask(*words: str) -> str | None:
    """Return what `pactl` answers; None when it is not there, fails or is silent for too long."""
    tool = shutil.which("pactl")
    if tool is None:
        return None
    try:
        done = subprocess.run(
            [tool, *words], capture_output=True, text=True, errors="replace", timeout=_PATIENCE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
