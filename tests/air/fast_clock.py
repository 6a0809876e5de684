"""A session clock that runs faster than the wall: minutes of a run in seconds of a test, where time must be real."""

from __future__ import annotations

import asyncio
import time


class FastClock:
    """Session time at `factor` times the speed of the machine's monotonic clock."""

    def __init__(self, factor: float = 20.0) -> None:
        self.factor = factor
        self._zero = time.monotonic()

    def now(self) -> float:
        """Seconds since session start."""
        return (time.monotonic() - self._zero) * self.factor

    async def sleep_until(self, t: float) -> None:
        """Sleep until session time `t`."""
        await asyncio.sleep(max(0.0, t - self.now()) / self.factor)
