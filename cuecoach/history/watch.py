"""A coach that one rule is watched in: the run goes as it would, and what that rule does is written down tick by tick."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from cuecoach.coach import Coach
from cuecoach.coaching.knowledge import Knowledge
from cuecoach.config import RunConfig
from cuecoach.errors import UsageError
from cuecoach.events import TICK_S, Action, Decision, Event, Tick
from cuecoach.feed import Feed
from cuecoach.history.moment import Moment, Why, capture
from cuecoach.history.parts import parts_of
from cuecoach.history.record import ABOUT, GATED, REMINDED, SPOKEN, History, PartTally, Stretch
from cuecoach.offline import Replay, coach_through
from cuecoach.rules import Phase, Reason, Rule, RuleState
from cuecoach.timeline import clock
from cuecoach.yamldoc.validate import closest

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def trace(
    run: Feed | Callable[[Coach], Replay],
    config: RunConfig,
    rules: Sequence[Rule],
    rule_id: str,
    *,
    at: float | None = None,
    knowledge: Knowledge | None = None,
    notices: Mapping[str, str] | None = None,
) -> History:
    """Coach a run and return the history of one rule in it.

    Parameters
    ----------
    run
        What is coached: a feed, or who takes a coach through a run in a way of its own.
    config, rules
        As for any run; all rules take part, for they take the voice from each other.
    rule_id
        Which rule to follow.
    at
        A moment to look at closely, session time in s.
    knowledge, notices
        What earlier runs showed of the runner, and the coach's own words, as for any coach.

    Raises
    ------
    UsageError
        There is no such rule, it is off, or the run ends before `at`.
    """
    known = {rule.id: rule for rule in rules}
    if rule_id in known and not known[rule_id].enabled:
        raise UsageError(f"the rule `{rule_id}` is off; set `enabled: true` to follow it")
    if rule_id not in known:
        meant = closest(rule_id, known)
        there = f"there are: {', '.join(known)}" if known else "there is none at all; name cue files with `--cues`"
        mend = f"did you mean `{meant}`?" if meant else there
        raise UsageError(f"there is no rule `{rule_id}` in these cue files; {mend}")
    coach = _WatchedCoach(config, rules, rule_id, at, knowledge, notices)
    done = run(coach) if callable(run) else coach_through(coach, run)
    if at is not None and coach.moment is None:
        raise UsageError(f"the run is over at {clock(done.duration_s)}; give a time before that, not {clock(at)}")
    return coach.history_of(done)


class _WatchedCoach(Coach):
    """The coach itself; after each tick it looks at the state of one rule."""

    def __init__(
        self,
        config: RunConfig,
        rules: Sequence[Rule],
        rule_id: str,
        at: float | None,
        knowledge: Knowledge | None = None,
        notices: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(config, rules, knowledge=knowledge, notices=notices)
        self._watched = self._engine.states[rule_id]
        self._at = None if at is None else at // TICK_S * TICK_S
        self._parts = [PartTally(part) for part in parts_of(self._watched.rule.when)]
        self._stretches: list[Stretch] = []
        self._done: list[Action] = []
        self._news: list[Decision] = []
        # What the arbiter said last, for as long as the engine's own reason stays the same.
        self._verdict: tuple[Reason, Decision] | None = None
        self._last: Decision | None = None
        # With nothing new, neither the answers nor the words are made again.
        self._asked: tuple[object, ...] = ()
        self._told_of: tuple[object, ...] = ()
        self._told = ""
        self.moment: Moment | None = None

    def handle(self, event: Event) -> list[Action]:
        actions = super().handle(event)
        self._done += actions
        self._news += [a for a in actions if isinstance(a, Decision) and a.rule == self._watched.rule.id]
        if isinstance(event, Tick):
            self._look(event.t)
        return actions

    def history_of(self, run: Replay) -> History:
        """Return what was written down, now that the run is over."""
        if self._stretches:
            self._stretches[-1].end = max(self._stretches[-1].start, run.duration_s)
        return History(self._watched.rule, tuple(self._stretches), tuple(self._parts), run, self.moment)

    def _look(self, t: float) -> None:
        state = self._engine.states.get(self._watched.rule.id, self._watched)
        outcome, why, said = self._reason(state)
        stretch = self._stretches[-1] if self._stretches else None
        about = why.partition(": ")[2] if outcome in ABOUT else ""
        if outcome == GATED and stretch is not None and stretch.outcome == GATED and self._just_opened(state.rule):
            about = stretch.about
        if stretch is None or said or _key(stretch) != (state.phase, outcome, _NUMBER.sub("#", about), ""):
            if stretch is not None:
                stretch.end = t
            stretch = Stretch(t, t, state.phase, outcome, about, why or state.detail, said)
            self._stretches.append(stretch)
        if state.phase is Phase.HOLDING:
            stretch.held_s = (t if state.known_at is None else state.known_at) - state.since
        if outcome != GATED:  # a walk break has a low cadence, and says nothing about the rule
            self._ask(t, stretch)
        if t == self._at:
            reason = Why(stretch.outcome, why or state.detail, stretch.start)
            about_sound = self._arbiter.pilot, self._programme
            self.moment = capture(t, self, *about_sound, state, self._engine.states, reason, self._done)

    def _reason(self, state: RuleState) -> tuple[str, str, str]:
        """Return outcome, sentence (empty where it can wait) and what was said: the arbiter's word, else the engine's."""
        news, self._news = self._news, []
        reminded = [d for d in news if d.outcome == REMINDED]
        news = [d for d in news if d.outcome != REMINDED]
        spoken = [d for d in news if d.outcome == SPOKEN]
        if news:
            self._last = (spoken or news)[-1]
            self._verdict = (state.reason, self._last)
        elif self._verdict is not None and self._verdict[0] is not state.reason:
            self._verdict = None
        if reminded and not spoken:  # without a fault, and the rule's own reason goes on after it
            return reminded[-1].outcome, reminded[-1].why, reminded[-1].text
        if self._verdict is not None and (state.reason is Reason.DUE or self._verdict[1].outcome != str(state.reason)):
            decision = self._verdict[1]
            return decision.outcome, decision.why, decision.text if spoken else ""
        if state.reason is Reason.DUE and self._last is not None:
            # The same as before it was due, or it would have been told.
            return self._last.outcome, self._last.outcome, ""
        outcome = str(state.reason)
        if outcome not in ABOUT:
            return outcome, "", ""
        news_of = (self.signals.version, self.gate, state.reason)
        if news_of != self._told_of or self._watched.rule.moves:
            self._told_of, self._told = news_of, state.detail
        return outcome, self._told, ""

    def _just_opened(self, rule: Rule) -> bool:
        """Whether `only_if` is true by now: what sounds may have changed after the rule was asked in this tick."""
        return self.gate is None and rule.only_if is not None and rule.only_if.evaluate(self.signals) is True

    def _ask(self, t: float, stretch: Stretch) -> None:
        """Ask each part of `when`; with nothing new since the last tick, the answers are the same."""
        news = (self.signals.version, self.gate)
        same = news == self._asked and not self._watched.rule.moves
        self._asked = news
        for tally in self._parts:
            margin = tally.again(TICK_S) if same else tally.add(t, TICK_S, self.signals)
            nearer = margin is not None and (stretch.nearest_margin is None or margin > stretch.nearest_margin)
            if nearer and len(self._parts) == 1:
                stretch.nearest_t, stretch.nearest_margin = t, margin
                stretch.nearest = tally.part.describe(self.signals)


def _key(stretch: Stretch) -> tuple[Phase, str, str, str]:
    return stretch.phase, stretch.outcome, _NUMBER.sub("#", stretch.about), stretch.said
