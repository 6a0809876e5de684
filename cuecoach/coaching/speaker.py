"""Phrases and drills as sounds: booked with the one voice, beside a beat just after a click, a drill step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cuecoach.coaching.pilot import Pilot
from cuecoach.coaching.voice import AFTER_CLICK_S, Voice
from cuecoach.events import Say, SayKind
from cuecoach.rules import RuleEngine

#: From the start of one step of a drill to the start of the next, s: time for one movement of the arms.
STEP_S: Final = 3.0


@dataclass(slots=True)
class _Drill:
    """What is left of a rule's drill, and when the next step may be said, s."""

    rule: str
    left: tuple[str, ...]
    next_at: float


class Speaker:
    """Makes `Say` actions, and carries on a drill.

    Parameters
    ----------
    pilot
        Whose beat the words keep out of the way of.
    engine
        The rules, for the recordings among their wordings.
    delay_s
        How late the headphones are heard, s.
    """

    def __init__(self, pilot: Pilot, engine: RuleEngine, delay_s: float = 0.0) -> None:
        self._pilot = pilot
        self._engine = engine
        self._delay_s = delay_s
        self._drill: _Drill | None = None
        #: The phrases of steps after the first: they count for nothing, a whole drill is one correction.
        self._later_steps: set[int] = set()
        self.voice = Voice()

    @property
    def drilling(self) -> str | None:
        """The rule whose drill is under way, to the end of its last words."""
        return None if self._drill is None else self._drill.rule

    def busy(self, t: float) -> bool:
        """Whether words would come in between: a phrase is being spoken, or a drill is under way."""
        return self._drill is not None or self.voice.busy(t)

    def correct(self, t: float, rule: str, texts: tuple[str, ...]) -> Say:
        """Say a cue; of several texts, the steps of a drill, the first, and the others as time goes by (`go_on`)."""
        say = self.say(t, rule, texts[0], "cue")
        if len(texts) > 1:
            self._drill = _Drill(rule, texts[1:], say.at + STEP_S)
        return say

    def say(self, t: float, rule: str, text: str, kind: SayKind) -> Say:
        """Say a phrase as soon as the voice is free."""
        at = self._pilot.after_click(max(t + self._delay_s, self.voice.free_at), AFTER_CLICK_S)
        return self.voice.say(t, at, rule, text, kind, self._recorded(text))

    def go_on(self, t: float) -> list[Say]:
        """Return the next step of the drill when its time has come."""
        drill = self._drill
        if drill is None or self.voice.busy(t):
            return []
        if not drill.left or drill.rule not in self._engine.states:
            self._drill = None
            return []
        if t < drill.next_at:
            return []
        text, *rest = drill.left
        say = self.say(t, drill.rule, text, "cue")
        drill.left, drill.next_at = tuple(rest), say.at + STEP_S
        self._later_steps.add(say.id)
        return [say]

    def is_later_step(self, say: Say) -> bool:
        """Whether the phrase is a step of a drill after its first."""
        return say.id in self._later_steps

    def drill_dropped(self, say: Say) -> None:
        """A phrase was dropped: if it was a step of the drill, the rest would make no sense."""
        if self._drill is not None and self._drill.rule == say.rule:
            self._drill = None

    def stop_drill(self) -> str | None:
        """End the drill at once and return whose it was, None without one."""
        stopped = self.drilling
        self._drill = None
        return stopped

    def _recorded(self, text: str) -> float | None:
        """Return the length of a wording that is a recording, s; one text has one sound in a run."""
        for state in self._engine.states.values():
            recording = state.rule.recordings.get(text)
            if recording is not None:
                return recording.duration_s
        return None
