"""Steps and activity of a whole recording, per window and in all."""

from __future__ import annotations

import bisect
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from cuecoach.events import Activity, ActivityChange, Step

#: Metrics a window and a summary hold the mean of, in the order they are shown.
SHOWN = (
    "cadence",
    "stance_time",
    "flight_time",
    "duty_factor",
    "vertical_oscillation",
    "pelvic_tilt",
    "pelvic_tilt_range",
    "pelvic_obliquity_range",
    "pelvic_rotation_range",
    "pelvic_drop_left",
    "pelvic_drop_right",
    "pelvic_drop",
    "trunk_lean",
)


@dataclass(frozen=True, slots=True)
class Window:
    """One window of a recording.

    Attributes
    ----------
    t_start, t_end
        Its bounds, s.
    activity
        What filled most of it, None when that never became known.
    steps
        Running steps that began in it.
    values
        Means of their metrics (cadence: median); None where no step has the metric.
    """

    t_start: float
    t_end: float
    activity: Activity | None
    steps: int
    values: dict[str, float | None]


def windows(
    steps: Sequence[Step], activity: Sequence[ActivityChange], t_start: float, t_end: float, length_s: float = 10.0
) -> list[Window]:
    """Cut a recording into windows of `length_s`; the last one may be shorter.

    Parameters
    ----------
    steps, activity
        Everything an analyser gave, in time order.
    t_start, t_end
        First and last sample time, s.
    """
    begun = [s.ic for s in steps]
    out: list[Window] = []
    k = 0
    while t_start + k * length_s < t_end:
        a, b = t_start + k * length_s, min(t_start + (k + 1) * length_s, t_end)
        mine = steps[bisect.bisect_left(begun, a) : bisect.bisect_left(begun, b)]
        out.append(Window(a, b, _most(activity, a, b), len(mine), means(mine)))
        k += 1
    return out


def means(steps: Sequence[Step]) -> dict[str, float | None]:
    """Mean of each metric over steps (cadence: median, so that one lost contact does not show)."""
    out: dict[str, float | None] = {}
    for name in SHOWN:
        values = [s.values[name] for s in steps if name in s.values]
        middle = statistics.median if name == "cadence" else statistics.fmean
        out[name] = middle(values) if values else None
    return out


def seconds(activity: Sequence[ActivityChange], t_start: float, t_end: float) -> dict[Activity, float]:
    """How long each activity took between two times, s."""
    out: dict[Activity, float] = {"running": 0.0, "walking": 0.0, "still": 0.0}
    for i, change in enumerate(activity):
        until = activity[i + 1].since if i + 1 < len(activity) else t_end
        out[change.activity] += max(0.0, min(until, t_end) - max(change.since, t_start))
    return out


def _most(activity: Sequence[ActivityChange], a: float, b: float) -> Activity | None:
    """The activity that fills most of a window, None when none touches it."""
    # changes before the window matter only through the last one of them
    first = max(0, bisect.bisect_right([c.since for c in activity], a) - 1)
    last = bisect.bisect_right([c.since for c in activity], b)
    shares = seconds(activity[first : last + 1], a, b)
    best = max(shares, key=lambda name: shares[name])
    return best if shares[best] > 0 else None
