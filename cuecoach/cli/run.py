"""`cuecoach run`: coach a live run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cuecoach.errors import UsageError

if TYPE_CHECKING:
    from cuecoach.config import RunConfig
    from cuecoach.live import LiveSensor
    from cuecoach.rules import Rule

METRONOMES = ("off", "when needed", "always", "follow")


def run(
    config: Annotated[
        str | None, typer.Argument(help="A config file, or the name of a bundled one.", show_default=False)
    ] = None,
    sensor: Annotated[
        str | None, typer.Option(help="sim, or sim:STORY (sim:demo, sim:tired …); add ,imu for a raw sensor.")
    ] = None,
    cues: Annotated[
        list[str] | None, typer.Option(help="Cue file or bundled name, in place of the config's; may be repeated.")
    ] = None,
    audio: Annotated[
        str | None, typer.Option(help="A sound device, `off`, or a file (.wav, .flac) for what was heard.")
    ] = None,
    metronome: Annotated[str | None, typer.Option(help="off, when needed, always or follow.")] = None,
    for_: Annotated[str | None, typer.Option("--for", help="Stop after so long: 90 s, 20 min.")] = None,
    seed: Annotated[int, typer.Option(help="Another simulated runner with the same habits.", min=0)] = 1,
) -> None:
    """Coach a live run; Ctrl-C ends it.

    Example:  cuecoach run demo --sensor sim:demo
    """
    from cuecoach.cli.options import parse_duration
    from cuecoach.config import load_config
    from cuecoach.live import FedSensor
    from cuecoach.rules import load_cues

    settings = load_config(config)
    if metronome is not None:
        if metronome not in METRONOMES:
            raise UsageError(f"`{metronome}` is not a metronome mode; use one of {', '.join(METRONOMES)}")
        settings = settings.model_copy(update={"metronome": metronome})
    runner = _simulated(sensor, seed)
    seconds = parse_duration(for_)
    record, device = _audio(audio)
    if device is not None:
        settings = settings.model_copy(update={"sound": settings.sound.model_copy(update={"device": device})})
    rules = load_cues(cues or settings.cues)
    run_live(settings, rules, [FedSensor(runner, runner.source)], until=seconds, record=record)


def run_live(
    config: RunConfig,
    rules: Sequence[Rule],
    sensors: Sequence[LiveSensor],
    *,
    until: float | None,
    record: Path | None = None,
) -> None:
    """Coach live with a panel and the space bar for quiet, then say how it went."""
    import asyncio

    from rich.console import Console

    from cuecoach.cli import keys, show
    from cuecoach.cli.panel import Panel
    from cuecoach.coach import Coach
    from cuecoach.events import Action, Control
    from cuecoach.live import Inbox, WallClock, coach_live
    from cuecoach.livesound import LiveSound
    from cuecoach.offline import Replay
    from cuecoach.rendering import render, words_of

    console = Console()
    coach = Coach(config, rules)
    words, voice_problem = words_of(coach.rules, config)
    sound = LiveSound(config.sound, words)
    for problem in (voice_problem, sound.problem):
        if problem:
            console.print(f"note: {problem}", highlight=False)
    done = Replay()
    panel = Panel(console, coach, ", ".join(sensor.source for sensor in sensors), keys=keys.available())

    async def coach_on() -> None:
        clock, inbox = WallClock(sound.session_time()), Inbox()
        quiet = False

        def handle(key: str) -> None:
            nonlocal quiet
            if key == " ":
                quiet = not quiet
                inbox.put(Control(clock.now(), "quiet" if quiet else "speak", keys.QUIET_S))

        def observe(t: float, actions: list[Action]) -> None:
            done.actions.extend(actions)
            done.duration_s = t
            panel.update(t, actions)

        with keys.pressed(handle):
            ran = await coach_live(coach, sensors, sound, clock=clock, until=until, observe=observe, inbox=inbox)
        if ran.dropped:
            console.print(f"note: {ran.dropped} events came faster than they could be used and were dropped")

    try:
        with panel:
            asyncio.run(coach_on())
    except KeyboardInterrupt:
        console.print("Stopped.")
    show.timeline(console, done)
    show.summary(console, done, coach.rules)
    if record is not None:
        render(done, record, config)
        console.print(f"Sound: {record}", highlight=False)


def _simulated(sensor: str | None, seed: int):
    from cuecoach.sensors.simulator import STORIES, SimulatedRunner

    if sensor is None:
        raise UsageError("no sensor is named; this version has a simulated runner: `cuecoach run --sensor sim`")
    name, _, kind = sensor.partition(",")
    family, _, story = name.partition(":")
    if family != "sim" or kind not in ("", "imu"):
        raise UsageError(f"`{sensor}` is not a sensor this version knows; use `sim`, `sim:demo` or `sim:demo,imu`")
    story = story or "easy-run"
    if story not in STORIES:
        raise UsageError(f"`{story}` is not a story of the simulated runner; there are: {', '.join(sorted(STORIES))}")
    return SimulatedRunner(STORIES[story], seed=seed, output="imu" if kind else "metrics")


def _audio(audio: str | None) -> tuple[Path | None, str | None]:
    """Return the file to record to and the device to play on, where given."""
    if audio is None:
        return None, None
    if Path(audio).suffix.lower() in (".wav", ".flac"):
        return Path(audio), None
    return None, "null" if audio == "off" else audio
