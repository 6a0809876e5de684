"""How much of one fault the runner has corrected, and how that comes and goes."""

from __future__ import annotations

import math

from cuecoach.sensors.simulator.person import Response


class Correction:
    """The corrected share of a fault, 0 to 1: rises after a cue, relapses slowly, is partly lost when speeding up.

    `aim` is what the runner now tries to do, `share` what the body does.
    """

    def __init__(self, response: Response) -> None:
        self._response = response
        self.aim = 0.0
        self.share = 0.0

    def answer(self, shrink: float) -> None:
        """Start to take away the share `shrink` of what is left of the fault."""
        self.aim = 1.0 - (1.0 - self.aim) * (1.0 - shrink)

    def learn(self, aim: float, rate: float) -> None:
        """Move what is aimed at towards `aim` by the share `rate`, never down: moving to a beat teaches."""
        if aim > self.aim:
            self.aim += rate * (aim - self.aim)

    def pass_time(self, dt: float, fatigue: float, speeding_up: float) -> None:
        """Let `dt` seconds pass at a fatigue of 0 to 1, in which speed rose by `speeding_up` m/s."""
        r = self._response
        # After settle_s, 95 % of the way: three time constants.
        self.share += (self.aim - self.share) * (1.0 - math.exp(-3.0 * dt / r.settle_s))
        kept = math.exp(-dt * (1.0 + 2.0 * fatigue) / r.relapse_s - r.reverts_per_speed * max(speeding_up, 0.0))
        self.aim *= kept
        if speeding_up > 0:
            self.share *= kept
