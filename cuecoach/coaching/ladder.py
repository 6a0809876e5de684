"""What to say next: words in turn; when they do not help, other words; then a drill; then nothing more in this run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from cuecoach.coaching.programme_rules import SessionRules
from cuecoach.coaching.response import Finding, Responses
from cuecoach.coaching.wording import Wording
from cuecoach.coaching.words_known import BEAT
from cuecoach.coaching.words_learnt import WordsLearnt
from cuecoach.events import Response
from cuecoach.rules import Context, Rule, RuleState
from cuecoach.rules.rule import PRIORITIES, NoChange

#: So many cues in a row without effect, and other words are tried.
PATIENCE: Final = 2
#: Where there is nothing else to try, so many cues in a row without effect are enough.
STOP_AFTER: Final = 3

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
    """Chooses the words of every rule, from what its words did before.

    A rule without `if_no_change` is silent after three cues in vain. What is urgent, and what measures nothing (a reminder),
    has no such end.

    Parameters
    ----------
    learnt
        Takes in what words did, and tells what they did in earlier runs.
    plan
        How the programme wants words chosen.
    """

    def __init__(self, learnt: WordsLearnt, plan: SessionRules) -> None:
        self._plan = plan
        self._wording = Wording(learnt, plan)
        self._responses = Responses(learnt)
        self._climbs: dict[str, _Climb] = {}

    # ------------------------------------------------------------ what became of the words
    def heard(self, state: RuleState, t: float, context: Context, text: str) -> None:
        """Words of the rule began at `t`; of a drill, its first step."""
        rule = state.rule
        self._responses.muddle(rule)
        if not _climbs(rule):
            return
        climb = self._climb(rule)
        climb.cues += 1
        if climb.rung == "drill":
            climb.drilled_in = state.episode
        self._responses.heard(rule, t, context, text)

    def beaten(self, rule: Rule, t: float, context: Context) -> None:
        """A beat of the rule began at `t`: what it does is measured, and is no failure of words."""
        self._responses.muddle(rule)
        self._responses.heard(rule, t, context, BEAT, counts=False)

    def mended(self, rule: Rule, t: float, context: Context) -> None:
        """The fault is over: the words that did it are kept, and the next time begins with words again."""
        self._responses.mended(rule, t, context)
        self._helped(rule)
        self._wording.ended(rule.id)

    def news(self) -> list[Response]:
        """Return what cues and beats did, as it was judged since this was asked last."""
        return self._responses.news()

    def advance(self, t: float, states: dict[str, RuleState], context: Context) -> None:
        """Move on to tick `t`; after `mended`, which knows better why a rule rests."""
        self._responses.advance(t, states, context)

    # ------------------------------------------------------------ what comes next
    def silent(self, rule: Rule) -> str | None:
        """Return why the rule is silent for the rest of the run, None when it is not."""
        climb = self._climbs.get(rule.id)
        if climb is None or climb.gave_up_after is None or not _climbs(rule):
            return None
        return f"no change after {climb.gave_up_after} cues: silent for the rest of the run"

    def gives_up(self, t: float, state: RuleState, context: Context) -> bool:
        """Learn what the last cue of a due rule did; True when nothing is left to try."""
        rule = state.rule
        if not _climbs(rule):
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
        if not _climbs(rule):
            if not rule.say:
                return None
            text, chosen = self._wording.next(rule)
            return Step((text,), chosen)
        climb = self._climb(rule)
        rung = self._rung(rule, climb)
        finding, climb.finding = climb.finding, None
        more = rule.if_no_change or NoChange()
        if rung is None:
            return None
        climb.rung = rung
        if rung == "drill":
            return Step(more.drill, _because("drill", finding))
        if rung == "more":
            text = more.say[climb.failures - _patience(rule)]
            return Step((text,), _because("other words", finding))
        before = self._wording.last(rule.id)
        text, chosen = self._wording.next(rule)
        if finding is None:
            return Step((text,), chosen)
        form = "same words" if before == text else f"{_nth(rule.say.index(text))} wording"
        return Step((text,), "; ".join(part for part in (_because(form, finding), chosen) if part))

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

    def _rung(self, rule: Rule, climb: _Climb) -> Rung | None:
        more = rule.if_no_change or NoChange()
        if self._plan.words == "anchor only" and rule.say:
            return "say" if climb.failures < STOP_AFTER else None
        beyond = climb.failures - _patience(rule)
        if beyond < 0:
            return "say"
        if beyond < len(more.say):
            return "more"
        return "drill" if beyond == len(more.say) and more.drill else None


def _climbs(rule: Rule) -> bool:
    """Whether the rule changes its words, and ends, when they do nothing."""
    measures = rule.metric is not None and rule.priority < PRIORITIES["urgent"]
    return rule.if_no_change is not None or (measures and bool(rule.say))


def _patience(rule: Rule) -> int:
    if rule.if_no_change is None:
        return STOP_AFTER
    return PATIENCE if rule.say else 0


def _because(what: str, finding: Finding | None) -> str:
    return what if finding is None else f"{what}: {finding.text}"


def _nth(index: int) -> str:
    names = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
    return names[index] if index < len(names) else f"{index + 1}th"
