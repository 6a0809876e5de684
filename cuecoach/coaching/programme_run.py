"""A plan during a run: whether the window is open, what may sound in it, and how much of the time that counts is in band."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from cuecoach.coaching.programme import CADENCE, conclude, lesson
from cuecoach.coaching.programme_band import in_band
from cuecoach.coaching.programme_state import PlanState, RunResult
from cuecoach.coaching.programme_strides import Strides
from cuecoach.coaching.programme_table import RECALL_S, SILENT_S, Lesson, Words
from cuecoach.coaching.programme_windows import strew
from cuecoach.rules import Rule
from cuecoach.rules.rule import PRIORITIES
from cuecoach.signals import Signals

#: Why nothing is said: what a rule is told as its gate.
OUTSIDE: Final = "outside the plan's windows"
OVER: Final = "the plan's session is over"
SILENT: Final = "the plan keeps this run silent"
#: Why a beat ends or is not laid, though words may be said.
BEAT_RESTS: Final = "the plan lets the beat rest"

#: Words and beats help for so long after they end, s.
HELPS_S: Final = 40.0
#: The anchor that stands alone waits for its moment no longer than this, s.
ANCHOR_WAITS_S: Final = 60.0
#: A tick later than this after the one before it counts no further, s: nothing was known in between.
LONGEST_TICK_S: Final = 1.0
#: A run shorter than this is no session, s.
LEAST_RUN_S: Final = 120.0


class Programme:
    """One run under a plan; fulfils `programme_rules.SessionRules`.

    Parameters
    ----------
    plan
        The plan as `programme.begin` left it: it knows its day.
    rules
        The run's rules; those of the focus tell what in band is where that is not a cadence.
    warm_up_s
        The session begins with the first running after this, s.
    seed
        Places the windows.
    learnt
        Metrics of which earlier runs told what is normal; None for any.

    Attributes
    ----------
    lesson
        What this run is for.
    clock
        Seconds of running since the session began: walks and stops do not count.

    Raises
    ------
    ValueError
        The plan has no focus, or does not know its day.
    """

    def __init__(
        self,
        plan: PlanState,
        rules: Iterable[Rule],
        *,
        warm_up_s: float,
        seed: int,
        learnt: Collection[str] | None = None,
    ) -> None:
        found = None if plan.today is None else lesson(plan, plan.today)
        if found is None or plan.focus is None or plan.today is None:
            raise ValueError("a run needs a plan with a focus, and its day")
        self.lesson: Lesson = found
        self.clock = 0.0
        self._plan, self._focus, self._day = plan, plan.focus, plan.today
        self._warm_up_s = warm_up_s
        self._learnt = None if learnt is None else frozenset(learnt)
        # Each run of a plan gets windows of its own, and the same run the same ones.
        self._windows = strew(found.seconds, found.window, (seed << 16) + len(plan.results))
        self._strides = Strides(found.strides if found.precue else 0)
        self._rules: tuple[Rule, ...] = ()
        self.use(rules)
        self._t: float | None = None
        self._helped_until = float("-inf")
        self._anchored: float | None = None
        self._measured = [0.0, 0.0]
        self._recalled = [0.0, 0.0]

    def use(self, rules: Iterable[Rule]) -> None:
        """Measure by these rules from now on."""
        urgent = PRIORITIES["urgent"]
        self._rules = tuple(r for r in rules if r.enabled and r.focus == self._focus and r.priority < urgent)

    # ------------------------------------------------------------ what others ask
    @property
    def closed(self) -> str | None:
        """Why no correction may sound now, None when one may."""
        found = self.lesson
        if found.kind == "upkeep":
            return None
        if found.kind in ("easy", "probe"):
            return SILENT
        if self.clock >= found.seconds:
            return OVER
        return None if self._windows.open_at(self.clock) else OUTSIDE

    @property
    def opens(self) -> tuple[float, ...]:
        """When the session's windows open, s of running."""
        return tuple(begin for begin, _ in self._windows.blocks)

    @property
    def beat_closed(self) -> str | None:
        """Why no beat may sound now, None when one may."""
        pattern = self.lesson.beat
        if pattern is None:
            return BEAT_RESTS
        on, off = pattern
        if off and self.clock % (on + off) >= on:
            return BEAT_RESTS
        return self.closed

    @property
    def words(self) -> Words | None:
        """How words are chosen."""
        return self.lesson.words

    @property
    def focus(self) -> str | None:
        """What the plan is for."""
        return self._focus

    @property
    def anchor_due(self) -> str | None:
        """Why the anchor is to be said now, None when it is not."""
        at = self.lesson.anchor_at
        running = self._t is not None and self.clock > 0.0
        if at is not None and self._anchored is None and running and at <= self.clock < at + ANCHOR_WAITS_S:
            return "the plan asks for it once now"
        return "a stride begins" if self._strides.begins else None

    @property
    def frozen(self) -> frozenset[str]:
        """Metrics that the plan is changing: what is usual for them was told before it, and is not learnt from its runs.

        One that earlier runs tell nothing of, such as an angle without a standing pose, is learnt in each run as ever.
        """
        if not self._plan.results:
            return frozenset()
        found = {CADENCE} if self._focus == CADENCE else {r.metric for r in self._rules if r.metric is not None}
        return frozenset(found if self._learnt is None else found & self._learnt)

    def anchor_said(self, t: float) -> None:
        """The anchor was handed to the voice at `t`, s."""
        if self._strides.begins:
            self._strides.said()
        else:
            self._anchored = self.clock
        self.helped(t)

    def helped(self, until: float) -> None:
        """A correction sounds until then, s."""
        self._helped_until = max(self._helped_until, until + HELPS_S)

    # ------------------------------------------------------------ time passes
    def advance(self, t: float, signals: Signals, gate: str | None) -> None:
        """Move on to tick `t`, s; `gate` is what closed all rules, None when nothing did."""
        passed = 0.0 if self._t is None else min(max(0.0, t - self._t), LONGEST_TICK_S)
        self._t = t
        if signals.beating:
            self.helped(t)
        if signals.activity != "running" or t < self._warm_up_s:
            return
        self._strides.look(t, signals.speed, signals.baseline("speed"), active=0.0 < self.clock < self.lesson.seconds)
        if gate is None:
            self._measure(t, passed, signals)
        self.clock += passed

    def _measure(self, t: float, passed: float, signals: Signals) -> None:
        where = self._column(t)
        if where is None:
            return
        answer = in_band(self._focus, self._rules, signals)
        if answer is not None:
            where[0] += passed
            where[1] += passed if answer else 0.0

    def _column(self, t: float) -> list[float] | None:
        """Return what this moment counts for: measured, recalled, or neither."""
        found = self.lesson
        if found.kind in ("easy", "upkeep"):
            return None
        if found.kind == "probe":
            if self.clock < SILENT_S:
                return self._measured
            recalling = self._anchored is not None and self.clock < self._anchored + RECALL_S
            return self._recalled if recalling else None
        if self.clock >= found.seconds:
            return None
        # Sessions that never close their window teach: what counts is whether it can be done at all.
        if found.window == 1.0:
            return self._measured
        return self._measured if self.closed is not None and t >= self._helped_until else None

    # ------------------------------------------------------------ what came of it
    def finish(self) -> RunResult | None:
        """Return what the run showed so far, None when it is no session, or too short for one."""
        found = self.lesson
        if found.kind in ("easy", "upkeep") or self.clock < LEAST_RUN_S:
            return None
        ran_s = min(self.clock, found.seconds)
        ran_s, measured_s, in_band_s, recalled_s, recalled_in_band_s = (
            round(value, 2) for value in (ran_s, *self._measured, *self._recalled)
        )
        return RunResult(
            self._day,
            self._focus,
            found.kind,
            found.number,
            ran_s,
            measured_s,
            in_band_s,
            recalled_s,
            recalled_in_band_s,
        )

    def learned(self) -> PlanState:
        """Return the plan as it is after what was run so far."""
        return conclude(self._plan, self.finish())
