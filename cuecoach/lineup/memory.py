"""What a run learns about the runner's devices is saved while it goes on, without making anyone wait."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from cuecoach.errors import CuecoachError
from cuecoach.lineup.remembered import SET_BY_YOU, CountsIn, KnownUnit, Remembered, SensorsFile, recall
from cuecoach.sensors.status import SensorStatus

#: A status says ``strides`` or ``steps``, then how that is known.
_UNIT = re.compile(r"(strides|steps)\b[\s,:(–-]*([^)]*)")
#: Ways of knowing that are not worth writing down: they come from the file, or hold for one run.
_NOT_LEARNT = ("remembered", SET_BY_YOU)


class Memory:
    """What is remembered of the runner's sensors, and what a run adds to it.

    Saved one after another on a thread of its own: a slow disk must not stop the beat. A file with mistakes is left alone.

    Parameters
    ----------
    file
        Where it is kept.

    Attributes
    ----------
    remembered
        What is known by now.
    problem
        Why the file cannot be used, one sentence; empty when it can.
    """

    def __init__(self, file: SensorsFile) -> None:
        self._file = file
        self.remembered, self.problem = recall(file)
        self._thread: ThreadPoolExecutor | None = None
        self._saving: list[Future[Remembered]] = []

    def unit(self, address: str) -> KnownUnit | None:
        """Return what a device counts, None while that is not known."""
        known = self.remembered.counts_in(address)
        return known.unit if known is not None else None

    def learned(self, status: SensorStatus) -> None:
        """Save the unit of cadence that a sensor has decided on, if that is news; returns at once."""
        found = _UNIT.match(status.cadence_unit)
        if found is None or not status.address:
            return
        how = found[2].strip()
        before = self.remembered.counts_in(status.address)
        unit: KnownUnit = "strides" if found[1] == "strides" else "steps"
        if how in _NOT_LEARNT or (before is not None and (before.how == SET_BY_YOU or before.unit == unit)):
            return
        learnt, address = CountsIn(unit=unit, how=how), status.address

        def change(now: Remembered) -> Remembered:
            known = now.counts_in(address)  # the runner may have said so meanwhile
            return now if known is not None and known.how == SET_BY_YOU else now.with_unit(address, learnt)

        self.remembered = change(self.remembered)
        self._save(change)

    def token(self, make: Callable[[], str]) -> str:
        """Return the phone's token; the first time, make one and keep it."""
        token = self.remembered.phone.token
        if token is None:
            token = make()
            self.remembered = self.remembered.with_token(token)
            new = token
            self._save(lambda now: now if now.phone.token else now.with_token(new))
        return token

    def finish(self) -> list[str]:
        """Wait until all is written; return one sentence for each different thing that went wrong."""
        if self._thread is not None:
            self._thread.shutdown()
            self._thread = None
        problems = [error for future in self._saving if (error := future.exception()) is not None]
        self._saving.clear()
        for problem in problems:
            if not isinstance(problem, CuecoachError):
                raise problem
        return list(dict.fromkeys(f"what was learnt of your sensors is not saved: {problem}" for problem in problems))

    def _save(self, change: Callable[[Remembered], Remembered]) -> None:
        if self.problem:
            return
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="sensors-file")
        self._saving.append(self._thread.submit(self._file.change, change))
