"""Whether what plays is wireless: asked of the Linux sound server where there is one, elsewhere told from the device's name."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import Any, Final, cast

#: How long the sound server may take to answer, s.
_PATIENCE_S: Final = 2.0
#: What systems and makers call headphones without a wire.
_NAMES: Final = re.compile(
    r"bluez|bluetooth|hands-?free|airpods|buds\b|earbuds|wireless|\bWH-|\bWF-|\bBT\b|jabra elite|shokz|openrun|powerbeats",
    re.IGNORECASE,
)


def is_wireless_name(name: str) -> bool:
    """Return whether a device's name says that it has no wire."""
    return _NAMES.search(name) is not None


def is_wireless(device: str) -> bool:
    """Return whether the device's sound goes through the air, as far as can be known; takes up to two seconds.

    Parameters
    ----------
    device
        `default`, or the name of a device.
    """
    sinks, default = _server_sinks()
    for sink in sinks:
        name, title = str(sink.get("name", "")), str(sink.get("description", ""))
        meant = name == default if device in ("default", "pulse", "pipewire") else device.lower() in title.lower()
        if meant:
            properties = sink.get("properties") or {}
            return (
                properties.get("device.bus") == "bluetooth"
                or properties.get("device.api") == "bluez5"
                or "bluez" in name
            )
    return is_wireless_name(device)


def default_sink() -> str | None:
    """Return the name of the Linux sound server's default sink, None when there is no server to ask."""
    answer = _ask("get-default-sink")
    return answer.strip() or None if answer else None


def _server_sinks() -> tuple[list[dict[str, Any]], str | None]:
    """Return what the sound server knows of its outputs, and which is the default; nothing without one."""
    default = default_sink()
    answer = _ask("-f", "json", "list", "sinks") if default else None
    if not answer:
        return [], None
    try:
        found = json.loads(answer)
    except ValueError:
        return [], None
    if not isinstance(found, list):
        return [], None
    sinks = [cast("dict[str, Any]", sink) for sink in cast("list[object]", found) if isinstance(sink, dict)]
    return sinks, default


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
