"""Whether a run is much longer than any of the last thirty days, as are many that end in an injury (docs/science.md, SAF-4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from cuecoach.errors import UsageError
from cuecoach.signals.normals_json import block, number
from cuecoach.units import clock

#: So many days back a run counts.
DAYS: Final = 30
#: With fewer runs than this nobody knows what the legs are used to.
LEAST_RUNS: Final = 3
#: From this share of the longest one on, a run is much longer than all of them.
MUCH_LONGER: Final = 1.10
#: What is shorter was a trial of the gear and no run, s.
LEAST_RUN_S: Final = 600.0


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run that was: its day, its length in s, and its distance in m; None where no speed was known."""

    day: date
    duration_s: float
    distance_m: float | None = None

    def to_json(self) -> dict[str, object]:
        """Return what :meth:`from_json` reads."""
        return {"day": self.day.isoformat(), "duration_s": self.duration_s, "distance_m": self.distance_m}

    @classmethod
    def from_json(cls, data: object) -> PastRun:
        """Read what :meth:`to_json` gave.

        Raises
        ------
        UsageError
            When a key is unknown, missing or holds something else.
        """
        found = block(data, "runs", ("day", "duration_s"), ("distance_m",))
        try:
            day = date.fromisoformat(str(found["day"]))
        except ValueError:
            raise UsageError("`day` of `runs` must be a date such as 2026-11-02") from None
        distance = found.get("distance_m")
        return cls(
            day,
            number(found["duration_s"], "duration_s"),
            None if distance is None else number(distance, "distance_m"),
        )


def recent(runs: Iterable[PastRun], today: date) -> tuple[PastRun, ...]:
    """Return the runs of the last thirty days."""
    return tuple(run for run in runs if 0 <= (today - run.day).days <= DAYS)


def with_run(runs: Iterable[PastRun], run: PastRun) -> tuple[PastRun, ...]:
    """Return the runs of the last thirty days with this one, if it was long enough to be a run."""
    before = recent(runs, run.day)
    return (*before, run) if run.duration_s >= LEAST_RUN_S else before


class LongestRun:
    """Watches the length of a run.

    Parameters
    ----------
    runs
        The runs of the last thirty days.
    """

    def __init__(self, runs: Sequence[PastRun] = ()) -> None:
        longest = max((run.duration_s for run in runs), default=0.0)
        self._longest_s = longest
        self._limit_s = MUCH_LONGER * longest if len(runs) >= LEAST_RUNS else None
        #: It was said: once is enough.
        self.told = False

    @property
    def text(self) -> str:
        """How long the longest was, for people."""
        return f"the longest of which took {clock(self._longest_s)}"

    def passed(self, t: float) -> bool:
        """Whether the run is much longer than the longest at session time `t`, s, and nobody was told yet."""
        return not self.told and self._limit_s is not None and t > self._limit_s
