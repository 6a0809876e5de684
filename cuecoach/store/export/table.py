"""A run as columns: a row a second with every metric, what was asked for, and what was said; and a row a cue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final, TypeAlias

from cuecoach.runrecord import RunRecord
from cuecoach.store.export.figures import HeardCue, by_second, heard_cues, joined, metrics_of

Cell: TypeAlias = float | str | bool | None
#: Column name -> one cell a row; every column is as long as the others.
Table: TypeAlias = Mapping[str, Sequence[Cell]]

#: The columns of words; all others hold numbers.
TEXTS: Final = frozenset(
    {"time", "activity", "gate", "cue", "cue_rule", "rule", "kind", "text", "why", "metric", "helped"}
)


def seconds_table(record: RunRecord) -> Table:
    """Return a row a second.

    `t` is session time in s, `time` the calendar's with its zone. Metrics have their names and units of the catalogue; a
    name with ``_normal`` is what is normal for the runner there.
    """
    seconds = record.seconds
    normals = [name for name in metrics_of(record) if any(name in second.normal for second in seconds)]
    said = by_second(heard_cues(record.actions), seconds)
    table: dict[str, Sequence[Cell]] = {
        "t": [second.t for second in seconds],
        "time": [_calendar(record, second.t) for second in seconds],
        "activity": [second.activity for second in seconds],
        "gate": [second.gate for second in seconds],
        "distance": [second.distance for second in seconds],
    }
    for name in metrics_of(record):
        table[name] = [second.values.get(name) for second in seconds]
    for name in normals:
        table[f"{name}_normal"] = [second.normal.get(name) for second in seconds]
    table["cadence_target"] = [second.target for second in seconds]
    table["beat"] = [second.beat for second in seconds]
    table["cue"] = [joined(cue.say.text for cue in said.get(i, ())) or None for i in range(len(seconds))]
    table["cue_rule"] = [joined(cue.say.rule for cue in said.get(i, ())) or None for i in range(len(seconds))]
    return table


def cues_table(record: RunRecord) -> Table:
    """Return a row for every phrase that was heard: what, why, and what followed where that could be judged."""
    cues = heard_cues(record.actions)
    return {
        "t": [cue.at for cue in cues],
        "time": [_calendar(record, cue.at) for cue in cues],
        "rule": [cue.say.rule for cue in cues],
        "kind": [cue.say.kind for cue in cues],
        "text": [cue.say.text for cue in cues],
        "why": [cue.why or None for cue in cues],
        "metric": [cue.response.metric if cue.response else None for cue in cues],
        "before": [cue.response.before if cue.response else None for cue in cues],
        "after": [cue.response.after if cue.response else None for cue in cues],
        "share": [cue.response.share if cue.response else None for cue in cues],
        "helped": [_helped(cue) for cue in cues],
    }


def _helped(cue: HeardCue) -> str | None:
    return None if cue.response is None else "yes" if cue.response.helped else "no"


def _calendar(record: RunRecord, t: float) -> str:
    """Return the calendar time in the run's own zone, to the millisecond."""
    return (record.started + timedelta(seconds=t)).isoformat(timespec="milliseconds")
