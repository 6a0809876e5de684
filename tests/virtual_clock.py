"""A clock for asyncio tests: time jumps to the next sleeper as soon as everyone sleeps."""

import asyncio
import heapq
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")
#: Turns of the loop after which every task that could run has run, where the loop cannot be asked.
_SETTLED = 12


class VirtualClock:
    def __init__(self) -> None:
        self._now = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = 0

    def now(self) -> float:
        return self._now

    async def sleep_until(self, t: float) -> None:
        if t <= self._now:
            return
        future = asyncio.get_running_loop().create_future()
        self._count += 1
        heapq.heappush(self._sleepers, (t, self._count, future))
        await future

    async def run(self, work: Awaitable[T]) -> T:
        """Run `work` to its end, turning the hands whenever everyone sleeps."""
        task = asyncio.ensure_future(work)
        # What waits to run in asyncio's own loops; sleeping until it is empty is both quicker and surer than counting turns.
        ready = getattr(asyncio.get_running_loop(), "_ready", None)
        while not task.done():
            if ready is None:
                for _ in range(_SETTLED):
                    await asyncio.sleep(0)
            else:
                await asyncio.sleep(0)
                while ready:
                    await asyncio.sleep(0)
            self._turn()
        return await task

    def _turn(self) -> None:
        """Move the hands to the next sleeper and wake it."""
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        if self._sleepers:
            t, _, future = heapq.heappop(self._sleepers)
            self._now = max(self._now, t)
            future.set_result(None)
