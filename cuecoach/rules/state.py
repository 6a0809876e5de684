"""Where a rule is in its life, and the word for why it speaks or is silent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from cuecoach.rules.rule import Rule


class Phase(Enum):
    """``RESTING → HOLDING → ACTIVE → RESTING``."""

    RESTING = "resting"
    HOLDING = "holding"
    ACTIVE = "active"


class Reason(Enum):
    """Why a rule speaks or is silent. The engine gives the first group, whoever chooses among due rules the second."""

    NOT_MET = "not met"
    HOLDING = "holding"
    DUE = "due"
    COOLING_DOWN = "cooling down"
    LIMIT_REACHED = "limit reached"
    GATED = "gated"
    NO_FRESH_DATA = "no fresh data"
    BASELINE_NOT_READY = "baseline not ready"

    SPOKEN = "spoken"
    OUTRANKED = "outranked"
    TOO_SOON = "too soon after another cue"
    EXPIRED = "expired"
    FADED = "faded"
    NOT_IN_FOCUS = "not in focus"
    MUTED = "muted by the runner"
    SENSOR_SLIPPED = "sensor slipped"
    NO_CHANGE = "no change"  # the arbiter's: the words were heard, and the metric did not move
    NEARLY_MENDED = "nearly mended"
    WITHHELD = "withheld"
    REMINDED = "reminded"

    def __str__(self) -> str:
        return self.value


@dataclass(slots=True)
class RuleState:
    """A rule's life so far.

    Attributes
    ----------
    rule
        Which rule.
    phase, since
        Where it is, and since when. For a hold, dips and time without data do not count: `since` moves along.
    reason
        Why it speaks or is silent.
    due
        Whether it wants to speak now.
    pending, asked_at
        Its cue was handed to the voice at that time and is not yet heard.
    last_heard, heard_count
        When its last cue started, and how many did.
    episode, spoken_in_episode
        How often it became active, and the cues heard since it last did.
    reported
        The reason at the end of the last tick.
    """

    rule: Rule
    explain: Callable[[RuleState], str] = field(repr=False, compare=False)
    phase: Phase = Phase.RESTING
    since: float = 0.0
    reason: Reason = Reason.NOT_MET
    due: bool = False
    pending: bool = False
    asked_at: float | None = None
    last_heard: float | None = None
    heard_count: int = 0
    episode: int = 0
    spoken_in_episode: int = 0
    reported: Reason | None = None
    #: The last moment the hold was known to be true, while it dips or data is missing; None while it is true.
    known_at: float | None = None
    #: For how long the hold has dipped so far, s.
    dips_s: float = 0.0
    #: Time [s] and distance [m] of every cue heard: a reload may bring any limit, and that limit counts them too.
    heard_places: list[tuple[float, float | None]] = field(default_factory=lambda: list[tuple[float, float | None]]())
    _overridden: tuple[Reason, str] | None = None

    @property
    def detail(self) -> str:
        """The reason with its numbers, for people; made when read, from the moment of the last tick."""
        if self._overridden is not None and self._overridden[0] is self.reason:
            return self._overridden[1]
        return self.explain(self)

    def override(self, reason: Reason, detail: str = "") -> None:
        """Put another reason in place of the engine's until the next tick, such as outranked or muted."""
        self.reason = reason
        self._overridden = (reason, detail or str(reason))

    def rest(self, t: float) -> None:
        """Go back to rest at `t`: neither hold nor episode goes on."""
        self.due = False
        if self.phase is not Phase.RESTING:
            self.phase, self.since = Phase.RESTING, t
            self.known_at = None

    def heard(self, t: float, distance: float | None) -> None:
        """Note that a cue began to sound at `t` [s], `distance` metres into the run."""
        self.pending, self.due = False, False
        self.last_heard = t
        self.heard_count += 1
        self.spoken_in_episode += 1
        self.heard_places.append((t, distance))
