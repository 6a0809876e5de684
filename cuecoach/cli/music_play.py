"""``cuecoach music play``: songs with a beat on every step, on the speakers or as a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cuecoach.errors import UsageError

if TYPE_CHECKING:
    from cuecoach.audio.music.voice import Song
    from cuecoach.audio.process import SoundProcess
    from cuecoach.events import Beat

#: The first beat comes this long after the start, s.
_FIRST_BEAT_S = 0.5
#: Length of a file when none was asked for, s; after a ramp, this much at the last tempo.
_FILE_S = 60.0


def play(
    paths: Annotated[list[Path], typer.Argument(metavar="FILES|FOLDER", help="Songs, or folders of them.")],
    spm: Annotated[str, typer.Option(metavar="SPM", help="Steps per minute, both feet counted: 140 to 200.")] = "170",
    to: Annotated[
        str | None, typer.Option(metavar="SPM", help="Arrive at this tempo, in steps of at most 2.5 %.")
    ] = None,
    over: Annotated[str | None, typer.Option(metavar="TIME", help="Time the change takes; 60 s unless said.")] = None,
    for_: Annotated[
        str | None, typer.Option("--for", metavar="TIME", help="End after this time, for example '20 min'.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a .wav or .flac instead of playing.")] = None,
    level: Annotated[str, typer.Option(metavar="DB", help="How loud, at most 0 dB.")] = "-12 dB",
    device: Annotated[
        str, typer.Option(metavar="DEVICE", help="Sound device: default, null, a number, or part of its name.")
    ] = "default",
) -> None:
    """Play songs with one of their beats on every step.

    Songs that fit the tempo are bent to it by at most 8 %, nearest first. Where no song can, a click keeps the beat.

    Example:  cuecoach music play ~/Music/running --spm 168 --to 174 --over '10 min'
    """
    from cuecoach.audio.music.opening import fitting
    from cuecoach.audio.ramp import ramp
    from cuecoach.cli.music_scan import map_songs
    from cuecoach.cli.options import check_sound_file, parse_duration
    from cuecoach.units import parse_quantity

    if over is not None and to is None:
        raise UsageError("--over needs a tempo to arrive at; add for example --to 176")
    start = _tempo(spm)
    target = None if to is None else _tempo(to)
    over_s = 60.0 if over is None else parse_quantity(over, "time", example="60 s")
    for_s = parse_duration(for_)
    level_db = parse_quantity(level, "level", example="-12 dB")
    if level_db > 0.0:
        raise UsageError(f"--level {level} is above 0 dB, which would distort; write for example --level '-12 dB'")
    beats = ramp(start, target, over_s, at=_FIRST_BEAT_S)
    if out is not None:
        check_sound_file(out)
    songs = map_songs(paths)
    fitting(songs, start)
    if target is not None:
        fitting(songs, target)
    if out is not None:
        length_s = for_s if for_s is not None else _FILE_S + (0.0 if target is None else over_s)
        _write(songs, beats, out, length_s, level_db)
    else:
        _play(songs, beats, for_s, level_db, device)


def _tempo(text: str) -> float:
    from cuecoach.audio.music.tempo import FASTEST_SPM, SLOWEST_SPM
    from cuecoach.cli.options import parse_tempo

    spm = parse_tempo(text)
    if not SLOWEST_SPM <= spm <= FASTEST_SPM:
        raise UsageError(f"music is played to {SLOWEST_SPM:g} to {FASTEST_SPM:g} spm, not to {spm:g}; try --spm 170")
    return spm


def _describe(beats: list[Beat]) -> str:
    first, last = beats[0], beats[-1]
    return f"{first.spm:g} spm" if first is last else f"{first.spm:g} to {last.spm:g} spm"


def _write(songs: list[Song], beats: list[Beat], out: Path, length_s: float, level_db: float) -> None:
    from cuecoach.audio.files import render_to_file
    from cuecoach.audio.mixer import Mixer, no_words
    from cuecoach.audio.music.opening import open_music

    track = open_music([song.path for song in songs], live=False)
    try:
        render_to_file(Mixer(no_words, level_db=level_db, backing=track), out, length_s, beats)
    finally:
        track.close()
    typer.echo(f"{out}: {_describe(beats)}, {length_s:g} s")


def _play(songs: list[Song], beats: list[Beat], for_s: float | None, level_db: float, device: str) -> None:
    from contextlib import suppress

    from cuecoach.audio.process import SoundProcess
    from cuecoach.errors import DeviceError

    try:
        sound = SoundProcess.open(device, level_db=level_db, music=tuple(song.path for song in songs))
    except DeviceError as error:
        if device != "default":
            raise
        # Not a mistake of the person: said once, with the way that works everywhere.
        typer.echo(f"{error}. To write a file instead, add --out music.wav")
        return
    with sound, suppress(KeyboardInterrupt):
        for beat in beats:
            sound.send(beat)
        typer.echo(f"{_describe(beats)}{'; Ctrl-C ends it' if for_s is None else f', {for_s:g} s'}", err=True)
        _wait(sound, None if for_s is None else for_s + sound.latency_s)


def _wait(sound: SoundProcess, end: float | None) -> None:
    """Wait until the end; a device that goes is looked for by the sound process itself."""
    import time

    while end is None or sound.session_time() < end:
        time.sleep(0.05)
        sound.poll()
        for text in sound.take_news():
            typer.echo(text, err=True)
