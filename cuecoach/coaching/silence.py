"""What keeps a due rule silent: the runner's word, the focus, the plan, its own history, the voice, and the caps."""

from __future__ import annotations

from cuecoach.coaching.caps import Caps
from cuecoach.coaching.ladder import Ladder
from cuecoach.coaching.pilot import Pilot
from cuecoach.coaching.programme_rules import SessionRules
from cuecoach.coaching.repeats import Repeats
from cuecoach.coaching.speaker import Speaker
from cuecoach.coaching.withheld import Withheld
from cuecoach.rules import Reason, RuleState
from cuecoach.rules.rule import PRIORITIES
from cuecoach.signals import Signals


class Silence:
    """Finds the first thing that speaks against a cue. What is urgent waits for the runner's word and the voice only.

    Parameters
    ----------
    focus
        Of the run; ``all`` lets every group speak.
    plan, caps, ladder, withheld, speaker, pilot
        What may be against it.
    """

    def __init__(
        self,
        focus: str,
        plan: SessionRules,
        caps: Caps,
        ladder: Ladder,
        withheld: Withheld,
        speaker: Speaker,
        pilot: Pilot,
    ) -> None:
        self._focus = focus
        self._plan = plan
        self._caps = caps
        self._ladder = ladder
        self._withheld = withheld
        self._repeats = Repeats()
        self._speaker = speaker
        self._pilot = pilot

    def against(self, t: float, state: RuleState, signals: Signals, muted_until: float) -> tuple[Reason, str] | None:
        """Return what keeps a due rule silent at `t`, and the sentence for it; None when it may speak."""
        if t < muted_until:
            return Reason.MUTED, str(Reason.MUTED)
        # What is urgent waits for no focus and no cap: pain is asked about before any word on form (docs/science.md, SAF-7).
        urgent = state.rule.priority >= PRIORITIES["urgent"]
        asked = None if urgent else self._unasked(state)
        if asked is not None:
            return asked
        silent = self._ladder.silent(state.rule)
        if silent is not None:
            return Reason.NO_CHANGE, silent
        waits = self._withheld.waits(t, state.rule.id)
        if waits is not None:
            return Reason.WITHHELD, waits
        if self._speaker.busy(t) or self._pilot.answers(state.rule.id):
            return Reason.TOO_SOON, str(Reason.TOO_SOON)
        return None if urgent else self._too_much(t, state, signals)

    def _unasked(self, state: RuleState) -> tuple[Reason, str] | None:
        if self._focus not in ("all", state.rule.focus):
            return Reason.NOT_IN_FOCUS, str(Reason.NOT_IN_FOCUS)
        closed = self._plan.closed
        return None if closed is None else (Reason.FADED, f"{Reason.FADED}: {closed}")

    def _too_much(self, t: float, state: RuleState, signals: Signals) -> tuple[Reason, str] | None:
        if self._pilot.ramping:  # no words while a beat leads to another tempo (docs/science.md, MET-6)
            return Reason.TOO_SOON, f"{Reason.TOO_SOON}: a beat is leading"
        waits = self._repeats.waits(t, state, signals)
        if waits is not None:
            return Reason.NEARLY_MENDED, waits
        return self._caps.against_correction(t, signals.distance())
