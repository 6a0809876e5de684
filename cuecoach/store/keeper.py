"""Records a run beside the event loop: what is handed over costs microseconds, a thread packs and writes it."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cuecoach.events import Action, Event, ImuBlock
from cuecoach.runrecord import Second, WornSensor
from cuecoach.store.database import PATIENCE_S
from cuecoach.store.heads import NewRun
from cuecoach.store.places import store_path
from cuecoach.store.recording import WAITING_BYTES, Ending, Recording
from cuecoach.store.writer import Did, Thing, Worn

if TYPE_CHECKING:
    from cuecoach.store.writer import RulesToJson


@dataclass(frozen=True, slots=True)
class Pace:
    """How often and how long.

    Attributes
    ----------
    commit_s
        Between two writes, s.
    retry_s
        After one that failed, s.
    patience_s
        How long a lock is waited for, s.
    begin_s, end_s
        How long the start and the end of a run wait for the file, s.
    """

    commit_s: float = 0.4
    retry_s: float = 3.0
    patience_s: float = PATIENCE_S
    begin_s: float = 1.0
    end_s: float = 10.0


#: What an event takes in memory, about; beside it a raw sample takes seven numbers.
_EVENT_BYTES: Final = 500
_SAMPLE_BYTES: Final = 7 * 8


class Keeper:
    """Records one run. Nothing it does raises into the run or holds it up.

    Make one with :meth:`open`; always :meth:`close` it. Trouble is in `problem`, to be told once; after `close` what is to be
    said about it is in `aftermath`.
    """

    def __init__(
        self,
        path: Path | None,
        new: NewRun,
        rules_to_json: RulesToJson,
        *,
        pace: Pace | None = None,
        waiting_bytes: int = WAITING_BYTES,
    ) -> None:
        self._pace = pace or Pace()
        self._limit = waiting_bytes
        self._recording = Recording(
            store_path(path), new, rules_to_json, waiting_bytes=waiting_bytes, patience_s=self._pace.patience_s
        )
        self._queue: deque[Thing] = deque()
        # Each is counted by one side only, so neither needs a lock.
        self._put_bytes = 0
        self._taken_bytes = 0
        self._refused: tuple[float, float] | None = None
        self._begun = threading.Event()
        self._over = threading.Event()
        self._ending = Ending(0.0, {}, None)
        self._aftermath: str | None = None
        self._failure: str | None = None
        # A daemon, so that a disk that never answers cannot keep the program from ending.
        self._thread = threading.Thread(target=self._run, name="cuecoach-store", daemon=True)

    @classmethod
    def open(
        cls,
        path: Path | None,
        new: NewRun,
        rules_to_json: RulesToJson,
        *,
        pace: Pace | None = None,
        waiting_bytes: int = WAITING_BYTES,
    ) -> Keeper:
        """Begin to record a run into the file at `path`, the usual one when None; never raises.

        `problem` says if the run cannot be stored. Waits a moment for the file, so that `number` is known as a rule.
        """
        keeper = cls(path, new, rules_to_json, pace=pace, waiting_bytes=waiting_bytes)
        keeper._thread.start()
        keeper._begun.wait(keeper._pace.begin_s)
        return keeper

    @property
    def number(self) -> int | None:
        """The run's number; None while it is not in the file."""
        return self._recording.number

    @property
    def problem(self) -> str | None:
        """The first trouble, one sentence; None while there was none."""
        return self._failure or self._recording.problem

    @property
    def aftermath(self) -> str | None:
        """After `close`: what was not stored, or that all was after all; None when nothing ever went wrong."""
        return self._aftermath

    # ------------------------------------------------------------ on the event loop
    def keep(self, event: Event) -> None:
        """Keep what went into the coach."""
        self._put(event, event.t)

    def did(self, actions: Sequence[Action]) -> None:
        """Keep what the coach did."""
        if actions:
            self._put(Did(tuple(actions)), actions[-1].t)

    def saw(self, second: Second) -> None:
        """Keep what the coach knew at a second."""
        self._put(second, second.t)

    def worn(self, sensors: Sequence[WornSensor]) -> None:
        """Keep which sensors the run has; what is said of one again replaces what was said before."""
        self._queue.append(Worn(tuple(sensors)))

    def _put(self, thing: Thing, t: float) -> None:
        size = _size(thing)
        if self._put_bytes - self._taken_bytes + size > self._limit:
            self._refused = (min(self._refused[0], t), max(self._refused[1], t)) if self._refused else (t, t)
            return
        self._put_bytes += size
        self._queue.append(thing)

    def close(self, *, duration_s: float, summary: Mapping[str, float | None], knowledge: object | None) -> None:
        """Write what is left and close the run; waits for that, but not for ever. A second call does nothing.

        Parameters
        ----------
        duration_s
            The run's length, s.
        summary
            Figures for the list of runs.
        knowledge
            What the coach has learnt, as plain JSON: what the next run begins with.
        """
        if self._over.is_set():
            return
        self._ending = Ending(duration_s, dict(summary), knowledge)
        self._over.set()
        self._thread.join(self._pace.end_s)
        if self._thread.is_alive():
            name = f"run {self.number}" if self.number is not None else "this run"
            self._aftermath = f"The store does not answer, so the end of {name} may be missing."
        elif self._failure is not None:
            self._aftermath = f"{self._failure} What came before is stored."
        else:
            self._aftermath = self._recording.aftermath()

    # ------------------------------------------------------------ in the thread
    def _run(self) -> None:
        try:
            self._record()
        except Exception as error:  # an error of ours must not end the run, nor be silent
            self._failure = f"The run goes on but is not stored any more: {type(error).__name__}: {error}."
            self._begun.set()

    def _record(self) -> None:
        recording, pace = self._recording, self._pace
        again = -1.0
        while True:
            over = self._over.is_set()
            self._drain()
            if over:
                recording.write(self._ending)
                recording.close()
                return
            if time.monotonic() >= again and not recording.write():
                again = time.monotonic() + pace.retry_s
            self._begun.set()
            self._over.wait(pace.commit_s)

    def _drain(self) -> None:
        things: list[Thing] = []
        # As many as there are now, so that a fast run cannot keep it here.
        for _ in range(len(self._queue)):
            thing = self._queue.popleft()
            things.append(thing)
            self._taken_bytes += _size(thing)
        self._recording.take(things)
        if (refused := self._refused) is not None:  # never reset here: it is the other side's
            self._recording.lose(*refused)


def _size(thing: Thing) -> int:
    match thing:
        case ImuBlock():
            return _EVENT_BYTES + _SAMPLE_BYTES * len(thing.times)
        case Did():
            return len(thing.actions) * _EVENT_BYTES
        case Second():
            return 10 * _EVENT_BYTES
        case Worn():
            return 0
        case _:
            return _EVENT_BYTES
