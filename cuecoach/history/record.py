"""What is written down of one rule over a run: stretches of one reason, and how near each part of `when` came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from cuecoach.history.moment import Moment
from cuecoach.history.parts import Part
from cuecoach.offline import Replay
from cuecoach.rules import Context, Phase, Reason, Rule

HOLDING = str(Reason.HOLDING)
NOT_MET = str(Reason.NOT_MET)
SPOKEN = str(Reason.SPOKEN)
REMINDED = str(Reason.REMINDED)
GATED = str(Reason.GATED)
NO_DATA = str(Reason.NO_FRESH_DATA)
NOT_READY = str(Reason.BASELINE_NOT_READY)
#: Reasons that say nothing without what they are about.
ABOUT = (GATED, NO_DATA, NOT_READY)


@dataclass(slots=True)
class Stretch:
    """From `start` to `end`, session time in s, the rule was in one phase for one reason.

    Attributes
    ----------
    phase, outcome
        Where it was in its life, and the short word for why it spoke or was silent.
    about
        What gated it, or what was missing; empty for other reasons.
    why
        The reason with its numbers, as it began.
    said
        The words, or the beat, when it was spoken.
    held_s
        How much of the hold was over at the end, s.
    nearest_t, nearest, nearest_margin
        When `when` came nearest to being true (or was furthest beyond), on which numbers, and by how much in base units; for
        a `when` of one part that is a comparison.
    """

    start: float
    end: float
    phase: Phase
    outcome: str
    about: str = ""
    why: str = ""
    said: str = ""
    held_s: float = 0.0
    nearest_t: float | None = None
    nearest: str = ""
    nearest_margin: float | None = None

    @property
    def length(self) -> float:
        """How long it lasted, s."""
        return self.end - self.start

    @property
    def label(self) -> str:
        """The reason, and what it was about: ``gated: walking``."""
        return f"{self.outcome}: {self.about}" if self.about else self.outcome


@dataclass(slots=True)
class PartTally:
    """How one part of `when` went while the rule was free to ask: seconds of each answer, and its best moment."""

    part: Part
    yes_s: float = 0.0
    no_s: float = 0.0
    unknown_s: float = 0.0
    best: float | None = None
    best_t: float = 0.0
    best_found: str = ""

    _answer: bool | None = None
    _margin: float | None = None

    def add(self, t: float, seconds: float, context: Context) -> float | None:
        """Ask the part at `t` for the `seconds` that follow; return its margin."""
        self._answer = self.part.answer(context)
        self._margin = margin = self.part.margin(context)
        if margin is not None and (self.best is None or margin > self.best):
            self.best, self.best_t, self.best_found = margin, t, self.part.describe(context)
        return self.again(seconds)

    def again(self, seconds: float) -> float | None:
        """Count the answer of the last time for these seconds too; return its margin."""
        if self._answer is None:
            self.unknown_s += seconds
        elif self._answer:
            self.yes_s += seconds
        else:
            self.no_s += seconds
        return self._margin


@dataclass(slots=True)
class History:
    """One rule over one run.

    Attributes
    ----------
    rule
        The rule as the coach ran it.
    stretches
        Without a gap from the start to the end of the run.
    parts
        How each part of `when` went.
    run
        What the coach did, of all rules.
    moment
        The moment that was asked about.
    """

    rule: Rule
    stretches: Sequence[Stretch] = ()
    parts: Sequence[PartTally] = ()
    run: Replay = field(default_factory=Replay)
    moment: Moment | None = None

    @property
    def holds(self) -> list[Stretch]:
        """Every hold, kept or broken off."""
        return [s for s in self.stretches if s.outcome == HOLDING]

    @property
    def spoken(self) -> list[Stretch]:
        """The moments it spoke or laid a beat."""
        return [s for s in self.stretches if s.outcome == SPOKEN and s.said]

    def at(self, t: float) -> int:
        """Return the number of the stretch that `t` lies in."""
        return next((n for n, s in enumerate(self.stretches) if t < s.end), len(self.stretches) - 1)
