"""`cuecoach sensors`: which sensors are near, which is yours, what they say, and what to remember of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cuecoach.cli import terminal
from cuecoach.errors import SensorError, UsageError

if TYPE_CHECKING:
    from cuecoach.cli.sensor_scan import Found, ScanningRadio
    from cuecoach.lineup.memory import Memory
    from cuecoach.lineup.remembered import SensorsFile
    from cuecoach.sensors.bluetooth.protocol import Driver
    from cuecoach.sensors.source import Source

#: A scan lasts so long: devices advertise at least every 2 s, sleepy ones more rarely, s.
SCAN_S = 8.0
#: Time to take a sensor in the hand and shake it, s.
IDENTIFY_S = 20.0


def sensors(
    wishes: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SENSOR",
            help="With --watch: ROLE, ROLE=NAME, ROLE=ADDRESS, phone:ADDRESS, phyphox:ADDRESS; what is remembered if left out.",
        ),
    ] = None,
    for_: Annotated[
        str | None, typer.Option("--for", metavar="TIME", help="How long to look: 30 s. A scan takes 8 s.")
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="List unknown devices too.")] = False,
    battery: Annotated[bool, typer.Option(help="Connect those near for a moment to read their battery.")] = True,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON: an array, or one line a second and sensor.")
    ] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Show live values until Ctrl-C.")] = False,
    identify: Annotated[bool, typer.Option("--identify", help="Tell which one you shake or walk with.")] = False,
    remember: Annotated[
        list[str] | None, typer.Option(metavar="ROLE=NAME", help="Keep to this device; ROLE=ADDRESS works too.")
    ] = None,
    forget: Annotated[list[str] | None, typer.Option(metavar="ROLE", help="Keep to it no longer.")] = None,
    unit: Annotated[
        list[str] | None,
        typer.Option(metavar="ROLE=UNIT", help="What its cadence counts: strides, steps, or auto to find out."),
    ] = None,
) -> None:
    """Find sensors, see what they say, and remember which are yours.

    Bluetooth: foot pods, heart-rate straps, inertial sensors. A phone is named, not found: `phone:ADDRESS` where it sends what
    it measures to this computer (Sensor Logger), `phyphox:ADDRESS` where it is asked.

    Example:  cuecoach sensors --remember foot=Stryd

    Exits with 1 when nothing is found or Bluetooth cannot be used.
    """
    from cuecoach import lineup
    from cuecoach.cli.options import parse_duration
    from cuecoach.cli.sensor_live import identify_live, watch_live
    from cuecoach.cli.sensor_notes import forget_device, set_unit
    from cuecoach.lineup.memory import Memory
    from cuecoach.lineup.remembered import SensorsFile
    from cuecoach.sensors.plugins import load_plugins

    if wishes and not watch:
        raise UsageError(f"`{wishes[0]}` needs `--watch`: write `cuecoach sensors --watch {wishes[0]}`")
    if sum((watch, identify, bool(remember))) > 1:
        raise UsageError("--watch, --identify and --remember are three things; leave two out")
    seconds = parse_duration(for_)
    file = SensorsFile()
    for text in forget or ():
        typer.echo(forget_device(file, text))
    for text in unit or ():
        typer.echo(set_unit(file, text))
    if (forget or unit) and not (remember or watch or identify):
        return
    plugins, radio = load_plugins(), lineup.open_radio()
    drivers = lineup.all_drivers(plugins)
    try:
        if remember:
            _remember(radio, drivers, file, remember, seconds or SCAN_S)
            return
        memory = Memory(file)
        if memory.problem:
            terminal.note(memory.problem)
        if watch:
            watch_live(radio, plugins, memory, wishes or (), seconds, as_json=as_json)
        elif identify:
            identify_live(radio, drivers, memory, seconds or IDENTIFY_S, scan_s=SCAN_S)
        else:
            sources, look_s = plugins.sources, seconds or SCAN_S
            _scan(radio, drivers, sources, memory, look_s, everything=all_, batteries=battery, as_json=as_json)
    finally:
        for problem in plugins.problems:
            terminal.note(problem)


def _scan(
    radio: ScanningRadio,
    drivers: Sequence[Driver],
    sources: Sequence[Source],
    memory: Memory,
    seconds: float,
    *,
    everything: bool,
    batteries: bool,
    as_json: bool,
) -> None:
    import asyncio

    from cuecoach.cli import sensor_scan, sensor_table
    from cuecoach.cli.live_table import LiveTable
    from cuecoach.cli.sensor_words import nothing_found
    from cuecoach.clock import WallClock

    console = terminal.open_console()
    scan = sensor_scan.Scan(drivers, memory.remembered)

    def shown() -> list[Found]:
        return [device for device in scan.found() if everything or device.driver is not None]

    async def look() -> None:
        with LiveTable(console, lambda: sensor_table.scan_table(shown(), batteries=batteries)) as table:
            await sensor_scan.scan(radio, scan, seconds, table.show)
            if batteries:
                await sensor_scan.read_batteries(radio, scan.found(), WallClock(), table.show)

    if as_json:
        from rich.console import Console

        console = Console(quiet=True, force_terminal=False)
    asyncio.run(look())
    if as_json:
        import json

        terminal.expect_json()
        typer.echo(json.dumps([sensor_table.scan_facts(device) for device in shown()], ensure_ascii=False))
    else:
        if shown():
            console.print(sensor_table.scan_table(shown(), batteries=batteries))
        for source in sources:
            console.print(f"Not found by scanning, but by name: {source.usage} ({source.title})")
    unknown = sum(device.driver is None for device in scan.found())
    if not any(device.driver is not None for device in scan.found()):
        raise SensorError(nothing_found(seconds, unknown))
    if unknown and not everything and not as_json:
        console.print(f"{unknown} unknown device{'s' if unknown > 1 else ''}: `--all` lists them")


def _remember(
    radio: ScanningRadio, drivers: Sequence[Driver], file: SensorsFile, texts: Sequence[str], seconds: float
) -> None:
    import asyncio

    from cuecoach.cli import sensor_scan
    from cuecoach.cli.sensor_notes import pick, read_wanted
    from cuecoach.cli.sensor_words import WAKE

    wanted = [read_wanted(text) for text in texts]
    scan = sensor_scan.Scan(drivers, file.read())
    asyncio.run(sensor_scan.scan(radio, scan, seconds))
    for role, what in wanted:
        device = pick(scan.found(), role, what, drivers, seconds, wake=WAKE)
        file.change(lambda now, role=role, device=device: now.with_device(role, device))
        typer.echo(f"{role}: {device.name or device.address} ({device.address}), remembered in {file.path}")
