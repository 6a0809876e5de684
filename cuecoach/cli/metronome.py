"""``cuecoach metronome``: only the beat, on the speakers or as a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cuecoach.errors import UsageError

if TYPE_CHECKING:
    from cuecoach.audio.process import SoundProcess
    from cuecoach.events import Beat

#: The first click comes this long after the start, s.
_FIRST_CLICK_S = 0.25
#: Length of a file when none was asked for, s; after a ramp, this much at the last tempo.
_FILE_S = 60.0


def _tempo(text: str) -> float:
    """Read ``170`` or ``170 spm``."""
    from cuecoach.audio.ramp import check_tempo
    from cuecoach.units import parse_quantity

    try:
        spm = float(text)
    except ValueError:
        spm = parse_quantity(text, "cadence", example="170 spm")
    return check_tempo(spm)


def metronome(
    spm: Annotated[str, typer.Argument(help="Steps per minute, both feet counted: 40 to 260.")] = "170",
    to: Annotated[
        str | None, typer.Option(metavar="SPM", help="Arrive at this tempo, in steps of at most 2.5 %.")
    ] = None,
    over: Annotated[str | None, typer.Option(metavar="TIME", help="Time the change takes; 60 s unless said.")] = None,
    for_: Annotated[
        str | None, typer.Option("--for", metavar="TIME", help="End after this time, for example '5 min'.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a .wav or .flac instead of playing.")] = None,
    level: Annotated[str, typer.Option(metavar="DB", help="How loud, at most 0 dB.")] = "-12 dB",
    device: Annotated[
        str, typer.Option(metavar="DEVICE", help="Sound device: default, null, a number, or part of its name.")
    ] = "default",
) -> None:
    """Play a click on every step, left and right foot apart.

    Each click lies on its exact sample. Without `--for` it plays until Ctrl-C; a file is one minute long.

    Example:  cuecoach metronome 164 --to 172 --over '3 min' --for '10 min'
    """
    from cuecoach.audio.ramp import ramp
    from cuecoach.units import parse_quantity

    if over is not None and to is None:
        raise UsageError("--over needs a tempo to arrive at; add for example --to 176")
    start = _tempo(spm)
    target = None if to is None else _tempo(to)
    over_s = 60.0 if over is None else parse_quantity(over, "time", example="60 s")
    for_s = None if for_ is None else parse_quantity(for_, "time", example="5 min")
    level_db = parse_quantity(level, "level", example="-12 dB")
    if for_s is not None and for_s <= 0.0:
        raise UsageError(f"--for {for_} is no time to play; write for example --for '5 min'")
    if level_db > 0.0:
        raise UsageError(f"--level {level} is above 0 dB, which would distort; write for example --level '-12 dB'")
    beats = ramp(start, target, over_s, at=_FIRST_CLICK_S)
    if out is not None:
        length_s = for_s if for_s is not None else _FILE_S + (0.0 if target is None else over_s)
        _write(beats, out, length_s, level_db)
    else:
        _play(beats, for_s, level_db, device)


def _describe(beats: list[Beat]) -> str:
    first, last = beats[0], beats[-1]
    if first is last:
        return f"{first.spm:g} spm"
    return f"{first.spm:g} to {last.spm:g} spm in {len(beats) - 1} steps over {last.at - first.at:.0f} s"


def _write(beats: list[Beat], out: Path, length_s: float, level_db: float) -> None:
    from cuecoach.audio.files import render_to_file
    from cuecoach.audio.mixer import Mixer, no_words

    render_to_file(Mixer(no_words, level_db=level_db, beat_level_db=0.0), out, length_s, beats)
    typer.echo(f"{out}: {_describe(beats)}, {length_s:g} s")


def _play(beats: list[Beat], for_s: float | None, level_db: float, device: str) -> None:
    import time
    from contextlib import suppress

    from cuecoach.audio.process import SoundProcess
    from cuecoach.errors import DeviceError

    try:
        sound = SoundProcess.open(device, level_db=level_db, beat_level_db=0.0)
    except DeviceError as error:
        if device != "default":
            raise
        # Not a mistake of the person: said once, with the way that works everywhere.
        typer.echo(f"{error}. To write a file instead, add --out beat.wav")
        return
    with sound, suppress(KeyboardInterrupt):
        for beat in beats:
            sound.send(beat)
        typer.echo(f"{_describe(beats)}{'; Ctrl-C ends it' if for_s is None else f', {for_s:g} s'}", err=True)
        end = None if for_s is None else for_s + sound.latency_s
        while end is None or sound.session_time() < end:
            time.sleep(0.05 if end is None else min(0.05, max(end - sound.session_time(), 0.0)))
            sound.poll()
            if not sound.alive:
                typer.echo(f"{sound.problem}; the beat goes on when it is back", err=True)
                _bring_back(sound, end)


def _bring_back(sound: SoundProcess, end: float | None) -> None:
    """Try once a second until there is sound again or the time is over."""
    import time

    from cuecoach.errors import DeviceError

    while end is None or sound.session_time() < end:
        try:
            sound.restart()
        except DeviceError:
            time.sleep(1.0)
        else:
            return
