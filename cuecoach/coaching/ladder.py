"""What to say next: words in turn; when they do not help, other words; then a drill; then nothing more in this run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from cuecoach.coaching.response import Finding, Responses
from cuecoach.coaching.voice import Wording
from cuecoach.rules import Context, Rule, RuleState

#: So many cues in a row without effect, and other words are tried.
PATIENCE: Final = 2

Rung: TypeAlias = Literal["say", "more", "drill"]


@dataclass(frozen=True, slots=True)
class Step:
    """What is said next: one phrase, or the steps of a drill; `because` is why in this form, empty where there is no news."""

    texts: tuple[str, ...]
    because: str = ""


@dataclass(slots=True)
class _Climb:
    """How far a rule has got: the cues heard and the cues without effect since the last that helped."""

    cues: int = 0
    failures: int = 0
    rung: Rung = "say"
    #: The episode of the last drill; there is one in each at most.
    drilled_in: int = -1
    finding: Finding | None = None
    #: How many cues it took to give up; None while there is still something to try.
    gave_up_after: int | None = None


class Ladder:
    """Chooses the words of every rule, from what its words did before. Rules without `if_no_change` go on with `say`."""

    def __init__(self) -> None:
        self._wording = Wording()
        self._responses = Responses()
        self._climbs: dict[str, _Climb] = {}

    # ------------------------------------------------------------ what became of the words
    def heard(self, state: RuleState, t: float, context: Context) -> None:
        """Words of the rule began at `t`; of a drill, its first step."""
        rule = state.rule
        if rule.if_no_change is None:
            return
        climb = self._climb(rule)
        climb.cues += 1
        if climb.rung == "drill":
            climb.drilled_in = state.episode
        self._responses.heard(rule, t, context)

    def mended(self, rule: Rule) -> None:
        """The fault is over: the words that did it are kept, and the next time begins with words again."""
        self._responses.forget(rule.id)
        self._helped(rule)

    def advance(self, t: float, states: dict[str, RuleState], context: Context) -> None:
        """Move on to tick `t`; after `mended`, which knows better why a rule rests."""
        self._responses.advance(t, states, context)

    # ------------------------------------------------------------ what comes next
    def silent(self, rule: Rule) -> str | None:
        """Return why the rule is silent for the rest of the run, None when it is not."""
        climb = self._climbs.get(rule.id)
        if climb is None or climb.gave_up_after is None or rule.if_no_change is None:
            return None
        return f"no change after {climb.gave_up_after} cues: silent for the rest of the run"

    def gives_up(self, t: float, state: RuleState, context: Context) -> bool:
        """Learn what the last cue of a due rule did; True when nothing is left to try."""
        rule = state.rule
        if rule.if_no_change is None:
            return False
        climb = self._climb(rule)
        found = self._responses.due_again(t, rule, context)
        if found is not None:
            climb.finding = found
            if found.helped:
                self._helped(rule)
                climb.finding = found
            elif found.helped is False:
                climb.failures += 1
        rung = self._rung(rule, climb)
        if rung is None or (rung == "drill" and climb.drilled_in == state.episode):
            climb.gave_up_after = climb.cues
            return True
        return False

    def next(self, state: RuleState) -> Step | None:
        """Return what the rule says now, None when it has no words; for a due rule that does not give up."""
        rule = state.rule
        more = rule.if_no_change
        if more is None:
            return Step((self._wording.next(rule.id, rule.say),)) if rule.say else None
        climb = self._climb(rule)
        rung = self._rung(rule, climb)
        finding, climb.finding = climb.finding, None
        if rung is None:
            return None
        climb.rung = rung
        if rung == "drill":
            return Step(more.drill, _because("drill", finding))
        if rung == "more":
            text = more.say[climb.failures - _patience(rule)]
            return Step((text,), _because("other words", finding))
        before = self._wording.last(rule.id)
        text = self._wording.next(rule.id, rule.say)
        if finding is None:
            return Step((text,))
        return Step(
            (text,), _because("same words" if before == text else f"{_nth(rule.say.index(text))} wording", finding)
        )

    def _helped(self, rule: Rule) -> None:
        climb = self._climbs.get(rule.id)
        # Other words and drills are for a stretch: the next fault is met with the plain words, from where they were.
        if climb is None or climb.rung == "say":
            self._wording.helped(rule.id)
        if climb is not None:
            climb.cues = climb.failures = 0
            climb.finding = None

    def _climb(self, rule: Rule) -> _Climb:
        return self._climbs.setdefault(rule.id, _Climb())

    @staticmethod
    def _rung(rule: Rule, climb: _Climb) -> Rung | None:
        more = rule.if_no_change
        assert more is not None
        beyond = climb.failures - _patience(rule)
        if beyond < 0:
            return "say"
        if beyond < len(more.say):
            return "more"
        return "drill" if beyond == len(more.say) and more.drill else None


def _patience(rule: Rule) -> int:
    return PATIENCE if rule.say else 0


def _because(what: str, finding: Finding | None) -> str:
    return what if finding is None else f"{what}: {finding.text}"


def _nth(index: int) -> str:
    names = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
    return names[index] if index < len(names) else f"{index + 1}th"
