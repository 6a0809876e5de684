"""``cuecoach calibrate-audio``: how late headphones are heard, found by tapping or stepping along with their clicks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from cuecoach.errors import UsageError

if TYPE_CHECKING:
    from cuecoach.audio.delay import Along, Delay
    from cuecoach.audio.delay_round import Kind
    from cuecoach.audio.known_delays import DelaysFile

_LEVEL_DB: Final = -12.0
#: Longer than this, s, it may have been the moment between two clicks.
_LONG_S: Final = 0.35
_MOST_TAPS: Final = 100
_MOST_S: Final = 1.0


def calibrate_audio(
    device: Annotated[
        str, typer.Option(metavar="DEVICE", help="Whose delay: default, a number, or part of a sound device's name.")
    ] = "default",
    reference: Annotated[
        str | None,
        typer.Option(
            metavar="DEVICE", help="First tap along with this one, whose sound is not late: wired, or built in."
        ),
    ] = None,
    taps: Annotated[int, typer.Option(metavar="N", help="How many taps or steps count: 16 to 100.")] = 30,
    steps: Annotated[
        str | None,
        typer.Option(metavar="SENSOR", help="Run along with the clicks, with this sensor, in place of tapping: foot."),
    ] = None,
    set_: Annotated[str | None, typer.Option("--set", metavar="TIME", help="Keep this delay: '180 ms'.")] = None,
    forget: Annotated[str | None, typer.Option(metavar="NAME", help="Forget the delay of a device.")] = None,
    list_: Annotated[bool, typer.Option("--list", help="Show the delays that are known.")] = False,
) -> None:
    """Find out how late your headphones are heard, so that the beat meets your feet.

    Bluetooth delays sound by 0.1 to 0.3 s. Listen to four clicks, then press the space bar with each click as you hear it.
    What is found is kept under the device's name, and every run sends sound that much earlier.

    Example:  cuecoach calibrate-audio
    """
    from cuecoach.audio.delay_round import STEPS, TAPS
    from cuecoach.audio.known_delays import DelaysFile

    file = DelaysFile()
    asked = [name for name, given in (("--set", set_), ("--forget", forget), ("--list", list_)) if given]
    if len(asked) > 1:
        raise UsageError(f"{asked[0]} and {asked[1]} are two wishes; type one at a time")
    if list_:
        _list(file)
    elif forget is not None:
        _forget(file, forget)
    elif set_ is not None:
        _set(file, device, set_)
    else:
        if not 16 <= taps <= _MOST_TAPS:
            raise UsageError(f"--taps {taps} is out of range; use 16 to {_MOST_TAPS}")
        if steps is not None and reference is not None:
            raise UsageError("--reference is for tapping; leave it out, or leave out --steps")
        file.read()  # one with mistakes is told before the work, not after
        _measure(file, device, reference, taps, steps, TAPS if steps is None else STEPS)


def _list(file: DelaysFile) -> None:
    from cuecoach.audio.known_delays import in_ms

    known = file.read().headphones
    if not known:
        typer.echo("No delay is known; `cuecoach calibrate-audio` finds one")
    width = max((len(name) for name in known), default=0)
    for name, each in known.items():
        typer.echo(f"{name:{width}}  {in_ms(each.seconds):>6}  {each.how}".rstrip())


def _forget(file: DelaysFile, name: str) -> None:
    known = file.read()
    if known.of(name) is None:
        there = ", ".join(f"`{each}`" for each in known.headphones)
        raise UsageError(f"no delay is known of `{name}`; {f'there are {there}' if there else 'none is known at all'}")
    file.change(name, None)
    typer.echo(f"Forgotten: {name}")


def _set(file: DelaysFile, device: str, text: str) -> None:
    from cuecoach.audio.device_name import device_name
    from cuecoach.audio.known_delays import SET_BY_YOU, KnownDelay, in_ms
    from cuecoach.units import parse_quantity

    delay_s = parse_quantity(text, "time", example="180 ms")
    if not 0.0 <= delay_s <= _MOST_S:
        raise UsageError(f"--set '{text}' is out of range; use 0 ms to 1 s")
    name = device_name(device)
    file.change(name, KnownDelay.of(delay_s, SET_BY_YOU))
    typer.echo(f"Kept for {name}: {in_ms(delay_s)}")


def _measure(file: DelaysFile, device: str, reference: str | None, taps: int, steps: str | None, kind: Kind) -> None:
    from cuecoach.audio.delay import delay_of
    from cuecoach.audio.device_name import device_name
    from cuecoach.audio.known_delays import KnownDelay, in_ms, tidy
    from cuecoach.audio.protocol import NULL_DEVICE
    from cuecoach.cli import keys

    if steps is None and not keys.available():
        raise UsageError(
            "taps come from a terminal, and this is none; give --steps SENSOR, or the delay with --set '180 ms'"
        )
    names = [tidy(device_name(each)) for each in (device, reference) if each is not None]
    if len(names) == 2 and names[0] == names[1]:
        raise UsageError(f"`{names[0]}` cannot be its own reference; name another device")
    try:
        if reference is not None:
            typer.echo(f"First {names[1]}, then {names[0]}.")
        compared = None if reference is None else _go_along(reference, names[1], taps, None, kind)
        along = _go_along(device, names[0], taps, steps, kind)
        delay = delay_of(along, kind.anticipation, compared)
    except KeyboardInterrupt:
        typer.echo("Stopped; nothing was changed")
        raise
    _tell(names[0], along, delay, kind, compared=compared is not None)
    if device == NULL_DEVICE:
        typer.echo("Nothing is kept: nobody hears `null`")
        return
    before = file.read().of(names[0])
    how = f"{along.used} {kind.moving}s, ±{in_ms(delay.error_s)}"
    file.change(names[0], KnownDelay.of(delay.delay_s, how))
    was = f" (before: {in_ms(before.seconds)})" if before is not None else ""
    typer.echo(
        f"Kept{was}. With `sound: {{delay: auto}}`, as it is unless you changed it, runs send sound so much earlier."
    )


def _tell(name: str, along: Along, delay: Delay, kind: Kind, *, compared: bool) -> None:
    from cuecoach.audio.known_delays import in_ms

    out = f", {along.left_out} left out" if along.left_out else ""
    typer.echo(
        f"{name} is heard {in_ms(delay.delay_s)} late, ±{in_ms(delay.error_s)} "
        f"({along.used} {kind.moving}s, spread {in_ms(along.spread_s)}{out})"
    )
    if delay.delay_s > _LONG_S:
        typer.echo(f"That is long. If you {kind.moving} between the clicks rather than on them, do it again.")
    if not compared:
        ahead = in_ms(-kind.anticipation.mean_s)
        typer.echo(f"People {kind.moving} about {ahead} before a click; most of the ± is how much they differ in that.")


def _go_along(device: str, name: str, wanted: int, steps: str | None, kind: Kind) -> Along:
    """Play one round on a device."""
    import asyncio

    from cuecoach.audio.delay_round import Round
    from cuecoach.audio.process import SoundProcess
    from cuecoach.cli import terminal
    from cuecoach.cli.delay_session import Worn, stepped, tapped
    from cuecoach.cli.live_table import LiveTable
    from cuecoach.clock import WallClock

    console = terminal.open_console()
    foot = "the foot with the sensor (the left one when it is worn on the trunk)"
    console.print(
        f"{name}: listen to {kind.listening} clicks, then press the space bar with each click, as you hear it."
        if steps is None
        else f"{name}: run, and put {foot} down on each click."
    )
    worn = None if steps is None else Worn(steps)

    async def go() -> Along:
        if worn is not None:
            await worn.check()
        with SoundProcess.open(device, level_db=_LEVEL_DB, beat_level_db=0.0) as sound:
            clock = WallClock(sound.session_time())
            round_ = Round(kind, wanted, clock.now())
            with LiveTable(console, lambda: f"{round_.count} of {round_.wanted} {kind.moving}s; Ctrl-C stops") as line:
                if worn is None:
                    return await tapped(round_, sound, clock, line.show)
                return await stepped(round_, sound, clock, line.show, worn.sensor)

    try:
        return asyncio.run(go())
    finally:
        if worn is not None:
            worn.finish()
