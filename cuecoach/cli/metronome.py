"""``cuecoach metronome``: only the beat, on the speakers or as a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cuecoach.errors import UsageError

if TYPE_CHECKING:
    from cuecoach.config import BeatSound, Sound
    from cuecoach.events import Beat

#: The first click comes this long after the start, s.
_FIRST_CLICK_S = 0.25
#: Length of a file when none was asked for, s; after a ramp, this much at the last tempo.
_FILE_S = 60.0


def _tempo(text: str) -> float:
    from cuecoach.audio.ramp import check_tempo
    from cuecoach.cli.options import parse_tempo

    return check_tempo(parse_tempo(text))


def metronome(
    spm: Annotated[str, typer.Argument(help="Steps per minute, both feet counted: 40 to 260.")] = "170",
    to: Annotated[
        str | None, typer.Option(metavar="SPM", help="Arrive at this tempo, in steps of at most 2.5 %.")
    ] = None,
    over: Annotated[str | None, typer.Option(metavar="TIME", help="Time the change takes; 60 s unless said.")] = None,
    for_: Annotated[
        str | None, typer.Option("--for", metavar="TIME", help="End after this time, for example '5 min'.")
    ] = None,
    on: Annotated[str, typer.Option(metavar="WHICH", help="Click on every step, stride or 'second stride'.")] = "step",
    sound: Annotated[
        str, typer.Option(metavar="SOUND", help="What clicks: a name of --list-sounds, or a sound file of your own.")
    ] = "knock",
    pan: Annotated[
        str, typer.Option(metavar="SHARE", help="0 %: both ears alike; 100 %: each foot in its ear alone.")
    ] = "40 %",
    accent: Annotated[
        str, typer.Option(metavar="WHICH", help="Clicks that stand out: off, left, right, or 'every 4'.")
    ] = "off",
    follow: Annotated[
        str | None,
        typer.Option(metavar="SENSOR", help="Follow your own cadence: a sensor as of `cuecoach run`, or sim:STORY."),
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a .wav or .flac instead of playing.")] = None,
    level: Annotated[str, typer.Option(metavar="DB", help="How loud, at most 0 dB.")] = "-12 dB",
    device: Annotated[
        str, typer.Option(metavar="DEVICE", help="Sound device: default, null, a number, or part of its name.")
    ] = "default",
    list_sounds: Annotated[
        bool, typer.Option("--list-sounds", help="Name the click sounds there are, and end.")
    ] = False,
) -> None:
    """Play a click on every step, left and right foot apart.

    Each click lies on its exact sample. Without `--for` it plays until `q` or Ctrl-C; a file is one minute long.
    In a terminal, + and - (or the arrows) change the tempo, `t` takes it from your taps, [ and ] change the volume, the space
    bar pauses in phase.

    Example:  cuecoach metronome 164 --to 172 --over '3 min' --for '10 min'
    """
    from cuecoach.audio.clickset import make_clicks, style_of
    from cuecoach.audio.ramp import ramp
    from cuecoach.units import parse_quantity

    if list_sounds:
        _list_sounds()
        return
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
    style = _style(on, sound, pan, accent)
    make_clicks(style_of(style))  # what is wrong with them is told before a file or a device is touched
    if follow is not None:
        _follow(follow, _where(device, level_db), style, for_s, to=to, out=out)
        return
    beats = ramp(start, target, over_s, at=_FIRST_CLICK_S, every=style.steps)
    if out is not None:
        length_s = for_s if for_s is not None else _FILE_S + (0.0 if target is None else over_s)
        _write(beats, out, length_s, level_db, style)
    else:
        from cuecoach.cli.metronome_live import play

        play(beats, _where(device, level_db), style, for_s, _describe(beats))


def _style(on: str, sound: str, pan: str, accent: str) -> BeatSound:
    """Read what the beat is to sound like; its level is that of everything."""
    from cuecoach.audio.clickset import read_accent
    from cuecoach.config import BeatSound
    from cuecoach.units import parse_quantity

    if on not in ("step", "stride", "second stride"):
        raise UsageError(f"--on {on} cannot be stepped to; use step, stride or 'second stride'")
    share = parse_quantity(pan, "percent", example="40 %")
    if not 0.0 <= share <= 100.0:
        raise UsageError(f"--pan {pan} cannot be; use '0 %' (both ears alike) to '100 %' (each foot in its ear)")
    read_accent(accent)
    told: dict[str, Any] = {"every": on, "sound": sound, "pan": f"{share} %", "accent": accent, "level": "0 dB"}
    return BeatSound.model_validate(told)


def _where(device: str, level_db: float) -> Sound:
    """Return where the beat goes, with what is known of these headphones' delay."""
    from cuecoach.audio.known_delays import resolved
    from cuecoach.cli import terminal
    from cuecoach.config import Sound

    sound, note = resolved(Sound().model_copy(update={"device": device, "level": level_db}))
    if note:
        terminal.note(note)
    return sound


def _list_sounds() -> None:
    from cuecoach.audio.clicks import SOUNDS

    for name in SOUNDS:
        typer.echo(name)


def _describe(beats: list[Beat]) -> str:
    first, last = beats[0], beats[-1]
    if first is last:
        return f"{first.spm:g} spm"
    return f"{first.spm:g} to {last.spm:g} spm in {len(beats) - 1} steps over {last.at - first.at:.0f} s"


def _write(beats: list[Beat], out: Path, length_s: float, level_db: float, style: BeatSound) -> None:
    from cuecoach.audio.clickset import make_clicks, style_of
    from cuecoach.audio.files import render_to_file
    from cuecoach.audio.mixer import Mixer, no_words

    mixer = Mixer(no_words, level_db=level_db, beat_level_db=style.level, clicks=make_clicks(style_of(style)))
    render_to_file(mixer, out, length_s, beats)
    typer.echo(f"{out}: {_describe(beats)}, {length_s:g} s")


def _follow(
    sensor: str, sound: Sound, style: BeatSound, for_s: float | None, *, to: str | None, out: Path | None
) -> None:
    if to is not None:
        raise UsageError("--follow takes the tempo from your steps; leave out --to")
    if out is not None:
        raise UsageError("--follow plays as you run; for the sound of a recorded run use `cuecoach replay --audio`")
    from cuecoach.cli.metronome_follow import follow

    follow(sensor, sound, style, for_s)
