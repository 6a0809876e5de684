"""What every export asks of a run: the cues that were heard, means and totals, and the calendar time of a second."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import fmean
from typing import Final

from cuecoach.events import Action, Decision, Hush, Response, Say
from cuecoach.metrics import METRICS
from cuecoach.runrecord import RunRecord, Second

#: A phrase asked for at one time may begin a little later, s; never so late that it is the next of its rule.
_SAME_CUE_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class HeardCue:
    """A phrase that was heard: when it began, s, and why and with what outcome, where that is known."""

    say: Say
    why: str
    response: Response | None

    @property
    def at(self) -> float:
        """When it began, s."""
        return self.say.at


def heard_cues(actions: Sequence[Action]) -> list[HeardCue]:
    """Return every phrase that was heard, in order of its start; what a hush came before was never heard."""
    hushes = [a for a in actions if isinstance(a, Hush)]
    reasons = {(a.rule, a.t): a.why for a in actions if isinstance(a, Decision)}
    outcomes = [a for a in actions if isinstance(a, Response)]
    heard = [
        HeardCue(a, reasons.get((a.rule, a.t), ""), _outcome(a, outcomes))
        for a in actions
        if isinstance(a, Say) and not any(a.t <= hush.t and hush.at < a.at for hush in hushes)
    ]
    return sorted(heard, key=lambda cue: cue.at)


def _outcome(say: Say, outcomes: Iterable[Response]) -> Response | None:
    """Return what followed a phrase: judged from when it really began, which is near the time it was asked for."""
    near = [o for o in outcomes if o.rule == say.rule and say.kind == "cue" and abs(o.at - say.at) <= _SAME_CUE_S]
    return min(near, key=lambda o: abs(o.at - say.at), default=None)


def by_second(cues: Iterable[HeardCue], seconds: Sequence[Second]) -> dict[int, list[HeardCue]]:
    """Return which cues began in which of the seconds, by its index; each goes to the nearest one at or before it."""
    found: dict[int, list[HeardCue]] = {}
    starts = [second.t for second in seconds]
    index = 0
    for cue in cues:
        while index + 1 < len(starts) and starts[index + 1] <= cue.at:
            index += 1
        if starts:
            found.setdefault(index, []).append(cue)
    return found


def joined(texts: Iterable[str]) -> str:
    """Return several texts as one, each once."""
    return " / ".join(dict.fromkeys(text for text in texts if text))


def metrics_of(record: RunRecord) -> list[str]:
    """Return the metrics that any second knows, in the catalogue's order."""
    known = {name for second in record.seconds for name in second.values}
    return [name for name in METRICS if name in known]


def values_of(record: RunRecord, name: str) -> list[float]:
    """Return a metric's known values, second by second."""
    return [v for second in record.seconds if (v := second.values.get(name)) is not None and math.isfinite(v)]


def mean_of(record: RunRecord, name: str) -> float | None:
    """Return the mean of a metric over the seconds that know it."""
    values = values_of(record, name)
    return fmean(values) if values else None


def most_of(record: RunRecord, name: str) -> float | None:
    """Return a metric's largest value."""
    return max(values_of(record, name), default=None)


def distance_of(record: RunRecord) -> float | None:
    """Return the length of the run, m; None when no speed was known."""
    return next((s.distance for s in reversed(record.seconds) if s.distance is not None), None)


def mean_speed(record: RunRecord) -> float | None:
    """Return distance over time, m/s; None when one of them is not known."""
    way = distance_of(record)
    return way / record.duration_s if way is not None and record.duration_s > 0 else None


def whole_start(record: RunRecord) -> datetime:
    """Return the whole second, UTC, in which the run began: FIT and TCX count from it."""
    return record.started.astimezone(UTC).replace(microsecond=0)


def utc_of(record: RunRecord, t: float) -> datetime:
    """Return the whole second of the calendar, UTC, for session time `t`, s."""
    return whole_start(record) + timedelta(seconds=math.floor(t))
