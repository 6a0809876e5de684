"""Whether a rule is answered with a beat before words: once in an episode, or again after one that was kept to its end."""

from __future__ import annotations

from cuecoach.coaching.pilot import Pilot
from cuecoach.coaching.programme_rules import SessionRules
from cuecoach.events import METRONOME, Beat, BeatOff
from cuecoach.rules import RuleState
from cuecoach.signals import Signals


class Beats:
    """Asks the pilot for a rule's beat.

    Parameters
    ----------
    pilot
        Lays it.
    plan
        May let no beat sound for a while.
    """

    def __init__(self, pilot: Pilot, plan: SessionRules) -> None:
        self._pilot = pilot
        self._plan = plan
        #: The episode in which a rule's beat was last tried.
        self._tried: dict[str, int] = {}

    def lay(self, t: float, state: RuleState, signals: Signals) -> Beat | None:
        """Start a beat if the rule asks for one and one may be laid."""
        rule = state.rule
        tried = self._tried.get(rule.id) == state.episode and not self._pilot.helped(rule.id)
        if rule.beat_s is None or tried or not self._pilot.offers_beat or self._plan.beat_closed is not None:
            return None
        self._tried[rule.id] = state.episode
        beat = self._pilot.lay(t, rule.id, rule.beat_s, signals)
        self.tell(signals)
        return beat

    def end(self, t: float) -> list[BeatOff]:
        """End a rule's beat at `t` when the plan lets none sound any more."""
        beat = self._pilot.beat
        if beat is None or beat.rule == METRONOME or self._plan.beat_closed is None:
            return []
        return self._pilot.silence(t, t)

    def tell(self, signals: Signals) -> None:
        """Tell the signals whether a beat is heard, and leads, and how much less is asked since it was lost."""
        signals.beating, signals.led = self._pilot.beating, self._pilot.leads(signals)
        signals.eased = self._pilot.eased
