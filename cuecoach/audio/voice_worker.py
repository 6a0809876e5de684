"""The process that renders speech: one engine, one thread, JSON lines in and out (``python -m cuecoach.audio.voice_worker``).

It is a process of its own because pyttsx3 blocks, prints, corrupts the heap when shared between threads, and because engines
may be under another licence.

Command line: one JSON object, the fields of `SpeakerSettings`, or ``{"list": true}``. First line out: ``{"ready": true,
"voice": …, "title": …, "problem": …}``, or ``{"ready": false, "kind": …, "error": …}``, or ``{"voices": [[id, name,
languages], …]}`` and the end. Then for each line in, ``{"text": …, "path": …}``, one line out, ``{"done": true}`` or
``{"done": false, "error": …}``. The reader checks the file: an engine may report success and leave it empty.
"""

from __future__ import annotations

import json
import signal
import sys
from typing import Any, Protocol

from cuecoach.audio.child import private_stdout
from cuecoach.audio.voice_messages import NoSpeaker, SpeakerSettings


class Speaker(Protocol):
    """An engine with its voice chosen."""

    id: str
    title: str
    problem: str | None

    def render(self, text: str, path: str) -> None:
        """Write the words of a text to a sound file."""
        ...


def open_speaker(settings: SpeakerSettings) -> Speaker:
    """Return the engine that was asked for; raise `NoSpeaker` when it cannot speak."""
    if settings.engine == "piper":
        from cuecoach.audio.piper_speaker import PiperSpeaker

        return PiperSpeaker(settings)
    from cuecoach.audio.system_speaker import SystemSpeaker

    return SystemSpeaker(settings)


def main() -> None:
    """Serve until standard input closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent; it ends us by closing the pipe.
    out = private_stdout()

    def tell(message: dict[str, object]) -> None:
        out.write(json.dumps(message).encode() + b"\n")
        out.flush()

    asked: dict[str, Any] = json.loads(sys.argv[1])
    try:
        if asked.get("list"):
            from cuecoach.audio.system_speaker import system_voices

            tell({"voices": system_voices()})
            return
        speaker = open_speaker(SpeakerSettings(**asked))
    except NoSpeaker as error:
        tell({"ready": False, "kind": error.lack, "error": str(error)})
        return
    tell({"ready": True, "voice": speaker.id, "title": speaker.title, "problem": speaker.problem})
    for line in sys.stdin.buffer:
        request = json.loads(line)
        try:
            speaker.render(request["text"], request["path"])
            tell({"done": True})
        except Exception as error:  # whatever the driver raises, the parent gets it as a sentence
            tell({"done": False, "error": f"{type(error).__name__}: {error}"})


if __name__ == "__main__":
    main()
