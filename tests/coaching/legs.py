"""Hand-made legs for the pilot: they step, tell their steps as late as a sensor does, and keep to a beat if they can."""

from __future__ import annotations

import math

from cuecoach.coaching.pilot import Pilot
from cuecoach.events import TICK_S, Beat, BeatOff, Decision, Side, Step

#: From a contact until it is known, s: that of the real analyser.
KNOWN_AFTER_S = 0.4


class Legs:
    """What the pilot asks of signals, of a runner with even steps.

    `catches_up` is the share of the way to the beat's tempo and clicks made in a step; 0 cannot follow.
    """

    def __init__(
        self, spm: float = 160.0, target: float | None = 168.0, *, catches_up: float = 0.2, phased: bool = True
    ) -> None:
        self.spm = self.own = spm
        self.wanted = target
        self.catches_up = catches_up
        self.phased = phased
        self.activity = "running"
        self.now = 0.0
        self.steps: list[Step] = []
        self.late_s = KNOWN_AFTER_S
        self.pilot = Pilot("when needed")
        #: Everything the pilot did.
        self.done: list[Beat | BeatOff | Decision] = []
        self._next = 0.1
        self._side: Side = "left"

    # ------------------------------------------------------------ as signals
    def metric(self, name: str) -> float | None:
        return round(self.spm, 1) if name == "cadence" else None

    def target(self, name: str) -> float | None:
        return self.wanted if name == "cadence" else None

    def last_step(self) -> Step | None:
        known = [s for s in self.steps if s.known <= self.now]
        return known[-1] if known and self.phased else None

    # ------------------------------------------------------------ as a runner
    def go(self, seconds: float, gate: str | None = None) -> list[Beat | BeatOff | Decision]:
        """Run on; return what the pilot did."""
        before = len(self.done)
        for _ in range(round(seconds / TICK_S)):
            self.now += TICK_S
            while self._next <= self.now:
                self._step()
            self.done += self.pilot.advance(self.now, self, gate)  # type: ignore[arg-type]
        return self.done[before:]

    def lay(self, for_s: float = 60.0) -> Beat:
        """Ask for a beat as a rule does."""
        beat = self.pilot.lay(self.now, "low-cadence", for_s, self)  # type: ignore[arg-type]
        assert beat is not None
        self.done.append(beat)
        return beat

    def until(self, state: str, seconds: float = 200.0) -> None:
        """Run on until the pilot is in this state."""
        for _ in range(round(seconds / TICK_S)):
            if self.pilot.state == state:
                return
            self.go(TICK_S)
        raise AssertionError(f"{self.pilot.state}, not {state}: {self.told}")

    def _step(self) -> None:
        ic = self._next
        self.steps.append(Step(ic + self.late_s, ic, side=self._side, values={"cadence": self.spm}))
        self._side = "right" if self._side == "left" else "left"
        beat = self.pilot.beat
        interval = 60.0 / self.spm
        if beat is not None and self.catches_up and ic >= beat.at:
            self.spm += self.catches_up * (beat.spm - self.spm)
            interval = 60.0 / self.spm
            late = (ic + interval - beat.at) * beat.spm / 60.0
            interval -= 0.3 * self.catches_up * (late - round(late)) * 60.0 / beat.spm
        elif beat is None:
            self.spm += 0.05 * (self.own - self.spm)
        self._next = ic + interval

    # ------------------------------------------------------------ what was done
    @property
    def told(self) -> list[str]:
        return [a.outcome for a in self.done if isinstance(a, Decision)]

    @property
    def beats(self) -> list[Beat]:
        return [a for a in self.done if isinstance(a, Beat)]

    def footfall_error(self, at: float) -> float:
        """How far a moment is from the nearest true footfall, s."""
        self.go(2.0)
        return min((abs(s.ic - at) for s in self.steps), default=math.inf)
