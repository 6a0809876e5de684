"""Kills recording programs at seeded moments and looks at what is left, each time."""

from __future__ import annotations

import sqlite3
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cuecoach.events import ImuBlock
from cuecoach.store import Store

#: What a victim notes: the number of its run, and the time of the last event that was handed over.
NOTE = struct.Struct("dd")
VICTIM = Path(__file__).with_name("victim.py")
#: Victims that warm up while others run.
_WARM = 2


@dataclass(frozen=True, slots=True)
class Killed:
    """What was left of a run: `handed_over_s` of it before the kill, `stored_s` after; `opened_s` to open the file again."""

    number: int
    handed_over_s: float
    stored_s: float
    whole: bool
    interrupted: bool
    in_order: bool
    opened_s: float

    @property
    def lost_s(self) -> float:
        return self.handed_over_s - self.stored_s


def kill_often(folder: Path, times: int, seed: int, longest_s: float) -> Iterator[Killed]:
    """Yield what was left after each of so many kills of programs that record into one file."""
    chance = np.random.default_rng(seed)
    path = folder / "runs.db"
    victims = [_start(path, folder, k) for k in range(min(_WARM, times))]
    try:
        for k in range(times):
            if k + _WARM < times:
                victims.append(_start(path, folder, k + _WARM))
            victim, note = victims[0]
            assert victim.stdin is not None
            assert victim.stdout is not None
            victim.stdout.readline()
            victim.stdin.write("go\n")
            victim.stdin.flush()
            time.sleep(float(chance.uniform(0.0, longest_s)))
            _end(victim)
            del victims[0]
            yield _look(path, note)
    finally:
        for victim, _ in victims:
            _end(victim)


def _start(path: Path, folder: Path, k: int) -> tuple[subprocess.Popen[str], Path]:
    note = folder / f"note-{k}"
    note.write_bytes(bytes(NOTE.size))
    command = [sys.executable, str(VICTIM), str(path), str(note), str(k)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True), note


def _end(victim: subprocess.Popen[str]) -> None:
    victim.kill()
    with suppress(BrokenPipeError):
        victim.communicate()


def _look(path: Path, note: Path) -> Killed:
    number, handed_over_s = NOTE.unpack(note.read_bytes())
    if not number:  # before the run was in the file, or known to be: nothing was handed over that counts
        with Store.open(path, create=True) as store:
            store.close_interrupted()
        return Killed(0, 0.0, 0.0, _sound(path), True, True, 0.0)
    begun = time.perf_counter()
    with Store.open(path) as store:
        opened_s = time.perf_counter() - begun
        interrupted = [head.number for head in store.close_interrupted()]
        head = store.find(str(int(number)))
        events = list(store.inputs(head.number, lambda data: ()))
        actions, seconds = store.actions(head.number), store.seconds(head.number)
    times = [float(event.times[0]) if isinstance(event, ImuBlock) else event.t for event in events]
    blocks = [event.times for event in events if isinstance(event, ImuBlock)]
    samples = np.concatenate(blocks) if blocks else np.zeros(0)
    return Killed(
        number=head.number,
        handed_over_s=handed_over_s,
        stored_s=max((event.t for event in events), default=0.0),
        whole=_sound(path),
        interrupted=head.state == "interrupted"
        and head.number in interrupted
        and head.duration_s >= max(times, default=0.0),
        # No sample is missing in between, and nothing the coach did is stored without what it came from.
        in_order=bool(np.all(np.diff(samples) < 0.006))
        and len(actions) == sum(type(event).__name__ == "Tick" for event in events)
        and len(seconds) == len(actions) // 4,
        opened_s=opened_s,
    )


def _sound(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
