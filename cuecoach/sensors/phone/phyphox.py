"""The remote interface of the app phyphox: what to ask next, and samples from the reply. Pure; any bytes are fine.

``/get?t=T&x=T|t`` asks for all values of the buffers `t` and `x` where `t` is later than `T`; a buffer without a value asks for
its last value (phyphox documentation, "Remote-interface communication"). An experiment made in the app with "Add simple
experiment" names its buffers ``acc_time, accX, accY, accZ`` (with gravity, m/s², up at rest) and ``gyr_time, gyrX, …`` (rad/s);
times are seconds since the experiment began, pauses left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final, cast

import numpy as np

from cuecoach.events import FloatArray
from cuecoach.sensors.message import Message
from cuecoach.sensors.phone.grid import Grid, Kind
from cuecoach.sensors.phone.json_values import number, read_object
from cuecoach.sensors.phone.taken import Taken

_BUFFERS: Final[Mapping[Kind, tuple[str, str, str, str]]] = {
    "acc": ("acc_time", "accX", "accY", "accZ"),
    "gyr": ("gyr_time", "gyrX", "gyrY", "gyrZ"),
}
#: Values beyond these are none: m/s² (50 g), deg/s.
_LIMIT: Final[Mapping[Kind, float]] = {"acc": 500.0, "gyr": 6000.0}
_FACTOR: Final[Mapping[Kind, float]] = {"acc": 1.0, "gyr": 180.0 / math.pi}
#: No experiment lasts longer, s (115 days).
_LAST_S: Final = 1e7
#: After so many empty replies while it measures, ask where its clock is: the buffers may have been cleared.
_EMPTY: Final = 10

NOT_PHYPHOX: Final = "what answers is not phyphox; open an experiment there and allow remote access in its menu"
WRONG_EXPERIMENT: Final = (
    "the experiment that is open in phyphox has no acceleration with gravity; tap + and `Add simple experiment`, tick "
    "Accelerometer and Gyroscope, open it and allow remote access"
)
PAUSED: Final = "phyphox is not measuring; tap its play button"


class Phyphox:
    """Asks one phone for what is new, and makes even samples of the replies.

    Attributes
    ----------
    rejected
        Replies and samples that could not be used.
    """

    def __init__(self) -> None:
        self.rejected = 0
        self._session: str | None = None
        self._grid = Grid()
        self._since: dict[Kind, float] = {}  # time of the newest sample taken; empty before its clock is known
        self._reached = -math.inf  # the newest time of acceleration seen in this measurement
        self._running = False
        self._empty = 0

    @property
    def duplicates(self) -> int:
        """Samples that came twice."""
        return self._grid.duplicates

    def query(self) -> str:
        """Return what to ask next: path and query, percent-encoded."""
        if not self._since:  # the newest time first: the whole buffers may be hours long
            return "/get?" + "&".join(names[0] for names in _BUFFERS.values())
        asked: list[str] = []
        for kind, since in self._since.items():
            time, *axes = _BUFFERS[kind]
            asked += [f"{time}={since!r}", *(f"{axis}={since!r}%7C{time}" for axis in axes)]
        return "/get?" + "&".join(asked)

    def skip(self) -> None:
        """Leave out what has piled up: go on with the newest."""
        self._since = {}

    def take(self, status: int, body: bytes) -> Taken:
        """Take the reply to the last query: its HTTP status and its body, of bounded size."""
        read = _reply(body) if status in (200, 400) else None
        if status == 400:  # a buffer in the question does not exist
            self.rejected += 1
            self._since = {}
            return Taken(complaint=WRONG_EXPERIMENT)
        if read is None:
            self.rejected += 1
            return Taken(complaint=NOT_PHYPHOX)
        buffers, session, measuring = read
        fresh = session != self._session or (measuring and not self._running)
        changed = session != self._session
        self._session, self._running = session, measuring
        if changed and self._since:  # this reply mixes two experiments; the next one will not
            self._forget()
            return Taken(fresh=True)
        if "acc_time" not in buffers:
            self._since = {}
            return Taken(complaint=WRONG_EXPERIMENT)
        paused = "" if measuring else PAUSED
        if not self._since:
            return Taken(fresh=self._find(buffers) or fresh, complaint=paused)
        messages, cleared = self._samples(buffers)
        self._empty = 0 if messages or not measuring else self._empty + 1
        if self._empty >= _EMPTY:
            self._since, self._empty = {}, 0
        return Taken(messages, fresh or cleared, paused)

    def _find(self, buffers: Mapping[str, list[Any]]) -> bool:
        """Learn how far its clocks are; return whether they have gone back."""
        newest: dict[Kind, float] = {}
        for kind, names in _BUFFERS.items():
            times = _numbers(buffers.get(names[0], []))
            if len(times) and abs(times[-1]) < _LAST_S:
                newest[kind] = float(times[-1])
            elif names[0] in buffers and self._running:
                newest[kind] = -1.0  # nothing measured yet: from the beginning
        back = newest.get("acc", self._reached) < self._reached
        if back:
            self._forget()
        self._since = newest if "acc" in newest else {}
        self._reached = max(self._reached, self._since.get("acc", -math.inf))
        return back

    def _samples(self, buffers: Mapping[str, list[Any]]) -> tuple[tuple[Message, ...], bool]:
        """Return the samples of a reply, and whether its clocks have begun anew."""
        columns: dict[Kind, list[FloatArray]] = {
            kind: [_numbers(buffers.get(n, [])) for n in _BUFFERS[kind]] for kind in self._since
        }
        # A reply from the beginning instead of from where we are: the buffers have been cleared in between.
        cleared = any(bool((column[0] < self._since[kind]).any()) for kind, column in columns.items())
        if cleared:
            self._forget()
            for kind in columns:
                self._since[kind] = -1.0
        for kind, (times, *axes) in columns.items():
            length = min(len(column) for column in (times, *axes))  # the buffers may be read while one grows
            values = _FACTOR[kind] * np.stack([axis[:length] for axis in axes], axis=1)
            with np.errstate(invalid="ignore"):
                good = (np.abs(times[:length]) < _LAST_S) & (np.abs(values) <= _LIMIT[kind]).all(axis=1)
            self.rejected += length - int(np.count_nonzero(good))
            if good.any():
                self._grid.add(kind, times[:length][good], values[good])
                self._since[kind] = max(self._since[kind], float(times[:length][good].max()))
        self._reached = max(self._reached, self._since["acc"])
        return self._grid.take(), cleared

    def _forget(self) -> None:
        """Begin anew with another experiment, or with the same one cleared."""
        self._grid.reset()
        self._since = {}
        self._reached = -math.inf
        self._empty = 0


def _reply(body: bytes) -> tuple[dict[str, list[Any]], str, bool] | None:
    """Return the buffers by name, the session, and whether it measures; None when this is no reply."""
    reply = read_object(body)
    if reply is None:
        return None
    status, buffers = reply.get("status"), reply.get("buffer")
    if not isinstance(status, dict) or not isinstance(buffers, dict):
        return None
    state = cast("dict[str, Any]", status)
    found: dict[str, list[Any]] = {}
    for name, buffer in cast("dict[str, Any]", buffers).items():
        values: object = cast("dict[str, Any]", buffer).get("buffer") if isinstance(buffer, dict) else None
        if isinstance(values, list):
            found[name] = cast("list[Any]", values)
    return found, str(state.get("session", ""))[:80], state.get("measuring") is True


def _numbers(values: list[Any]) -> FloatArray:
    return np.array([number(value) for value in values], dtype=np.float64)
