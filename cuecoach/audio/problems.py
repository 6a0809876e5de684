"""Why there is no sound, in one sentence with the remedy."""

from __future__ import annotations

import sys

from cuecoach.audio.protocol import Failed, SoundSettings


def sentence(failed: Failed, settings: SoundSettings) -> str:
    """Say why there is no sound, and what to do."""
    reason, detail = failed.reason, failed.detail
    if reason == "library":
        return _library(settings.sink)
    if reason == "device":
        if settings.device != "default":
            there = f"there are: {detail}" if detail else "there is none on this machine"
            return f"no sound device is called `{settings.device}`; {there}"
        return "there is no sound device on this machine; connect one, or start its sound service"
    if reason == "busy":
        return "another program has the sound device for itself; close that program, or choose another device"
    if reason == "refused":
        return f"the sound device refused ({detail}); close programs that hold it, or choose another device"
    if reason == "lost":
        return "the sound device is gone; connect it again"
    return detail


def _library(sink: str) -> str:
    if sink == "miniaudio":
        return "no sound: miniaudio is not installed; type `pip install 'cuecoach[miniaudio]'`"
    if sys.platform.startswith("linux"):
        return (
            "no sound: PortAudio is not installed; type `sudo apt install libportaudio2`, or your system's like, "
            "or `pip install 'cuecoach[miniaudio]'`"
        )
    return "no sound: PortAudio is missing; type `pip install --force-reinstall sounddevice`"
