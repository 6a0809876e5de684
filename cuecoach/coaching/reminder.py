"""The anchor phrase said by itself, without a fault, when the programme asks for it: it calls back what was learnt."""

from __future__ import annotations

from collections.abc import Iterable

from cuecoach.coaching.gates import SETTLING
from cuecoach.coaching.ledger import Ledger
from cuecoach.coaching.programme_rules import SessionRules
from cuecoach.coaching.speaker import Speaker
from cuecoach.coaching.words_learnt import WordsLearnt
from cuecoach.events import Action
from cuecoach.rules import Reason, Rule, RuleState
from cuecoach.rules.rule import PRIORITIES
from cuecoach.signals import Signals


class Reminder:
    """Says the anchor when the plan asks for it.

    Parameters
    ----------
    plan
        Asks for the anchor of its focus.
    learnt
        Knows the words that helped most.
    speaker, ledger
        Says it, and writes it down.
    """

    def __init__(self, plan: SessionRules, learnt: WordsLearnt, speaker: Speaker, ledger: Ledger) -> None:
        self._plan = plan
        self._learnt = learnt
        self._speaker = speaker
        self._ledger = ledger

    def advance(self, t: float, states: Iterable[RuleState], signals: Signals, gate: str | None) -> list[Action]:
        """Say it at tick `t` if it is time; a change of speed is no obstacle, for it may be a stride."""
        why = self._plan.anchor_due
        if why is None or gate not in (None, SETTLING) or self._speaker.busy(t):
            return []
        found = self._words(states)
        if found is None:
            return []
        rule, text = found
        say = self._speaker.say(t, rule.id, text, "notice")
        self._plan.anchor_said(say.at + say.duration)
        if rule.metric is not None:
            signals.cued(rule.metric)
        return [self._ledger.record(t, rule.id, Reason.REMINDED, why, text=text), say]

    def _words(self, states: Iterable[RuleState]) -> tuple[Rule, str] | None:
        """Return the words the plan's focus has settled on; before that, the first of its first rule."""
        urgent = PRIORITIES["urgent"]
        rules = [state.rule for state in states if state.rule.say and state.rule.priority < urgent]
        rules = [rule for rule in rules if rule.focus == self._plan.focus]
        for rule in rules:
            anchor = self._learnt.anchor(rule)
            if anchor is not None:
                return rule, anchor
        return (rules[0], rules[0].say[0]) if rules else None
