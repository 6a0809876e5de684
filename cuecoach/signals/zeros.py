"""What the angles of a sensor on the trunk are measured from: when that changes, and when it is lost by a slip."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from cuecoach.events import Alignment, Place, Slip
from cuecoach.signals.log import median
from cuecoach.signals.normals import FROM_ZERO

#: What a sensor on the trunk cannot tell once it has moved, until it is aligned anew. Steps and bounce it still can.
ANGLES: Final = (
    "pelvic_tilt",
    "pelvic_obliquity",
    "pelvic_drop",
    "pelvic_drop_left",
    "pelvic_drop_right",
    "trunk_lean",
)
#: The last part of an origin whose zero are the first strides of running.
RUNNING: Final = "running"
_DROPS: Final = ANGLES[2:5]
#: A jump of the angles is the runner's doing, and no slip, when speed (m/s) or slope (%) changed by more than this around it.
SPEED_CHANGE: Final = 0.3
GRADE_CHANGE: Final = 2.0
#: Speed and slope around a jump are the middle values of up to so long before and after it, s; the jump itself left out.
AROUND_S: Final = 10.0
JUMP_S: Final = 1.0
#: Nor is it one when a cue asked for it no longer ago than this, s.
ANSWER_S: Final = 20.0
#: What of speed and slope is kept, s: a slip is told within 10 s.
_KEEP_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Zeroed:
    """From now on the angles of a source are measured from another zero; `relearn` names what must be learnt anew."""

    source: str
    alignment: Alignment
    relearn: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """The sensor moved on the body; or, where `doubt` says what, something else turned its angles."""

    source: str
    slip: Slip
    doubt: str | None = None


@dataclass(frozen=True, slots=True)
class _Moment:
    t: float
    speed: float | None
    grade: float | None


class Zeros:
    """Releases alignments and slips as time passes, and judges slips by what the runner did."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Alignment | Slip]] = {}
        self._places: dict[str, Place] = {}
        self._now: dict[str, Alignment] = {}
        self._newest: dict[str, Alignment] = {}
        self._moments: deque[_Moment] = deque()
        self._asked: dict[str, tuple[float, int]] = {}

    def add(self, source: str, place: Place, alignments: Iterable[Alignment], slips: Iterable[Slip]) -> list[float]:
        """Take in what a block made known; return from when on the angles have another zero, s."""
        # Of the same moment, a slip comes first: what was aligned then is aligned after it.
        news = sorted([*slips, *alignments], key=lambda each: each.known)
        if not news:
            return []
        self._places[source] = place
        self._waiting.setdefault(source, deque()).extend(news)
        turns: list[float] = []
        for each in news:
            if isinstance(each, Alignment):
                before = self._newest.get(source)
                if before is None or before.axes != each.axes:
                    turns.append(each.known)
                self._newest[source] = each
        return turns

    def asked(self, metric: str, t: float, way: int) -> None:
        """A cue began at `t` that asks for more (1) or less (-1) of the metric; 0 when either way may answer it."""
        self._asked[metric] = (t, way)

    def look(self, t: float, speed: float | None, grade: float | None) -> None:
        """Note the newest speed, m/s, and slope, %, once a second."""
        self._moments.append(_Moment(t, speed, grade))
        while self._moments[0].t < t - _KEEP_S:
            self._moments.popleft()

    def place(self, source: str) -> Place:
        """Return where a source is worn of which an alignment or slip was heard."""
        return self._places[source]

    def origin_of(self, name: str, origin: str) -> str:
        """Return the origin of an angle with its zero: one of running says nothing about the angle in another run."""
        if name not in FROM_ZERO or not origin.endswith("/imu"):
            return origin
        stood = any(
            zero.reference != "running" and origin == f"{self._places[source]}/imu"
            for source, zero in self._now.items()
        )
        return origin if stood else f"{origin}/{RUNNING}"

    def release(self, now: float) -> list[Zeroed | Moved]:
        """Return what is known by `now`, s."""
        found: list[Zeroed | Moved] = []
        for source in sorted(self._waiting):
            waiting = self._waiting[source]
            while waiting and waiting[0].known <= now:
                each = waiting.popleft()
                if isinstance(each, Slip):
                    found.append(Moved(source, each, self._doubt(each, self._places[source])))
                else:
                    found.append(Zeroed(source, each, self._relearn(source, each)))
                    self._now[source] = each
        return found

    def _relearn(self, source: str, alignment: Alignment) -> tuple[str, ...]:
        """Return the metrics whose normal is another now: between two standing poses it is the same."""
        before = self._now.get(source)
        if before is None or before.axes == alignment.axes or "running" not in (before.reference, alignment.reference):
            return ()
        return ("trunk_lean",) if self._places[source] == "torso" else ("pelvic_tilt", "pelvic_obliquity")

    def _doubt(self, slip: Slip, place: Place) -> str | None:
        """Return what else than a slip turned the angles, None when nothing did."""
        if self._changed(slip.at, lambda moment: moment.speed, SPEED_CHANGE):
            return "the speed changed"
        if self._changed(slip.at, lambda moment: moment.grade, GRADE_CHANGE):
            return "the slope changed"
        if abs(slip.pelvic_tilt) >= abs(slip.pelvic_obliquity):
            answered = self._answers("trunk_lean" if place == "torso" else "pelvic_tilt", slip.at, slip.pelvic_tilt)
        else:
            answered = self._answers("pelvic_obliquity", slip.at, slip.pelvic_obliquity)
            # A hip that is held up raises its side of the pelvis: which, the mean does not tell.
            answered = answered or any(self._answers(drop, slip.at) for drop in _DROPS)
        return "a cue had asked for it" if answered else None

    def _changed(self, at: float, value: Callable[[_Moment], float | None], limit: float) -> bool:
        known = [(moment.t, found) for moment in self._moments if (found := value(moment)) is not None]
        before = [found for t, found in known if at - AROUND_S <= t <= at - JUMP_S]
        after = [found for t, found in known if at + JUMP_S <= t <= at + AROUND_S]
        return bool(before and after) and abs(median(after) - median(before)) > limit

    def _answers(self, metric: str, at: float, change: float | None = None) -> bool:
        t, way = self._asked.get(metric, (float("-inf"), 0))
        # The moment of a jump is known to a second or so.
        if not t - JUMP_S <= at <= t + ANSWER_S:
            return False
        return change is None or way == 0 or way * change > 0
