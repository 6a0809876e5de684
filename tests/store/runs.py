"""Small runs for the tests of the store."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from cuecoach.events import Decision, Event, ImuBlock, Note, Reading, Reload, Say, Tick
from cuecoach.runrecord import Second, WornSensor
from cuecoach.store import NewRun, Store
from cuecoach.store.keeper import Keeper

STARTED = datetime(2026, 5, 3, 7, 30, tzinfo=UTC)
FOOT = WornSensor("foot", "foot", "a pod")


def no_rules(rules: object) -> object:
    """Rules as JSON, for runs without any."""
    return []


def rules_back(data: object) -> tuple[()]:
    """The other way."""
    return ()


def new(title: str = "an easy run", *, runner: str = "ada", minutes: float = 0.0, **more: object) -> NewRun:
    return NewRun(
        runner=runner,
        kind="simulated",
        started=STARTED + timedelta(minutes=minutes),
        title=title,
        focus="all",
        setup={"version": "1", "rules": ["slouch", "Wörter"], **more},
    )


def events(until: float, since: float = 0.0) -> list[Event]:
    """Ticks, readings and raw samples at 20 Hz."""
    found: list[Event] = []
    for k in range(int(since * 4) + 1, int(until * 4) + 1):
        t = k / 4
        times = t - 0.25 + np.arange(1, 6) / 20
        acc = np.stack((np.sin(times), np.cos(times), 9.81 + times * 0), axis=1)
        found += (
            ImuBlock(t, "belt", "sacrum", times, acc, None),
            Reading(t, "foot", {"cadence": 170.0 + k % 7}, "foot"),
            Tick(t),
        )
    return found


def decision(t: float, why: str = "good") -> Decision:
    return Decision(t, "slouch", "silent", why, values={"pelvic_tilt": 3.5, "cadence": None})


def say(t: float, text: str = "run tall") -> Say:
    return Say(t, t + 0.5, 1, "slouch", text, 0.8)


def store_run(path: Path, title: str = "an easy run", **more: object) -> int:
    """Put a whole run of ten seconds into a file."""
    with Store.open(path, create=True) as store:
        return store.import_run(
            new(title, **more),  # type: ignore[arg-type]
            no_rules,
            events=events(10),
            actions=(decision(1.0), say(2.0), Note(3.0, "foot", "gone")),
            seconds=[Second(float(t), {"cadence": 170.0}) for t in range(11)],
            sensors=(FOOT,),
            duration_s=10.0,
            summary={"cadence": 172.5, "cues": 1, "distance": None},
            knowledge={"learnt": [1, 2]},
        )


def hand_over(keeper: Keeper, until: float, since: float = 0.0) -> None:
    """Give a keeper a stretch of a run."""
    for event in events(until, since):
        keeper.keep(event)
        if isinstance(event, Tick) and event.t % 1 == 0:
            keeper.saw(Second(event.t, {"cadence": 170.0}))
            keeper.did((decision(event.t),))


def plain(events_: list[Event]) -> list[object]:
    """Events in a form that can be compared: arrays as lists."""
    return [
        (e.t, e.source, e.place, e.times.tolist(), e.acc.tolist(), None if e.gyr is None else e.gyr.tolist())
        if isinstance(e, ImuBlock)
        else (e.t, e.sources)
        if isinstance(e, Reload)
        else e
        for e in events_
    ]


def inputs(path: Path, number: int) -> list[Event]:
    with Store.open(path) as store:
        return list(store.inputs(number, rules_back))


def sound(path: Path) -> bool:
    """Whether the database says that it is whole."""
    with closing(sqlite3.connect(path)) as connection:
        whole = connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return whole and not connection.execute("PRAGMA foreign_key_check").fetchall()
