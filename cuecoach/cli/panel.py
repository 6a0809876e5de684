"""The live panel: sensors, metrics against target, the beat, the last cues. Without a terminal, one plain line per change."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cuecoach.cli import terminal
from cuecoach.cli.live_table import LiveTable
from cuecoach.cli.sensor_words import STYLES, cells, change_line
from cuecoach.cli.show import heard, one_line
from cuecoach.coach import Coach
from cuecoach.events import Action, Note
from cuecoach.live import LiveSensor
from cuecoach.metrics import METRICS
from cuecoach.sensors.status import SensorStatus
from cuecoach.timeline import clock

if TYPE_CHECKING:
    from rich.console import Console, Group
    from rich.table import Table

#: Shown when known, in this order; the rest would only distract while running.
SHOWN = (
    "cadence",
    "speed",
    "vertical_oscillation",
    "pelvic_tilt",
    "pelvic_drop",
    "stance_time",
    "heart_rate",
)
CUES_SHOWN = 5
KEYS = "space: quiet for 5 minutes, again: speak   p: it hurts   c: calibrate   Ctrl-C: stop"


class Panel(LiveTable):
    """Shows a live run; use it as a context manager and call `update` after every tick."""

    def __init__(self, console: Console, coach: Coach, sensors: Sequence[LiveSensor], *, keys: bool) -> None:
        super().__init__(console, self._picture)
        self._console = console
        self._coach = coach
        self._sensors = sensors
        self._told: dict[str, tuple[str, str]] = {}
        self._keys = keys
        self._cues: deque[tuple[str, str, str]] = deque(maxlen=CUES_SHOWN)
        self._beat = ""
        self._t = 0.0

    def update(self, t: float, actions: list[Action]) -> None:
        """Show the moment `t` and what was decided at it."""
        if self._live is None:
            self._tell_changes(t)
        for line in heard(actions):
            self._beat = {"beat": str(line["text"]), "off": ""}.get(str(line["outcome"]), self._beat)
            self._cues.append(one_line(line))
            if self._live is None:
                self._console.print("  ".join(one_line(line)).rstrip())
        for note in (a for a in actions if isinstance(a, Note)):
            terminal.note(note.text)
        self._t = t
        self.show()

    def _tell_changes(self, t: float) -> None:
        """Print one line for each sensor whose state has changed; what streams from the start needs no word."""
        for sensor in self._sensors:
            status = sensor.status()
            state = (status.state, status.text)
            if self._told.get(status.source, ("streaming", "")) != state:
                self._console.print(change_line(t, status))
            self._told[status.source] = state

    def _picture(self) -> Group:
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        t, signals = self._t, self._coach.signals
        metrics = Table(box=None, pad_edge=False, header_style="dim")
        for name, side in (("", "left"), ("now", "right"), ("normal", "right"), ("target", "right")):
            metrics.add_column(name, justify=side)  # pyright: ignore[reportArgumentType]
        for name in SHOWN:
            value = signals.metric(name)
            if value is None:
                continue
            normal, target = signals.baseline(name), signals.target(name)
            metrics.add_row(name.replace("_", " "), _number(name, value), _number(name, normal), _number(name, target))
        until = self._coach.quiet_until
        quiet = _quiet_text(until) if t < until else None
        state = quiet or self._coach.gate or "coaching"
        head = Text.assemble((clock(t), "bold"), f"  {signals.activity or 'no data'}  ", (state, "dim"))
        beat = Text(f"♪ {self._beat}" if self._beat else "♪ –", style="cyan" if self._beat else "dim")
        cues = Table(box=None, pad_edge=False, show_header=False)
        for row in self._cues:
            cues.add_row(*map(Text, row))
        parts = [head, sensor_rows([sensor.status() for sensor in self._sensors]), metrics, beat, cues]
        return Group(*parts, Text(KEYS if self._keys else "Ctrl-C: stop", style="dim"))


def sensor_rows(statuses: Sequence[SensorStatus]) -> Table:
    """Return a table with one line per sensor."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, show_header=False)
    for status in statuses:
        role, state, *about = cells(status)
        table.add_row(role, Text(state, STYLES[status.state]), *about)
    return table


def _quiet_text(until: float) -> str:
    return f"quiet until {clock(until)}" if math.isfinite(until) else "quiet for the rest of the run"


def _number(name: str, value: float | None) -> str:
    if value is None:
        return "–"
    unit = METRICS[name].unit
    digits = {"spm": 0, "mm": 0, "ms": 0, "bpm": 0}.get(unit, 1)
    return f"{value:.{digits}f} {unit}"
