"""A sensor's status in words: for the panel of a run, for lines without a terminal, and for what is said after a run."""

from __future__ import annotations

from cuecoach.events import LifeState
from cuecoach.lineup.remembered import Remembered, printable, tidy
from cuecoach.lineup.wishes import known_role
from cuecoach.sensors.status import SensorStatus
from cuecoach.timeline import clock

#: How each state looks on a terminal.
STYLES: dict[LifeState, str] = {
    "streaming": "green",
    "back": "green",
    "searching": "yellow",
    "connecting": "yellow",
    "stale": "yellow",
    "lost": "red",
    "ended": "dim",
}
#: What helps a sensor to be found.
WAKE = "move it to wake it, end its connection to any watch, phone or other program, and come closer"


def cells(status: SensorStatus) -> tuple[str, str, str, str, str]:
    """Return role, state, device, battery and unit of cadence of a sensor; empty where there is nothing to say."""
    state = f"{status.state}: {printable(status.text)}" if status.text else status.state
    battery = f"{status.battery:.0f} %" if status.battery is not None else ""
    return status.source, state, tidy(status.device), battery, status.cadence_unit


def change_line(t: float, status: SensorStatus) -> str:
    """Return a change of state as one plain line."""
    source, state, device, battery, unit = cells(status)
    about = ", ".join(part for part in (device, f"battery {battery}" if battery else "", unit) if part)
    return f"{clock(t)}  {source}: {state}" + (f" ({about})" if about else "")


def aftermath(status: SensorStatus) -> str:
    """Return what of a sensor was lost in a run, one line; empty for one that has no way to lose anything."""
    if not (status.family or status.packets or status.connections):
        return "" if status.state in ("streaming", "ended", "back") else f"{status.source}: never found"
    lost = [
        _count(max(status.connections - 1, 0), "reconnection"),
        _count(status.lost, "sample", " lost"),
        _count(status.rejected, "message", " not understood"),
        _count(status.duplicates, "message", " twice"),
        f"{status.state} at the end" if status.state in ("lost", "stale", "searching", "connecting") else "",
    ]
    told = ", ".join(part for part in lost if part) or "nothing lost"
    device = tidy(status.device) or status.address
    return f"{status.source}" + (f" ({device})" if device else "") + f": {told}"


def keep_it(status: SensorStatus, remembered: Remembered) -> str:
    """Return how to keep to a device that was taken because it was near; empty when that is not the question."""
    role = known_role(status.source)
    if role is None or not status.address or remembered.device(role) is not None:
        return ""
    return f"to use this {role} sensor every time: `cuecoach sensors --remember {role}={status.address}`"


def nothing_found(seconds: float, unknown: int) -> str:
    """Return what to say, and to try, when a scan shows no sensor that is known."""
    were, them = ("device was", "it") if unknown == 1 else ("devices were", "them")
    others = f" ({unknown} unknown {were}: `--all` lists {them})" if unknown else ""
    return f"no sensor was found in {seconds:g} s{others}; {WAKE}"


def _count(n: int, word: str, tail: str = "") -> str:
    return f"{n} {word}" + ("" if n == 1 else "s") + tail if n else ""
