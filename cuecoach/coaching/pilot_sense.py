"""What the pilot knows of the feet at a tick: their tempo, where they will land, and whether they are with the beat."""

from __future__ import annotations

from typing import Final

from cuecoach.coaching.pilot_footfalls import Footfalls
from cuecoach.coaching.pilot_grid import Grid
from cuecoach.coaching.sync import LOST, SYNCED, SyncIndex
from cuecoach.events import Side
from cuecoach.signals import Signals

#: Steps that slip along the beat by more than the first share are not with it, whatever R; by more than the second, they have
#: lost it: not even half of the largest step of tempo was taken up.
SLIPPING: Final = 0.01
SLIPPED: Final = 0.0125
#: Where only a cadence is known: as near as this is with the beat, as a runner is whom no rule calls slow any more.
MATCHED: Final = 0.015
#: Further off than this is not with it: more than twice the noise of the cadence, 0.9 % (docs/science.md, CAD-4), not half
#: of the 5 % that is asked, and nearer than the 3 % at which a beat is called for.
MISMATCHED: Final = 0.02
#: and off every tempo heard for so long, s: legs take 5 to 10 s to answer, and a 10-second median 5 to tell it.
ANSWER_S: Final = 20.0
#: Steps older than this say nothing of now, s.
STALE_S: Final = 3.0


class Sense:
    """Everything the pilot hears from the feet; moved on at every tick."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self._feet = Footfalls()
        self._seen: float | None = None
        self.sync = SyncIndex()
        self.t = 0.0
        #: Smoothed cadence, and what the plan asks of it at this speed, spm.
        self.cadence: float | None = None
        self.target: float | None = None

    def look(self, t: float, signals: Signals) -> None:
        """Move on to tick `t`."""
        self.listen(t, signals)
        self.cadence, self.target = signals.metric("cadence"), signals.target("cadence")

    def listen(self, t: float, signals: Signals) -> None:
        """Move on to tick `t` as far as the steps: all there is to do while nobody thinks of a beat."""
        self.t = t
        step = signals.last_step()
        if step is not None and step.ic != self._seen:
            self._seen = step.ic
            ic = self._feet.look(step)
            if ic is not None:
                self.sync.step(ic)

    @property
    def own(self) -> float | None:
        """The runner's tempo now, spm: of the last steps, else the smoothed cadence."""
        if self._phased:
            return self._feet.spm or self.cadence
        return self.cadence

    @property
    def _phased(self) -> bool:
        return self.landing() is not None

    def landing(self) -> tuple[float, Side] | None:
        """Return the next footfall that a click can still be put on, and its foot; None without step times."""
        lead_s = self._grid.lead_s
        return self._feet.predict(self.t + lead_s, lead_s, self.cadence)

    def off_s(self) -> float:
        """Return how long after the nearest click the next footfall will be, s; negative before it, 0 when unknown."""
        landing, beat = self.landing(), self._grid.beat
        if landing is None or beat is None:
            return 0.0
        steps = (landing[0] - beat.at) * beat.spm / 60.0
        return (steps - round(steps)) * 60.0 / beat.spm

    def with_beat(self) -> bool | None:
        """Whether the steps are with the beat: True, False when they have lost it, None in between or unknown.

        Without step times a cadence near the beat's tempo counts as being with it. One that is not has lost it only when it
        is off all tempi of the last `ANSWER_S`: who is still on the way from one to the next is not lost.
        """
        beat = self._grid.beat
        if beat is None:
            return None
        if self.sync.newest >= self.t - STALE_S:
            strength, drift = self.sync.strength, self.sync.drift
            if strength is None or drift is None:
                return None
            if strength < LOST or abs(drift) > SLIPPED:
                return False
            return True if strength >= SYNCED and abs(drift) <= SLIPPING else None
        if self.cadence is None or self._phased:
            return None
        if abs(self.cadence / beat.spm - 1.0) <= MATCHED:
            return True
        tempi = self._grid.tempi_since(self.t - ANSWER_S)
        if tempi is None or tempi[0] * (1.0 - MISMATCHED) <= self.cadence <= tempi[1] * (1.0 + MISMATCHED):
            return None
        return False

    def tell(self) -> str:
        """Say how well steps and beat go together, for people."""
        strength, drift = self.sync.strength, self.sync.drift
        if self.sync.newest >= self.t - STALE_S and strength is not None and drift is not None:
            slipping = (
                f", steps {abs(drift):.1%} {'quicker' if drift > 0 else 'slower'}" if abs(drift) > SLIPPING else ""
            )
            return f"sync {strength:.2f}{slipping}"
        beat = self._grid.beat
        if beat is None or self.cadence is None:
            return "steps unknown"
        return f"{self.cadence:.0f} spm beside a beat of {beat.spm:.0f}"
