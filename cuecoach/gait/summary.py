"""Steps and activity of a recording as they come: in windows that are closed as they pass, and in all."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Final

from cuecoach.events import Activity, ActivityChange, Step
from cuecoach.metrics import METRICS

#: What comes from a pod, a strap or a map, never from the samples of a motion sensor.
_ELSEWHERE: Final = ("speed", "heart_rate", "power", "grade")
#: Metrics that a step may carry, in the order they are shown. Step length and what follows from it need a speed.
SHOWN: Final = tuple(name for name in METRICS if name not in _ELSEWHERE)

WINDOW_S: Final = 10.0
#: The median of cadence is exact to this, spm: values are counted in bins, so that a long recording takes no more memory.
CADENCE_BIN: Final = 0.01
#: Steps and changes of activity that begin earlier than this before the newest sample are all known, s: both are told within
#: a few strides, or within two seconds of silence.
_KNOWN_AFTER_S: Final = 60.0


class Means:
    """Running means of the metrics of steps; of cadence the median, so that one lost contact does not show."""

    __slots__ = ("_cadence", "_count", "_total", "steps")

    def __init__(self) -> None:
        self.steps = 0
        self._count: dict[str, int] = {}
        self._total: dict[str, float] = {}
        self._cadence: Counter[int] = Counter()

    def add(self, values: Mapping[str, float]) -> None:
        """Take the values of a step."""
        self.steps += 1
        for name, value in values.items():
            self._count[name] = self._count.get(name, 0) + 1
            self._total[name] = self._total.get(name, 0.0) + value
        if "cadence" in values:
            self._cadence[round(values["cadence"] / CADENCE_BIN)] += 1

    def merge(self, other: Means) -> None:
        """Take all steps of another."""
        self.steps += other.steps
        for name, count in other._count.items():
            self._count[name] = self._count.get(name, 0) + count
            self._total[name] = self._total.get(name, 0.0) + other._total[name]
        self._cadence += other._cadence

    def values(self) -> dict[str, float | None]:
        """Mean (cadence: median) of every metric of `SHOWN`; None where no step has it."""
        out: dict[str, float | None] = dict.fromkeys(SHOWN)
        for name, count in self._count.items():
            out[name] = self._total[name] / count
        if self._cadence:
            out["cadence"] = self._median()
        return out

    def _median(self) -> float:
        bins = sorted(self._cadence)
        upto = list(accumulate(self._cadence[bin_] for bin_ in bins))
        low, high = (bins[bisect_right(upto, rank)] for rank in ((upto[-1] - 1) // 2, upto[-1] // 2))
        return (low + high) / 2 * CADENCE_BIN


class Window:
    """A stretch of a recording.

    Attributes
    ----------
    t_start, t_end
        Its bounds, s.
    spent
        How long each activity took in it, s.
    means
        Of the running steps that began in it.
    """

    __slots__ = ("means", "spent", "t_end", "t_start")

    def __init__(self, t_start: float, t_end: float) -> None:
        self.t_start = t_start
        self.t_end = t_end
        self.spent: dict[Activity, float] = {"running": 0.0, "walking": 0.0, "still": 0.0}
        self.means = Means()

    @property
    def activity(self) -> Activity | None:
        """What filled most of it, None when that never became known."""
        most = max(self.spent, key=lambda name: self.spent[name])
        return most if self.spent[most] > 0 else None

    @property
    def steps(self) -> int:
        """Running steps that began in it."""
        return self.means.steps

    @property
    def values(self) -> dict[str, float | None]:
        """Means of their metrics (cadence: median); None where no step has the metric."""
        return self.means.values()

    def merge(self, later: Window) -> None:
        """Take in the window that follows."""
        self.t_end = later.t_end
        for name, seconds in later.spent.items():
            self.spent[name] += seconds
        self.means.merge(later.means)


class Windows:
    """Cuts a recording into windows while it is read; one is given when nothing can reach it any more.

    Parameters
    ----------
    t_start
        Time of the first sample, s.
    length_s
        Length of a window, s; the last one may be shorter.
    """

    def __init__(self, t_start: float, length_s: float = WINDOW_S) -> None:
        self._t_start = t_start
        self._length_s = length_s
        self._open: list[Window] = []
        self._closed = 0
        self._activity: Activity | None = None
        self._since = t_start

    def push(
        self,
        steps: Iterable[Step],
        activity: Iterable[ActivityChange],
        until: float,
        gaps: Sequence[tuple[float, float]] = (),
    ) -> list[Window]:
        """Take what became known up to the sample time `until`; returns the windows that are now complete.

        Parameters
        ----------
        steps, activity
            As an analyser gave them.
        until
            Time of the newest sample, s.
        gaps
            Where samples are missing for so long that the activity is unknown until the next change, s.
        """
        changes: list[tuple[float, Activity | None]] = [(change.since, change.activity) for change in activity]
        changes += [(since, None) for since, _ in gaps]
        for since, now in sorted(changes, key=lambda change: change[0]):
            self._spend(since)
            self._activity = now
        for step in steps:
            window = self._at(step.ic)
            if window is not None:
                window.means.add(step.values)
        done: list[Window] = []
        while self._bound(self._closed + 1) < until - _KNOWN_AFTER_S:
            self._spend(self._bound(self._closed + 1))
            self._at(self._bound(self._closed))
            done.append(self._open.pop(0))
            self._closed += 1
        return done

    def finish(self, t_end: float) -> list[Window]:
        """Return the windows that are still open, up to the time of the last sample, s."""
        self._spend(t_end)
        while self._bound(self._closed + len(self._open)) < t_end:
            self._at(self._bound(self._closed + len(self._open)))
        rest, self._open = self._open, []
        if rest:
            rest[-1].t_end = t_end
        return rest

    def _bound(self, k: int) -> float:
        """Where window `k` begins, s."""
        return self._t_start + k * self._length_s

    def _at(self, t: float) -> Window | None:
        """Return the window that holds a time, made if need be; None when it is closed."""
        k = int((t - self._t_start) / self._length_s + 1e-9) - self._closed
        while len(self._open) <= k:
            begin = self._closed + len(self._open)
            self._open.append(Window(self._bound(begin), self._bound(begin + 1)))
        return self._open[k] if k >= 0 else None

    def _spend(self, until: float) -> None:
        """Give the time up to `until` to the present activity."""
        while self._since < until:
            window = self._at(self._since)
            if window is None:
                return
            end = min(until, window.t_end)
            if self._activity is not None:
                window.spent[self._activity] += end - self._since
            self._since = end


def windows(
    steps: Sequence[Step], activity: Sequence[ActivityChange], t_start: float, t_end: float, length_s: float = WINDOW_S
) -> list[Window]:
    """Return the windows of a recording of which everything is known already.

    Examples
    --------
    >>> steps = [Step(known=k + 0.4, ic=float(k), values={"cadence": 160.0 + k}) for k in range(12)]
    >>> first, second = windows(steps, [ActivityChange(known=1.0, since=0.0, activity="running")], 0.0, 15.0)
    >>> first.steps, first.values["cadence"], second.activity, second.t_end
    (10, 164.5, 'running', 15.0)
    """
    cut = Windows(t_start, length_s)
    return [*cut.push(steps, activity, t_start), *cut.finish(t_end)]
