"""A guided calibration: what is asked of the runner, and when it is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

from cuecoach.events import FloatArray
from cuecoach.gait.constants import GUIDED_S, TALL_AFTER_S
from cuecoach.gait.standing import Moment, Quiet

Stage: TypeAlias = Literal["still", "tall", "done", "failed"]


class GuidedCalibration:
    """Asks to stand still, then to stand tall, and gives up after a minute.

    Parameters
    ----------
    at
        When it begins, s.
    """

    def __init__(self, at: float) -> None:
        self.at = at
        #: What was asked last; None before it began.
        self.stage: Stage | None = None
        #: Of the quiet while standing still, deg/s, shape (3,), and the tall pose; both there once it is done.
        self.bias: FloatArray | None = None
        self.pose: Quiet | None = None
        self._asked = at

    @property
    def over(self) -> bool:
        """Whether it is done or failed."""
        return self.stage in ("done", "failed")

    def push(self, now: float, moments: list[Moment], time: Callable[[int], float]) -> Stage | None:
        """Go on to time `now`, s; answers a stage that begins with it.

        Parameters
        ----------
        now
            Time of the last sample known, s.
        moments
            What has been quiet up to it since the last call.
        time
            Gives the time of a grid index, s.
        """
        if self.over or now < self.at:
            return None
        if self.stage is None:
            return self._ask("still", now)
        for moment in moments:
            if self.stage == "still" and moment.long is not None and time(moment.long.since) >= self._asked:
                self.bias = moment.long.gyr
                return self._ask("tall", now)
            quiet = moment.short
            if self.stage == "tall" and quiet is not None and time(quiet.since) >= self._asked + TALL_AFTER_S:
                self.pose = quiet
                return self._ask("done", now)
        if now >= self.at + GUIDED_S:
            return self._ask("failed", now)
        return None

    def refuse(self, now: float) -> Stage | None:
        """Give up as soon as it has begun: this sensor cannot be calibrated."""
        return None if self.over or now < self.at else self._ask("failed", now)

    def _ask(self, stage: Stage, now: float) -> Stage:
        self.stage, self._asked = stage, now
        return stage
