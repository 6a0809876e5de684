"""Tells when the system's default device has become another: asked by a small process of its own.

PortAudio knows only the devices that were there when it began, and cannot begin anew under a running stream. Needed on macOS:
the sound servers of Linux and the mapper of Windows move a stream of the default device themselves.
"""

from __future__ import annotations

import sys
import threading
import time
from contextlib import suppress
from typing import Any, Final

from cuecoach.audio.child import end_child, private_stdout, start_child
from cuecoach.audio.sinks.portaudio import look_again

#: How often it is asked, s.
PERIOD_S: Final = 5.0


class DefaultWatch:
    """Runs beside the sound until `close`; does no harm when it cannot."""

    def __init__(self) -> None:
        self._process = process = start_child("cuecoach.audio.sinks.default_watch")
        self._moved = threading.Event()
        source = process.stdout
        assert source is not None

        def read() -> None:
            with suppress(OSError, ValueError):
                first = source.readline()
                for line in source:
                    if line != first:
                        first = line
                        self._moved.set()

        threading.Thread(target=read, name="cuecoach-default", daemon=True).start()

    def moved(self) -> bool:
        """Return whether the default has become another device since the last call."""
        if not self._moved.is_set():
            return False
        self._moved.clear()
        return True

    def close(self) -> None:
        """End the process."""
        end_child(self._process, patience_s=0.2)


def _default_name(sounddevice: Any) -> str:
    """Return the name of today's default output, empty when there is none."""
    look_again(sounddevice)
    try:
        return str(sounddevice.query_devices(None, "output")["name"])
    except (ValueError, sounddevice.PortAudioError):
        return ""


def main() -> None:
    """Write the name of the default device, a line each few seconds, until the parent is gone."""
    out = private_stdout()
    ended = threading.Event()

    def wait_for_end() -> None:
        sys.stdin.buffer.read()
        ended.set()

    threading.Thread(target=wait_for_end, daemon=True).start()
    with suppress(OSError, ImportError):  # no PortAudio, or the parent is gone
        import sounddevice

        while not ended.is_set():
            begin = time.monotonic()
            out.write(_default_name(sounddevice).encode() + b"\n")
            out.flush()
            ended.wait(max(PERIOD_S - (time.monotonic() - begin), 0.1))


if __name__ == "__main__":
    main()
