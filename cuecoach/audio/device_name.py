"""What the device that is heard calls itself: ``AirPods``, where the settings say `default`.

``python -m cuecoach.audio.device_name DEVICE`` asks PortAudio in a process of its own: its drivers print to the terminal.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any, Final, cast

from cuecoach.audio.child import end_child, private_stdout, start_child
from cuecoach.audio.protocol import NULL_DEVICE
from cuecoach.audio.sound_server import default_sink, sinks

#: What PortAudio calls the way into a Linux sound server, whichever device that plays on.
_SERVER: Final = ("default", "pulse", "pipewire")
#: How long PortAudio may take, which looks at every device, s.
_LOOKING_S: Final = 10.0


def device_name(device: str) -> str:
    """Return the full name of a device, `device` itself where nothing more can be known.

    Parameters
    ----------
    device
        `default`, `null`, a number, or part of a name, as of the config.
    """
    if device == NULL_DEVICE:
        return device
    if device in _SERVER and (title := _default_of_server()):
        return title
    name = _of_portaudio(device)
    if name in _SERVER and (title := _default_of_server()):
        return title
    return name or device


def _default_of_server() -> str:
    """Return how people know the default output of the Linux sound server, empty when there is no server to ask."""
    default = default_sink()
    if default is None:
        return ""
    described = (sink.get("description") for sink in sinks() if sink.get("name") == default)
    return str(next(described, None) or default)


def _of_portaudio(device: str) -> str:
    child = start_child("cuecoach.audio.device_name", device)
    try:
        said, _ = child.communicate(timeout=_LOOKING_S)
    except subprocess.TimeoutExpired:
        child.kill()
        return ""
    finally:
        end_child(child)
    return said.decode(errors="replace").strip()


def _look(wanted: str) -> str:
    try:
        import sounddevice
    except (OSError, ImportError):  # OSError is how it says that PortAudio is not installed
        return ""
    device = None if wanted == "default" else int(wanted) if wanted.isdigit() else wanted
    try:
        return str(cast("dict[str, Any]", sounddevice.query_devices(device, "output"))["name"])
    except (ValueError, sounddevice.PortAudioError):
        return ""


def main() -> None:
    """Print the name PortAudio has for a device, nothing when it has none."""
    out = private_stdout()
    out.write(_look(sys.argv[1]).encode())
    out.flush()
    os._exit(0)  # not through PortAudio's own end, which may hang on a sound server that is gone


if __name__ == "__main__":
    main()
