"""The same run coached in two ways: what is said less, what is said more, and why."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cuecoach.events import Beat, Decision, Say
from cuecoach.offline import Replay
from cuecoach.timeline import clock

#: A cue of the same rule so near, s, is the same cue, said a little sooner or later.
NEAR_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Cue:
    """A correction that was heard, words or the beginning of a beat, and why."""

    t: float
    rule: str
    text: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A cue that only one of the two coaches gives, and what its rule did for the other then."""

    cue: Cue
    added: bool
    why: str

    def __str__(self) -> str:
        return self.line()

    def line(self, rule_width: int = 0, text_width: int = 0) -> str:
        """Return the change for people, its rule and its words at least so wide."""
        sign, text = "+" if self.added else "-", f"“{self.cue.text}”"
        return f"{sign} {clock(self.cue.t):>7}  {self.cue.rule:<{rule_width}}  {text:<{text_width}}  {self.why}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two coachings of one run.

    Attributes
    ----------
    before, after
        Their names.
    counts
        Cues of each rule: by the first, by the second.
    changes
        Cues that only one of them gives, in order of time.
    """

    before: str
    after: str
    counts: dict[str, tuple[int, int]]
    changes: tuple[Change, ...]

    @property
    def totals(self) -> tuple[int, int]:
        """Cues of all rules: by the first, by the second."""
        return sum(a for a, _ in self.counts.values()), sum(b for _, b in self.counts.values())

    def to_json(self) -> dict[str, object]:
        """Return the comparison as plain data."""
        return {
            "before": {"name": self.before, "cues": self.totals[0]},
            "after": {"name": self.after, "cues": self.totals[1]},
            "rules": [{"rule": rule, "before": a, "after": b} for rule, (a, b) in self.counts.items()],
            "changes": [
                {
                    "t": round(change.cue.t, 3),
                    "rule": change.cue.rule,
                    "text": change.cue.text,
                    "change": "added" if change.added else "removed",
                    "why": change.why,
                }
                for change in self.changes
            ],
        }

    def lines(self) -> list[str]:
        """Return the comparison for people."""
        before, after = self.totals
        if not self.changes:
            same = "nothing changes" if before == after else "the same cues at other moments"
            return [f"{self.before}: {_cues(before)} → {self.after}: {_cues(after)}; {same}."]
        wide = max(len(rule) for rule in self.counts)
        rules = max(len(change.cue.rule) for change in self.changes)
        texts = max(len(change.cue.text) for change in self.changes) + 2
        return [
            f"{self.before}: {_cues(before)} → {self.after}: {_cues(after)}.",
            *(f"  {rule:<{wide}}  {a} → {b}" for rule, (a, b) in self.counts.items() if a or b),
            "",
            *(change.line(rules, texts) for change in self.changes),
        ]


def compare(before: Replay, after: Replay, names: tuple[str, str]) -> Comparison:
    """Return what changes from the first coaching of a run to the second.

    A cue of the same rule within `NEAR_S` counts as the same cue.
    """
    was, now = cues_of(before), cues_of(after)
    gone, new = _unmatched(was, now), _unmatched(now, was)
    changes = [Change(cue, added=False, why=_why_not(cue, after)) for cue in gone]
    changes += [Change(cue, added=True, why=cue.why) for cue in new]
    order = dict.fromkeys(rule.id for rule in (*before.rules, *after.rules))
    a, b = Counter(cue.rule for cue in was), Counter(cue.rule for cue in now)
    counts = {rule: (a[rule], b[rule]) for rule in dict.fromkeys((*order, *a, *b)) if a[rule] or b[rule]}
    changes.sort(key=lambda change: (change.cue.t, change.added, change.cue.rule))
    return Comparison(*names, counts, tuple(changes))


def cues_of(run: Replay) -> list[Cue]:
    """Return the corrections of a run, in order."""
    found: list[Cue] = []
    spoken = {(d.rule, d.t): d for d in run.decisions if d.outcome == "spoken"}
    for action in run.actions:
        if isinstance(action, Say | Beat) and (action.rule, action.t) in spoken:
            decision = spoken.pop((action.rule, action.t))
            found.append(Cue(action.at, action.rule, decision.text, decision.why))
    return sorted(found, key=lambda cue: cue.t)


def _unmatched(cues: Sequence[Cue], others: Sequence[Cue]) -> list[Cue]:
    """Return the cues that have no partner of their rule near in time; each partner is used once."""
    free = list(others)
    left: list[Cue] = []
    for cue in cues:
        near = [other for other in free if other.rule == cue.rule and abs(other.t - cue.t) <= NEAR_S]
        if near:
            free.remove(min(near, key=lambda other: abs(other.t - cue.t)))
        else:
            left.append(cue)
    return left


def _decision(rule: str, t: float, run: Replay) -> Decision | None:
    """Return the newest decision on a rule at `t`."""
    mine = [d for d in run.decisions if d.rule == rule]
    index = bisect_right([d.t for d in mine], t)
    return mine[index - 1] if index else None


def _why_not(cue: Cue, run: Replay) -> str:
    if cue.rule not in {rule.id for rule in run.rules}:
        return "the rule is not there"
    decision = _decision(cue.rule, cue.t, run)
    return "never evaluated" if decision is None else f"now {decision.why or decision.outcome}"


def _cues(count: int) -> str:
    return f"{count} cue" + ("" if count == 1 else "s")
