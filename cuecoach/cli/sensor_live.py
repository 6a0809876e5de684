"""`cuecoach sensors --watch` and `--identify`: sensors are connected, and what they say is shown as it comes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Final

import typer

from cuecoach.cli import terminal
from cuecoach.cli.live_table import LiveTable
from cuecoach.cli.sensor_scan import Found, Scan, ScanningRadio, scan
from cuecoach.cli.sensor_table import identify_table, watch_facts, watch_line, watch_table
from cuecoach.cli.sensor_watch import Watched, mover, watch
from cuecoach.cli.sensor_words import nothing_found
from cuecoach.errors import SensorError, UsageError
from cuecoach.lineup.memory import Memory
from cuecoach.sensors.bluetooth.protocol import Driver
from cuecoach.sensors.plugins import Plugins

#: So many devices are connected at once to see which one moves; adapters hold about seven links.
IDENTIFIED: Final = 4
#: Without a terminal, live values are printed so often, s.
LINE_EVERY_S: Final = 1.0


def identify_live(
    radio: ScanningRadio, drivers: Sequence[Driver], memory: Memory, seconds: float, *, scan_s: float
) -> None:
    """Scan, connect the nearest sensors, and tell which of them is being moved.

    Raises
    ------
    SensorError
        There was none, or none was moved.
    """
    from cuecoach.sensors.bluetooth.supervisor import BluetoothSensor

    console = terminal.open_console()
    seen = Scan(drivers, memory.remembered)
    pairs: list[tuple[Found, Watched]] = []

    async def look() -> None:
        console.print(f"Looking for sensors near you for {scan_s:g} s …")
        await scan(radio, seen, scan_s)
        near = [device for device in seen.found() if device.near][:IDENTIFIED]
        for device in near:
            role = device.mine or (device.roles or device.able)[0]
            # Each has claims of its own: here several devices may be the same to the runner.
            pairs.append((device, Watched(BluetoothSensor(role, radio, drivers, device=device.seen.address))))
        if not pairs:
            return
        console.print(f"Shake the one you mean, or walk on the spot with it, for {seconds:g} s …")
        sensors = [sensor for _, sensor in pairs]
        with LiveTable(console, lambda: identify_table(pairs, mover(sensors, now=True))) as table:
            await watch(sensors, seconds, lambda t: table.show())

    asyncio.run(look())
    if not pairs:
        raise SensorError(nothing_found(scan_s, 0))
    moved = mover([sensor for _, sensor in pairs])
    console.print(identify_table(pairs, moved))
    found = next((device for device, sensor in pairs if sensor is moved), None)
    if found is None:
        raise SensorError("none of them was moved; shake the one you mean, or walk on the spot with it")
    role = found.mine or (found.roles or found.able)[0]
    console.print(f"To keep to it: `cuecoach sensors --remember {role}={found.seen.address}`")


def watch_live(
    radio: ScanningRadio,
    plugins: Plugins,
    memory: Memory,
    wishes: Sequence[str],
    seconds: float | None,
    *,
    as_json: bool,
) -> None:
    """Show what sensors say until `seconds` have passed, or Ctrl-C.

    Raises
    ------
    UsageError
        No sensor is named or remembered, or a name cannot be understood.
    RadioError
        Bluetooth is needed and cannot be used.
    """
    from cuecoach import lineup
    from cuecoach.config import RunConfig
    from cuecoach.sensors.bluetooth.radio import check_radio

    mine = list(memory.remembered.devices())
    if not wishes and not mine:
        raise UsageError("nothing is remembered; write which sensor to watch: `cuecoach sensors --watch foot`")
    lined_up = lineup.line_up(RunConfig(), wishes or mine, memory=memory, radio=radio, plugins=plugins)
    sensors = [Watched(sensor) for sensor in lined_up.sensors]
    console = terminal.open_console()
    if as_json:
        terminal.expect_json()
    printed = 0.0

    def tell(t: float) -> None:
        """Without a terminal to draw on, print a line a second and sensor."""
        nonlocal printed
        if t < printed + LINE_EVERY_S:
            return
        printed = t
        for sensor in sensors:
            line = watch_line(sensor)
            typer.echo(json.dumps(watch_facts(t, sensor), ensure_ascii=False) if as_json else line)

    async def look() -> None:
        if lined_up.bluetooth:
            await check_radio(radio)
        if as_json or not console.is_terminal:
            await watch(sensors, seconds, tell)
            return
        with LiveTable(console, lambda: watch_table(sensors)) as table:
            await watch(sensors, seconds, lambda t: table.show())

    try:
        asyncio.run(look())
    except KeyboardInterrupt:
        pass  # that is how one ends it
    finally:
        for problem in memory.finish():
            terminal.note(problem)
    if console.is_terminal and not as_json:
        console.print(watch_table(sensors))
