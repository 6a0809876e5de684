"""Stored runs for tests of the commands about them: made once, then copied."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cuecoach.coaching.knowledge import Knowledge
from cuecoach.config import load_config
from cuecoach.events import Tick
from cuecoach.modelled import ModelledSound
from cuecoach.recorder import Recorder, setup_of
from cuecoach.rules import load_cues
from cuecoach.rules.rule_json import rules_to_json
from cuecoach.sensors.simulator import STORIES, SimulatedRunner
from cuecoach.store import Keeper, NewRun, Store
from cuecoach.stored import sum_up
from tests.storing import STARTED, kept

#: In no file of runs after the run of this runner was deleted.
MARKER = "marker-of-bea"


@cache
def three_runs() -> bytes:
    """Return a store of two runs of Anna, 1 and 2, and a short one of another runner, 3."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "runs.db"
        kept(path, 1)
        kept(path, 2, started=STARTED + timedelta(days=2))
        kept(path, 1, runner=MARKER, started=STARTED + timedelta(days=1), until=20.0)
        with Store.open(path) as store:
            for number in (1, 2, 3):
                sum_up(store, number)
        return path.read_bytes()


def put(path: Path) -> Path:
    """Put the three runs into a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(three_runs())
    return path


def cut_short(
    path: Path,
    *,
    before: Knowledge | None = None,
    until: float = 90.0,
    started: datetime = STARTED,
    runner: str = "anna",
    long_s: float | None = None,
) -> Knowledge:
    """Keep a live run of a pod whose program has gone; return what it showed of its runner."""
    from cuecoach.coach import Coach

    config, before = load_config("demo"), before or Knowledge()
    rules = load_cues(config.cues)
    coach = Coach(config, rules, knowledge=before)
    new = NewRun(runner, "live", started, "", config.focus, setup_of(config, rules, before, {}))
    keeper = Keeper.open(path, new, rules_to_json)
    recorder, sound, feed = Recorder(coach, keeper), ModelledSound(), SimulatedRunner(STORIES["demo"], seed=1)
    for number in range(int(until * 4) + 1):
        t = number / 4
        for event in (*feed.advance(t), *sound.poll(t), Tick(t)):
            heard = recorder.keep(event)
            actions = coach.handle(heard)
            recorder.did(heard, actions)
            for action in actions:
                sound.send(action)
                feed.hear(action)
    keeper.close(duration_s=until, summary={}, knowledge=None)
    assert keeper.aftermath is None
    change(
        path,
        "UPDATE runs SET state = 'recording', last_sign = 0, duration_s = ? WHERE number = ?",
        (long_s or until, keeper.number),
    )
    return coach.learned()


def change(path: Path, statement: str, values: tuple[Any, ...] = ()) -> None:
    """Do something to the file behind the program's back."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement, values)
        connection.commit()
