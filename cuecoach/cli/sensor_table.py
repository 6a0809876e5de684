"""Sensors on the screen: the table of a scan, of who moves, and of live values; the same as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, Final

from cuecoach.cli.sensor_words import STYLES, cells
from cuecoach.lineup.remembered import tidy
from cuecoach.metrics import METRICS

if TYPE_CHECKING:
    from rich.table import Table

    from cuecoach.cli.sensor_scan import Found
    from cuecoach.cli.sensor_watch import Watched

#: From which signal on which word holds, dBm; usual figures for Bluetooth Low Energy.
_SIGNALS: Final = ((-60, "strong"), (-70, "good"), (-80, "fair"), (-999, "weak"))


def signal(rssi: int | None) -> str:
    """Return a signal in bars, words and dBm."""
    if rssi is None:
        return "–"
    rank = next(n for n, (from_dbm, _) in enumerate(_SIGNALS) if rssi >= from_dbm or n == len(_SIGNALS) - 1)
    bars = "|" * (len(_SIGNALS) - rank) + "·" * rank
    return f"{bars} {_SIGNALS[rank][1]} {rssi} dBm"


def scan_table(devices: Iterable[Found], *, batteries: bool) -> Table:
    """Return the devices of a scan, one a line."""
    table = _table("name", "kind", "role", "signal", *(("battery",) if batteries else ()), "address")
    for device in devices:
        charge = (_percent(device.battery),) if batteries else ()
        table.add_row(
            device.name or "(no name)",
            device.driver.title if device.driver is not None else "unknown",
            _role(device),
            signal(device.seen.rssi),
            *charge,
            device.seen.address,
        )
    return table


def _role(device: Found) -> str:
    if device.mine is not None:
        return f"{device.mine} (yours)"
    if device.roles:
        return ", ".join(device.roles)
    return f"{', '.join(device.able)} when named" if device.able else "–"


def scan_facts(device: Found) -> dict[str, Any]:
    """Return a device of a scan for programs."""
    return {
        "name": device.name,
        "family": device.driver.family if device.driver is not None else None,
        "title": device.driver.title if device.driver is not None else None,
        "roles": device.roles,
        "able": device.able,
        "remembered": device.mine,
        "rssi": device.seen.rssi,
        "battery": device.battery,
        "address": device.seen.address,
    }


def identify_table(devices: Sequence[tuple[Found, Watched]], mover: Watched | None) -> Table:
    """Return the near devices, which of them moves, and which is the nearest."""
    table = _table("", "name", "kind", "state", "signal", "address")
    nearest = max((found.seen.rssi for found, _ in devices if found.seen.rssi is not None), default=None)
    for found, watched in devices:
        table.add_row(
            "◆ moves" if watched is mover else "",
            found.name or "(no name)",
            found.driver.title if found.driver is not None else "",
            watched.status().state,
            signal(found.seen.rssi) + (", nearest" if found.seen.rssi == nearest else ""),
            found.seen.address,
        )
    return table


def watch_table(sensors: Iterable[Watched]) -> Table:
    """Return live values, one sensor a line."""
    from rich.text import Text

    table = _table("sensor", "state", "device", "battery", "rate", "cadence", "values", "packets")
    for watched in sensors:
        status = watched.status()
        role, state, device, battery, _ = cells(status)
        table.add_row(
            role,
            Text(state, STYLES[status.state]),
            device,
            battery or "–",
            f"{watched.rate_hz:.1f} Hz",
            cadence(watched),
            values(watched),
            packets(watched),
        )
    return table


def watch_line(watched: Watched) -> str:
    """Return live values as one plain line."""
    status = watched.status()
    role, state, device, battery, _ = cells(status)
    parts = [
        f"{role}: {state}",
        device,
        f"battery {battery}" if battery else "",
        f"{watched.rate_hz:.1f} Hz",
        cadence(watched),
        values(watched),
        packets(watched),
    ]
    return "  ".join(part for part in parts if part)


def cadence(watched: Watched) -> str:
    """Return what the sensor literally sends, what that is in steps a minute, and how the unit is known."""
    raw, spm = watched.raw.get("cadence"), watched.status().values.get("cadence")
    if raw is None:
        return f"{spm:.0f} spm" if spm is not None else ""
    unit = watched.status().cadence_unit
    if spm is None:
        return f"{raw:.0f} {unit or '/min, strides or steps: run to find out'}"
    return f"{raw:.0f} = {spm:.0f} spm" + (f" ({unit})" if unit else "")


def values(watched: Watched) -> str:
    """Return every other value in its unit."""
    known = {name: value for name, value in watched.status().values.items() if name in METRICS and name != "cadence"}
    return ", ".join(f"{name.replace('_', ' ')} {value:.4g} {METRICS[name].unit}" for name, value in known.items())


def packets(watched: Watched) -> str:
    """Return how many notifications came, and what was wrong with them."""
    status = watched.status()
    wrong = {
        "rejected": status.rejected,
        "twice": status.duplicates,
        "lost": status.lost,
        "gaps": watched.gaps,
    }
    return ", ".join([f"{status.packets} packets", *(f"{n} {word}" for word, n in wrong.items() if n)])


def watch_facts(t: float, watched: Watched) -> dict[str, Any]:
    """Return live values for programs."""
    status = watched.status()
    # The read-only view of the values cannot be copied as it is.
    facts = asdict(replace(status, device=tidy(status.device), values=dict(status.values)))
    return {
        "t": round(t, 3),
        **facts,
        "raw": dict(watched.raw),
        "rate_hz": round(watched.rate_hz, 2),
        "gaps": watched.gaps,
    }


def _percent(value: float | None) -> str:
    return f"{value:.0f} %" if value is not None else "–"


def _table(*columns: str) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in columns:
        table.add_column(column)
    return table
