"""Whether what plays is wireless: asked of the Linux sound server where there is one, elsewhere told from the device's name."""

from __future__ import annotations

import re
from typing import Final

from cuecoach.audio.sound_server import default_sink, sinks

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
    default = default_sink()
    for sink in sinks() if default else ():
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
