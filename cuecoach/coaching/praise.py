"""Praise: for what a cue mended, soon after it, and rarely."""

from __future__ import annotations

from typing import Final

from cuecoach.coaching.caps import Caps
from cuecoach.coaching.speaker import Speaker
from cuecoach.events import Say
from cuecoach.rules import Phase, RuleState

#: Praise belongs to the cue that earned it: said no later than this after it, s.
PRAISE_WITHIN_S: Final = 120.0


class Praise:
    """Praises what was mended; after a drill, once its last step was said."""

    def __init__(self, speaker: Speaker, caps: Caps) -> None:
        self._speaker = speaker
        self._caps = caps
        #: Mended while its drill was still being said: praise comes after the last step.
        self._owed: RuleState | None = None

    def mended(self, t: float, state: RuleState, *, silent: bool) -> list[Say]:
        """Praise a rule's fault that is mended at `t`; `silent` when nothing may be spoken."""
        if self._speaker.drilling == state.rule.id:
            self._owed = state
            return []
        return self._say(t, state, silent=silent)

    def owed(self, t: float, states: dict[str, RuleState], *, silent: bool) -> list[Say]:
        """Say what waited for the end of a drill."""
        state = self._owed
        if state is None or self._speaker.drilling is not None:
            return []
        self._owed = None
        # The files may have changed since.
        return self._say(t, state, silent=silent) if state.rule.id in states else []

    def _say(self, t: float, state: RuleState, *, silent: bool) -> list[Say]:
        rule = state.rule
        cued = state.spoken_in_episode > 0 and state.last_heard is not None
        recent = cued and t - (state.last_heard or 0.0) <= PRAISE_WITHIN_S
        silent = silent or self._speaker.busy(t) or state.phase is Phase.ACTIVE
        if rule.praise is None or not recent or silent or not self._caps.may_praise(t):
            return []
        self._caps.praised(t)
        return [self._speaker.say(t, rule.id, rule.praise, "praise")]
