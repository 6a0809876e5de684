"""A rule as the engine runs it: compiled, frozen, every default filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from cuecoach.diagnostics import Diagnostic
from cuecoach.rules.context import State
from cuecoach.rules.expression import Expression

Per: TypeAlias = Literal["km", "run", "hour"]
Priority: TypeAlias = Literal["low", "normal", "high", "urgent"]

#: Larger speaks first.
PRIORITIES: Final[dict[Priority, int]] = {"low": 0, "normal": 1, "high": 2, "urgent": 3}


@dataclass(frozen=True, slots=True)
class Limit:
    """``2 per km``: so many cues in any such stretch."""

    count: int
    per: Per

    def __str__(self) -> str:
        return f"{self.count} per {self.per}"


@dataclass(frozen=True, slots=True)
class NoChange:
    """What follows when the first words did not move the metric: other words, then a short drill, said step by step."""

    say: tuple[str, ...] = ()
    drill: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recording:
    """A wording as a sound file: where it lies, and how long it is, s."""

    path: str
    duration_s: float


_NO_RECORDINGS: Mapping[str, Recording] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Rule:
    """When to speak, and what.

    Attributes
    ----------
    id
        Stable name.
    about, focus
        What it is for, and the group it belongs to.
    when, until, only_if
        What starts it, what ends it once active (None: `when` no longer true), and outside of what it rests.
    hold_s
        For how long `when` must be true, short dips apart.
    cooldown_s
        Silence after it was heard.
    limit
        How often at most.
    priority
        Larger speaks first.
    say
        Wordings, best first; may be empty when there is a beat.
    if_no_change
        What follows when `say` did not help; None for more of `say`.
    recordings
        Which of the wordings are sound files, by their text.
    language
        What the texts are written in.
    beat_s
        Length of the beat that is tried before words.
    praise
        What to say when it is mended.
    repeat
        False: once per episode.
    evidence, because
        Grade A to D, and the reason in a few words.
    enabled
        False: in the file, and silent.
    path, line
        Where it is written.
    """

    id: str
    when: Expression
    about: str = ""
    focus: str = "form"
    hold_s: float = 20.0
    until: Expression | None = None
    only_if: Expression | None = None
    cooldown_s: float = 60.0
    limit: Limit | None = None
    priority: int = PRIORITIES["normal"]
    say: tuple[str, ...] = ()
    if_no_change: NoChange | None = None
    recordings: Mapping[str, Recording] = field(default_factory=lambda: _NO_RECORDINGS)
    language: str = "en"
    beat_s: float | None = None
    praise: str | None = None
    repeat: bool = True
    evidence: str | None = None
    because: str | None = None
    enabled: bool = True
    path: str = ""
    line: int = 0

    @property
    def cues(self) -> tuple[str, ...]:
        """Every text it may correct with: wordings, what follows when they do not help, and the steps of the drill."""
        more = self.if_no_change or NoChange()
        return tuple(dict.fromkeys((*self.say, *more.say, *more.drill)))

    @property
    def metric(self) -> str | None:
        """The main metric: the first that `when` measures."""
        return self.when.main_metric

    @property
    def metrics(self) -> frozenset[str]:
        """Every metric the rule needs to know."""
        named = (e.metrics for e in (self.when, self.until, self.only_if) if e is not None)
        return frozenset().union(*named)

    @property
    def moves(self) -> bool:
        """Whether its state may change with nothing new about the runner, while it rests."""
        return self.when.moves or (self.only_if is not None and self.only_if.moves)

    @property
    def states(self) -> frozenset[State]:
        """Every state the rule names."""
        named = (e.states for e in (self.when, self.until, self.only_if) if e is not None)
        return frozenset[State]().union(*named)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules of some files, in the order they are written, and what is odd about them."""

    rules: tuple[Rule, ...]
    warnings: tuple[Diagnostic, ...] = field(default=(), compare=False)

    @property
    def enabled(self) -> tuple[Rule, ...]:
        """The rules that may speak."""
        return tuple(r for r in self.rules if r.enabled)

    def get(self, rule_id: str) -> Rule | None:
        """Return the rule of that id, None when there is none."""
        return next((r for r in self.rules if r.id == rule_id), None)
