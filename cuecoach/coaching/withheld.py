"""Cues that are due and stay unsaid, by chance: what happens then is what happens anyway, and no merit of words."""

from __future__ import annotations

from cuecoach.coaching.response import AFTER_TO_S, Responses
from cuecoach.coaching.words_learnt import WordsLearnt
from cuecoach.events import Response
from cuecoach.rules import Context, Phase, Rule, RuleState


class Withheld:
    """Draws which due cues are withheld, and measures what happens without them.

    Parameters
    ----------
    learnt
        Takes in what is found, and gives the chance.
    share
        Of due cues, 0 to 1; with 0 chance is never asked.
    """

    def __init__(self, learnt: WordsLearnt, share: float) -> None:
        self._learnt = learnt
        self._responses = Responses(learnt)
        #: Since when a rule's cue is withheld, and until when the next one waits, s.
        self._waits: dict[str, tuple[float, float]] = {}
        self._share = share

    def draws(self, t: float, rule: Rule, context: Context) -> bool:
        """Return whether the cue that is due at `t` stays unsaid; the next one comes no sooner than it would after a cue."""
        if self._share <= 0.0 or self._learnt.chance("withhold", rule.id).random() >= self._share:
            return False
        self._waits[rule.id] = t, t + max(rule.cooldown_s, AFTER_TO_S)
        self._responses.heard(rule, t, context, None, counts=False)
        return True

    def waits(self, t: float, rule_id: str) -> str | None:
        """Return why the rule waits, None when it does not."""
        since, until = self._waits.get(rule_id, (t, t))
        if t >= until:
            return None
        return f"withheld ({t - since:.0f} of {until - since:.0f} s), to see what happens without a cue"

    def muddle(self, rule: Rule) -> None:
        """A cue of this rule was heard: what others on its metric do now is no longer without a cue."""
        self._responses.muddle(rule)

    def mended(self, rule: Rule, t: float, context: Context) -> None:
        """The fault went by itself."""
        self._waits.pop(rule.id, None)
        self._responses.mended(rule, t, context)

    def news(self) -> list[Response]:
        """Return what followed withheld cues, since this was asked last."""
        return self._responses.news()

    def advance(self, t: float, states: dict[str, RuleState], context: Context) -> None:
        """Move on to tick `t`; after `mended`, which knows better why a rule rests."""
        self._responses.advance(t, states, context)
        for rule_id in list(self._waits):
            state = states.get(rule_id)
            if state is None or state.phase is Phase.RESTING:
                del self._waits[rule_id]
