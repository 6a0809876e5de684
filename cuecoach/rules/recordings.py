"""Recordings beside a cue file: a rule may name one, never reach outside its folder, and is told what is wrong with it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from cuecoach.rules.rule import Recording
from cuecoach.yamldoc import Fault

#: What every platform's libsndfile reads without a codec of its own.
SUFFIXES: Final = (".wav", ".flac", ".ogg")
#: Shorter is a click, longer is a speech.
SHORTEST_S, LONGEST_S = 0.2, 5.0

#: Its code.
NUMBER: Final = 113


def find_recording(name: str, cue_file: str) -> Recording:
    """Return the recording `name` beside the cue file.

    Parameters
    ----------
    name
        As written: ``run-tall.wav``, or ``sounds/run-tall.wav`` for a folder beside the file.
    cue_file
        The file that names it.

    Raises
    ------
    Fault
        When it cannot be played, or lies elsewhere.
    """
    folder = Path(cue_file).parent
    # A cue file that somebody sent you names what came with it, and nothing else on your disk, on any platform.
    if name.startswith(("/", "~")) or "\\" in name or ":" in name or ".." in name.split("/"):
        raise Fault(
            f"`{name}` lies outside the folder of this file",
            "put it beside the file and write its name only",
            number=NUMBER,
        )
    if not name.lower().endswith(SUFFIXES):
        raise Fault(f"`{name}` is not a kind of sound that can be played", "save it as WAV, FLAC or OGG", number=NUMBER)
    file = folder / name
    try:
        inside = file.resolve().is_relative_to(folder.resolve())
        there = file.is_file()
    except (OSError, ValueError, RuntimeError):
        # Names no disk can hold, and links that go in a circle.
        inside, there = True, False
    if not inside:
        raise Fault(f"`{name}` is a link to another folder", "put the sound itself beside the file", number=NUMBER)
    if not there:
        raise Fault(f"there is no sound `{name}` beside this file", _others(folder, name), number=NUMBER)
    duration_s = _duration_s(file, name)
    if not SHORTEST_S <= duration_s <= LONGEST_S:
        message = f"`{name}` is {duration_s:.1f} s long"
        raise Fault(message, f"a recording is {SHORTEST_S:g} s to {LONGEST_S:g} s long", number=NUMBER)
    return Recording(str(file), duration_s)


def shown_text(name: str) -> str:
    """Return what is shown for a recording without words: ``run-tall.wav`` is ``run tall``."""
    stem = Path(name).stem
    return re.sub(r"[-_\s]+", " ", stem).strip() or stem


def _others(folder: Path, name: str) -> str:
    # Imported here: yamldoc's own did-you-mean.
    from cuecoach.yamldoc.validate import closest

    try:
        known = [p.name for p in folder.iterdir() if p.suffix.lower() in SUFFIXES]
    except OSError:
        known = []
    likely = closest(name, known)
    return f"did you mean `{likely}`?" if likely else f"copy it to `{folder}`"


def _duration_s(file: Path, name: str) -> float:
    try:
        import soundfile

        info: Any = soundfile.info(str(file))
        return float(info.frames) / float(info.samplerate)
    except (OSError, RuntimeError, ZeroDivisionError):
        # soundfile's own errors are RuntimeErrors; an OSError may also mean that its library is not there.
        raise Fault(f"`{name}` cannot be read as sound", "save it again as WAV", number=NUMBER) from None
