"""What the simulated runner makes of what is heard: which fault a cue means, whether it helps, and which beat is on.

Sources: docs/science.md (response rates, entrainment), the cue library (the wordings).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np

from cuecoach.events import Action, Beat, BeatOff, Say
from cuecoach.sensors.simulator.person import Response

Fault: TypeAlias = Literal["tilt", "drop", "bounce", "cadence", "rush"]

#: Words of rule ids and of cues, and the fault they mean (`rush` is a cadence above what is wanted); the first that occurs
#: decides, the rule's id before its words.
_MEANINGS: Final[tuple[tuple[Fault, str], ...]] = (
    ("rush", r"ease|over[- ](?:target|cadence)|too[- ](?:quick|fast|high)"),
    ("cadence", r"cadence|beat|quick|stride|step[- ]?rate|rhythm|splash|coals|shorten"),
    ("drop", r"hips?|glutes?|level hip|belt|headlights|drop|ground behind|kneecaps|squeeze"),
    ("bounce", r"bounc\w*|glid\w*|oscillation|ceiling|egg|quiet\w*|soften|toward the horizon"),
    ("tilt", r"posture|tall|slouch|spill|tilt|lean|crown|bowl|sky|logo|tail|stacked?"),
)
_PATTERNS: Final[tuple[tuple[Fault, re.Pattern[str]], ...]] = tuple(
    (fault, re.compile(rf"(?<![a-z])(?:{words})(?![a-z])", re.IGNORECASE)) for fault, words in _MEANINGS
)


def fault_of(say: Say) -> Fault | None:
    """Return the fault that a cue is about, from its rule's id, else from its words; None when neither tells."""
    for text in (say.rule.replace("_", "-"), say.text):
        for fault, pattern in _PATTERNS:
            if pattern.search(text):
                return fault
    return None


@dataclass(frozen=True, slots=True)
class Heard:
    """What one spoken cue did.

    Attributes
    ----------
    at
        Start of the words, s.
    text, fault
        What was said, and what the runner took it to be about.
    responded
        Whether it changes anything.
    acts_at
        When the change starts, s.
    shrink
        Share of the fault that goes.
    """

    at: float
    text: str
    fault: Fault | None
    responded: bool
    acts_at: float
    shrink: float


class Ear:
    """Collects what is heard and says what it asks for at a moment.

    Parameters
    ----------
    response
        How the person takes cues and beats.
    rng
        Where chance comes from; three numbers are drawn for every cue, whatever it is about, so that one cue's fate
        does not hang on another's wording.
    """

    def __init__(self, response: Response, rng: np.random.Generator) -> None:
        self._response = response
        self._rng = rng
        self._waiting: list[Heard] = []
        self._beats: list[Beat] = []
        self._offs: list[float] = []
        #: Every cue so far, in the order heard.
        self.heard: list[Heard] = []

    def hear(self, action: Action) -> None:
        """Take in a cue, a beat or a beat's end; praise, notices and everything else pass by."""
        match action:
            case Say(kind="cue"):
                chance, delay, share = (float(x) for x in self._rng.random(3))
                fault = fault_of(action)
                r = self._response
                heard = Heard(
                    action.at,
                    action.text,
                    fault,
                    fault is not None and chance < r.probability,
                    action.at + r.delay_s[0] + delay * (r.delay_s[1] - r.delay_s[0]),
                    r.shrink[0] + share * (r.shrink[1] - r.shrink[0]),
                )
                self.heard.append(heard)
                if heard.responded:
                    self._waiting.append(heard)
            case Beat():
                self._beats = sorted([*self._beats, action], key=lambda b: b.at)
            case BeatOff():
                self._offs.append(action.at)
            case _:
                pass

    def acting(self, t: float) -> list[Heard]:
        """Return, once each, the cues whose effect starts by `t`."""
        if not self._waiting:
            return []
        now = [h for h in self._waiting if h.acts_at <= t]
        self._waiting = [h for h in self._waiting if h.acts_at > t]
        return now

    def beat(self, t: float) -> Beat | None:
        """Return the beat the runner is moving to at `t`; call with rising times."""
        r = self._response
        if not (self._beats and r.follows_beat):
            return None
        noticed = [b for b in self._beats if b.at + r.beat_delay_s <= t]
        if not noticed:
            return None
        newest = noticed[-1]
        self._beats = self._beats[len(noticed) - 1 :]
        stopped = [off for off in self._offs if off >= newest.at]
        if newest.until is not None:
            stopped.append(newest.until)
        if stopped and min(stopped) + r.beat_off_delay_s <= t:
            return None
        return newest
