"""The life of one sensor as events: searching, streaming, stale, lost, back. No clock and no I/O: times come in as data."""

from __future__ import annotations

import math
from typing import Final

from cuecoach.events import LifeState, SensorState

#: Without data for so long a sensor that had streamed is lost, s.
LOST_S: Final = 5.0
#: After so long a search that never found anything gives a hint, s.
HINT_S: Final = 30.0
#: A sensor that went to sleep with its runner and is still away after so long gets a word on how to wake it, s.
AWAY_S: Final = 60.0

NOT_FOUND: Final = (
    "still searching: wear the sensor and move it to wake it, and end its connection to any watch or phone"
)
RESTING: Final = "standing still"
ASLEEP: Final = "asleep since the runner stopped, it wakes when it moves"


class Life:
    """The states of one sensor, told as events; no clock, no I/O.

    `stale` and `lost` need no word from outside: call `advance` at `next_due`. What is told once is told once: `lost` when
    data had come and stayed away, `back` when it came again. A sensor that answers while it is silent, or that fell silent
    after it had said that the runner stands, rests: it is muted (`stale`), never lost.

    Parameters
    ----------
    source
        As in the events.
    stale_s
        Without data for so long the sensor is stale, s.
    lost_s
        Without data for so long it is lost, s, counted from the last data.
    grace_s
        While the link holds, `lost` comes no earlier than this after `stale`, s: time to ask the sensor.

    Attributes
    ----------
    state, text
        Where in its life it is, and a few words more for people.
    stale_s, grace_s
        As above; they may be set anew when the device is known.
    """

    def __init__(self, source: str, *, stale_s: float, lost_s: float = LOST_S, grace_s: float = 0.0) -> None:
        self.source = source
        self.state: LifeState = "searching"
        self.text = ""
        self.stale_s = stale_s
        self._lost_s = lost_s
        self.grace_s = grace_s
        self._told = False  # whether any state has been told yet
        self._last: float | None = None  # last data
        self._since: float | None = None  # searching since then
        self._hinted = False
        self._quiet = False  # stale has been told for this silence
        self._gone = False  # lost has been told, back has not
        self._linked = False
        self._resting_since: float | None = None

    @property
    def next_due(self) -> float:
        """When `advance` has something to tell, s; infinite when nothing will happen by itself."""
        if self._last is None:
            waiting = self._since is not None and not self._hinted and self.state == "searching"
            return self._since + HINT_S if waiting and self._since is not None else math.inf
        if not self._quiet:
            return self._last + self.stale_s
        if self._resting_since is not None:
            return math.inf if self._linked or self.text == ASLEEP else self._resting_since + AWAY_S
        if self._gone:
            return math.inf
        lost_at = self._last + self._lost_s
        return max(lost_at, self._last + self.stale_s + self.grace_s) if self._linked else lost_at

    @property
    def heard_at(self) -> float | None:
        """When data had last come, s; None before the first."""
        return self._last

    @property
    def silent(self) -> bool:
        """Whether the sensor is not streaming now."""
        return self._last is None or self._quiet

    @property
    def resting(self) -> bool:
        """Whether it is silent for a good reason."""
        return self._resting_since is not None

    def searching(self, t: float, text: str = "") -> list[SensorState]:
        """Tell that the sensor is looked for; a lost sensor stays lost unless there is news."""
        if self._since is None:
            self._since = t
        return self._link_work(t, "searching", text)

    def connecting(self, t: float, text: str = "") -> list[SensorState]:
        """Tell that it has been found and is being connected and set up."""
        return self._link_work(t, "connecting", text)

    def heard(self, t: float, text: str = "") -> list[SensorState]:
        """Tell that data came."""
        self._last = t if self._last is None else max(t, self._last)
        self._linked = True
        self._quiet, self._resting_since = False, None
        if self._gone:
            self._gone = False
            return self._tell(t, "back", text)
        if self.state == "back":
            self.state = "streaming"  # back is a moment; nothing to tell when it has passed
            return []
        return self._tell(t, "streaming", text, always=self.state != "streaming")

    def broken(self, t: float, text: str = "", *, standing: bool = False) -> list[SensorState]:
        """Tell that the link is gone; `standing`: the sensor had said that the runner stands, so it only went to sleep."""
        self._linked = False
        if self._last is None:
            return self._tell(t, "searching", text)
        if standing or self._resting_since is not None:
            self._resting_since = t
            text = text or RESTING
        told = self._quiet
        self._quiet = True
        if told:  # muted already: only a new text is worth an event, and a lost sensor is not made less than lost
            return self._tell(t, self.state, text) if text and not self._gone else []
        return self._tell(t, "stale", text)

    def rests(self, t: float, text: str = RESTING) -> list[SensorState]:
        """Tell that it answered although it is silent: the runner stands, nothing is wrong."""
        self._linked = True
        if self._last is None:
            return self._tell(t, "connecting", text)
        if self._resting_since is None:
            self._resting_since = t
        self._quiet = True
        return self._tell(t, "stale", text)

    def advance(self, t: float) -> list[SensorState]:
        """Tell what the passing of time has changed by `t`."""
        told: list[SensorState] = []
        while t >= self.next_due:
            told += self._fall_due(t)
        return told

    def _fall_due(self, t: float) -> list[SensorState]:
        if self._last is None:
            self._hinted = True
            return self._tell(t, "searching", self.text or NOT_FOUND)
        if not self._quiet:
            self._quiet = True
            return self._tell(t, "stale", f"no data for {self.stale_s:g} s")
        if self._resting_since is not None:
            return self._tell(t, "stale", ASLEEP)
        self._gone = True
        return self._tell(t, "lost", self.text, always=True)

    def _link_work(self, t: float, state: LifeState, text: str) -> list[SensorState]:
        self._linked = False
        if self._last is not None and not self._quiet:  # it streamed a moment ago: mute first, then go looking
            return [*self.broken(t), *self._link_work(t, state, text)]
        if (self._gone or self._resting_since is not None) and (not text or text == self.text):
            return []  # every attempt again would be noise
        return self._tell(t, state, text)

    def _tell(self, t: float, state: LifeState, text: str, *, always: bool = False) -> list[SensorState]:
        if self._told and not always and state == self.state and (not text or text == self.text):
            return []
        self._told = True
        self.state, self.text = state, text
        return [SensorState(t, self.source, state, text)]
