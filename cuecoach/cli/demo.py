"""`cuecoach demo`: a simulated runner tires, slouches, speeds up, and is coached. No hardware, no questions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from cuecoach.config import RunConfig
    from cuecoach.offline import Replay


def demo(
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the sound goes (.wav, .flac).")] = Path("demo.wav"),
    seed: Annotated[int, typer.Option(help="Another runner with the same habits.", metavar="N", min=0)] = 1,
    play: Annotated[bool, typer.Option(help="Play it on the speakers, if there are any.")] = True,
) -> None:
    """Hear a simulated runner being coached.

    Four minutes, rendered at once: a sound file, and a timeline with the reason for every cue.

    Example:  cuecoach demo --out demo.wav
    """
    from cuecoach.cli import show, terminal
    from cuecoach.cli.options import check_sound_file
    from cuecoach.coach import Coach
    from cuecoach.config import load_config
    from cuecoach.offline import coach_through
    from cuecoach.rendering import render
    from cuecoach.rules import load_translated
    from cuecoach.rules.translations import notices_in
    from cuecoach.sensors.simulator import STORIES, SimulatedRunner

    check_sound_file(out)
    console = terminal.open_console()
    config = load_config("demo")
    runner = SimulatedRunner(STORIES["demo"], seed=seed)
    language = config.voice.language
    cues = load_translated(config.cues, language)
    run = coach_through(Coach(config, cues.rules, notices=notices_in(language, cues.rules)), runner)
    problem = render(run, out, config)
    console.print(
        "A simulated runner sets off in good form. Cadence fades, the pelvis tips, the hips drop, and at the end the\n"
        "runner speeds up. The coach is silent while form is good. (Time is compressed: real holds are longer.)\n"
    )
    show.timeline(console, run)
    show.summary(console, run)
    console.print(f"Sound: {out}")
    for note in (cues.note, problem):
        if note:
            console.print(f"Note: {note}")
    if play:
        _play(console, run, config)
    console.print(
        "Next: `cuecoach run demo --sensor sim:demo` coaches live; `cuecoach doctor` says what this machine has."
    )


def _play(console: Console, run: Replay, config: RunConfig) -> None:
    """Play the run on the speakers, each line as it is heard."""
    import time

    from cuecoach.audio.process import SoundProcess
    from cuecoach.cli import show
    from cuecoach.errors import DeviceError
    from cuecoach.events import SoundCommand
    from cuecoach.livesound import chosen
    from cuecoach.rendering import words_of
    from cuecoach.timeline import clock

    words, _ = words_of(run.rules, config)
    try:
        with SoundProcess.open(str(config.sound.device), words=words, **chosen(config.sound)) as sound:
            console.print(f"\nPlaying {clock(run.duration_s)}; Ctrl-C stops.")
            for action in run.actions:
                time.sleep(max(0.0, action.t - sound.session_time()))
                sound.poll()
                if isinstance(action, SoundCommand):
                    sound.send(action)
                reasons = [d for d in run.decisions if d.t == action.t]
                for line in show.heard([*reasons, action]):
                    console.print("  ".join(show.one_line(line)).rstrip())
            time.sleep(max(0.0, run.duration_s - sound.session_time()))
    except DeviceError as error:
        console.print(f"Not played: {error}")
    except KeyboardInterrupt:
        console.print("Stopped.")
