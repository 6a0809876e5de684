"""A recording program that is killed, and a file that is locked for seconds, on the real clock."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from cuecoach.events import Tick
from cuecoach.store import Keeper, Store
from tests.store.kills import kill_often
from tests.store.runs import inputs, new, no_rules, sound

pytestmark = pytest.mark.live


@pytest.mark.skipif(os.name == "nt", reason="there, a process that is gone is told by its silence of a minute")
def test_a_killed_program_loses_less_than_a_second(tmp_path: Path):
    killed = list(kill_often(tmp_path, 12, seed=7, longest_s=1.2))
    assert sum(k.number > 0 for k in killed) >= 8
    assert [k.number for k in killed if not k.whole] == []
    assert [k.number for k in killed if not k.interrupted] == []
    assert [k.number for k in killed if not k.in_order] == []
    assert max(k.lost_s for k in killed) <= 1.0
    with Store.open(tmp_path / "runs.db") as store:
        assert {head.state for head in store.heads()} == {"interrupted"}


def test_a_lock_of_three_seconds_is_waited_out_without_a_word(tmp_path: Path):
    path = tmp_path / "runs.db"
    keeper = Keeper.open(path, new(), no_rules)
    assert keeper.number == 1
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        begun, tick, longest = time.monotonic(), 0, 0.0
        while time.monotonic() - begun < 3.0:
            tick += 1
            before = time.perf_counter()
            keeper.keep(Tick(tick / 4))
            longest = max(longest, time.perf_counter() - before)
            time.sleep(0.01)
        other.execute("ROLLBACK")
    keeper.close(duration_s=tick / 4, summary={}, knowledge=None)
    assert longest < 0.05  # microseconds, but for what the machine does beside
    assert keeper.problem is None
    assert keeper.aftermath is None
    assert inputs(path, 1) == [Tick(k / 4) for k in range(1, tick + 1)]
    assert sound(path)


def test_what_was_handed_over_is_in_the_file_within_a_second(tmp_path: Path):
    path = tmp_path / "runs.db"
    keeper = Keeper.open(path, new(), no_rules)
    with Store.open(path) as store:
        for k in range(1, 4):
            keeper.keep(Tick(float(k)))
            time.sleep(1.0)
            assert list(store.inputs(1, lambda data: ())) == [Tick(float(n)) for n in range(1, k + 1)]
            assert store.heads()[0].duration_s == k
    keeper.close(duration_s=3.0, summary={}, knowledge=None)
