"""The metronome pilot: whether there is a beat, whose it is, and what words must know of it."""

from __future__ import annotations

import math
from typing import Final, Literal, TypeAlias

from cuecoach.coaching.gates import SETTLING
from cuecoach.coaching.pilot_grid import LARGEST_STEP, LEAD_IN_S, Grid, towards
from cuecoach.coaching.pilot_sense import Sense
from cuecoach.coaching.pilot_states import ARRIVED, STEP_EVERY_S, TOLERANCE, Doing, Lesson, State
from cuecoach.events import METRONOME, Beat, BeatOff, Decision
from cuecoach.metrics import METRICS
from cuecoach.signals import Signals

__all__ = ["LARGEST_STEP", "LEAD_IN_S", "STEP_EVERY_S", "Mode", "Pilot"]

Mode: TypeAlias = Literal["off", "when needed", "always", "follow"]

#: A beat that is always there waits for so much running, s: the cadence is the median of as much.
STEADY_S: Final = METRICS["cadence"].window_s
#: So many losses of the beat, without one that was kept to its end in between, and the runner is left alone with it.
PATIENCE: Final = 2
#: and the raise asked of the cadence is less by this share of the cadence (docs/science.md, MET-5).
EASED: Final = 0.025


class Pilot:
    """Lays a beat under the runner's feet.

    A rule's beat is a lesson (`pilot_states`); one that is always there is at the target, one that follows at the runner's
    own cadence.

    Parameters
    ----------
    mode
        When there is a beat.
    every
        Steps from click to click.
    delay_s
        How late the headphones are heard, s: what is to be heard at its moment is decided so much earlier.
    """

    def __init__(self, mode: Mode, every: int = 1, delay_s: float = 0.0) -> None:
        self._mode: Mode = mode
        self._grid = Grid(every, delay_s)
        self._sense = Sense(self._grid)
        self._lesson: Lesson | None = None
        self._losses = 0
        self._helped = ""
        self._news: list[Decision] = []
        self._quiet_until = -math.inf
        self._leading = False
        self._running_since: float | None = None
        #: Two beats were lost: words only for the rest of the run.
        self.left_alone = False

    # ------------------------------------------------------------ what others ask
    @property
    def beat(self) -> Beat | None:
        """The beat being heard, None in silence."""
        return self._grid.beat

    @property
    def beating(self) -> bool:
        """Whether a beat is being heard."""
        return self.beat is not None

    @property
    def state(self) -> State:
        """Where a rule's beat is; `over` without one."""
        return "over" if self._lesson is None else self._lesson.state

    @property
    def ramping(self) -> bool:
        """Whether the runner is being led to another tempo: no words then (docs/science.md, MET-6)."""
        return self.beating and self.state in ("lead", "rescue")

    @property
    def strength(self) -> float | None:
        """How firmly the steps keep to the beat, 0 to 1 (the sync index R); None when unknown."""
        return self._sense.sync.strength

    @property
    def eased(self) -> float:
        """By how much less the cadence should be raised from now on, share of the cadence: a beat was lost twice."""
        return EASED if self.left_alone else 0.0

    def leads(self, signals: Signals) -> bool:
        """Whether the beat pulls the runner anywhere: one that follows, or has no target yet, does not."""
        if self.beat is None or self.state == "follow":
            return False
        return self._mode != "follow" and signals.target("cadence") is not None

    @property
    def offers_beat(self) -> bool:
        """Whether a rule may ask for a beat: allowed, not in use, not in the silence after one, and not lost twice."""
        return self._mode == "when needed" and self.state == "over" and not self.left_alone

    def answers(self, rule: str) -> bool:
        """Whether a beat is the answer to this rule: it gets its time before words are tried.

        So does the silence after it, when the runner was with the beat: now it is kept alone.
        """
        lesson = self._lesson
        if lesson is None or lesson.rule != rule:
            return False
        return self.beat is not None or (lesson.state == "gap" and lesson.followed)

    def helped(self, rule: str) -> bool:
        """Whether this rule's last beat was kept to its end, so that another may lead further, also in the same episode."""
        return bool(rule) and self._helped == rule

    # ------------------------------------------------------------ what happens
    def lay(self, t: float, rule: str, for_s: float, signals: Signals) -> Beat | None:
        """Start a beat that leads to the cadence target and lasts about `for_s`; None when there is no target."""
        self._sense.look(t, signals)
        lesson = Lesson(rule, for_s, self._grid, self._sense)
        beat = lesson.begin()
        if beat is None:
            return None
        self._lesson = lesson
        if lesson.state == "follow":
            self._news.append(Decision(t, METRONOME, "follow", f"on your steps, at your own {beat.spm:g} spm"))
        return beat

    def advance(self, t: float, signals: Signals, gate: str | None) -> list[Doing]:
        """Move the beat on to tick `t`: end it, lead it, or keep an `always` or `follow` beat with the runner.

        A rule's beat ends with any gate but a change of speed, which its tempo follows; a beat that was asked for is there
        whenever the runner runs. Each change of a lesson's state is told by a decision before its sound.
        """
        if self._mode == "off":
            return []
        if self._lesson is None and self._mode == "when needed":
            self._sense.listen(t, signals)
            return []  # a rule must ask
        self._sense.look(t, signals)
        if self._lesson is not None:
            return self._teach(self._lesson, gate)
        closed = not self._running_steadily(t, signals) or t < self._quiet_until
        if self.beat is not None and closed:
            return [self._grid.stop(t)]
        return [] if closed else self._accompany(t)

    def silence(self, t: float, until: float) -> list[BeatOff]:
        """Stop at once, and stay silent until `until`: the runner asked for quiet."""
        self._quiet_until, self._lesson = until, None
        self._news.clear()
        return [self._grid.stop(t)] if self.beat is not None else []

    def after_click(self, t: float, offset_s: float) -> float:
        """Return the first moment at or after `t` that lies `offset_s` after a click; `t` itself without a beat."""
        return self._grid.after_click(t, offset_s)

    # ------------------------------------------------------------ a rule's beat
    def _teach(self, lesson: Lesson, gate: str | None) -> list[Doing]:
        done: list[Doing] = [*self._news]
        self._news.clear()
        if gate not in (None, SETTLING):
            if self.beat is not None:
                done += [Decision(self._sense.t, METRONOME, "off", f"stopped: {gate}"), self._grid.stop(self._sense.t)]
            self._lesson = None
            return done
        before, losses = lesson.state, lesson.losses
        done += lesson.advance()
        self._losses += lesson.losses - losses
        if lesson.state == "gap" and before != "gap":
            if lesson.followed:
                self._losses, self._helped = 0, lesson.rule
            else:
                self._helped = ""
            if self._losses >= PATIENCE:
                self.left_alone, self._lesson = True, None
                why = f"the steps lost the beat {self._losses} times: no more beats in this run, only words"
                done.append(Decision(self._sense.t, METRONOME, "left alone", why))
        elif lesson.state == "over":
            self._lesson = None
        return done

    # ------------------------------------------------------------ a beat without a rule
    def _accompany(self, t: float) -> list[Doing]:
        own, target = self._sense.cadence, self._sense.target
        # Before the baseline is known there is no target yet; the runner's own tempo is the best guess of it.
        wanted = own if self._mode == "follow" or target is None else target
        if wanted is None:
            return []
        if self.beat is None:
            at, side = self._sense.landing() or (t + self._grid.lead_s, "left")
            self._leading = True
            beat = self._grid.start(t, METRONOME, wanted, at, side, None)
            self._sense.sync.restart(beat)
            return [beat]
        off = abs(wanted / self.beat.spm - 1)
        self._leading = off > (ARRIVED if self._leading else TOLERANCE)
        if not self._leading or t - self._grid.changed < STEP_EVERY_S:
            return []
        beat = self._grid.retune(t, towards(self.beat.spm, wanted), until=None)
        self._sense.sync.retune(beat)
        return [beat]

    def _running_steadily(self, t: float, signals: Signals) -> bool:
        """Whether the runner has run for as long as the smoothed cadence looks back: the walk before is not the tempo."""
        if signals.activity != "running":
            self._running_since = None
        elif self._running_since is None:
            self._running_since = t
        return self._running_since is not None and t - self._running_since >= STEADY_S
