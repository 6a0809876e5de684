"""Session time for everything that waits: the machine's clock when coaching live, hands that tests turn otherwise."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Clock(Protocol):
    """Session time, so that tests can turn the hands."""

    def now(self) -> float:
        """Seconds since session start."""
        ...

    async def sleep_until(self, t: float) -> None:
        """Return at session time `t`, at once when it is past."""
        ...


class WallClock:
    """Session time by the machine's monotonic clock, beginning at `start`."""

    def __init__(self, start: float = 0.0) -> None:
        self._zero = time.monotonic() - start

    def now(self) -> float:
        """Seconds since session start."""
        return time.monotonic() - self._zero

    async def sleep_until(self, t: float) -> None:
        """Sleep until session time `t`."""
        await asyncio.sleep(max(0.0, t - self.now()))


async def within(clock: Clock, seconds: float, work: Coroutine[Any, Any, T]) -> T:
    """Await `work`, but no longer than `seconds` on `clock`.

    Raises
    ------
    TimeoutError
        It took longer; it has been cancelled and has ended.
    """
    task = asyncio.ensure_future(work)
    alarm = asyncio.ensure_future(clock.sleep_until(clock.now() + seconds))
    try:
        await asyncio.wait((task, alarm), return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise TimeoutError
    finally:
        for pending in (task, alarm):
            pending.cancel()
        await asyncio.gather(task, alarm, return_exceptions=True)
